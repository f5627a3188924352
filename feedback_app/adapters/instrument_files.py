"""A partnership's folder of files: its facts, its scales, its instruments by version, and the check of them all."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from feedback_app.adapters.instrument_expansion import expanded
from feedback_app.adapters.yaml_lines import Problem, Source, SurveyFileError, read_source, validated
from feedback_app.domain.checking import Known, check, reading_age_of
from feedback_app.domain.finding import Finding
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.partnership import Partnership, disagreements
from feedback_app.domain.plan import Plan
from feedback_app.domain.plan import disagreements as plan_disagreements
from feedback_app.domain.scales import Scales
from feedback_app.domain.scales import disagreements as scales_disagreements
from feedback_app.domain.texts import Texts, as_data, checksum
from feedback_app.domain.ways import Paths, paths

_VERSION = re.compile(r"^v([1-9][0-9]*)\.yaml$")


@dataclass(frozen=True)
class Report:
    """What the check says of one version: problems stop it from loading; findings are errors and warnings in it."""

    name: str
    version: int
    file: str
    problems: tuple[Problem, ...] = ()
    findings: tuple[Problem, ...] = ()
    paths: Paths | None = None
    minutes: int | None = None
    reading_age: float | None = None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return all that must be mended before the version can be fielded."""
        return self.problems + tuple(finding for finding in self.findings if finding.level == "error")


def load_partnership(root: Path) -> Partnership:
    """Return the partnership whose files lie in `root`; raises SurveyFileError."""
    source = read_source(root / "partnership.yaml")
    partnership = validated(Partnership, source.data, source)
    wrong = disagreements(partnership)
    if wrong:
        raise SurveyFileError([source.problem((), message) for message in wrong])
    return partnership


def load_scales(root: Path) -> Scales:
    """Return what the surveys in `root` share, the districts among the lists; raises SurveyFileError."""
    source = read_source(root / "scales.yaml")
    data = dict(source.data)
    geography = load_partnership(root).geography
    places = [{"code": district.code, "label": district.name} for district in geography.districts]
    values: dict[str, dict[str, int]] = {}
    lists: dict[str, Any] = {}
    for name, answers in (data.pop("lists", None) or {}).items():
        lists[name] = dict(answers)
        if lists[name].pop("from_geography", None) == "districts":
            values[name] = {district.key: district.code for district in geography.districts}
            lists[name]["options"] = [*places, *answers.get("options", [])]
    data["response_scales"] = {**data.get("response_scales", {}), **lists}
    data["breakdowns"] = {
        key: _with_groups(breakdown, lists) for key, breakdown in (data.get("breakdowns") or {}).items()
    }
    scales = validated(Scales, {**data, "values": values}, source)
    wrong = [
        source.problem(("lists" if name in lists else "response_scales", name, "options"), message)
        for name, message in scales_disagreements(scales)
    ]
    if wrong:
        raise SurveyFileError(wrong)
    return scales


def _with_groups(breakdown: Mapping[str, Any], lists: Mapping[str, Any]) -> dict[str, Any]:
    """Return a breakdown whose groups are written out, where it says that they are those of a list."""
    whole = dict(breakdown)
    name = whole.pop("groups_from", None)
    if name in lists:
        whole["groups"] = {option["code"]: option["label"] for option in lists[name]["options"]}
    return whole


def load_instrument(path: Path, scales: Scales) -> Instrument:
    """Return the instrument in a file; raises SurveyFileError with every problem's line."""
    return _instrument(read_source(path), scales)


def _instrument(source: Source, scales: Scales) -> Instrument:
    """Return the instrument that a source holds."""
    data, problems = expanded(source, scales)
    if problems:
        raise SurveyFileError(problems)
    return validated(Instrument, data, source)


def list_surveys(root: Path) -> list[str]:
    """Return the names of the instruments in `root`, in order of the alphabet."""
    return sorted({path.parent.name for path in root.glob("*/v*.yaml") if _VERSION.match(path.name)})


def list_versions(root: Path, name: str) -> list[int]:
    """Return the versions that an instrument has files for, oldest first."""
    found = (_VERSION.match(path.name) for path in (root / name).glob("v*.yaml"))
    return sorted(int(match.group(1)) for match in found if match)


def load_survey(root: Path, name: str, version: int | None = None) -> Instrument:
    """Return an instrument by name, its newest version unless one is named; raises SurveyFileError."""
    versions = list_versions(root, name)
    if not versions and version is None:
        raise SurveyFileError([Problem((root / name).as_posix(), 1, None, "there is no version of this survey")])
    return load_instrument(root / name / f"v{version or versions[-1]}.yaml", load_scales(root))


