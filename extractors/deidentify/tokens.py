"""Texts cut small: Latin words, runs of digits, single Chinese characters and single signs."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+|\d+|[^\s]")


class Token(NamedTuple):
    """A piece of a text and its place; characters, end exclusive."""

    start: int
    end: int
    text: str


def read_tokens(text: str) -> list[Token]:
    """The pieces of a text in order."""
    return [Token(match.start(), match.end(), match[0]) for match in _TOKEN.finditer(text)]


def is_han(token: str) -> bool:
    """Whether it is a Chinese character."""
    return "\u3400" <= token <= "\u9fff"
