"""How much was found, by type: the report of a run, which holds counts and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from extractors.deidentify.found import Cleaned
from extractors.events import IdentifierType


@dataclass(slots=True)
class Report:
    """Counts of a run; several are summed with `add`."""

    texts: int = 0
    characters: int = 0
    counts: Counter[IdentifierType] = field(default_factory=Counter)

    def note(self, cleaned: Cleaned, *, characters: int) -> None:
        """Count one text of that many characters."""
        self.texts += 1
        self.characters += characters
        self.counts.update(cleaned.counts)

    def add(self, other: Report) -> None:
        """Count what another run counted (a worker's, a batch's)."""
        self.texts += other.texts
        self.characters += other.characters
        self.counts.update(other.counts)

    def lines(self) -> list[str]:
        """The report in words: one line a type, those found most often first."""
        total = sum(self.counts.values())
        rows = [f"  {kind.value:<15} {count:>7}" for kind, count in self.counts.most_common()]
        return [f"{total} identifiers in {self.texts} texts ({self.characters} characters)", *rows]
