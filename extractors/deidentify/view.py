"""How recognisers see a text: full-width forms plain, traditional characters simplified, nothing unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors.deidentify.found import Found
from ontologies.normalize import simplified_characters

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20, 0xA0: 0x20, 0x2007: 0x20}
_DASHES = dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFE63, 0x2043], ord("-"))
_PLAIN = _FULL_WIDTH | _DASHES | {0x2019: ord("'"), 0x2018: ord("'"), 0x202F: 0x20, 0x2009: 0x20, 0x0D: 0x20}
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


class View:
    """`text` is what recognisers read; ranges of it are brought back to the original by `in_original`."""

    __slots__ = ("_positions", "text")

    def __init__(self, original: str) -> None:
        self._positions: list[int] | None = None
        plain = simplified_characters(original.translate(_PLAIN))
        if _UNSEEN.search(plain):
            self._positions = [index for index, character in enumerate(plain) if not _UNSEEN.match(character)]
            plain = "".join(plain[index] for index in self._positions)
        self.text = plain

    def in_original(self, found: Iterable[Found]) -> list[Found]:
        """The ranges, counted in the original text."""
        if self._positions is None:
            return list(found)
        at = self._positions
        return [each._replace(start=at[each.start], end=at[each.end - 1] + 1) for each in found]
