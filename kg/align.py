"""From decisions to the graph: which names go over to which concept, and making it so.

A decision counts at once, after every rebuild and with every new release of a terminology. The graph keeps the stamp
of the decisions that it reflects; what was decided or undone since is made good here, and nothing else moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Protocol

from extractors.naming import ground_name, kinds_like
from kg.assemble import describe
from kg.identity import fact_id
from kg.model import Diff, Fact, FactQuery, Move, NameUse, Node
from kg.roles import Alignments, Catalogue, GraphReader
from ontologies.curies import local_curie
from ontologies.decided import DecidedLexicon, lay_decisions
from ontologies.decisions import open_log
from ontologies.lexicon import Lexicon
from ontologies.settings import read_settings
from ontologies.standing import Standing, changed_forms, fold, form_of

#: The word of a graph's meta data under which the stamp of the decisions that it reflects stands.
DECISIONS = "decisions"

#: What the stamp of decisions that count only once a second curator confirmed them ends with.
_FOUR_EYES = "+four_eyes"

#: The word under which the stamp of the lexicon stands in which its unaligned names were last looked up.
LOOKED_UP = "looked_up"

#: Facts of a concept that are asked for at a time.
_PAGE = 1000


class Graph(Alignments, Catalogue, GraphReader, Protocol):
    """What aligning anew takes of a store."""


@dataclass(frozen=True, slots=True)
class Realigned:
    """What became of a graph: the moves that were made, and what changed in each document."""

    moves: tuple[Move, ...] = ()
    diffs: tuple[Diff, ...] = ()
    names: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Subject, predicate and object in words, by id, of the facts that moves make: a dry run leaves them nowhere."""


def moves_for(before: Lexicon, after: Lexicon, uses: Iterable[NameUse]) -> list[Move]:
    """The moves that make of a graph aligned with `before` one aligned with `after`.

    A name moves where the two lexicons differ about it, or about the concept that it is aligned to; what was aligned
    by its context, or by a code in the document, stays as long as `after` allows it. A name that has no concept any
    more keeps a local one.
    """
    found: dict[tuple[str, str], tuple[Node, list[str]]] = {}
    for use in uses:
        node = _target(before, after, use)
        if node is not None and node.curie != use.node.curie:
            found.setdefault((use.node.curie, node.curie), (node, []))[1].append(use.name)
    return [Move(tuple(names), curie, node) for (curie, _), (node, names) in found.items()]


def bring_up_to_date(
    store: Graph, lexicon: Lexicon, *, home: Path | None = None, dry_run: bool = False
) -> list[Realigned]:
    """What became of the graph: first all decisions are applied, then names that wait for a concept are looked up."""
    decided = apply_decisions(store, lexicon, home=home, dry_run=dry_run)
    return [done for done in (decided, refresh_unaligned(store, lexicon, dry_run=dry_run)) if done.moves]


def apply_decisions(store: Graph, lexicon: Lexicon, *, home: Path | None = None, dry_run: bool = False) -> Realigned:
    """What became of the graph: it reflects every decision that is in force now, as `lexicon` has them laid over it.

    Nothing is done where it does already. With `dry_run` nothing is written, and the moves and diffs are what would
    come of it.
    """
    stamp = store.get_meta().get(DECISIONS, "")
    now = stamp_of(lexicon.decisions, four_eyes=read_settings(home=home).four_eyes)
    if stamp == now:
        return Realigned()
    base = lexicon.below if isinstance(lexicon, DecidedLexicon) else lexicon
    old, new = _standing(home, stamp), _standing(home, now)
    before, after = lay_decisions(base, old), lay_decisions(base, new)
    done = realign(store, moves_for(before, after, _touched(store, old, new, before, after)), dry_run=dry_run)
    if not dry_run:
        store.set_meta(DECISIONS, now)
    return done


