"""What the program does not even have: formats that run, requests to addresses of strangers, files to take away."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from feedback_app.adapters.yaml_lines import SurveyFileError, read_source

PACKAGE = Path(__file__).resolve().parent.parent.parent / "feedback_app"
RUNS_WHAT_IT_READS = frozenset(
    {"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle", "xml", "lxml", "defusedxml"}
)
READS_YAML = frozenset({"adapters/yaml_lines.py"})
ASKS_OTHERS = frozenset(
    {"httpx", "requests", "urllib3", "urllib.request", "http.client", "aiohttp", "ftplib", "smtplib"}
)
MAY_ASK = {
    "adapters/mail.py": "smtplib",  # to the mail server of the settings
    "adapters/openid.py": "httpx",  # to the provider of the settings, for signing in
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Yield every file of the program, as it is understood."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a file imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def belongs(module: str, names: frozenset[str]) -> bool:
    """Return whether a module is one of these, or part of one."""
    return any(module == name or module.startswith(f"{name}.") for name in names)


def test_nothing_is_read_that_could_run() -> None:
    found = [
        (name, module) for name, tree in sources() for module in imports(tree) if belongs(module, RUNS_WHAT_IT_READS)
    ]
    assert found == []
    assert {name for name, tree in sources() if "yaml" in set(imports(tree))} == READS_YAML
    calls = {node.id for _name, tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not calls & {"eval", "exec", "__import__"}


def test_a_file_that_names_something_to_run_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "v1.yaml"
    for tag in ("!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!unknown {a: 1}"):
        file.write_text(f"title: {tag}\n", encoding="utf-8")
        with pytest.raises(SurveyFileError, match="this is not YAML: could not determine a constructor"):
            read_source(file)
        with pytest.raises(yaml.YAMLError):  # so it is by the loader alone
            yaml.safe_load(file.read_text(encoding="utf-8"))


NAMED_AGAIN = "a: &a [x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdef")
)
WITHIN = "a: " + "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize("text", [NAMED_AGAIN, WITHIN], ids=["lists of lists by name", "lists in lists"])
def test_a_file_that_swells_when_it_is_read_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    """A few lines of the first would be billions of parts with a few letters more."""
    file = tmp_path / "v1.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SurveyFileError, match=r"v1\.yaml:\d+: .+"):
        read_source(file)


def test_no_address_of_a_stranger_is_ever_asked() -> None:
    found = {(name, module) for name, tree in sources() for module in imports(tree) if belongs(module, ASKS_OTHERS)}
    assert found <= set(MAY_ASK.items())


def test_no_file_is_kept_for_taking_and_none_is_taken_in_by_a_page() -> None:
    """Exports are made for whoever asks, in the reply itself, so there is no address that another could ask for."""
    sent = [call for _name, tree in sources() for call in calls_of(tree, "send_file", "send_from_directory")]
    assert {ast.unparse(call.args[0]).partition("(")[0] for call in sent} == {"io.BytesIO"}
    taken_in = [
        f"{name}:{node.lineno}"
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "request.files"
    ]
    assert [place for place in taken_in if not place.startswith("web/hardening.py")] == []


def test_no_statement_is_put_together_from_what_somebody_sent() -> None:
    """Every text of SQL is written out in the program; all else goes through bound parameters."""
    assert [
        f"{name}:{call.lineno}"
        for name, tree in sources()
        for call in calls_of(tree, "text", "exec_driver_sql", "literal_column")
        if not all(is_written_out(part) for part in call.args)
    ] == []


def test_a_statement_that_is_put_together_would_be_seen() -> None:
    for bad in ("text(f'SELECT {given}')", "text('SELECT ' + given)", "db.exec_driver_sql(statement)"):
        (call,) = calls_of(ast.parse(bad), "text", "exec_driver_sql")
        assert not all(is_written_out(part) for part in call.args), bad


def calls_of(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of functions of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
            yield node


def is_written_out(part: ast.expr) -> bool:
    """Return whether a text stands in the program as it is, with constants of the program alone put into it."""
    if isinstance(part, ast.JoinedStr):
        put_in = [one.value for one in part.values if isinstance(one, ast.FormattedValue)]
        return all(isinstance(one, ast.Name) and one.id.isupper() for one in put_in)
    return isinstance(part, ast.Constant)
