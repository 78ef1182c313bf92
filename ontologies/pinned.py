"""The lexicon of a run: worker processes open the files and the decisions of when it began, not what came since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ontologies.compiled import open_files
from ontologies.decided import DecidedLexicon, lay_decisions, read_standing
from ontologies.errors import LexiconError
from ontologies.held import Held
from ontologies.home import get_home
from ontologies.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Pinned:
    """What another process opens the same lexicon by; it is there as long as the process that pinned it has it open."""

    folder: Path
    home: Path
    decisions: str

    def open(self) -> Lexicon:
        """The lexicon as it was pinned; raises `LexiconError` where it is gone, with the process that had it open."""
        try:
            held = Held(self.folder)
        except FileNotFoundError as error:
            raise LexiconError(
                f"the lexicon in {self.folder} was replaced while it was used: run the same command again"
            ) from error
        lexicon = Lexicon(*open_files(held.folder))
        lexicon._held = held
        if not self.decisions:
            return lexicon
        return lay_decisions(lexicon, read_standing(home=self.home, until=self.decisions))


def pin(lexicon: Lexicon, *, home: Path | None = None) -> Pinned:
    """What other processes open `lexicon` by, which must stay open here; raises `LexiconError` for one in memory."""
    if lexicon._held is None:
        raise LexiconError("a lexicon in memory cannot be opened by another process: compile it into a folder")
    decisions = lexicon.standing.stamp if isinstance(lexicon, DecidedLexicon) else ""
    return Pinned(lexicon._held.folder, home or get_home(), decisions)
