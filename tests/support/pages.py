"""What every page must keep to, read from its HTML: `problems_of(html)` names each rule that is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

from lxml import html as lxml_html
from lxml.html import HtmlElement

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
UNLABELLED_INPUTS = frozenset({"hidden", "submit", "button", "reset", "image"})
CHOICES = frozenset({"radio", "checkbox"})
ERROR_SUMMARY = "//*[contains(concat(' ', normalize-space(@class), ' '), ' mend ')]"


def problems_of(text: str) -> list[str]:
    """Return a sentence for each rule that a whole HTML page breaks; an empty list when it keeps them all."""
    document = lxml_html.document_fromstring(text)
    return [*_unbalanced(text), *(problem for rule in RULES for problem in rule(document))]


def _text(element: HtmlElement) -> str:
    """Return the words a reader hears: text content with runs of space made one."""
    return " ".join(element.text_content().split())


def _name(document: HtmlElement, element: HtmlElement) -> str:
    """Return the accessible name given by aria-label, aria-labelledby or the content, pictures' alt included."""
    if element.get("aria-label", "").strip():
        return str(element.get("aria-label"))
    named_by = [document.xpath("//*[@id=$id]", id=key) for key in element.get("aria-labelledby", "").split()]
    if named_by:
        return " ".join(_text(found[0]) for found in named_by if found)
    return " ".join(
        [_text(element), *element.xpath(".//img/@alt"), *element.xpath(".//*[@aria-label]/@aria-label")]
    ).strip()


def language_is_set(document: HtmlElement) -> Iterator[str]:
    """Yield when the html element has no lang, or a right-to-left language is not set that way."""
    language = document.get("lang", "").strip()
    if not language:
        yield "<html> has no lang."
    elif language.split("-")[0].lower() in RIGHT_TO_LEFT and document.get("dir") != "rtl":
        yield f'<html lang="{language}"> is not dir="rtl".'


def one_heading_and_main(document: HtmlElement) -> Iterator[str]:
    """Yield when the page has other than one h1 and one main, or the h1 is empty."""
    headings = document.xpath("//h1")
    if len(headings) != 1:
        yield f"The page has {len(headings)} h1 elements, not one."
    elif not _text(headings[0]):
        yield "The h1 is empty."
    if len(document.xpath("//main")) != 1:
        yield "The page does not have exactly one <main>."


def title_starts_with_heading(document: HtmlElement) -> Iterator[str]:
    """Yield when the title does not start with the h1, or with "Error: " and the h1 on a page that shows errors."""
    title = " ".join(document.xpath("string(/html/head/title)").split())
    heading = next((_text(found) for found in document.xpath("//h1")), "")
    if not document.xpath(ERROR_SUMMARY):
        if not (heading and title.startswith(heading)):
            yield f"The title {title!r} does not start with the h1 {heading!r}."
        return
    before, found, _ = title.partition(heading)
    word = before.strip()
    english = document.get("lang", "en").split("-")[0] == "en"
    if not (heading and found and word) or (english and word != "Error:"):
        yield f"The page shows errors, and its title {title!r} is not 'Error: ' and then the h1 {heading!r}."


def fields_are_labelled(document: HtmlElement) -> Iterator[str]:
    """Yield for each field with no label, aria-label or aria-labelledby that has words."""
    labels = {label.get("for"): label for label in document.xpath("//label[@for]")}
    for field in document.xpath("//input | //select | //textarea"):
        if field.tag == "input" and field.get("type", "text").lower() in UNLABELLED_INPUTS:
            continue
        label = labels.get(field.get("id")) if field.get("id") else None
        around = next(field.iterancestors("label"), None)
        named = any(found is not None and _name(document, found) for found in (label, around))
        if not named and not (field.get("aria-label", "").strip() or _labelled_by(document, field)):
            yield f"The field {field.get('name') or field.get('id')!r} has no label."


def _labelled_by(document: HtmlElement, field: HtmlElement) -> bool:
    return bool(field.get("aria-labelledby")) and bool(_name(document, field))


def groups_have_legends(document: HtmlElement) -> Iterator[str]:
    """Yield for radio buttons or checkboxes of one name that stand in no fieldset with a legend, nor a named group."""
    boxes = [box for box in document.xpath("//input") if box.get("type") in CHOICES and box.get("name")]
    counted = Counter((box.get("type"), box.get("name")) for box in boxes)
    for key in [key for key, count in counted.items() if count > 1]:
        first = next(box for box in boxes if (box.get("type"), box.get("name")) == key)
        if not any(_is_named_group(document, parent) for parent in first.iterancestors()):
            yield f"The choices of {key[1]!r} stand in no fieldset with a legend."


def _is_named_group(document: HtmlElement, element: HtmlElement) -> bool:
    if element.tag == "fieldset" and any(_text(legend) for legend in element.xpath("./legend")):
        return True
    grouped = element.tag == "fieldset" or element.get("role") in {"group", "radiogroup"}
    return (
        grouped and bool(element.get("aria-labelledby") or element.get("aria-label")) and bool(_name(document, element))
    )


