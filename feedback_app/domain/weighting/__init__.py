"""Weights: making those who answered count as the people they come from, and saying who was heard."""
