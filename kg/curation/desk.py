"""A curator's desk: the log, the lexicon without decisions, the graph, and making decisions on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from kg.curation.author import get_author
from kg.model import Diff, NameUse
from kg.roles import Alignments, Store
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


@dataclass(slots=True)
class Desk:
    """What curating takes; `store` is None where there is no graph, and decisions are only recorded."""

    lexicon: Lexicon
    """Without decisions: what the program thinks by itself."""
    ledger: Ledger
    store: Store | None = None
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
        if self.store is None or before.by_form == after.by_form:
            return Change(lines)
        from kg.align import moves_for

        old, new = lay_decisions(self.lexicon, before), lay_decisions(self.lexicon, after)
        moves = moves_for(old, new, find_uses(self.store, old, forms))
        diffs = self.store.realign(moves, dry_run=self.dry_run) if moves else []
        return Change(lines, tuple(diffs), sum(len(move.names) for move in moves))


def open_desk(store: Store | None, *, author: str = "", dry_run: bool = False) -> Desk:
    """The desk over the lexicon and the log of this computer."""
    ledger = Ledger(open_log(), four_eyes=read_settings().four_eyes)
    return Desk(open_lexicon(decided=False), ledger, store, author, dry_run)


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
