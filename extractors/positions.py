"""The kind of section at a position, by bisection: a label has thousands of mentions and a hundred sections."""

from __future__ import annotations

from bisect import bisect_right

from extractors.model import Document


class SectionKinds:
    """The kinds of a document's innermost sections by position; made once for a document."""

    __slots__ = ("_kinds", "_starts")

    def __init__(self, document: Document) -> None:
        self._starts: list[int] = [0]
        self._kinds: list[str] = [""]
        ends: list[tuple[int, str]] = []
        for section in sorted(document.sections, key=lambda s: (s.start, -s.end)):
            while ends and ends[-1][0] <= section.start:
                end, _ = ends.pop()
                self._add(end, ends[-1][1] if ends else "")
            self._add(section.start, section.kind)
            ends.append((section.end, section.kind))
        while ends:
            end, _ = ends.pop()
            self._add(end, ends[-1][1] if ends else "")

    def _add(self, start: int, kind: str) -> None:
        self._starts.append(start)
        self._kinds.append(kind)

    def at(self, position: int) -> str:
        """The kind of the innermost section that holds the character at `position`; "" where there is none."""
        return self._kinds[bisect_right(self._starts, position) - 1]
