"""From decisions to the graph: which names go over to which concept, and making it so.

A decision counts at once, after every rebuild and with every new release of a terminology. The graph keeps the stamp
of the decisions that it reflects; what was decided or undone since is made good here, and nothing else moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from kg.assemble import find_origin
from kg.model import Touched
from kg.moves import Placing, Realigned
from kg.roles import Alignments, Catalogue
from ontologies.decided import find_around, lay_decisions, undecided
from ontologies.decisions import open_log
from ontologies.lexicon import Lexicon
from ontologies.model import Decision
from ontologies.settings import read_settings
from ontologies.standing import Standing, changed_forms, fold, form_of

__all__ = [
    "Realigned",
    "apply_decisions",
    "apply_since",
    "bring_up_to_date",
    "find_touched",
    "keep_decisions",
    "knows_decisions",
    "realign",
    "stamp_of",
]

#: The word of a graph's meta data under which the stamp of the decisions that it reflects stands.
DECISIONS = "decisions"

#: What the stamp of decisions that count only once a second curator confirmed them ends with.
_FOUR_EYES = "+four_eyes"

#: The word under which the stamp of the lexicon stands in which its unaligned names were last looked up.
LOOKED_UP = "looked_up"


class Graph(Alignments, Catalogue, Protocol):
    """What aligning anew takes of a store."""


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
    base = undecided(lexicon)
    old, new = _standing(home, stamp), _standing(home, now)
    before, after = lay_decisions(base, old), lay_decisions(base, new)
    done = realign(store, after, find_touched(before, after, old, new), before=before, dry_run=dry_run)
    if not dry_run:
        store.set_meta(DECISIONS, now)
    return done


def knows_decisions(line: str, *, home: Path | None = None) -> bool:
    """Whether the log here has the line of that hash; an empty one stands for no decisions."""
    return not line or any(entry.hash == line for entry in open_log(home=home).lines)


def apply_since(store: Graph, lexicon: Lexicon, line: str, *, home: Path | None = None) -> Realigned:
    """What became of the graph, after rows that reflect the decisions up to that line of the log reflect all of them.

    Rows that reflect all of them already stay as they are.
    """
    if line == lexicon.decisions:
        return Realigned()
    store.set_meta(DECISIONS, stamp_of(line, four_eyes=read_settings(home=home).four_eyes))
    return apply_decisions(store, lexicon, home=home)


def refresh_unaligned(store: Graph, lexicon: Lexicon, *, dry_run: bool = False) -> Realigned:
    """What became of the graph: names that waited for a concept and are known to `lexicon` have gone over to it.

    Nothing else moves, and nothing is done where this lexicon was asked already.
    """
    if store.get_meta().get(LOOKED_UP, "") == lexicon.stamp:
        return Realigned()
    below = undecided(lexicon)
    waiting = ((use.name, use.node.kind) for use in store.iter_names() if not use.node.aligned)
    known = frozenset(form_of(name) for name, kind in waiting if find_origin(name, kind, below)[0].curie)
    done = realign(store, lexicon, Touched(known), renew=True, dry_run=dry_run)
    if not dry_run:
        store.set_meta(LOOKED_UP, lexicon.stamp)
    return done


def realign(
    store: Alignments,
    lexicon: Lexicon,
    touched: Touched,
    *,
    before: Lexicon | None = None,
    renew: bool = False,
    dry_run: bool = False,
) -> Realigned:
    """What became of the graph after every touched row was placed anew under the decisions of `lexicon`.

    `before` has the decisions that the graph reflects, if they are others. With `renew` names that waited for a
    concept are looked up again first.
    """
    if not touched:
        return Realigned()
    placing = Placing(lexicon, before=before, renew=renew)
    diffs = store.realign(touched, placing, dry_run=dry_run)
    return Realigned(placing.moves(), tuple(diffs), placing.names if dry_run else {})


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


def find_touched(before: Lexicon, after: Lexicon, old: Standing, new: Standing) -> Touched:
    """Which rows stand elsewhere, maybe, once the decisions of `new` count instead of those of `old`.

    Those with names on which others count, those about concepts for which others speak now, and those with names of
    which such a concept was ruled out.
    """
    forms = changed_forms(old, new)
    decided = {curie for one in _on_forms(forms, old, new) for curie in (one.name, one.curie) if ":" in curie}
    around = {curie for one in decided for lexicon in (before, after) for curie in find_around(lexicon, one)}
    turned = {curie for curie in around if before.canonical(curie) != after.canonical(curie)}
    if not turned:
        return Touched(frozenset(forms))
    speakers = {lexicon.canonical(curie) for curie in turned for lexicon in (before, after)}
    # The graph has what hangs on them under who spoke before; what joins them from now on does not move itself.
    here = turned | {before.canonical(curie) for curie in turned}
    for standing, lexicon in ((old, before), (new, after)):
        forms |= {form_of(one.name) for one in standing if one.curie and lexicon.canonical(one.curie) in speakers}
    return Touched(frozenset(forms), frozenset(here))


def _on_forms(forms: Iterable[str], *standings: Standing) -> Iterator[Decision]:
    return (one for standing in standings for form in forms for one in standing.by_form.get(form, ()))
