"""Every address, method, id and field, asked with rubbish by everybody: what a reply may never be or hold.

Addresses are those of `app.url_map`; queries and form fields are learnt from the pages themselves.
"""

from __future__ import annotations

import io
import random
import re
import traceback
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxml import html as lxml_html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.test import create_environ

from tests.support.client import READING_METHODS, CheckedClient, LeftBehind
from tests.support.fuzzing_values import (
    ELSEWHERE,
    RUNS_IN_A_PAGE,
    in_query,
)
from tests.support.fuzzing_world import Somebody, World

TELLS_TOO_MUCH = re.compile(r"Traceback \(most recent|sqlalchemy\.|psycopg\.|jinja2\.|werkzeug\.debug|File \"/")
ARGUMENT = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
Fields = list[tuple[str, str]]
Known = dict[str, dict[str, list[str]]]  # endpoint -> name -> values that a page gives it


@dataclass(frozen=True)
class Step:
    """One way to ask: an address, a method, and who asks."""

    rule: Rule
    method: str
    somebody: Somebody


@dataclass
class Case:
    """One request as it is sent."""

    step: Step
    path: str
    query: Fields
    body: bytes
    content_type: str
    more: dict[str, str]

    def __str__(self) -> str:
        """Return what is needed to send it again."""
        sent = f" {self.content_type} {self.body[:300]!r}" if self.body else ""
        asked = f"?{in_query(self.query)}"[:300] if self.query else ""
        who = f"{self.step.somebody.name} at {self.step.somebody.place.key}"
        return f"{self.step.method} {self.path[:200]!r}{asked}{sent} {self.more or ''} as {who}"


