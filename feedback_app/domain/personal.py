"""What may tell who somebody is, found by patterns: a suggestion for a person to confirm, never a promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LOOKED_THROUGH = 20_000  # characters; what is longer is looked through in parts
OVERLAP = 200


class Personal(NamedTuple):
    """A stretch of words that may tell who somebody is; kinds: see hiding.MARKS."""

    start: int
    end: int
    kind: str


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A capital and small letters, so that EHCP, CAMHS and SALT are none; also Mary-Jane, O'Brien, McDonald.
_PART = r"(?:(?:Mc|Mac|O['’])?[A-ZÀ-ÖØ-ÞŁŚŻŹĆŞȘȚ][a-zà-öø-ÿąćęłńóśźżăâîșşțţ]{1,24}(?:-[A-Z][a-z]{1,24})?)"
_NAME = rf"{_PART}(?:\s{_PART}){{0,2}}"
_NO_NAMES = _words(
    "I The A An And But So He She It We They You His Her My Our Their This That These Those There Then When What Who "
    "Why How Where Is Was Are Were Has Have Had Not No Yes Please Thank Thanks Also Because After Before If In On At "
    "To From For With Of As By Very Just Still Now Since Until While Year Years Reception Nursery Key Stage Class "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Christmas Easter English Maths Science Autism Autistic Asperger Aspergers "
    "Down Downs Syndrome Dyslexia Dyslexic Tourette Tourettes Senco Sen Send Ehcp Camhs Salt Local Offer Council "
    "County Ofsted Nhs School Academy College Primary High Mum Dad Nan Grandma Grandad Doctor Nurse Teacher "
    "Headteacher Head Teaching Assistant Speech Language Therapy Therapist Educational Psychologist Paediatrician "
    "Social Worker Adhd Covid Zoom Teams Facebook Google British Urdu Polish Punjabi Panjabi Gujarati Romanian "
    "Makaton Makes Needs Loves Likes Gets Goes Does Did Will Can Could Would Should Feels Says Said Told Attends "
    "Struggles Went Came Started God Jesus Allah Back"
)
_RELATION = (
    r"(?:son|daughter|child|boy|girl|lad|brother|sister|twin|twins|nephew|niece|grandson|granddaughter|husband|wife|"
    r"partner|friend|cousin|uncle|auntie|aunty|aunt|teacher|ta|senco|stepson|stepdaughter|mum|dad|key ?worker|"
    r"social worker|taxi driver|carer)"
)
_PATTERNS = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    ("address", re.compile(r"(?<!\w)(?:https?://|www\.)\S{3,200}", re.IGNORECASE)),
    ("account", re.compile(r"(?<![\w@.])@[A-Za-z][\w.]{2,30}")),
    ("postcode", re.compile(r"\b(?:GIR ?0AA|[A-PR-UWYZa-pr-uwyz](?:\d[\dA-HJKPSTUWa-hjkpstuw]?|[A-HK-Ya-hk-y]\d"
                            r"[\dABEHMNPRV-Yabehmnprv-y]?)\s{0,2}\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2})\b")),
    ("phone", re.compile(r"(?<![\w+])(?:\+44|0044|\(?0)(?:[\s().-]{0,2}\d){9,10}(?!\d)")),
    ("birth_date", re.compile(r"\b(?:d\.?o\.?b\.?|date of birth|born(?: on)?|birthday(?: is| on)?)\W{0,3}(?:the )?"
                              r"(?:\d{1,2}(?:st|nd|rd|th)?[\s./-](?:of )?(?:\d{1,2}|[A-Za-z]{3,9})(?:[\s./-]\d{2,4})?)",
                              re.IGNORECASE)),
    ("birth_date", re.compile(r"\b(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d\b")),
    ("street", re.compile(rf"\b\d{{1,4}}[a-zA-Z]?,? {_NAME} "
                          r"(?:Road|Street|Avenue|Lane|Close|Drive|Crescent|Grove|Terrace|Way|Place|Court|Rd|St|Ave)\b")),
    ("setting", re.compile(rf"\b(?:(?:St|Saint|Our|Holy|Sacred)\.? )?{_PART}(?:['’]s?)?"
                           rf"(?: (?:{_PART}|of|the|and|C ?of ?E|CE|RC)){{0,4}} "
                           r"(?:Primary|Infants?|Junior|High|Secondary|Grammar|Special|Nursery|Community|Catholic|Academy|"
                           r"School|College|Pre-?school)(?: (?:School|Academy|College|Centre|Nursery))?\b")),
)  # fmt: skip
_NAMES = (
    re.compile(rf"\b(?:Mrs|Mr|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Nurse|Sister|Rev|Fr|Imam|Cllr)\.? ({_NAME})"),
    re.compile(r"\b(?:mrs|mr|miss|ms|dr) ([a-z][a-z'’-]{2,24})\b"),
    re.compile(rf"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir|[Tt]he)(?: \w{{2,12}})? (?i:{_RELATION}),? ({_NAME})"),
    re.compile(rf"\b(?i:called|named|name is|names are|name's|names|nickname is|aged? \d+,) ({_NAME})"),
    re.compile(r"\b(?i:my|his|her) (?i:name is|names|name's) (\w[\w'’-]{1,24})"),
    re.compile(rf"\b[Ii](?: am|['’]?m) ({_PART}(?: {_PART})?)(?=,| and i\b| and I\b|\.| from\b)"),
    re.compile(rf"\b(?:signed|regards|thanks|thank you|from),?\s+({_NAME})(?=\W*$)", re.IGNORECASE | re.MULTILINE),
    re.compile(rf"(?<=[a-z,] )({_PART}(?: {_PART})?)['’]s "
               r"(?i:teacher|school|class|mum|dad|mother|father|brother|sister|ta|plan|"
               r"ehcp|needs|autism|anxiety|diagnosis|behaviour)\b"),
)  # fmt: skip
_LOWER_TITLE = 1  # of _NAMES: small letters after a title; only what is no common word
_COMMON_AFTER_TITLE = _words("and who was said has had the for told but that with from out")
_FORGOTTEN_CASE = 5  # of _NAMES: "I am Scared" is no name
_NO_SETTING = _words(
    "The A An My His Her Our Your Their This That Which Any Every Each Mainstream Special Primary High Secondary "
    "Nursery Local New Old After Before Since In At And But Pre Private State Good Bad Great No Some Most Infant "
    "Junior Sunday Boarding Middle Grammar Community Catholic Further Sixth First Final Last"
)
_DIGITS = re.compile(r"(?<!\d)(?:\d[\s-]?){9}\d(?!\d)")


def find_personal(words: str) -> tuple[Personal, ...]:
    """Return the stretches that may tell who somebody is, in order, none over another."""
    found: list[Personal] = []
    for offset in range(0, max(len(words), 1), LOOKED_THROUGH):
        part = words[offset : offset + LOOKED_THROUGH + OVERLAP]
        found += [Personal(one.start + offset, one.end + offset, one.kind) for one in _in_part(part)]
    kept: list[Personal] = []
    for one in sorted(set(found), key=lambda span: (span.start, -span.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif one.end > kept[-1].end:
            kept[-1] = Personal(kept[-1].start, one.end, kept[-1].kind)
    return tuple(kept)


def _in_part(words: str) -> Iterator[Personal]:
    yield from (Personal(*match.span(), "nhs_number") for match in _DIGITS.finditer(words) if is_nhs_number(match[0]))
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(words):
            start = _start_of_setting(match) if kind == "setting" else match.start()
            if start is not None:
                yield Personal(start, match.end(), kind)
    for number, pattern in enumerate(_NAMES):
        for match in pattern.finditer(words):
            end = _end_of_name(match, number)
            if end > match.start(1):
                yield Personal(match.start(1), end, "name")


def _end_of_name(match: re.Match[str], number: int) -> int:
    """Return where a name ends: before the first word that is none; its start where nothing of it is one."""
    end = match.start(1)
    for word in re.finditer(r"\S+", match[1]):
        bare = word[0].rstrip(".,'’")
        common = bare in _COMMON_AFTER_TITLE if number == _LOWER_TITLE else bare.capitalize() in _NO_NAMES
        if common or (number == _FORGOTTEN_CASE and bare.endswith("ed")):
            break
        end = match.start(1) + word.end()
    return end


def _start_of_setting(match: re.Match[str]) -> int | None:
    """Return where the name of a setting begins, or None for a school of a kind, such as "My Primary School"."""
    start, parts = match.start(), match[0].split()
    while parts and parts[0] in _NO_SETTING:
        start += len(parts[0]) + 1
        parts = parts[1:]
    kinds = _NO_SETTING | {"School", "Academy", "College", "Infants", "Pre-school", "Preschool", "Centre"}
    return start if parts and parts[0] not in kinds else None


def is_nhs_number(text: str) -> bool:
    """Return whether ten digits, in groups or not, hold the check digit of an NHS number (modulus 11)."""
    digits = [int(sign) for sign in text if sign.isascii() and sign.isdigit()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return digits[9] == (0 if check == 11 else check)
