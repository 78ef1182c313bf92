"""The log by name: what was said of a name, and what of it is in force, without folding the whole log each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ontologies.decisions import Action, DecisionLog, Line
from ontologies.errors import DecisionError
from ontologies.model import Decision, Kind
from ontologies.standing import Standing, fold, form_of


class Ledger:
    """The lines of a log in an index by name; it follows what is appended through it and by other processes."""

    def __init__(self, log: DecisionLog, *, four_eyes: bool = False) -> None:
        self.log = log
        self.four_eyes = four_eyes
        self._by_form: dict[str, list[Line]] = defaultdict(list)
        self._by_id: dict[str, Line] = {}
        self._rest: list[Line] = []
        self._indexed = 0
        self._now: Standing | None = None
        self._index()

    def standing(self, *, as_of: str = "") -> Standing:
        """All decisions in force, now or at a time."""
        self._index()
        if as_of:
            return fold(self.log.lines, as_of=as_of, four_eyes=self.four_eyes)
        if self._now is None or self._now.stamp != self.log.stamp:
            self._now = fold(self.log.lines, four_eyes=self.four_eyes)
        return self._now

    def standing_of(self, forms: Iterable[str]) -> Standing:
        """The decisions in force on the names of these normal forms."""
        self._index()
        lines = [line for form in forms for line in self._by_form.get(form, ())]
        return fold(sorted([*lines, *self._rest], key=lambda line: line.time), four_eyes=self.four_eyes)

    def of(self, name: str, *, kind: Kind | None = None, language: str = "") -> tuple[Decision, ...]:
        """The decisions in force on a name, of those that count for `kind` and `language`."""
        return self.standing_of([form_of(name)]).of(name, kind=kind, language=language)

    def history(self, name: str) -> list[Line]:
        """Every line about a name, oldest first: decisions, notes, and what took them back or confirmed them."""
        self._index()
        own = self._by_form.get(form_of(name), [])
        about = {line.id for line in own} | {line.batch for line in own if line.batch}
        others: list[Line] = []
        for line in self._rest:
            if line.of in about or (line.action is Action.NOTE and form_of(line.of) == form_of(name)):
                about.add(line.id)
                others.append(line)
        return sorted([*own, *others], key=lambda line: line.time)

    def line(self, id_: str) -> Line:
        """The line of that id, of which the beginning is enough; raises DecisionError where none or several fit."""
        self._index()
        if id_ in self._by_id:
            return self._by_id[id_]
        found = [line for known, line in self._by_id.items() if id_ and known.startswith(id_)]
        if len(found) != 1:
            told = "no line of the log has" if not found else f"{len(found)} lines of the log have"
            raise DecisionError(f"{told} an id that begins with {id_!r}; `kg align log` shows the ids")
        return found[0]

    def lines_of_batch(self, batch: str) -> list[Line]:
        """The lines of a batch; raises DecisionError where there are none."""
        found = [line for line in self.log.lines if batch and line.batch == batch]
        if not found:
            known = list(dict.fromkeys(line.batch for line in reversed(self.log.lines) if line.batch))[:5]
            raise DecisionError(f"no batch {batch!r} in the log; the last ones are: {', '.join(known) or 'none'}")
        return found

    def append(self, drafts: Sequence[Line]) -> list[Line]:
        """The lines as written."""
        made = self.log.append(drafts)
        self._index()
        return made

    def names_of(self, lines: Iterable[Line]) -> set[str]:
        """The names whose decisions these lines make, take back or confirm."""
        names: set[str] = set()
        for line in lines:
            if line.decision is not None:
                names.add(line.decision.name)
            elif line.action is Action.REVERT:
                names |= self.names_of(self.lines_of_batch(line.of))
            elif line.action in (Action.UNDO, Action.CHECK) and line.of in self._by_id:
                names |= self.names_of([self._by_id[line.of]])
        return names

    def _index(self) -> None:
        for line in self.log.lines[self._indexed :]:
            self._by_id[line.id] = line
            if line.decision is not None:
                self._by_form[form_of(line.decision.name)].append(line)
            else:
                self._rest.append(line)
        self._indexed = len(self.log.lines)
