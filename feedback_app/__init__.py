"""Surveys, co-production and reporting with families of children with SEND."""
