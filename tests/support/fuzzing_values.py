"""What a stranger may type into anything: strings that break programs, numbers that no column holds, half letters."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

# Signs that a page must never give back as they are: each would do something in a browser.
SCRIPTS = (
    "<script>fuzzed(1)</script>",
    '"><img src=x onerror=fuzzed(2)>',
    "'><svg onload=fuzzed(3)>",
    "</textarea><script>fuzzed(4)</script>",
    "javascript:fuzzed(5)",
)
RUNS_IN_A_PAGE = ("<script>fuzzed", "onerror=fuzzed(2)>", "<svg onload=fuzzed", 'href="javascript:fuzzed')
ELSEWHERE = "attacker.example"
NAUGHTY = (
    *SCRIPTS,
    "", " ", "\t", "\n", "\r\n", "\x00", "a\x00b", "\x07\x08\x1b[2J", "\x7f", "\x85", "\u2028", "\u2029",
    "undefined", "null", "None", "NaN", "true", "[]", "{}", "nil", "\\", "\\\\", "/", "//", "..", "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd", "C:\\Windows\\win.ini", "|id", "; ls", "$(id)", "`id`", "${7*7}", "{{7*7}}", "{% raw %}",
    "%s%s%s%n", "%d", "%(password)s", "{0}", "{self}", "<%= 7*7 %>",
    "'", "''", '"', "--", "' OR 1=1 --", "1; DROP TABLE wave", "' UNION SELECT email FROM staff_user --", "%", "_",
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\u00a0=1+1", "\uff1d1+1",
    "\u202etxt.exe", "\u2066\u2069", "\u200b", "\u200d", "\ufeff", "\u00ad", "\ufffd", "\ufffe", "\uffff",
    "\ud800", "\udfff", "a\ud83d", "\udc00b", "😀", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301" * 20, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L",
    "ﷺ", "İ", "ı", "ß", "ﬁ", "Å", "\u212b", "田中", "עברית", "نص", "ѕсоре", "ｓｅｎｄ", "\U0010ffff",
    "http://attacker.example/", "//attacker.example", "/\\attacker.example", "https:attacker.example",
    "/team\r\nX-A: 1",
    "somebody@example.org\nBcc: other@example.org", "a@b", "a" * 65 + "@example.org", "a@" + "b" * 250 + ".org",
    "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "-1-1-1", "31/12/2026", "1e309", "１２", "٣",
    "x" * 65, "x" * 300, "é" * 5000, "x" * 100_000,
)  # fmt: skip
NUMBERS = (
    "0", "-0", "1", "2", "00001", "+1", " 1", "1.0", "1e2", "0x1", "1_0", "127", "128", "32768", "2147483647",
    "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "18446744073709551616", "1" + "0" * 30, "9" * 400, "9" * 5000, "-1", "-7", "NaN", "Infinity",
)  # fmt: skip

# Heads that a proxy, a browser or a stranger may send along; the host is drawn apart.
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"HTTP_X_FORWARDED_HOST": ELSEWHERE, "HTTP_X_FORWARDED_FOR": "10.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"},
    {"HTTP_REFERER": f"https://{ELSEWHERE}/team"},
    {"HTTP_REFERER": "\x00[", "HTTP_USER_AGENT": "x" * 9000},
    {"HTTP_ACCEPT_LANGUAGE": "xx-" + "y" * 500 + ",ur;q=nan,*;q=2", "HTTP_ACCEPT": "application/json"},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Foo 10000 99:99:99", "HTTP_IF_NONE_MATCH": '"', "HTTP_RANGE": "bytes=9-1"},
    {"HTTP_X_REQUEST_ID": "x\ty" * 200, "HTTP_ORIGIN": "null", "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    {"HTTP_AUTHORIZATION": "Basic ////", "HTTP_AUTHENTICATION_TOKEN": "x", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
)


def raw(text: str) -> bytes:
    """Return the bytes of a text as they may go over the wire: half a character too."""
    return text.encode("utf-8", "surrogatepass")


def in_path(text: str) -> str:
    """Return a text as a server hands a path on: its bytes, each as one letter."""
    return raw(text).decode("latin-1")


def in_query(fields: list[tuple[str, str]]) -> str:
    """Return fields as the part of an address after the question mark."""
    return "&".join(f"{quote_plus(raw(name))}={quote_plus(raw(value))}" for name, value in fields)


def as_parts(fields: list[tuple[str, str]]) -> bytes:
    """Return fields as a body in parts, each third one a file with an odd name."""
    lines: list[bytes] = []
    for at, (name, value) in enumerate(fields):
        file = b'; filename="../../' + quote(raw(value))[:60].encode() + b'"' if at % 3 == 2 else b""
        named = raw(name).replace(b'"', b"%22").replace(b"\r", b"").replace(b"\n", b"")
        lines += [b"--fuzz", b'Content-Disposition: form-data; name="' + named + b'"' + file, b"", raw(value)]
    return b"\r\n".join([*lines, b"--fuzz--", b""])


def draw_strings(number: int, start: int) -> list[str]:
    """Return strings of any signs, halves of signs among them, as hypothesis draws them from a start."""
    found: list[str] = []

    @seed(start)
    @settings(max_examples=number, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.text(st.characters(exclude_categories=()), max_size=40))
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return list(dict.fromkeys(found))