def refresh_unaligned(store: Graph, lexicon: Lexicon, *, dry_run: bool = False) -> Realigned:
    """What became of the graph: names that waited for a concept and are known to `lexicon` have gone over to it.

    Nothing else moves, and nothing is done where this lexicon was asked already.
    """
    stamp = f"{lexicon.stamp}+{lexicon.decisions}"
    if store.get_meta().get(LOOKED_UP, "") == stamp:
        return Realigned()
    waiting = (use for use in store.iter_names() if not use.node.aligned)
    found: dict[tuple[str, str], tuple[Node, list[str]]] = {}
    for use in waiting:
        curies = _meanings(lexicon, use)
        node = describe(lexicon, curies[0]) if curies else None
        if node is not None:
            found.setdefault((use.node.curie, node.curie), (node, []))[1].append(use.name)
    moves = [Move(tuple(names), curie, node) for (curie, _), (node, names) in found.items()]
    done = realign(store, moves, dry_run=dry_run)
    if not dry_run:
        store.set_meta(LOOKED_UP, stamp)
    return done


def realign(store: Graph, moves: Sequence[Move], *, dry_run: bool = False) -> Realigned:
    """What became of the graph after these moves, with words for the facts that they make."""
    if not moves:
        return Realigned()
    names = dict(_name_facts(store, moves)) if dry_run else {}
    return Realigned(tuple(moves), tuple(store.realign(moves, dry_run=dry_run)), names)


def stamp_of(line: str, *, four_eyes: bool) -> str:
    """The stamp of the decisions in force after the line of that hash: the setting decides which of them count."""
    return f"{line}{_FOUR_EYES}" if line and four_eyes else line


def keep_decisions(store: Catalogue, before: str, after: str) -> None:
    """Note that a graph that reflected the decisions of the stamp `before` reflects those of `after`; else nothing."""
    if before != after and store.get_meta().get(DECISIONS, "") == before:
        store.set_meta(DECISIONS, after)


def _standing(home: Path | None, stamp: str) -> Standing:
    """The decisions in force by that stamp; none where the log has no such line."""
    log, until = open_log(home=home), stamp.removesuffix(_FOUR_EYES)
    if not any(line.hash == until for line in log.lines):
        return Standing()
    return fold(log.lines, until=until, four_eyes=stamp != until)


def _touched(store: Alignments, old: Standing, new: Standing, before: Lexicon, after: Lexicon) -> Iterable[NameUse]:
    """The uses of names about which, or about whose concept, something was decided or undone."""
    forms = changed_forms(old, new)
    decided = [one for standing in (old, new) for form in forms for one in standing.by_form.get(form, ())]
    named = {curie for one in decided if before.entry(one.name) for curie in (one.name, one.curie)}
    concepts = {lexicon.canonical(curie) for curie in named for lexicon in (before, after)}
    return (use for use in store.iter_names(dormant=True) if form_of(use.name) in forms or use.node.curie in concepts)


def _target(before: Lexicon, after: Lexicon, use: NameUse) -> Node | None:
    """The node that the use goes over to, None where it stays."""
    here = after.canonical(use.node.curie)
    old, new = _meanings(before, use), _meanings(after, use)
    if old == new or (here in new and use.node.curie not in old[:1]):
        moved = here != before.canonical(use.node.curie)
        return describe(after, here) if moved else None
    if new:
        return describe(after, new[0])
    return Node(local_curie(use.name, use.node.kind), use.name, use.node.kind, aligned=False) if old else None


def _meanings(lexicon: Lexicon, use: NameUse) -> list[str]:
    """The concepts of a name as a build finds them, best first: those that have it, else the one it comes near."""
    found = lexicon.find(use.name, kinds=kinds_like(use.node.kind))
    if not found:
        found = list(ground_name(lexicon, use.name, use.node.kind).matches)
    return list(dict.fromkeys(lexicon.canonical(match.curie) for match in found))


def _name_facts(store: GraphReader, moves: Sequence[Move]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Words for the facts that moves may make, by id."""
    targets: dict[str, list[Node]] = {}
    for move in moves:
        targets.setdefault(move.curie, []).append(move.node)
    for curie in targets:
        for fact in _facts_about(store, curie):
            sides = ([node, *targets.get(node.curie, ())] for node in (fact.subject, fact.object))
            for subject, object_ in product(*sides):
                id_ = fact_id(subject.curie, fact.predicate, object_.curie)
                yield id_, (subject.name, fact.predicate, object_.name)


def _facts_about(store: GraphReader, curie: str) -> Iterator[Fact]:
    after: str | None = None
    while True:
        page = store.find_facts(FactQuery(about=curie), first=_PAGE, after=after)
        yield from page.facts
        if page.cursor is None:
            return
        after = page.cursor