def load_texts(path: Path) -> Texts:
    """Return the translations in a .po file: context -> English -> translation; fuzzy and empty ones left out."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    texts: dict[str, dict[str, str]] = {}
    for message in catalogue:
        if message.id and message.string and not message.fuzzy and isinstance(message.string, str):
            texts.setdefault(message.context or "", {})[str(message.id)] = message.string
    return texts


def load_translations(folder: Path, locales: tuple[str, ...]) -> dict[str, Texts]:
    """Return locale -> translations from a gettext folder; a language without a file has no translations."""
    files = {locale: folder / locale / "LC_MESSAGES" / "messages.po" for locale in locales}
    return {locale: load_texts(path) if path.exists() else {} for locale, path in files.items()}


def load_plan(root: Path) -> Plan:
    """Return the partnership's plan; raises SurveyFileError."""
    source = read_source(root / "plan.yaml")
    plan = validated(Plan, source.data, source)
    wrong = [source.problem(where, message) for where, message in plan_disagreements(plan)]
    if wrong:
        raise SurveyFileError(wrong)
    return plan


def load_known(root: Path, scales: Scales) -> Known:
    """Return what an instrument may refer to: the plan's references, shared scales, other surveys' addresses."""
    plan = load_plan(root)
    return Known(
        plan_references=plan.references,
        priorities=frozenset(priority.number for priority in plan.priorities),
        item_scales=frozenset(scales.item_scales),
        breakdowns=frozenset(scales.breakdowns),
        slugs=_slugs(root),
    )


def _slugs(root: Path) -> dict[str, frozenset[str]]:
    """Return address -> surveys that have it; what is wrong with those that cannot be read is told elsewhere."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.glob("*/v*.yaml")):
        with suppress(SurveyFileError):
            data = read_source(path).data
            found.setdefault(str(data.get("slug")), set()).add(str(data.get("name")))
    return {slug: frozenset(names) for slug, names in found.items()}


def fielded_checksums(root: Path) -> dict[str, dict[int, str]]:
    """Return survey name -> version -> the checksum it was fielded with, from fielded.yaml."""
    path = root / "fielded.yaml"
    return read_source(path).data.get("fielded") or {} if path.exists() else {}


def fielded_checksum(instrument: Instrument) -> str:
    """Return the checksum that freezes a version: over all its words and codes, those of shared scales included."""
    return checksum(as_data(instrument))


def check_files(root: Path, translations: Path | None = None) -> list[Report]:
    """Return a report on every version of every instrument in `root`; raises SurveyFileError for the shared files."""
    scales = load_scales(root)
    known = load_known(root, scales)
    others = tuple(language.locale for language in load_partnership(root).languages[1:])
    languages = load_translations(translations, others) if translations else {}
    fielded = fielded_checksums(root)
    reports = []
    for name in list_surveys(root):
        for version in list_versions(root, name):
            frozen = fielded.get(name, {}).get(version)
            reports.append(check_file(root / name / f"v{version}.yaml", scales, known, languages, frozen))
    return reports


def check_file(
    path: Path, scales: Scales, known: Known, languages: Mapping[str, Texts], frozen: str | None = None
) -> Report:
    """Return the report on one file, `<name>/v<version>.yaml` as a rule; `frozen`: the checksum it was fielded with."""
    match = _VERSION.match(path.name)
    name, version = path.parent.name, int(match.group(1)) if match else 0
    try:
        source = read_source(path)
        instrument = _instrument(source, scales)
    except SurveyFileError as error:
        return Report(name, version, path.as_posix(), problems=error.problems)
    found = [_located(source, finding) for finding in check(instrument, known, languages)]
    if match:
        found += _misplaced(source, instrument, name, version)
    if frozen is not None and frozen != fielded_checksum(instrument):
        message = f"{name} v{version} was fielded and has been changed: make v{version + 1}.yaml instead"
        found.append(source.problem((), message))
    ways = None if any(finding.level == "error" for finding in found) else paths(instrument)
    minutes = math.ceil(ways.seconds_longest / 60) if ways else None
    age = reading_age_of(instrument)
    return Report(name, version, path.as_posix(), (), tuple(found), ways, minutes, age)


def _located(source: Source, finding: Finding) -> Problem:
    """Return a finding with its file and line."""
    line = source.line_of((*source.place_of_item(finding.item), *finding.at))
    return Problem(source.path.as_posix(), line, finding.item, finding.message, finding.level)


def _misplaced(source: Source, instrument: Instrument, name: str, version: int) -> list[Problem]:
    """Return a problem when a file's folder or version is not what the file says."""
    found = []
    if instrument.name != name:
        found.append(source.problem(("name",), f"the folder is {name}, but the survey calls itself {instrument.name}"))
    if instrument.version != version:
        found.append(source.problem(("version",), f"the file is v{version}, but says version {instrument.version}"))
    return found
