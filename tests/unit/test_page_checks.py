"""Every rule of the page checks is seen to fail on a page that breaks it, and passes a good page."""

from __future__ import annotations

import pytest

from tests.support.pages import problems_of

FORM = """<form method="post" action="/next"><p><label for="name">First name</label><input id="name" name="name"></p>
<fieldset><legend>How often?</legend>
<p><input type="radio" id="often-1" name="often" value="1"><label for="often-1">Always</label></p>
<p><input type="radio" id="often-2" name="often" value="2"><label for="often-2">Never</label></p></fieldset>
<input type="hidden" name="csrf_token" value="x"><button>Next</button></form>"""
CHART = """<figure><svg class="chart" role="img" aria-label="Most feel safe"><path d="M0 0"/></svg>
<table><caption>How safe</caption><tr><th scope="col">Answer</th></tr><tr><td>5</td></tr></table></figure>"""
SUMMARY = '<div class="mend" role="alert"><h2>There is a problem</h2><p><a href="#name">Say your name</a></p></div>'


def page(body: str = FORM + CHART, title: str = "Your child - Feedback", html: str = 'lang="en-GB"') -> str:
    """Return a whole page around a body."""
    return (
        f'<!doctype html><html {html}><head><meta charset="utf-8"><title>{title}</title><script src="/s.js"></script>'
        f'</head><body><main><h1>Your child</h1>{body}<p><img src="/face.svg" alt=""></p></main></body></html>'
    )


GOOD = {
    "a plain page": page(),
    "a page in Urdu": page(html='lang="ur" dir="rtl"'),
    "a page with errors": page(SUMMARY + FORM, title="Error: Your child - Feedback"),
    "a page with errors in Polish": page(SUMMARY + FORM, title="Błąd: Your child", html='lang="pl"'),
}

BAD = {
    "no doctype": (page().removeprefix("<!doctype html>"), "does not start with <!doctype"),
    "an element left open": (page("<div><p>x</p>"), "closes <div>"),
    "elements crossed": (page("<p><b>x</p></b>"), "</p> in line 1 closes <b>"),
    "no language": (page(html=""), "no lang"),
    "an empty language": (page(html='lang=" "'), "no lang"),
    "Urdu set left to right": (page(html='lang="ur"'), 'not dir="rtl"'),
    "two h1": (page("<h1>Again</h1>"), "2 h1"),
    "no h1": (page().replace("<h1>Your child</h1>", ""), "0 h1"),
    "an empty h1": (page().replace("<h1>Your child</h1>", "<h1> </h1>"), "h1 is empty"),
    "no main": (page().replace("<main>", "<div>").replace("</main>", "</div>"), "<main>"),
    "a title of its own": (page(title="Feedback"), "does not start with the h1"),
    "Error: without an error": (page(title="Error: Your child"), "does not start with the h1"),
    "an error without Error:": (page(SUMMARY + FORM), "shows errors"),
    "a field without a label": (page(FORM.replace('for="name"', 'for="often-1"')), "'name' has no label"),
    "a label without words": (page(FORM.replace(">First name<", "> <")), "'name' has no label"),
    "a text area without a label": (page('<textarea name="more"></textarea>'), "'more' has no label"),
    "choices without a legend": (page(FORM.replace("<legend>How often?</legend>", "")), "'often' stand in no fieldset"),
    "an id used twice": (page(FORM + '<p id="name">x</p>'), "'name' stands on the page 2 times"),
    "a description that is not there": (page('<p aria-describedby="hint">x</p>'), "names 'hint'"),
    "a link to nowhere on the page": (page('<a href="#gone">Go</a>'), "'#gone', which is not"),
    "an error link to nothing": (
        page(SUMMARY.replace("#name", "#gone") + FORM, title="Error: Your child"),
        "'#gone' does not lead to a field",
    ),
    "an error link to a paragraph": (
        page(SUMMARY.replace("#name", "#words") + '<p id="words">x</p>', title="Error: Your child"),
        "'#words' does not lead to a field",
    ),
    "an error summary without links": (
        page('<div class="mend"><p>Something is wrong</p></div>', title="Error: Your child"),
        "links to no field",
    ),
    "an inline script": (page("<script>go()</script>"), "inline script"),
    "a style element": (page("<style>p{color:red}</style>"), "style element"),
    "a style attribute": (page('<p style="color:red">x</p>'), "style attribute"),
    "an event handler": (page('<p onclick="go()">x</p>'), "has onclick"),
    "a javascript address": (page('<a href=" JavaScript:go()">Go</a>'), "javascript: address"),
    "a picture without words": (page('<img src="/a.png">'), "'/a.png' has no alt"),
    "a drawing without words": (page("<svg><path/></svg>"), "neither aria-hidden"),
    "a link without words": (page('<a href="/x"> </a>'), "link has no words"),
    "a button without words": (page("<button></button>"), "button has no words"),
    "a chart without a table": (page(CHART.split("<table>", maxsplit=1)[0] + "</figure>"), "no table after it"),
    "a chart before another figure's table": (
        page(CHART.split("<table>", maxsplit=1)[0] + "</figure>" + CHART),
        "no table after it",
    ),
    "a table without a caption": (page(CHART.replace("<caption>How safe</caption>", "")), "no caption"),
    "a table without headings": (page(CHART.replace(' scope="col"', "")), "no header cell"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_page_passes(name: str) -> None:
    assert problems_of(GOOD[name]) == []


@pytest.mark.parametrize("name", BAD)
def test_a_bad_page_is_named(name: str) -> None:
    text, words = BAD[name]
    assert any(words in problem for problem in problems_of(text)), problems_of(text)
