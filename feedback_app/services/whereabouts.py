"""The broad area that a comment comes from: told only where so many answered there that it points to nobody."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.partnership import Geography
from feedback_app.domain.scope import Scope
from feedback_app.store import reading_queue
from feedback_app.store.readings import CommentFacts

_large: set[tuple[UUID, str]] = set()  # waves and localities known to be large enough: answers seldom go


def area_of(db: Session, scope: Scope, comment: CommentFacts, geography: Geography, policy: Policy) -> str:
    """Return the name of the locality that a comment of a survey comes from, "" where it is not told.

    It is told of adults alone, and of a locality where as many answered as a small group has at least, and so many
    more that the number as it is printed is as large too.
    """
    if comment.wave_id is None or comment.response_id is None or comment.young:
        return ""
    district = reading_queue.find_district(db, scope, comment.response_id)
    found = next((one for one in geography.districts if one.code == district), None)
    if found is None:
        return ""
    key = (comment.wave_id, found.locality)
    if key not in _large:
        codes = [one.code for one in geography.districts if one.locality == found.locality]
        if reading_queue.count_in_districts(db, scope, comment.wave_id, codes) < policy.small_group + policy.rounding:
            return ""
        _large.add(key)
    return next((one.name for one in geography.localities if one.key == found.locality), "")
