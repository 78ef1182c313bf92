"""A curator's desk: the log, the lexicon without decisions, the graph, and making decisions on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from kg.align import Realigned, find_touched, keep_decisions, realign, stamp_of
from kg.config import Where, may_exist
from kg.curation.author import get_author
from kg.curation.objections import find_objections
from kg.curation.standstill import find_crossing
from kg.errors import StoreError
from kg.roles import Store
from kg.stores import connect
from kg.version import get_version
from ontologies.compile import Progress, ignore_progress
from ontologies.decided import lay_decisions
from ontologies.decisions import Action, Line, open_log
from ontologies.errors import DecisionError
from ontologies.exchange.fields import is_curie
from ontologies.ground import Grounder
from ontologies.ledger import Ledger
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Decision, Grounding, Kind, Match, Verdict
from ontologies.names import prefix_of
from ontologies.printable import has_controls
from ontologies.registry import open_lexicon
from ontologies.settings import read_settings
from ontologies.standing import Standing, find_voided

#: Matches of a name that a curator chooses among.
TOP = 9
#: Characters that a decided name may have: far more than any name, far fewer than a text.
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """What was written to the log, what that changed in the graph, and (`note`) why the graph could not be changed.

    `voided` are verdicts of other curators that were in force before and are not any more.
    """

    lines: tuple[Line, ...] = ()
    graph: Realigned = field(default_factory=Realigned)
    note: str = ""
    voided: tuple[Decision, ...] = ()


@dataclass(slots=True, eq=False)
class Desk:
    """What curating takes; `store` and `graph` are None where there is no graph: decisions are then only recorded.

    The store is for reading. The right to write is taken for each change alone, so that curators and builds take turns.
    """

    lexicon: Lexicon
    """Without decisions: what the program thinks by itself."""
    ledger: Ledger
    store: Store | None = None
    graph: Where | None = None
    author: str = ""
    dry_run: bool = False
    grounder: Grounder = field(init=False)
    _last: Lexicon | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.grounder = Grounder(self.lexicon)
        self.author = get_author(self.author)

    def ground(self, name: str, *, kind: Kind | None = None, language: str = "", top: int = TOP) -> Grounding:
        """What the program thinks by itself that a name stands for."""
        return self.grounder.ground(name, kinds=kinds_asked(kind), language=language, top=top)

    def draft(
        self,
        name: str,
        verdict: Verdict,
        curie: str = "",
        *,
        kind: Kind | None = None,
        language: str = "",
        reason: str = "",
        confidence: float | None = None,
        batch: str = "",
        guesses: Sequence[Match] | None = None,
    ) -> Line:
        """The line of a decision, with what the program thought and how the concept looks now.

        `guesses` are what grounding gave, asked for here where not given. Raises DecisionError for an unknown CURIE.
        """
        curie = self._known(curie)
        concept = self.lexicon.entry(curie) if curie else None
        if curie and concept is None:
            raise DecisionError(f"no terminology here has {curie!r}; `kg align review` searches with /, or add it")
        self._check_name(name, curie)
        if concept is not None and verdict is Verdict.EXACT and kind is None:
            self._check_kind(name, concept)
        if guesses is None:
            found = self.ground(name, kind=kind, language=language)
            guesses = [*found.matches, *found.candidates]
        guess = self._guess(curie, guesses)
        made = Decision(
            "", name, kind, verdict, curie, concept.name if concept else "", self.author, "", reason, language,
            guess.score if guess else None, guess.reason if guess else "", confidence, batch, self.stamp(curie),
            concept.kind if concept else None, concept.parents if concept else (),
        )  # fmt: skip
        return Line(Action.DECIDE, self.author, reason=reason, batch=batch, decision=made)

    def _known(self, curie: str) -> str:
        """The CURIE, or, of one that is known from cross-references alone, that of the concept that has it."""
        return curie if self.lexicon.entry(curie) is not None else self.lexicon.canonical(curie)

    def _check_name(self, name: str, curie: str) -> None:
        """Raises DecisionError for a name that is blank, endless, with control characters, or a wrong CURIE.

        Codes of vocabularies that are not installed are names as others.
        """
        if not name.strip():
            raise DecisionError("the name is blank; give the name that documents write")
        if len(name) > LONGEST:
            told = f"the name {name[:40]!r}… has {len(name):,} characters"
            raise DecisionError(f"{told}; names have at most {LONGEST:,}: give the name alone, not the text around it")
        if has_controls(name):
            raise DecisionError(f"the name {name!r} has control characters or line breaks; give it without them")
        if name == curie:
            raise DecisionError(f"{name} is itself already; give a name or another CURIE")
        installed = {info.prefix for info in self.lexicon.terminologies}
        if is_curie(name) and prefix_of(name) in installed and self.lexicon.entry(name) is None:
            raise DecisionError(f"no terminology here has {name!r}, which looks like a CURIE; correct it, or add it")

    def _check_kind(self, name: str, concept: Concept) -> None:
        """Raises DecisionError where the graph has the name as another kind: the decision would count for none of it.

        A decision for a kind is deliberate, and is taken.
        """
        kind = find_crossing(self.store, name, concept) if self.store is not None and not is_curie(name) else ""
        if kind:
            told = f"the graph has {name!r} as {kind}, and {concept.curie} ({concept.name}) is {concept.kind}"
            raise DecisionError(f"{told}; give the kind of mentions (--kind) that are meant, or another concept")

    def stamp(self, curie: str = "") -> str:
        """Versions of lexicon, of the concept's terminology and of the program."""
        infos = [info for info in self.lexicon.terminologies if curie and info.prefix == prefix_of(curie)]
        releases = [f"{info.name} {info.version}".strip() for info in infos[:1]]
        return "; ".join([f"lexicon {self.lexicon.stamp}", *releases, f"medkg {get_version()}"])

    def objections(self, drafts: Sequence[Line]) -> list[str]:
        """What speaks against each of these lines, in words and with the proof; "" where nothing does."""
        decisions = [line.decision for line in drafts if line.decision is not None]
        told = iter(find_objections(self.lexicon, self.ledger.standing(), decisions))
        return ["" if line.decision is None else next(told) for line in drafts]

    def record(self, drafts: Sequence[Line], *, anyway: bool = False) -> Change:
        """What came of these lines: they are written to the log, and the graph is aligned anew at once.

        Every way to a decision ends here or in `record_fit`, so that none passes by what speaks against it: raises
        DecisionError, and writes nothing, where something does, unless `anyway`. In a dry run nothing is written, and
        the change is what would come of it.
        """
        told = "" if anyway else next(filter(None, self.objections(drafts)), "")
        if told:
            raise DecisionError(f"{told}, or say --anyway to `kg align accept` or `map`")
        return self._record(drafts)

    def record_fit(self, drafts: Sequence[Line]) -> tuple[Change, list[str]]:
        """What came of those lines against which nothing speaks, and for each line what does."""
        told = self.objections(drafts)
        return self._record([line for line, why in zip(drafts, told, strict=True) if not why]), told

    def _record(self, drafts: Sequence[Line]) -> Change:
        before, stamp = self.ledger.standing(), self.ledger.log.stamp
        if self.dry_run:
            self.ledger = Ledger(self.ledger.log.rehearsed(drafts), four_eyes=self.ledger.four_eyes)
            lines = self.ledger.log.lines[-len(drafts) :] if drafts else []
        else:
            lines = self.ledger.append(drafts)
        after = self.ledger.standing()
        decided = any(line.decision is not None for line in lines)
        voided = tuple(one for one in find_voided(before, after) if decided and one.author != self.author)
        return replace(self._realigned(before, after, stamp), lines=tuple(lines), voided=voided)

    def _laid(self, standing: Standing) -> Lexicon:
        """The lexicon under these decisions; that of the last change is kept, since the next one begins there."""
        if self._last is None or self._last.decisions != standing.stamp:
            self._last = lay_decisions(self.lexicon, standing)
        return self._last

    def _guess(self, curie: str, guesses: Iterable[Match]) -> Match | None:
        guesses = list(guesses)
        if not curie:
            return guesses[0] if guesses else None
        same = self.lexicon.canonical(curie)
        return next((match for match in guesses if self.lexicon.canonical(match.curie) == same), None)

    def _realigned(self, before: Standing, after: Standing, stamp: str) -> Change:
        """What came of the decisions in the graph, which may have reflected the log up to `stamp`."""
        if self.store is None or self.graph is None:
            return Change()
        old, new = self._laid(before), self._laid(after)
        touched = find_touched(old, new, before, after)
        if self.dry_run and not touched:
            return Change()
        try:
            store = connect(self.graph, mode="rw")
        except StoreError as error:
            return Change(note=f"{error}; the decision is recorded, and `kg build` brings it into the graph")
        try:
            done = realign(store, new, touched, before=old, dry_run=self.dry_run)
            if not self.dry_run:
                stamps = (stamp_of(line, four_eyes=self.ledger.four_eyes) for line in (stamp, self.ledger.log.stamp))
                keep_decisions(store, *stamps)
        finally:
            store.close()
        return Change(graph=done)


@contextmanager
def open_desk(
    graph: Where,
    *,
    author: str = "",
    dry_run: bool = False,
    needs_graph: bool = False,
    progress: Progress = ignore_progress,
) -> Iterator[Desk]:
    """The desk over the lexicon and the log of this computer, and over the graph in the folder if there is one."""
    ledger = Ledger(open_log(), four_eyes=read_settings().four_eyes)
    there = may_exist(graph) or needs_graph
    store = connect(graph) if there else None
    try:
        yield Desk(
            open_lexicon(progress=progress, decided=False), ledger, store, graph if there else None, author, dry_run
        )
    finally:
        if store is not None:
            store.close()


def kinds_asked(kind: Kind | None) -> tuple[Kind, ...]:
    """The kinds among which a name of `kind` is looked for; none, which is any, where it is not known."""
    if kind in (Kind.DISEASE, Kind.FINDING):
        return Kind.DISEASE, Kind.FINDING
    return () if kind is None or kind is Kind.OTHER else (kind,)
