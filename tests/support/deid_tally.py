"""What of planted identifiers was found, and what was found in vain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.deidentify import Found
from planted import PlantedNote


@dataclass
class Tally:
    """What was planted, found and found in vain."""

    planted: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    vain: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, note: PlantedNote, found: Sequence[Found]) -> None:
        """Count one note."""
        covered = {at for each in found for at in range(each.start, each.end)}
        for each in note.planted:
            whole = all(at in covered or not note.text[at].isalnum() for at in range(each.start, each.end))
            self.planted[each.type] += 1
            self.covered[each.type] += whole
            if not whole:
                self.missed.append(
                    (each.type, note.text[each.start : each.end], _around(note.text, each.start, each.end))
                )
        planted = {at for each in note.planted for at in range(each.start, each.end)}
        for one in found:
            right = any(at in planted for at in range(one.start, one.end))
            self.found[one.type] += 1
            self.right[one.type] += right
            if not right:
                self.vain.append(
                    (f"{one.type}/{one.rule}", note.text[one.start : one.end], _around(note.text, one.start, one.end))
                )

    def lines(self) -> list[str]:
        """The table by type."""
        rows = [f"{'type':<16}{'planted':>8}{'recall':>9}{'found':>8}{'precision':>11}"]
        for kind in [*sorted(self.planted), "all"]:
            total = [
                sum(c.values()) if kind == "all" else c[kind]
                for c in (self.planted, self.covered, self.found, self.right)
            ]
            recall, precision = total[1] / max(total[0], 1), total[3] / max(total[2], 1)
            rows.append(f"{kind:<16}{total[0]:>8}{recall:>9.2%}{total[2]:>8}{precision:>11.2%}")
        return rows


def _around(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 25) : start]}⟦{text[start:end]}⟧{text[end : end + 15]}".replace("\n", "⏎")