def ids_are_unique_and_found(document: HtmlElement) -> Iterator[str]:
    """Yield for each id used twice, and each reference to an id that is not on the page."""
    counted = Counter(document.xpath("//@id"))
    yield from (f"The id {key!r} stands on the page {count} times." for key, count in counted.items() if count > 1)
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"):
        for value in document.xpath(f"//@{attribute}"):
            yield from (
                f"{attribute} names {key!r}, which is not there." for key in value.split() if key not in counted
            )
    for target in document.xpath("//a/@href[starts-with(., '#') and string-length(.) > 1]"):
        if target[1:] not in counted:
            yield f"A link leads to {target!r}, which is not on the page."


def errors_lead_to_fields(document: HtmlElement) -> Iterator[str]:
    """Yield for an error summary without links, and each of its links that does not lead to a field."""
    for summary in document.xpath(ERROR_SUMMARY):
        targets = summary.xpath(".//a[starts-with(@href, '#')]/@href")
        if not targets:
            yield "The error summary links to no field."
        for target in targets:
            found = document.xpath("//*[@id=$id]", id=target[1:])
            if not found or found[0].tag not in {"input", "select", "textarea"} or found[0].get("type") == "hidden":
                yield f"The error link {target!r} does not lead to a field."


def nothing_is_inline(document: HtmlElement) -> Iterator[str]:
    """Yield for each inline script, style element, style attribute, on* handler and javascript: address."""
    if document.xpath("//script[not(@src)]"):
        yield "There is an inline script."
    if document.xpath("//style"):
        yield "There is a style element."
    yield from (f"<{found.tag}> has a style attribute." for found in document.xpath("//*[@style]"))
    for found in document.iter():
        if isinstance(found.tag, str):
            yield from (f"<{found.tag}> has {name}." for name in found.attrib if name.lower().startswith("on"))
    if document.xpath("//@*[starts-with(translate(normalize-space(.), 'JAVSCRIPT', 'javscript'), 'javascript:')]"):
        yield "There is a javascript: address."


def pictures_have_words(document: HtmlElement) -> Iterator[str]:
    """Yield for an img without alt, and an svg that is neither hidden nor named."""
    yield from (f"The picture {found.get('src')!r} has no alt." for found in document.xpath("//img[not(@alt)]"))
    for found in document.xpath("//svg[not(ancestor::*[@aria-hidden='true'])]"):
        if found.get("aria-hidden") != "true" and not (found.get("role") == "img" and _name(document, found)):
            yield "An svg is neither aria-hidden nor role=img with a name."


def controls_have_names(document: HtmlElement) -> Iterator[str]:
    """Yield for each link and button without words."""
    for found in document.xpath("//a[@href] | //button"):
        if not _name(document, found):
            kind = "link" if found.tag == "a" else "button"
            yield f"A {kind} has no words: {found.get('href') or found.get('name')!r}."


def charts_have_tables(document: HtmlElement) -> Iterator[str]:
    """Yield for each svg of class chart that no table follows in the same figure."""
    for chart in document.xpath("//svg[contains(concat(' ', normalize-space(@class), ' '), ' chart ')]"):
        figure = next(chart.iterancestors("figure"), None)
        tables = chart.xpath("following::table")
        if figure is None or not any(figure in table.iterancestors("figure") for table in tables):
            yield "A chart has no table after it in its figure."


def tables_have_headings(document: HtmlElement) -> Iterator[str]:
    """Yield for each table without a caption or without header cells that say their scope."""
    for table in document.xpath("//table"):
        if not table.xpath("./caption") and not _labelled_by(document, table):
            yield "A table has no caption."
        if not table.xpath(".//th[@scope]"):
            yield "A table has no header cell with a scope."


RULES: tuple[Callable[[HtmlElement], Iterator[str]], ...] = (
    language_is_set,
    one_heading_and_main,
    title_starts_with_heading,
    fields_are_labelled,
    groups_have_legends,
    ids_are_unique_and_found,
    errors_lead_to_fields,
    nothing_is_inline,
    pictures_have_words,
    controls_have_names,
    charts_have_tables,
    tables_have_headings,
)


class _Balance(HTMLParser):
    """Notes tags that are closed out of order or left open; house templates close every element they open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, int]] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an opened element."""
        if tag not in VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over an element that closes itself, as svg's do."""

    def handle_endtag(self, tag: str) -> None:
        """Close the last opened element, or note that another one was meant."""
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        elif not self.problems:
            last = f"<{self.open[-1][0]}> of line {self.open[-1][1]}" if self.open else "nothing"
            self.problems.append(f"</{tag}> in line {self.getpos()[0]} closes {last}.")


def _unbalanced(text: str) -> list[str]:
    if not text.lstrip().lower().startswith("<!doctype html>"):
        return ["The page does not start with <!doctype html>."]
    parser = _Balance()
    parser.feed(text)
    parser.close()
    if parser.open and not parser.problems:
        return [f"<{parser.open[-1][0]}> of line {parser.open[-1][1]} is never closed."]
    return parser.problems
