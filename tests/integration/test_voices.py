"""Other voices: brought in one by one, pasted, or from a file; screened; consent holds at once; taken back is gone."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from feedback_app.domain.coding import Purpose, Reading, Valence
from feedback_app.domain.scope import Role, Scope
from feedback_app.domain.voices import Consent, Teller, VoiceKind
from feedback_app.services import quoting, voices
from feedback_app.store import readings
from feedback_app.store.comment_tables import (
    HELD,
    OPEN,
    ClearedQuote,
    Comment,
    CommentReading,
    SafeguardingEntry,
    Voice,
)
from feedback_app.store.tables import Base
from tests.support.commands import CommandLine
from tests.support.summaries import SCOPE, signed_in

WHERE = "/team/voices"
TODAY = date(2026, 11, 16)
GOOD = {
    "kind": "story",
    "words": "The quiet room helps.",
    "who": "parent_carer",
    "month": "2026-05",
    "consent": "quote",
}
DANGER = "My son hurts himself every evening. He says he wants to die."
TABLE = (
    "kind\tmonth\twho\tconsent\twords\n"
    "focus group\tMay 2026\tparent or carer\tquote\tThe drop-in helps us.\n"
    "gossip\t2026-05\tstaff\tcount\tNot kept.\n"
    "helpline call\t2026-06\tparent or carer\t\tAsked when the plan comes. Ring 07700 900123.\n"
)


@pytest.fixture
def team(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.SEND_TEAM)


@pytest.fixture
def forum(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.FORUM_ORGANISER)


def send(client: FlaskClient, address: str, **fields: str) -> tuple[int, str]:
    """Post a form with the proof that it is ours, follow where it leads, and return the first status and the page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"{WHERE}/new").text)
    assert found
    answer = client.post(address, data={"csrf_token": found.group(1), **fields})
    page = client.get(answer.location) if answer.status_code == 302 else answer
    return answer.status_code, page.text


def keep(client: FlaskClient, **changes: str) -> str:
    """Bring one voice in and return its address."""
    send(client, f"{WHERE}/new", **(GOOD | changes), step="keep")
    links = lxml_html.document_fromstring(client.get(WHERE).text).xpath("//ul[@class='voices']//a/@href")
    return str(links[0])


def count(db: Session, table: type[Base]) -> int:
    """Return how many rows a table has."""
    number = db.scalar(select(func.count()).select_from(table)) or 0
    db.rollback()
    return number


def comment_of(db: Session) -> Comment:
    """Return the only comment there is."""
    found = db.scalars(select(Comment)).one()
    db.expunge(found)
    db.rollback()
    return found


def test_one_voice_is_looked_at_with_the_names_in_it_and_then_kept(team: FlaskClient, db: Session) -> None:
    status, page = send(team, f"{WHERE}/new", **(GOOD | {"words": "The school is good. Ring me on 07700 900123."}))
    assert status == 200
    assert "<mark>07700 900123</mark>" in page
    assert "Somebody could be known by this." in page
    assert count(db, Voice) == 0
    status, page = send(team, f"{WHERE}/new", **GOOD, step="keep")
    assert status == 302
    assert "It has come in." in page
    assert "The quiet room helps." not in page  # nobody has cleared it
    assert comment_of(db).standing == OPEN
    voice = db.scalars(select(Voice)).one()
    db.expunge(voice)
    db.rollback()
    assert (voice.kind, voice.teller, voice.month, voice.consent, voice.entered_by) == (
        "story", "parent_carer", date(2026, 5, 1), "quote", "send_team@example.org",
    )  # fmt: skip


def test_nothing_typed_is_lost_and_each_mistake_is_told_at_its_field(team: FlaskClient) -> None:
    wrong = {"kind": "gossip", "words": "", "who": "", "month": "soon", "district": "nowhere", "consent": ""}
    status, page = send(team, f"{WHERE}/new", **wrong, **{"from": "Coffee <b>morning</b>"})
    assert status == 422
    document = lxml_html.document_fromstring(page)
    links = document.xpath("//*[contains(@class, 'mend')]//a/@href")
    assert sorted(links) == ["#consent-1", "#district", "#kind-1", "#month", "#who-1", "#words"]
    assert document.xpath("string(//input[@id='month']/@value)") == "soon"
    assert document.xpath("string(//input[@id='from']/@value)") == "Coffee <b>morning</b>"
    status, page = send(team, f"{WHERE}/new", **GOOD, step="change")
    assert status == 200
    assert "The quiet room helps.</textarea>" in page


def test_sent_twice_it_is_there_once_and_once_more_only_when_asked_for(team: FlaskClient, db: Session) -> None:
    keep(team)
    status, page = send(team, f"{WHERE}/new", **GOOD, step="keep")
    assert status == 409
    assert "This is here already." in page
    send(team, f"{WHERE}/new", **GOOD, step="again")
    assert count(db, Voice) == 2