@dataclass
class Report:
    """What came of all cases."""

    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    failed: Counter[str] = field(default_factory=Counter)
    across: Counter[str] = field(default_factory=Counter)
    reached: set[tuple[str, str, str]] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)

    def add(self, case: Case, status: int, problems: Sequence[str]) -> None:
        """Count a case; of each problem the first case that shows it is kept."""
        step = case.step
        name = f"{step.somebody.name}, {step.somebody.place.key}"
        self.statuses[name][status] += 1
        self.reached.add((step.rule.endpoint, step.method, name))
        self.failed[name] += status >= 500
        self.across[name] += any("may not be read" in problem for problem in problems)
        for problem in problems:
            self.problems.setdefault(f"{step.rule.endpoint}: {problem}", str(case))

    def table(self) -> str:
        """Return the figures as lines: who, cases, statuses, 5xx, read across."""
        lines = [f"{'who':34} {'cases':>7} {'2xx':>6} {'3xx':>6} {'4xx':>6} {'5xx':>4} {'across':>6}  statuses"]
        whole: Counter[int] = Counter()
        for name, found in sorted(self.statuses.items()):
            whole += found
            lines.append(self._line(name, found, self.failed[name], self.across[name]))
        lines.append(self._line("all", whole, self.failed.total(), self.across.total()))
        return "\n".join([*lines, f"ways to ask (view, method, who): {len(self.reached)}"])

    @staticmethod
    def _line(name: str, found: Counter[int], failed: int, across: int) -> str:
        grouped = Counter({kind: sum(n for status, n in found.items() if status // 100 == kind) for kind in (2, 3, 4)})
        told = " ".join(f"{status}:{number}" for status, number in sorted(found.items()))
        sums = " ".join(f"{grouped[kind]:>6}" for kind in (2, 3, 4))
        return f"{name:34} {found.total():>7} {sums} {failed:>4} {across:>6}  {told}"


class Fuzzer:
    """Draws cases and sends them, in a world that is put back after each that changed something."""

    def __init__(self, world: World) -> None:
        """Learn what the pages ask for, and list every way to ask."""
        self.world, self.report = world, Report()
        self.client = CheckedClient(world.app, world.app.response_class, use_cookies=False)
        self.rules = sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        self.fields: Known = defaultdict(lambda: defaultdict(list))
        self.queries: Known = defaultdict(lambda: defaultdict(list))
        self.seen: set[str] = set()
        self._learn()
        self.steps = list(self._steps())
        random.Random(len(self.steps)).shuffle(self.steps)
        self.sent = 0

    def _steps(self) -> Iterator[Step]:
        """Yield every address with every method by everybody; by few what tells nothing of who asks, forms twice."""
        few = (self.world.everybody[0], self.world.everybody[-1])
        for rule in self.rules:
            for method in [*sorted(rule.methods or ()), "?"]:
                for somebody in few if method in {"OPTIONS", "HEAD", "?"} else self.world.everybody:
                    yield from [Step(rule, method, somebody)] * (2 if method == "POST" else 1)

    def _learn(self) -> None:
        """Read every page that somebody of all roles can open: what its forms send, and what its links ask for."""
        nobody, everything = self.world.everybody[0], self.world.everybody[-1]
        slugs = {frozenset({"slug"}): ("family", "family-before", "family-within", "young-within")}
        for rule in self.rules:
            if "GET" in (rule.methods or ()) and rule.endpoint != "static":
                for slug in slugs.get(frozenset(rule.arguments), ("family",)):
                    self._read(everything, self._plausible(rule, everything, slug))
            if rule.endpoint.startswith("security."):
                self._read(nobody, rule.rule)

    def _plausible(self, rule: Rule, somebody: Somebody, slug: str) -> str:
        chosen = {"slug": slug, **{name: values[0] for name, values in self.arguments(somebody, own=True).items()}}
        if rule.endpoint.startswith(("talks.", "running.")):
            chosen["slug"] = "a-term" if "kind" in rule.arguments else "a-talk"
        elif rule.rule.startswith("/team"):
            chosen["slug"] = f"{slug if '-' in slug else 'family-now'}-{somebody.place.key}"
        else:
            chosen["slug"] = slug.partition("-")[0]
        return ARGUMENT.sub(lambda found: chosen[found[1]], rule.rule)

    def _read(self, somebody: Somebody, path: str) -> None:
        status, headers, body = self.send(somebody, "GET", path)
        if status != 200 or "html" not in headers.get("Content-Type", ""):
            return
        self.seen |= {mark for mark in self.world.markers if mark in body.decode()}
        page = lxml_html.document_fromstring(body)
        for form in page.xpath("//form"):
            known = self.fields if form.get("method", "get").lower() == "post" else self.queries
            self._keep(known, somebody, form.get("action") or path, _inputs(form), form.get("method", "get"))
        for link in page.xpath("//a[contains(@href, '?')]/@href"):
            self._keep(self.queries, somebody, link, parse_qsl(urlsplit(link).query), "get")

    def _keep(self, known: Known, somebody: Somebody, address: str, found: Fields, method: str) -> None:
        adapter = self.world.app.url_map.bind(somebody.place.host)
        try:
            endpoint, _arguments = adapter.match(urlsplit(address).path, method.upper())
        except (HTTPException, RequestRedirect):
            return
        for name, value in found:
            if value not in known[endpoint][name]:
                known[endpoint][name].append(value)

    def arguments(self, somebody: Somebody, *, own: bool) -> dict[str, list[str]]:
        """Return what may stand in addresses: ids of the own partnership, or those of the other one."""
        here, there = sorted(self.world.ids, key=lambda key: key != somebody.place.key)
        ids = self.world.ids[here if own else there]
        return {
            "slug": [*ids["slug"], "family", "young", "a-talk", "a-term"] if own else ids["slug"],
            "earlier": ids["slug"],
            "name": ["provision", "wave", "district"],
            "item": ["TS02", "TS09", "TS04", "TS11"],
            "key": ["P1", "P4", "other"],
            "code": ["JOINT", "LISTEN"],
            "child": ["1", "2"],
            "page_id": ["ts01", "ts02", "ts11", "check"],
            "filename": ["mark.svg", "css/base.css"],
            "token": [*ids["token"], "x" * 43],
            "sign_up_id": ids["sign_up_id"],
            "promise_id": ids["promise_id"],
            "venue_id": ids["venue_id"],
            "message_id": ids["message_id"],
            "kind": ["term", "series", "other"],
            "user_id": ids["number"],
            "number": ids["number"],
            "voice_id": ids["voice"],
            "comment_id": ids["comment"],
            "sample_id": ids["comment"],
        }

    def send(
        self, somebody: Somebody, method: str, path: str, query: str = "", body: bytes = b"", **more: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request as it is; return status, headers and body. What the program raises is raised."""
        environ = create_environ("/", somebody.place.site_address, method=method, input_stream=io.BytesIO(body))
        environ |= {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": somebody.cookie} | more
        environ["CONTENT_LENGTH"] = str(len(body)) if body else ""
        pieces, status, headers = self.client.run_wsgi_app(environ, buffered=True)
        return int(status.split()[0]), dict(headers), b"".join(pieces)

    def run(self, case: Case) -> list[str]:
        """Send a case, count it, and return what is wrong with the reply."""
        step = case.step
        self.sent += 1
        kind = {"CONTENT_TYPE": case.content_type} if case.content_type else {}
        try:
            status, headers, body = self.send(
                step.somebody, step.method, case.path, in_query(case.query), case.body, **kind, **case.more
            )
        except LeftBehind as left:
            status, problems = 200, [f"left behind: {left}"]
        except Exception as raised:  # what a browser would be told as 500
            *_before, last = traceback.extract_tb(raised.__traceback__)
            where = f"{Path(last.filename).name}:{last.lineno}"
            status, problems = 500, [f"raises {type(raised).__name__} in {where}: {str(raised)[:200]}"]
        else:
            problems = list(self.problems_of(case, status, headers, body))
        self.report.add(case, status, problems)
        if step.method not in READING_METHODS and status < 400:
            self.world.put_back()
        if self.sent % 500 == 0:
            self.world.keep_up()
        return problems

    def problems_of(self, case: Case, status: int, headers: dict[str, str], body: bytes) -> Iterator[str]:
        """Yield what may not be in a reply."""
        if status >= 500:
            yield f"status {status}"
        text = _whole(body)
        if TELLS_TOO_MUCH.search(text):
            yield "tells of its inside"
        somebody = case.step.somebody
        asked = case.more.get("HTTP_HOST", somebody.place.host).partition(":")[0]
        readable = somebody.may_read if asked == somebody.place.host else frozenset()
        for mark in sorted(self.world.markers - readable):
            if mark in text:
                yield f"{mark} may not be read by {somebody.name} of {somebody.place.key}"
        if "html" in headers.get("Content-Type", ""):
            yield from (f"gives back {sign}" for sign in RUNS_IN_A_PAGE if sign in text)
        location = headers.get("Location", "")
        if location and ELSEWHERE in (urlsplit(location).hostname or ""):
            yield f"leads to {location[:80]}"
        if re.match(r"[/\\]{2}|/\\", location):
            yield f"leads off the site: {location[:80]}"


def _inputs(form: Any) -> Fields:
    """Return the fields of a form with a value that the page gives each."""
    found: Fields = []
    for one in form.xpath(".//input[@name] | .//button[@name] | .//textarea[@name]"):
        found.append((one.get("name"), one.get("value") or one.text or ""))
    for one in form.xpath(".//select[@name]"):
        found += [(one.get("name"), option.get("value", "")) for option in one.xpath(".//option")]
    return [(name, value) for name, value in found if name != "csrf_token"]


def _whole(body: bytes) -> str:
    """Return the words of a reply, those inside packed files too."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return body.decode("utf-8", "replace")
