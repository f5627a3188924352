"""All texts of the product in one catalogue for translators: those of the pages, and those of the surveys."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.partnership import CONTEXT, Partnership, texts_of_partnership
from feedback_app.domain.texts import texts_of

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
_NOT_OURS = tuple(f'"{name}' for name in ("POT-", "PO-", "Project", "Report", "Last", "Language-Team", "Generated"))
PACKAGE = Path(__file__).resolve().parent.parent


def collect_texts(instruments: Iterable[Instrument], partnership: Partnership, shared: Iterable[str]) -> Catalog:
    """Return the catalogue of all texts, untranslated; `shared` are those of scales and of the population."""
    catalogue = Catalog(charset="utf-8", fuzzy=False, header_comment="# All texts of feedback-app.")
    found = extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS, ("Translators:",), strip_comment_tags=True)
    for name, line, message, comments, context in sorted(found, key=lambda text: (text[0], text[1])):
        catalogue.add(message, None, [(f"feedback_app/{name}", line)], auto_comments=comments, context=context)
    for instrument in instruments:
        for context, text in texts_of(instrument):
            catalogue.add(text, None, [(f"{instrument.name} v{instrument.version}", 1)], context=context)
    for text in (*texts_of_partnership(partnership), *shared):
        catalogue.add(text, None, [("partnership", 1)], context=CONTEXT)
    return catalogue


def write_catalogue(catalogue: Catalog, path: Path) -> int:
    """Write a catalogue as a .pot file without dates, so that it changes only with its texts; return their number."""
    with path.open("wb") as file:
        write_po(file, catalogue, omit_header=False, width=120, sort_output=False, include_lineno=False)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(_NOT_OURS)), "utf-8")
    return len(catalogue)
