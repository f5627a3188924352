"""`make audit`: is there a published weakness in what we depend on? Fails for one; says where nobody can be asked.

pip-audit asks PyPI release by release. Where that is not answered (a mirror, a network that is closed), PyPI's page of
the whole project is asked, which tells the weaknesses of its newest release. Nothing is asked twice on one day.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ("requirements.txt", "requirements-build.txt")
STAMP = ROOT / ".venv" / ".audited"
SECONDS = 10
PROJECT = "https://pypi.org/pypi/{name}/json"
Ask = Callable[[str], Mapping[str, Any] | None]


@dataclass
class Audit:
    """What came of asking: weaknesses, how many packages were asked about, and those about which nobody answered."""

    weaknesses: list[str] = field(default_factory=list)
    asked: int = 0
    unanswered: list[str] = field(default_factory=list)

    def said(self) -> str:
        """Return the result in sentences."""
        lines = [f"Published weakness: {one}" for one in self.weaknesses]
        if self.unanswered:
            named = ", ".join(sorted(self.unanswered)[:8]) + (" ..." if len(self.unanswered) > 8 else "")
            lines.append(f"NOT AUDITED, no database of weaknesses answers from here: {len(self.unanswered)} ({named}).")
        lines.append(f"Dependencies asked about: {self.asked}. Published weaknesses: {len(self.weaknesses)}.")
        return "\n".join(lines)


def judge(dependencies: Sequence[Mapping[str, Any]], ask: Ask) -> Audit:
    """Return the audit of what pip-audit found, and of what it could not ask about by asking for the project."""
    audit, left = Audit(), []
    for one in dependencies:
        if "skip_reason" in one:
            left.append(_split(str(one["skip_reason"]), str(one["name"])))
            continue
        audit.asked += 1
        audit.weaknesses += [_told(one["name"], one["version"], found["id"]) for found in one.get("vulns", ())]
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(lambda pin: ask(pin[0]), left))
    for (name, version), answer in zip(left, answers, strict=True):
        if answer is None or answer["info"]["version"] != version:
            audit.unanswered.append(f"{name} {version}")
            continue
        audit.asked += 1
        standing = [found for found in answer.get("vulnerabilities") or () if not found.get("withdrawn")]
        audit.weaknesses += [_told(name, version, found["id"]) for found in standing]
    return audit


def _told(name: str, version: str, known_as: str) -> str:
    return f"{name} {version}: {known_as}"


def _split(reason: str, name: str) -> tuple[str, str]:
    """Return name and version of what was passed over; the reason ends with "name (version)"."""
    return name, reason.rpartition("(")[2].rstrip(")")


def pinned(lock: str) -> list[dict[str, str]]:
    """Return what a lock pins, as pip-audit tells of what it could not ask about."""
    pins = [
        line.split()[0].split(";")[0].split("==") for line in lock.splitlines() if "==" in line and line[0].isalnum()
    ]
    return [{"name": name, "skip_reason": f"nobody answered: {name} ({version})"} for name, version in pins]


def run_pip_audit(locks: Sequence[Path]) -> list[dict[str, Any]]:
    """Return what pip-audit tells of each dependency; where it cannot work, each as one that it passed over."""
    program = Path(sys.executable).with_name("pip-audit")
    command = [str(program), "--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json"]
    command += [f"--timeout={SECONDS}", *(part for lock in locks for part in ("-r", str(lock)))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return [pin for lock in locks for pin in pinned(lock.read_text(encoding="utf-8"))]
    return found


def ask_project(name: str) -> Mapping[str, Any] | None:
    """Return what PyPI says of a project and its newest release; None where it does not answer."""
    try:
        with urllib.request.urlopen(PROJECT.format(name=name), timeout=SECONDS) as reply:
            answer: Mapping[str, Any] = json.load(reply)
    except (OSError, ValueError):
        return None
    return answer


def main() -> int:
    """Audit the locks once a day; return 1 for a weakness."""
    locks = [ROOT / name for name in LOCKS]
    today = datetime.now(UTC).date().isoformat()
    state = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks) + today.encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8").startswith(state):
        print(STAMP.read_text(encoding="utf-8").partition("\n")[2])
        return 0
    audit = judge(run_pip_audit(locks), ask_project)
    print(audit.said())
    if audit.asked and not audit.weaknesses:
        STAMP.write_text(f"{state}\n{audit.said()}", encoding="utf-8")
    return int(bool(audit.weaknesses))


if __name__ == "__main__":
    sys.exit(main())
