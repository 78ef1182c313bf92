"""A curator's desk: the log, the lexicon without decisions, the graph, and making decisions on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kg.curation.author import get_author
from kg.errors import StoreError
from kg.model import Diff, NameUse
from kg.roles import Alignments, Store
from kg.stores import connect
from kg.version import get_version
from ontologies.curies import local_curie
from ontologies.decided import lay_decisions
from ontologies.decisions import Action, Line, open_log
from ontologies.errors import DecisionError
from ontologies.ground import Grounder
from ontologies.ledger import Ledger
from ontologies.lexicon import Lexicon
from ontologies.model import Decision, Grounding, Kind, Match, Verdict
from ontologies.names import prefix_of
from ontologies.registry import open_lexicon
from ontologies.settings import read_settings
from ontologies.standing import Standing, form_of


@dataclass(frozen=True, slots=True)
class Change:
    """What was written to the log, and what that changed in the graph, document by document."""

    lines: tuple[Line, ...]
    diffs: tuple[Diff, ...] = ()
    names: int = 0
    """How many names of the graph went over to another concept."""
    note: str = ""
    """Why the graph was not changed, where it should have been."""
    facts: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Subject, predicate and object of the facts of the diffs, by name."""


@dataclass(slots=True)
class Desk:
    """What curating takes; `store` and `graph` are None where there is no graph: decisions are then only recorded.

    The store is for reading. The right to write is taken for each change alone, so that curators and builds take turns.
    """

    lexicon: Lexicon
    """Without decisions: what the program thinks by itself."""
    ledger: Ledger
    store: Store | None = None
    graph: Path | None = None
    author: str = ""
    dry_run: bool = False
    grounder: Grounder = field(init=False)

    def __post_init__(self) -> None:
        self.grounder = Grounder(self.lexicon)
        self.author = get_author(self.author)

    def ground(self, name: str, *, kind: Kind | None = None, language: str = "", top: int = 9) -> Grounding:
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
        concept = self.lexicon.entry(curie) if curie else None
        if curie and concept is None:
            raise DecisionError(f"no terminology here has {curie!r}; `kg align review` searches with /, or add it")
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

    def stamp(self, curie: str = "") -> str:
        """Versions of lexicon, of the concept's terminology and of the program."""
        infos = [info for info in self.lexicon.terminologies if curie and info.prefix == prefix_of(curie)]
        releases = [f"{info.name} {info.version}".strip() for info in infos[:1]]
        return "; ".join([f"lexicon {self.lexicon.stamp}", *releases, f"medkg {get_version()}"])

    def record(self, drafts: Sequence[Line]) -> Change:
        """What came of these lines: they are written to the log, and the graph is aligned anew at once.

        In a dry run neither is written, and the change is what would come of it.
        """
        forms = self.ledger.forms_of(drafts)
        before = self.ledger.standing_of(forms)
        if self.dry_run:
            self.ledger = Ledger(self.ledger.log.rehearsed(drafts), four_eyes=self.ledger.four_eyes)
            lines = self.ledger.log.lines[-len(drafts) :] if drafts else []
        else:
            lines = self.ledger.append(drafts)
        return self._realign(tuple(lines), forms, before, self.ledger.standing_of(forms))

    def _guess(self, curie: str, guesses: Iterable[Match]) -> Match | None:
        guesses = list(guesses)
        if not curie:
            return guesses[0] if guesses else None
        same = self.lexicon.canonical(curie)
        return next((match for match in guesses if self.lexicon.canonical(match.curie) == same), None)

    def _realign(self, lines: tuple[Line, ...], forms: Collection[str], before: Standing, after: Standing) -> Change:
        if self.store is None or self.graph is None or before.by_form == after.by_form:
            return Change(lines)
        from kg.align import moves_for

        old, new = lay_decisions(self.lexicon, before), lay_decisions(self.lexicon, after)
        moves = moves_for(old, new, find_uses(self.store, old, forms))
        if not moves:
            return Change(lines)
        try:
            store = connect(self.graph, mode="rw")
        except StoreError as error:
            return Change(lines, note=f"{error}; the decision is recorded, and `kg build` brings it into the graph")
        try:
            diffs = store.realign(moves, dry_run=self.dry_run)
            facts = store.name_facts(fact for diff in diffs for fact in (*diff.added, *diff.retracted))
        finally:
            store.close()
        return Change(lines, tuple(diffs), sum(len(move.names) for move in moves), facts=facts)


@contextmanager
def open_desk(graph: Path, *, author: str = "", dry_run: bool = False, needs_graph: bool = False) -> Iterator[Desk]:
    """The desk over the lexicon and the log of this computer, and over the graph in the folder if there is one."""
    ledger = Ledger(open_log(), four_eyes=read_settings().four_eyes)
    there = graph.exists() or needs_graph
    store = connect(graph) if there else None
    try:
        yield Desk(open_lexicon(decided=False), ledger, store, graph if there else None, author, dry_run)
    finally:
        if store is not None:
            store.close()


def find_uses(store: Alignments, lexicon: Lexicon, forms: Collection[str]) -> list[NameUse]:
    """Where the graph uses the names of these normal forms: under what `lexicon` gives for them, or waiting."""
    curies: set[str] = set()
    for form in forms:
        curies |= {lexicon.canonical(match.curie) for match in lexicon.find(form)}
        curies |= {local_curie(form, kind) for kind in Kind}
    return [use for use in store.iter_names(curies=sorted(curies)) if form_of(use.name) in forms]


def kinds_asked(kind: Kind | None) -> tuple[Kind, ...]:
    """The kinds among which a name of `kind` is looked for; none, which is any, where it is not known."""
    if kind in (Kind.DISEASE, Kind.FINDING):
        return Kind.DISEASE, Kind.FINDING
    return () if kind is None or kind is Kind.OTHER else (kind,)