def test_words_of_danger_and_words_of_the_young_wait_for_a_safeguarding_reader(forum: FlaskClient, db: Session) -> None:
    address = keep(forum, words=DANGER)
    held = comment_of(db)
    entry = db.get(SafeguardingEntry, held.id)
    assert entry is not None
    assert (held.standing, entry.flagged) == (HELD, True)
    db.rollback()
    for page in (forum.get(WHERE).text, forum.get(address).text):
        assert "Waits for a safeguarding reader" in page
        assert "hurts himself" not in page
    send(forum, f"{WHERE}/new", **(GOOD | {"who": "young_person", "words": "School is fun."}), step="keep")
    young = db.scalars(select(Comment).where(Comment.young)).one()
    assert db.get(SafeguardingEntry, young.id) is not None


def test_a_pasted_table_is_told_row_by_row_before_and_after(team: FlaskClient, db: Session) -> None:
    status, page = send(team, f"{WHERE}/many", table=TABLE, step="look")
    assert status == 200
    for told in ("Rows: 3", "Can come in: 2", "Something has to be mended: 1", "<b>Row 3</b>: Choose what it is",
                 "May name a person, a school or a number: 1", "Bring in these 2 rows"):  # fmt: skip
        assert told in page
    assert "gossip\t2026-05" in page  # the table is still in its box
    assert count(db, Voice) == 0
    status, page = send(team, f"{WHERE}/many", table=TABLE, step="keep")
    assert status == 200
    assert "2 voices have come in. 1 was left out" in page
    assert "gossip\t2026-05" in page  # so that the row can be mended in place
    kinds = {tuple(row) for row in db.execute(select(Voice.kind, Voice.consent))}
    db.rollback()
    assert kinds == {("focus_group", "quote"), ("helpline", "count")}
    assert "Here already: 2" in send(team, f"{WHERE}/many", table=TABLE, step="keep")[1]
    assert count(db, Voice) == 2


def test_a_table_that_is_none_is_answered_with_a_sentence_and_stays_in_its_box(team: FlaskClient) -> None:
    for table, said in (
        ("", "Paste a table with a heading and at least one row"),
        ("kind,month,who,words\n", "Paste a table with a heading and at least one row"),
        ("kind,words\nstory,Good.\n", "The heading needs these columns too: month, who"),
        ("kind,month,who,words,name\nstory\n", "There is no column called “name”"),
        ('kind,month,who,words\nstory,2026-05,staff,"open\n', "The quotation marks do not fit together"),
    ):
        status, page = send(team, f"{WHERE}/many", table=table)
        assert status == 422
        assert said in page
        box = lxml_html.document_fromstring(page).xpath("string(//textarea)")
        assert box.strip() == table.strip()


def test_the_file_command_tells_every_row_and_brings_it_in_once(database_url: str, db: Session, tmp_path: Path) -> None:
    run, file = CommandLine(database_url), tmp_path / "voices.csv"
    file.write_text(run.must("voices", "template") + "story,2026-13,staff,count,,,Not kept.\n", encoding="utf-8")
    checked = run("voices", "import", str(file), "--dry-run")
    assert checked.exit_code == 1
    assert "row 4: Write the month as year and month" in checked.stderr
    assert "Rows: 3. New: 2. Here already: 0. Refused: 1." in checked.stdout
    assert count(db, Voice) == 0
    db.rollback()
    assert "Voices added: 2." in run("voices", "import", str(file)).stdout
    assert "New: 0. Here already: 2." in run("voices", "import", str(file)).stdout
    assert count(db, Comment) == 2
    file.write_bytes(b"kind\xff\xfe")
    refused = run("voices", "import", str(file))
    assert refused.exit_code == 2
    assert "is not UTF-8 text" in refused.stderr


def test_a_forum_organiser_sees_her_own_and_the_team_sees_all(team: FlaskClient, forum: FlaskClient) -> None:
    theirs = keep(team)
    hers = keep(forum, words="The club is full.")
    assert forum.get(theirs).status_code == 404
    assert theirs not in forum.get(WHERE).text
    for action in ("", "/take-back"):
        assert send(forum, f"{theirs}{action}", consent="count")[0] == 404
    page = team.get(WHERE).text
    assert theirs in page
    assert hers in page


def test_the_list_is_narrowed_by_kind_and_month_and_odd_addresses_do_no_harm(team: FlaskClient) -> None:
    keep(team)
    send(team, f"{WHERE}/new", **(GOOD | {"kind": "complaint", "month": "2026-06"}), step="keep")

    def shown(query: str) -> int:
        document = lxml_html.document_fromstring(team.get(f"{WHERE}?{query}").text)
        return len(document.xpath("//ul[@class='voices']/li"))

    assert (shown(""), shown("kind=story"), shown("month=2026-06"), shown("kind=story&month=2026-06")) == (2, 1, 1, 0)
    assert shown("kind=x&month=99&page=-1") == 2
    assert shown("page=9999999999") == 2
    assert shown("page=99") == 0
    for odd in ("x", "00000000-0000-0000-0000-000000000000"):
        assert team.get(f"{WHERE}/{odd}").status_code == 404


