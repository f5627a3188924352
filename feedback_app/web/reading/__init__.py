"""The reading room: one comment at a time, names hidden; samples that two read blind; quotes."""

from __future__ import annotations

from flask import Blueprint


def register_views() -> Blueprint:
    """Return the blueprint with all its views."""
    from feedback_app.web.reading import clearing, samples

    return samples.blueprint if samples.blueprint is clearing.blueprint else clearing.blueprint
