"""Scoring: what answers say in figures, each with its base, its interval and what is missing."""
