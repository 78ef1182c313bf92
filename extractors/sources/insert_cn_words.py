"""Pieces of a Chinese insert's text with their places: lines, and what stands after a label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from extractors.model import Section
from extractors.rules import read_rules


class Found(NamedTuple):
    """A piece of the document's text: its normal wording and where it stands."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Insert:
    """The text of an insert with its sections, to be searched for what a coded part would say.

    Its characters are simplified ones; offsets are those of the document.
    """

    text: str
    sections: tuple[Section, ...]

    def bodies(self, kind: str) -> Iterator[tuple[int, int]]:
        """The ranges of the sections of a kind, without their headings."""
        for section in self.sections:
            if section.kind == kind:
                yield self.body(section)

    def body(self, section: Section) -> tuple[int, int]:
        """The range of a section without the line of its heading."""
        line = self.text.find("\n", section.start, section.end)
        return (line + 1 if line >= 0 else section.end), section.end


def labelled(text: str, start: int, end: int, label: str) -> Found | None:
    """The value after the first of a group's labels: up to the next label or the end of the line."""
    found = _label_pattern(label).search(text, start, end)
    return trimmed(text, found.start("value"), found.end("value")) if found else None


@cache
def _label_pattern(label: str) -> re.Pattern[str]:
    labels = read_rules("insert_cn")["labels"]
    every = sorted((x for group in ("generic", "trade", "english", "pinyin") for x in labels[group]), key=len)[::-1]
    own = "|".join(sorted(labels[label], key=len, reverse=True))
    stop = "|".join(every)
    return re.compile(
        rf"(?:^|(?<=[\s；;，。】]))[\[【]?(?:{own})[\]】]?\s*[:：]\s*(?P<value>[^\n]+?)"
        rf"(?=\s*(?:[；;]?\s*[\[【]?(?:{stop})[\]】]?\s*[:：]|$))",
        re.MULTILINE,
    )


def first_line(text: str, start: int, end: int) -> Found | None:
    """The first line of a range that is not empty."""
    found = re.compile(r"[^\n]+").search(text, start, end)
    return trimmed(text, found.start(), found.end()) if found else None


def trimmed(text: str, start: int, end: int) -> Found | None:
    """A range without blanks, colons before it and the full stop behind it; None where nothing is left."""
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip(" \t：:"))
    value = text[start:end].rstrip(" \t。；;，,")
    return Found(unicodedata.normalize("NFKC", value), start, start + len(value)) if value else None
