"""What a reader says of a comment, read from the form; whatever is wrong is said beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Purpose, Reading, Said, State, Tagged, Valence

ANSWERS = {"yes": Said.YES, "no": Said.NO, "unsure": Said.UNSURE}
_TOLD = {Said.ADDED: "yes", **{said: word for word, said in ANSWERS.items()}}


@dataclass
class Typed:
    """The form as it stands: theme -> yes, no or unsure for suggestions; themes added; valence; two boxes."""

    said: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    valence: str = ""
    unsure: bool = False
    none: bool = False


def begun(suggested: Sequence[str], tagged: Tagged | None) -> Typed:
    """Return the form as it is first shown: what the program is sure of is accepted until the reader says otherwise."""
    sure = {one.theme for one in tagged.suggestions if one.state is State.SURE} if tagged else set()
    return Typed({theme: "yes" for theme in suggested if theme in sure})


def filled(reading: Reading, suggested: Sequence[str]) -> Typed:
    """Return the form filled in as somebody left it."""
    decided = dict(reading.decisions)
    said = {theme: _TOLD[decided[theme]] for theme in suggested if theme in decided}
    added = [theme for theme, one in reading.decisions if theme not in suggested and one in (Said.ADDED, Said.YES)]
    none = not reading.themes and not reading.unsure
    return Typed(said, added, reading.valence or "", reading.unsure, none)


def read_form(form: MultiDict[str, str], suggested: Sequence[str], codeframe: Codeframe) -> Typed:
    """Return what was sent; anything that no form of ours sends is left out."""
    said = {theme: form.get(f"said-{theme}", "") for theme in suggested}
    added = [code for code in dict.fromkeys(form.getlist("added")) if code in codeframe.by_code]
    valence = form.get("valence", "")
    return Typed(
        {theme: word for theme, word in said.items() if word in ANSWERS},
        [code for code in added if code not in suggested],
        valence if valence in list(Valence) else "",
        "unsure" in form,
        "none" in form,
    )


def mistakes(typed: Typed, suggested: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """Return what is to be mended, by the id of a field; nothing where the reading can be kept."""
    if typed.unsure:
        return {}
    wrong: dict[str, str] = {}
    chosen = [*typed.added, *(theme for theme, word in typed.said.items() if word == "yes")]
    if typed.none and chosen:
        wrong["none"] = _("You chose a theme and also “No theme fits”. Take one of them back.")
    elif not typed.none:
        for theme in suggested:
            if theme not in typed.said:
                wrong[f"said-{theme}-yes"] = _("Say whether “%(theme)s” is in this comment.", theme=names[theme])
        if not suggested and not chosen:
            wrong["none"] = _("Choose a theme. If none fits, tick “No theme fits”.")
    if not typed.valence:
        wrong["valence-going_well"] = _("Say how they speak of it: going well, needs to change, both, or neither.")
    return wrong


def reading_of(typed: Typed, suggested: Sequence[str], reader: str, purpose: Purpose) -> Reading:
    """Return the reading that a form without mistakes says."""
    said = {theme: ANSWERS[word] for theme, word in typed.said.items()}
    if typed.none and not typed.unsure:
        said = {theme: said.get(theme, Said.NO) for theme in suggested}
    decisions = {**said, **dict.fromkeys(typed.added, Said.ADDED)}
    valence = Valence(typed.valence) if typed.valence else None
    return Reading(reader, purpose, tuple(sorted(decisions.items())), valence, typed.unsure)
