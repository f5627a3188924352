"""Items at the edge of the web: how each kind is shown, and how what came back from a form is read."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, Literal

from flask_babel import lazy_gettext, lazy_ngettext
from werkzeug.datastructures import MultiDict

from feedback_app.domain.answers import TEXT_GIVEN, Answer
from feedback_app.domain.instrument import (
    ChoiceItem,
    FacesItem,
    Item,
    MultiItem,
    NpsItem,
    RatingItem,
    SingleItem,
    TextItem,
)
from feedback_app.domain.missing import Missing
from feedback_app.domain.words import tidy_words

Kind = Literal["radios", "faces", "scale", "checkboxes", "words"]
Form = MultiDict[str, str]

FACES = {
    ("smiley3", 3): "answer-yes",
    ("smiley3", 2): "answer-a-bit",
    ("smiley3", 1): "answer-no",
    ("smiley5", 5): "face-great",
    ("smiley5", 4): "face-good",
    ("smiley5", 3): "face-ok",
    ("smiley5", 2): "face-not-good",
    ("smiley5", 1): "face-bad",
}


@dataclass(frozen=True)
class OptionView:
    """One answer as it is shown: its code, its words and the name of its picture, if it has one."""

    code: int
    label: str
    picture: str | None = None


@dataclass(frozen=True)
class ItemView:
    """A question as a template needs it; `longest` is in characters, `alone` the codes that stand beside no other."""

    id: str
    kind: Kind
    type: str
    text: str
    hint: str
    required: bool
    options: tuple[OptionView, ...] = ()
    apart: tuple[OptionView, ...] = ()
    low_label: str = ""
    high_label: str = ""
    longest: int = 0
    at_most: int | None = None
    alone: frozenset[int] = frozenset()
    picture: str | None = None


@dataclass(frozen=True)
class Read:
    """What a form said about one item. With an `error`, `chosen` and `text` still hold what was given, to show."""

    answer: Answer | None = None
    text: str | None = None
    error: Any | None = None  # a lazily translated message that says how to mend it
    chosen: frozenset[int] = frozenset()


_VIEWS: dict[int, tuple[weakref.ref[Any], ItemView]] = {}


def shown(item: Item) -> ItemView:
    """Return how an item is shown, worked out once for each item object (so once a version and language)."""
    key = id(item)
    kept = _VIEWS.get(key)
    if kept is None or kept[0]() is not item:
        kept = (weakref.ref(item, lambda _: _VIEWS.pop(key, None)), view_of(item))
        _VIEWS[key] = kept
    return kept[1]


@singledispatch
def view_of(item: Any) -> ItemView:
    """Return a new view of an item, by its class; TypeError for a kind that is not registered."""
    raise TypeError(f"no way to show a {type(item).__name__}")


@singledispatch
def read(item: Any, form: Form) -> Read:
    """Return what a form says about an item, by its class; TypeError for a kind that is not registered."""
    raise TypeError(f"no way to read a {type(item).__name__}")


def chosen_codes(answer: Answer | None) -> frozenset[int]:
    """Return the codes to show as chosen for a stored answer; none when it was skipped or not reached."""
    codes = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
    return frozenset(codes) - {Missing.SKIPPED, Missing.NOT_REACHED, Missing.NOT_SHOWN}


def _picture(name: str | None) -> str | None:
    """Return the bare name of a picture, as the templates look it up."""
    return name.removesuffix(".svg") if name else None


def _view(item: Any, kind: Kind, **more: Any) -> ItemView:
    """Return a view with what all items have, and the answers of those that have any."""
    options = tuple(
        OptionView(option.code, option.label, _picture(option.picture) or FACES.get((item.type, option.code)))
        for option in getattr(item, "options", ())
    )
    apart = tuple(OptionView(int(answer.code), answer.label) for answer in getattr(item, "apart", ()))
    return ItemView(
        id=item.id,
        kind=kind,
        type=item.type,
        text=item.text,
        hint=item.hint,
        required=item.required,
        options=options,
        apart=apart,
        picture=_picture(item.picture),
        **more,
    )


@view_of.register(RatingItem)
@view_of.register(SingleItem)
def _(item: RatingItem | SingleItem) -> ItemView:
    return _view(item, "radios")


@view_of.register
def _(item: FacesItem) -> ItemView:
    return _view(item, "faces")


@view_of.register
def _(item: NpsItem) -> ItemView:
    return _view(item, "scale", low_label=item.low_label, high_label=item.high_label)


@view_of.register
def _(item: MultiItem) -> ItemView:
    alone = frozenset(item.alone) | {int(answer.code) for answer in item.apart}
    return _view(item, "checkboxes", at_most=item.at_most, alone=alone)


@view_of.register
def _(item: TextItem) -> ItemView:
    return _view(item, "words", longest=item.longest)


def _given(view: ItemView, form: Form) -> tuple[frozenset[int], bool]:
    """Return the item's codes that a form holds, and whether it holds anything else under the item's name."""
    known = {str(option.code): option.code for option in (*view.options, *view.apart)}
    values = form.getlist(view.id)
    return frozenset(known[value] for value in values if value in known), any(value not in known for value in values)


@read.register(RatingItem)
@read.register(SingleItem)
@read.register(FacesItem)
@read.register(NpsItem)
def _(item: RatingItem | SingleItem | FacesItem | NpsItem, form: Form) -> Read:
    codes, strange = _given(shown(item), form)
    if strange:
        return Read(error=lazy_gettext("Choose one of the answers below"), chosen=codes)
    if not codes:
        return Read(error=_nothing_chosen(item))
    if len(codes) > 1:
        return Read(error=lazy_gettext("Choose one answer only"), chosen=codes)
    (code,) = codes
    return Read(answer=code, chosen=codes)


@read.register
def _(item: MultiItem, form: Form) -> Read:
    view = shown(item)
    codes, strange = _given(view, form)
    if strange:
        return Read(error=lazy_gettext("Choose from the answers below"), chosen=codes)
    if not codes:
        return Read(error=_nothing_ticked(item))
    error = _does_not_go_together(view, codes)
    if error:
        return Read(error=error, chosen=codes)
    apart = [code for code in codes if code < 0]
    return Read(answer=apart[0] if apart else tuple(sorted(codes)), chosen=codes)


@read.register
def _(item: TextItem, form: Form) -> Read:
    text = tidy_words(form.get(item.id, ""))
    over = len(text) - item.longest
    if over > 0:
        message = lazy_ngettext(
            "Make this shorter by %(num)s character", "Make this shorter by %(num)s characters", over
        )
        return Read(text=text, error=message)
    if text:
        return Read(answer=TEXT_GIVEN, text=text)
    if item.required:
        return Read(error=lazy_gettext("Write an answer in the box"))
    return Read(answer=int(Missing.SKIPPED))  # an empty box and "Next" is a clear enough way to leave a comment out


def _nothing_chosen(item: ChoiceItem) -> Any:
    """Return the message for a question with nothing chosen; one that cannot be skipped is named."""
    if item.required:
        return lazy_gettext("Choose an answer to “%(question)s”", question=item.text)
    return lazy_gettext("Choose an answer, or skip this question")


def _nothing_ticked(item: MultiItem) -> Any:
    """Return the message for a question with no box ticked; one that cannot be skipped is named."""
    if item.required:
        return lazy_gettext("Choose one answer or more to “%(question)s”", question=item.text)
    return lazy_gettext("Choose one answer or more, or skip this question")


def _does_not_go_together(view: ItemView, codes: frozenset[int]) -> Any | None:
    """Return the message for a choice that is too long or contradicts itself, or None when it is fine."""
    alone = next((option for option in (*view.options, *view.apart) if option.code in codes & view.alone), None)
    if alone is not None and len(codes) > 1:
        return lazy_gettext("Choose “%(answer)s” on its own, or take it away", answer=alone.label)
    if view.at_most is not None and len(codes) > view.at_most:
        return lazy_ngettext("Choose %(num)s answer at the most", "Choose up to %(num)s answers", view.at_most)
    return None
