"""How well the program sorts comments, in plain words: for the SEND team."""

from __future__ import annotations
