"""How cues are read: alternatives, open endings, parts that may be left out, gaps; and what cannot be read."""

from __future__ import annotations

import pytest

from feedback_app.domain.cue_syntax import CueWrong, Form, Gap, Literal, Prefix, covers, fold, parse_cue, read_cue


def form(*tokens: str) -> Form:
    """Return a form written shortly: a star at the end for a beginning, two full stops for a gap."""
    return tuple(
        Gap() if token == ".." else Prefix(token[:-1]) if token.endswith("*") else Literal(token) for token in tokens
    )


@pytest.mark.parametrize(
    ("cue", "forms"),
    [
        ("pillar to post", [form("pillar", "to", "post")]),
        ("no one .. listen*", [form("no", "one", "..", "listen*")]),
        ("(a|b c) d", [form("a", "d"), form("b", "c", "d")]),
        ("not (in|at) school?", [form("not", "in"), form("not", "in", "school"), form("not", "at")]),
        ("(wait (list|time)|queue)", [form("wait", "list"), form("wait", "time"), form("queue")]),
        ("post-16", [form("post", "16")]),
        ("1:1 hours", [form("1", "1", "hours")]),
        ("don't", [form("dont")]),
        ("we'll", [form("we'll")]),
        ("(a|a) b", [form("a", "b")]),
        ("wait .. .. school", [form("wait", "..", "..", "school")]),
    ],
)
def test_a_cue_stands_for_these_phrases(cue: str, forms: list[Form]) -> None:
    found = parse_cue(cue)
    assert list(found[: len(forms)]) == forms
    assert len(found) == read_cue(cue).forms - (cue == "(a|a) b")


@pytest.mark.parametrize(
    ("cue", "message"),
    [
        ("", "write at least one word"),
        ("(a|b", "opened and not closed"),
        ("a b)", "not opened"),
        ("a | b", "between alternatives in brackets"),
        ("(a|)", "write at least one word"),
        ("? a", "right after the word"),
        ("word ?", "right after the word"),
        ("(a? b?) c", "write at least one word"),
        (".. a", "needs a word before and after"),
        ("a .. b?", "needs a word before and after"),
        ("ab*", "at least 3 letters"),
        ("com*at", "at the end of a word"),
        ("*", "no word in"),
        ("a & b", "no word in"),
        ("NHS", "case_sensitive_cues"),
        ("(" * 2000 + "a", "brackets within brackets"),
    ],
)
def test_a_cue_that_cannot_be_read_says_how_to_mend_it(cue: str, message: str) -> None:
    with pytest.raises(CueWrong, match=message):
        parse_cue(cue)


def test_a_cue_may_stand_for_more_phrases_than_are_written_out() -> None:
    cue = " ".join(["(a|b|c|d)"] * 6)
    assert read_cue(cue).forms == 4**6
    with pytest.raises(CueWrong, match="4,096 phrases"):
        parse_cue(cue)


def test_a_case_sensitive_cue_keeps_its_capitals() -> None:
    assert parse_cue("SALT team", keep_case=True) == (form("SALT", "team"),)


@pytest.mark.parametrize(
    ("written", "compared"),
    [("Don’t", "dont"), ("child's", "childs"), ("We’ll", "we'll"), ("THEY'RE", "they're"), ("Café", "café")],
)
def test_words_are_compared_without_the_apostrophes_that_people_leave_out(written: str, compared: str) -> None:
    assert fold(written) == compared


def test_a_beginning_covers_its_words_and_longer_beginnings_but_no_gap() -> None:
    assert covers(form("wait*", "list"), form("waiting", "list"))
    assert covers(form("wait*"), form("waiti*"))
    assert not covers(form("waiting"), form("wait*"))
    assert not covers(form("wait*", "list"), form("waiting"))
    assert not covers(form("a", "wait*", "b"), form("a", "..", "b"))
