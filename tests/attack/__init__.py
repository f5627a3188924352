"""A reader who wants to know more than is shown, with the printed numbers and public facts and nothing of the gate."""
