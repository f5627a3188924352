"""Sentences to suggested themes, with the words that caused them."""
