"""Cases to send: what is plausible, with rubbish in some places."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.support.client import READING_METHODS
from tests.support.fuzzing import ARGUMENT, Case, Fields, Fuzzer, Step
from tests.support.fuzzing_values import ELSEWHERE, HEADERS, NAUGHTY, NUMBERS, SCRIPTS, as_parts, in_path, in_query

FORM = "application/x-www-form-urlencoded"
UNUSUAL = ("TRACE", "PROPFIND", "PUT", "PATCH", "DELETE", "POST")
PRIVILEGED = ("id", "user_id", "active", "roles", "role", "partnership", "fs_uniquifier", "password", "demonstration",
              "wave_id", "slug", "email", "workstreams", "tf_primary_method", "is_admin", "next", "csrf_token",
              "_method", "remember", "sso_subject")  # fmt: skip
PARAMETERS = ("next", "with", "weighted", "before", "who", "via", "change", "done", "noted", "page", "from", "until")
IDS = frozenset({"slug", "earlier", "number", "user_id", "voice_id", "comment_id"})
HOSTS = (ELSEWHERE, "northshire.example", "lancashire.example:8443", "x" * 300, "[::1")


def cases(fuzzer: Fuzzer, number: int, seed: int, strings: Sequence[str]) -> Iterator[Case]:
    """Yield so many cases, every way to ask in turn; the same for the same seed and strings.

    One in three is no rubbish at all: it asks for an id of the other partnership, with all else as it should be.
    """
    drawing = random.Random(seed)
    with_ids = [step for step in fuzzer.steps if step.rule.arguments & IDS and step.method != "?"]
    for at in range(number):
        if at % 3:
            yield Drawing(drawing, fuzzer, strings, fuzzer.steps[at * 2 // 3 % len(fuzzer.steps)]).case()
        else:
            yield Drawing(drawing, fuzzer, strings, with_ids[at // 3 % len(with_ids)]).theirs()


class Drawing:
    """Draws one case of a step."""

    def __init__(self, drawing: random.Random, fuzzer: Fuzzer, strings: Sequence[str], step: Step) -> None:
        """Take what chance decides by, and strings to throw in besides those that are known to be naughty."""
        self.drawing, self.fuzzer, self.strings = drawing, fuzzer, strings
        others = sorted(set(UNUSUAL) - (step.rule.methods or set()))
        self.step = step if step.method != "?" else replace(step, method=drawing.choice(others))

    def case(self) -> Case:
        """Return the case."""
        sends = self.step.method not in READING_METHODS
        body, content_type = self._body() if sends else (b"", "")
        return Case(self.step, self._path(), self._query(), body, content_type, self._more())

    def theirs(self) -> Case:
        """Return a case that asks for what is the other partnership's, as their own people would."""
        ids = self.fuzzer.arguments(self.step.somebody, own=False)
        path = ARGUMENT.sub(lambda found: self.drawing.choice(ids[found[1]]), self.step.rule.rule)
        known = self.fuzzer.fields[self.step.rule.endpoint]
        fields = [(name, self.drawing.choice(values)) for name, values in known.items()]
        fields.append(("csrf_token", self.step.somebody.token))
        sends = self.step.method not in READING_METHODS
        return Case(self.step, path, [], in_query(fields).encode() if sends else b"", FORM if sends else "", {})

    def _one_in(self, number: int) -> bool:
        return self.drawing.randrange(number) == 0

    def _odd(self) -> str:
        return self.drawing.choice(self.drawing.choice((NAUGHTY, NAUGHTY, NUMBERS, self.strings)))

    def _value(self, known: Sequence[str]) -> str:
        """Return something known, or something odd."""
        return self._odd() if not known or self._one_in(4) else self.drawing.choice(known)

    def _path(self) -> str:
        own = self.fuzzer.arguments(self.step.somebody, own=not self._one_in(6))

        def argument(found: re.Match[str]) -> str:
            return in_path(self._odd()) if self._one_in(8) else self.drawing.choice(own[found[1]])

        path = ARGUMENT.sub(argument, self.step.rule.rule)
        if self._one_in(15):
            path = self.drawing.choice(("/pl", "/en-xa", "/xx", "//x", "/%2e%2e")) + path
        return path + in_path(self._odd()) if self._one_in(30) else path

    def _query(self) -> Fields:
        """Return what stands after the question mark: known names, and some from elsewhere."""
        if not self._one_in(3 if self.step.method == "GET" else 8):
            return []
        known = self.fuzzer.queries[self.step.rule.endpoint]
        theirs = self.fuzzer.arguments(self.step.somebody, own=False)["slug"]
        chosen = self.drawing.choices([*known, *known, *PARAMETERS], k=self.drawing.randint(1, 4))
        return [(name, self._value(known.get(name) or theirs)) for name in chosen]

    def _fields(self) -> Fields:
        """Return the fields of the form: some odd, some missing, some twice, some that it has not."""
        known = self.fuzzer.fields[self.step.rule.endpoint]
        odd = not self._one_in(4)  # else all is as the page has it
        fields = [
            (name, self._value(values) if odd else self.drawing.choice(values))
            for name, values in known.items()
            if not (odd and self._one_in(8))
        ]
        if self._one_in(4):
            ids = [value for ids in self.fuzzer.world.ids.values() for values in ids.values() for value in values]
            fields.append((self.drawing.choice([*known, *PRIVILEGED]), self._value(ids)))
        if self._one_in(10):
            fields.append((self._odd(), self._odd()))
        if not self._one_in(15):
            fields.append(("csrf_token", self.step.somebody.token))
        return fields

    def _body(self) -> tuple[bytes, str]:
        """Return the body and what it says to be: mostly a form, at times in parts, JSON, cut short, or none."""
        fields, kind = self._fields(), self.drawing.randrange(20)
        if kind == 0:
            return json.dumps(dict(fields)).encode(), "application/json"
        if kind == 1:
            return as_parts(fields)[: -self.drawing.randint(1, 20)], "multipart/form-data; boundary=fuzz"
        if kind == 2:
            kinds = (FORM, "text/plain", "multipart/form-data", "", "x/\xe9")
            return self.drawing.randbytes(self.drawing.randrange(200)), self.drawing.choice(kinds)
        if kind == 3:
            return b"a=1&" * 3000 + b"[" * 3000, self.drawing.choice((FORM, "application/json"))
        if kind <= 6:
            return as_parts(fields), "multipart/form-data; boundary=fuzz"
        return in_query(fields).encode(), FORM

    def _more(self) -> dict[str, str]:
        more = dict(self.drawing.choice(HEADERS)) if self._one_in(6) else {}
        if self._one_in(40):
            more["HTTP_HOST"] = self.drawing.choice(HOSTS)
        if self._one_in(40):
            cookies = self.drawing.choice(SCRIPTS), self.drawing.choice((".eJw", "x" * 5000))
            more["HTTP_COOKIE"] = "; ".join(f"feedback={cookie}" for cookie in cookies)
        return more
