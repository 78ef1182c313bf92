"""Choosing sentences that a reader can read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.model import Evidence

#: Evidence rows to look at beyond those wanted, to find some in the language wanted.
WIDER = 8

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def prefer_language(rows: Sequence[Evidence], language: str) -> list[Evidence]:
    """The rows as they come, but those whose quote is written in `language` (zh, or anything else) first."""
    return sorted(rows, key=lambda row: bool(_CHINESE.search(row.quote)) != (language == "zh"))


def language_of(name: str) -> str:
    """The tag zh for a name with Chinese characters, else en."""
    return "zh" if _CHINESE.search(name) else "en"
