"""Short forms in an instrument's file made whole: answers from shared scales, context values from shared lists."""

from __future__ import annotations

import copy
from typing import Any

from feedback_app.adapters.yaml_lines import Problem, Source
from feedback_app.domain.instrument import FacesItem, NpsItem, RatingItem
from feedback_app.domain.scales import ResponseScale, Scales

SCALED_TYPES = frozenset(
    name
    for model in (RatingItem, NpsItem, FacesItem)
    for name in model.model_fields["type"].annotation.__args__  # type: ignore[union-attr]  # a Literal of names
)


def expanded(source: Source, scales: Scales) -> tuple[dict[str, Any], list[Problem]]:
    """Return an instrument's data with all answers written out, and a problem for each scale that is not there."""
    data = copy.deepcopy(source.data)
    problems: list[Problem] = []
    for number, section in enumerate(_mappings(data.get("sections"))):
        for position, item in enumerate(_mappings(section.get("items"))):
            wrong = _answer(item, str(data.get("voice", "")), scales)
            if wrong:
                message = f"there is no response scale or list called {item[wrong]!r}"
                problems.append(source.problem(("sections", number, "items", position, wrong), message))
    for number, field in enumerate(_mappings(data.get("context"))):
        name = field.pop("values_from", None)
        if name is not None and name not in scales.values:
            where = ("context", number, "values_from")
            problems.append(source.problem(where, f"there is no list of values called {name!r}"))
        elif name is not None:
            field["values"] = list(scales.values[name])
            field["breakdown_codes"] = dict(scales.values[name])
    return data, problems


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _answer(item: dict[str, Any], voice: str, scales: Scales) -> str | None:
    """Give an item the answers of the scale it names, or that its type names; return the key with an unknown name."""
    kind = item.get("type")
    key = "options_from" if "options_from" in item else "type"
    if "options" in item or (key == "type" and kind not in SCALED_TYPES):
        return None
    name = scales.same_as.get(str(item[key]), str(item[key]))
    if name not in scales.response_scales:
        return key
    name = scales.response_scales[name].for_voice.get(voice, name)
    if name in scales.response_scales:
        _take(item, name, scales.response_scales[name])
        return None
    return key


def _take(item: dict[str, Any], name: str, scale: ResponseScale) -> None:
    """Write a scale's answers into an item; what the item says itself stays."""
    whole = scale.model_dump(mode="json", exclude_defaults=True)
    item["options"], item["options_from"] = whole["options"], name
    keys = ["apart"]
    if item.get("type") in SCALED_TYPES:
        keys += ["low_label", "high_label"] if item["type"] == "nps11" else ["top", "bottom"]
    for key in keys:
        if key in whole:
            item.setdefault(key, whole[key])