def clear(db: Session, by: str = "lead@example.org") -> None:
    """Clear the only voice to be shown whole, read and tagged as it may be."""
    comment = comment_of(db)
    facts = readings.find_comment(db, SCOPE, comment.id)
    assert facts is not None
    said = Reading(by, Purpose.QUEUE, (), Valence.GOING_WELL)
    readings.keep_reading(db, SCOPE, comment.id, said, sample_id=None, codeframe_version=1, day=TODAY)
    quoting.clear_quote(db, SCOPE, facts, facts.words, by, TODAY)
    db.commit()


def test_a_story_is_shown_whole_once_cleared_and_no_more_when_it_may_go_less_far(
    team: FlaskClient, db: Session
) -> None:
    address = keep(team, consent="publish")
    assert "The quiet room helps." not in team.get(address).text
    clear(db)
    page = team.get(address).text
    assert "The whole of it, as it was cleared" in page
    assert "The quiet room helps." in page
    status, page = send(team, address, consent="count")
    assert status == 302
    assert "The quiet room helps." not in page
    assert count(db, ClearedQuote) == 0
    assert send(team, address, consent="withdrawn")[0] == 422
    assert db.scalars(select(Voice.consent)).one() == "count"


def test_what_is_taken_back_is_deleted_with_all_that_was_made_of_it_and_its_row_does_not_come_back(
    team: FlaskClient, db: Session
) -> None:
    address = keep(team, consent="publish")
    clear(db)
    assert "It is deleted at once" in team.get(f"{address}/take-back").text
    status, page = send(team, f"{address}/take-back")
    assert status == 302
    assert "It is deleted, with its words" in page
    for table in (Comment, CommentReading, ClearedQuote):
        assert count(db, table) == 0
    left = db.scalars(select(Voice)).one()
    db.expunge(left)
    db.rollback()
    assert (left.entered_by, left.came_from, left.teller, left.district) == ("", "", "other", None)
    assert team.get(address).status_code == 404
    assert send(team, f"{WHERE}/new", **GOOD, step="keep")[0] == 409


def test_what_a_safeguarding_reader_has_not_seen_is_deleted_after_they_have(forum: FlaskClient, db: Session) -> None:
    address = keep(forum, words=DANGER)
    assert "has to see it first" in forum.get(f"{address}/take-back").text
    status, page = send(forum, f"{address}/take-back")
    assert status == 302
    assert "Taken back. It is deleted as soon as a safeguarding reader has seen it" in page
    comment = comment_of(db)
    assert comment.standing == HELD
    assert voices.sweep_voices(db, SCOPE, TODAY) == 0
    db.commit()
    assert comment_of(db).words == DANGER
    read = {"read_on": TODAY, "read_by": "s@example.org", "outcome": "no_danger", "due_on": None}
    db.execute(update(SafeguardingEntry).values(**read))
    assert voices.finish_withdrawal(db, SCOPE, comment.id)
    db.commit()
    assert count(db, Comment) == 0
    assert forum.get(address).status_code == 404


def test_voices_go_as_words_of_surveys_go_but_not_before_a_safeguarding_reader_saw_them(
    team: FlaskClient, db: Session
) -> None:
    keep(team)
    send(team, f"{WHERE}/new", **(GOOD | {"words": DANGER}), step="keep")
    later = date(2099, 1, 1)
    assert voices.sweep_voices(db, Scope("elsewhere"), later) == 0
    assert voices.sweep_voices(db, SCOPE, later) == 1
    db.commit()
    assert comment_of(db).words == DANGER


def test_what_voices_are_about_is_told_without_words_and_never_of_those_taken_back(
    team: FlaskClient, db: Session
) -> None:
    address = keep(team, consent="count")
    clear_reading = Reading("lead@example.org", Purpose.QUEUE, (), Valence.NEEDS_CHANGE)
    readings.keep_reading(db, SCOPE, comment_of(db).id, clear_reading, sample_id=None, codeframe_version=1, day=TODAY)
    db.commit()
    (told,) = voices.list_told(db, SCOPE)
    assert (told.kind, told.teller, told.consent, told.coding.valence) == (
        VoiceKind.STORY, Teller.PARENT_CARER, Consent.COUNT, Valence.NEEDS_CHANGE,
    )  # fmt: skip
    db.rollback()
    send(team, f"{address}/take-back")
    assert voices.list_told(db, SCOPE) == []
    db.rollback()


def test_the_log_says_what_was_done_and_never_what_was_said(team: FlaskClient, db: Session) -> None:
    address = keep(team, words="Plimwick is a rare word.")
    send(team, address, consent="count")
    send(team, f"{address}/take-back")
    rows = db.execute(text("SELECT action, reason FROM audit_entry ORDER BY number")).all()
    assert [tuple(row) for row in rows if row[0] != "voice seen"] == [
        ("voice added", "story, quote"), ("voice consent changed", "quote to count"), ("voice taken back", ""),
    ]  # fmt: skip
    assert "Plimwick" not in str(db.execute(text("SELECT * FROM audit_entry")).all())


def test_another_partnerships_voices_are_not_there(team: FlaskClient, db: Session) -> None:
    address = keep(team)
    db.execute(update(Voice).values(partnership="elsewhere"))
    db.commit()
    assert team.get(address).status_code == 404
    assert address not in team.get(WHERE).text
