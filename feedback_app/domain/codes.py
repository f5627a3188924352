"""Codes for paper: twelve letters and digits (60 bits) that are easy to read out, write down and type."""

from __future__ import annotations

import hashlib
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """Return a new secret code of 60 random bits, without its spaces."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_written(code: str) -> str:
    """Return a code in groups of four, as it is shown: "K7F2 2MQ0 9XTA"."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """Return the code somebody typed, forgiving case, spaces, dashes and misread letters; None if it cannot be one."""
    code = re.sub(r"[\s\-‐-―.]", "", typed).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and all(letter in ALPHABET for letter in code) else None


def hash_of(code: str, purpose: str) -> bytes:
    """Return the 32 bytes under which a code is stored for a purpose ("draft", "receipt")."""
    return hashlib.sha256(f"feedback/{purpose}/{code}".encode()).digest()


def receipt_for(draft_code: str) -> str:
    """Return the receipt code of the answers sent from a draft: always the same, and no way back to the draft's."""
    number = int.from_bytes(hash_of(draft_code, "make receipt")[:8], "big") >> 4
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
