"""Whether this process can do its work now, for what sends requests to it."""

from __future__ import annotations

from typing import cast

import structlog
from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from feedback_app.extensions import db
from feedback_app.services.operating import list_failing
from feedback_app.settings import Settings
from feedback_app.web.access import public

blueprint = Blueprint("health", __name__)

log = structlog.get_logger(__name__)


@blueprint.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Say whether the database answers in its newest shape, the keys open what is sealed, and the disk takes files."""
    settings = cast(Settings, current_app.config["SETTINGS"])
    failing = list_failing(db.session, settings.database_url, settings.migrations_dir)
    if failing:
        log.error("not_ready", failing=failing)
        return {"status": "not ready"}, 503  # which, the log says: it is nobody else's business
    return {"status": "ready"}
