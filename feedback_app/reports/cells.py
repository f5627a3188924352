"""Text made safe for a spreadsheet cell."""

from __future__ import annotations

import re
from typing import overload

# What a spreadsheet may take for the beginning of a formula or a command, also behind space that nobody sees, and also
# in the wide forms of East Asian keyboards.
_FORMULA = re.compile(
    "^[\\s\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*"
    "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe63\ufe62\ufe66\ufe6b]"
)
_QUOTED = re.compile('[",\r\n]')
_CONTROL_FIRST = ("\t", "\r", "\n", "\x00")


@overload
def safe_cell(value: str) -> str: ...
@overload
def safe_cell(value: int | float | None) -> int | float | None: ...
def safe_cell(value: str | int | float | None) -> str | int | float | None:
    """Return a cell that no spreadsheet runs: text that might be a formula gets a ' before it; numbers stay."""
    if isinstance(value, str) and (value.startswith(_CONTROL_FIRST) or _FORMULA.match(value)):
        return "'" + value
    return value


def csv_cell(text: str) -> str:
    """Return text as a cell of CSV that no spreadsheet runs, in quotation marks where it needs them (RFC 4180)."""
    cell = safe_cell(text)
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell
