"""House rules that can be seen in the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted((ROOT / "feedback_app").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
# Put together here, so that this file may be looked at too.
UNFINISHED = re.compile(
    r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "coming " + "soon", "not " + "implemented"]) + r")\b"
)
LONGEST_FILE = 350
LONGEST_FUNCTION = 45
HEAVY = frozenset({"pandas", "scipy", "numpy", "xlsxwriter", "textblob", "nltk", "weasyprint", "docx", "pptx"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of a file, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def name(path: Path) -> str:
    """Return a file's name for a message."""
    return str(path.relative_to(ROOT))


def test_no_file_is_too_long_to_read_in_one_sitting() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in [*SOURCES, *TESTS]}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long_to_see_at_once() -> None:
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in SOURCES
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_nothing_is_marked_as_unfinished() -> None:
    suffixes = {".py", ".html", ".yaml", ".toml", ".sh", ".js", ".css", ".txt", ".po"}
    folders = [ROOT / folder for folder in ("feedback_app", "surveys", "migrations", "translations", "tests", "deploy")]
    files = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in suffixes and "vendor" not in path.parts
    ]
    found = [
        f"{name(path)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_no_test_is_passed_over() -> None:
    passing_over = re.compile(r"pytest\.(?:skip|xfail|importorskip)\b|mark\.(?:skip|skipif|xfail)\b")
    assert [
        name(path) for path in TESTS if path.name != "test_house.py" and passing_over.search(path.read_text())
    ] == []


def test_every_public_function_says_in_one_line_what_it_does() -> None:
    wanting = []
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            inner = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else []
            public = [item for item in [node, *inner] if isinstance(item, Function) and not item.name.startswith("_")]
            wanting += [f"{name(path)}:{item.lineno} {item.name}" for item in public if not _says(item)]
    assert wanting == []


def _says(function: Function) -> bool:
    text = ast.get_docstring(function) or ""
    overloaded = any("overload" in ast.unparse(mark) for mark in function.decorator_list)
    return overloaded or bool(text.splitlines()[:1] and text.splitlines()[0].strip())


def test_no_error_is_swallowed_whole() -> None:
    broad = [
        f"{name(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises(node)
    ]
    assert broad == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or ast.unparse(handler.type) in {"Exception", "BaseException"}


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in ast.walk(handler))


@pytest.mark.parametrize("room", ["domain", "services", "store", "web", "cli", "jobs"])
def test_heavy_libraries_are_imported_inside_functions(room: str) -> None:
    heavy = []
    for path in sorted((ROOT / "feedback_app" / room).rglob("*.py")):
        for node in _at_the_top(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            heavy += [f"{name(path)}:{node.lineno} {module}" for module in modules if module.split(".")[0] in HEAVY]
    assert heavy == []


def _at_the_top(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that run when a module is imported, those for type checkers left out."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        elif isinstance(node, ast.If | ast.Try):
            yield from (inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom))


def test_templates_keep_escaping_on_for_all_but_their_own_literals() -> None:
    switched_off = re.compile(r"(?<!['\"])\s*\|\s*safe\b|autoescape\s+false")
    texts = {name(path): path.read_text(encoding="utf-8") for path in (ROOT / "feedback_app").rglob("*.html")}
    assert [path for path, text in texts.items() if switched_off.search(re.sub(r"(?s)\{#.*?#\}", "", text))] == []


def test_nothing_about_one_area_stands_in_the_program() -> None:
    area = re.compile(r"lancashire|blackpool|blackburn", re.IGNORECASE)
    # The setting's default names the folder of files that the installation reads.
    files = [path for path in SOURCES if name(path) != "feedback_app/settings.py"]
    files += sorted((ROOT / "feedback_app").rglob("*.html"))
    assert [name(path) for path in files if area.search(path.read_text(encoding="utf-8"))] == []
