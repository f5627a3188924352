"""Use cases, one function each; they never commit."""
