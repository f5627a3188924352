"""What the served program writes to its log while people answer, sign in, go wrong and meet our mistakes."""

from __future__ import annotations

import http.client
import json
import re
import sqlite3
import urllib.parse
from contextlib import closing
from pathlib import Path

from tests.support.application import migrate, running_application
from tests.support.crash import Served, served
from tests.support.databases import sqlite_url
from tests.support.surveys import field, real_survey
from tests.support.walker import Visitor, walk_survey

WORDS = "Words that nobody should find in a log"
ADDRESS = "somebody.private@example.org"
PASSWORD = "a password of some length"
TOKEN = "token-in-an-address-0123456789"
FORWARDED = "203.0.113.77"


def ask(server: Served, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
    """Return the status, the number and the text of a reply to somebody whose address and browser are known."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"X-Forwarded-For": FORWARDED, "User-Agent": "Somebody's Browser/1.0", "Referer": f"http://x/{TOKEN}"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.headers["X-Request-Id"] or "", reply.read().decode()
    finally:
        connection.close()


def test_the_log_names_requests_by_number_and_nobody_by_anything(tmp_path: Path) -> None:
    path = tmp_path / "served.sqlite"
    url = sqlite_url(path)
    migrate(url)
    with running_application(url) as app:
        field(app, real_survey("helpline"))
    with served(url, tmp_path, FEEDBACK_ENVIRONMENT="development", FEEDBACK_JOBS_EMBEDDED="true") as server:
        visitor = Visitor(server.site)
        receipt = walk_survey(visitor, "/surveys/helpline", words=WORDS)
        visitor.close()
        form = urllib.parse.urlencode({"email": ADDRESS, "password": PASSWORD, "HL6": WORDS, "csrf_token": "x"})
        link, code = f"/team/new-password/{TOKEN}", receipt.replace(" ", "")
        for address in ("/team/sign-in", "/team/new-password", "/surveys/helpline/1/hl6", link):
            ask(server, "POST", address, form)
        for address in (link, f"/surveys/{TOKEN}", f"/{TOKEN}?code={code}", "/team/waves"):
            ask(server, "GET", address)
        with closing(sqlite3.connect(path)) as connection:  # our mistake, and a database that is away
            connection.execute("ALTER TABLE draft RENAME TO gone")
            connection.execute("ALTER TABLE wave RENAME TO waves_gone")
            connection.commit()
        status, number, page = ask(server, "GET", f"/surveys/helpline?code={TOKEN}")
        assert status >= 500
        assert number[:8] in page
        server.end()
    said = server.log.read_text().replace(f"Open {server.site}", "")
    people = (WORDS, ADDRESS, PASSWORD, TOKEN, FORWARDED, "127.0.0.1", receipt, code, "Browser")
    for private in (*people, "/surveys/", "helpline"):
        assert private not in said, private
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [line for line in lines if line.get("request") == number]
    assert all(re.fullmatch(r"[0-9a-f-]{36}", line["request"]) for line in lines if "request" in line)
