"""Disclosure control: nobody can be picked out of what is shown, and nobody can subtract their way back."""
