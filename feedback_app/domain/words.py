"""Somebody's own words, as they are kept."""

from __future__ import annotations

import re

# Control characters and halves of surrogate pairs: no keyboard types them, no database or workbook should hold them.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


def tidy_words(typed: str) -> str:
    """Return typed words with one kind of line end, no outer space and nothing that cannot be written down."""
    return _UNWRITABLE.sub("", _LINE_ENDS.sub("\n", typed)).strip()
