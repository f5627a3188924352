"""Pseudo-languages: English made strange, to see untranslated texts, tight boxes and the other reading direction."""

from __future__ import annotations

import re

PSEUDO = {"en_XA": "ltr", "ar_XB": "rtl"}
_PLACEHOLDER = re.compile(r"(%\([a-z_]+\)[sd]|%%|\{[a-z_]*\}|<[^>]+>|&[a-z]+;)")
_ACCENTED = str.maketrans("aceghiklnorsuwyzACEGHIKLNORSUWYZ", "áçéĝĥîķļñöŕšûŵýžÁÇÉĜĤÎĶĻÑÖŔŠÛŴÝŽ")
_ARABIC = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ابكدهفغحيجكلمنوپقرستوڤوخيزابكدهفغحيجكلمنوپقرستوڤوخيز"
)


def pseudo(text: str, locale: str) -> str:
    """Return `text` in a pseudo-language: accented and a third longer, or in Arabic letters; placeholders stay."""
    letters = _ARABIC if locale == "ar_XB" else _ACCENTED
    parts = _PLACEHOLDER.split(text)  # placeholders stand at the odd places
    changed = "".join(part if at % 2 else part.translate(letters) for at, part in enumerate(parts))
    return changed if locale == "ar_XB" else f"[{changed}{' ~' * (len(text) // 6)}]"
