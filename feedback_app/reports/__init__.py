"""Tables, charts and files for readers; pandas lives here."""
