"""Which partnership a host is the site of, and which settings of several stop the start."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.place import Place, Places, host_of
from feedback_app.settings import SettingsProblem
from tests.support.settings import make_settings


def place(key: str, address: str) -> Place:
    """Return a place of which only the key and the address matter."""
    facts: dict[str, Any] = {field.name: None for field in fields(Place)}
    return Place(**(facts | {"key": key, "site_address": address}))


HERE, THERE = place("here", "https://Surveys.Here.example"), place("there", "http://nörd.example:8000/send")
TWO = Places([HERE, THERE])


@pytest.mark.parametrize("host", ["surveys.here.example", "SURVEYS.here.example:443", "surveys.here.example."])
def test_a_host_is_known_however_it_is_written(host: str) -> None:
    assert TWO.by_host(host) is HERE


def test_a_host_of_other_letters_is_known_as_browsers_send_it() -> None:
    assert TWO.by_host("xn--nrd-sna.example") is THERE
    assert TWO.by_host("nörd.example:8000") is THERE


@given(st.text(max_size=300))
def test_any_other_host_is_nobodys_and_none_does_harm(host: str) -> None:
    found = TWO.by_host(host)
    assert (found is None) or host_of(f"//{host}") == found.host


@given(st.text(max_size=50))
def test_every_host_is_that_of_the_only_partnership(host: str) -> None:
    assert Places([HERE]).by_host(host) is HERE


def test_there_is_no_only_partnership_among_two() -> None:
    assert Places([HERE]).only is HERE
    with pytest.raises(ValueError, match="several partnerships: here, there"):
        assert TWO.only
    assert (TWO.by_key("there"), TWO.by_key("elsewhere")) == (THERE, None)


@pytest.mark.parametrize("places", [[], [HERE, HERE], [HERE, place("other", "http://surveys.here.example:81")]])
def test_places_that_cannot_be_told_apart_are_refused(places: list[Place]) -> None:
    with pytest.raises(ValueError, match="no place, or two have one key or one host"):
        Places(places)


@pytest.fixture
def surveys(tmp_path: Path) -> Path:
    """A folder of two partnerships."""
    for key in ("here", "there"):
        (tmp_path / key).mkdir()
    return tmp_path


BOTH = "here=https://here.example,there=https://there.example"


def test_several_partnerships_are_written_with_their_addresses(surveys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_PARTNERSHIPS", f" {BOTH.replace(',', ' , ')} ")
    found = make_settings("sqlite://", surveys_dir=surveys)
    assert found.installed == (("here", "https://here.example"), ("there", "https://there.example"))
    assert found.secure_cookies
    mixed = BOTH.replace("https://there", "http://there")
    assert not make_settings("sqlite://", surveys_dir=surveys, partnerships=mixed).secure_cookies


def test_one_partnership_needs_no_list() -> None:
    assert make_settings("sqlite://").installed == (("lancashire", "http://127.0.0.1:8000"),)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"partnerships": "here"}, "name each partnership as key=address.*'here' is written otherwise"),
        ({"partnerships": "here=here.example"}, "'here=here.example' is written otherwise"),
        ({"partnerships": "here=https://"}, "'here=https://' is written otherwise"),
        ({"partnerships": "Here!=https://here.example"}, "is written otherwise"),
        ({"partnerships": "here=https://[::1"}, "is written otherwise"),
        ({"partnerships": "here=https://here.example,here=https://b.example"}, "the partnership here twice"),
        ({"partnerships": "here=https://a.example,there=http://A.example:81"}, "the host a.example twice"),
        ({"partnerships": f"{BOTH},nowhere=https://c.example"}, "names 'nowhere', but .* has no folder of that name"),
        ({"partnerships": BOTH, "partnership": "lancashire"}, "FEEDBACK_PARTNERSHIP is lancashire, but"),
        ({"partnerships": BOTH, "site_address": "https://c.example"}, "FEEDBACK_SITE_ADDRESS is https://c.example"),
        ({"partnerships": BOTH, "trusted_hosts": ("here.example",)}, "https://there.example, but its host is not"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_list_is_said_in_a_sentence(surveys: Path, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsProblem, match=sentence):
        make_settings("sqlite://", surveys_dir=surveys, **given)


def test_settings_of_one_that_agree_with_the_list_do_no_harm(surveys: Path) -> None:
    given = {"partnerships": BOTH, "partnership": "there", "site_address": "https://here.example"}
    assert len(make_settings("sqlite://", surveys_dir=surveys, **given).installed) == 2
