"""How well `kg align queue --likely-wrong` finds wrong acceptances: AUROC, AUPRC and what stands in the first tenth.

    python tests/bench/bench_likely_wrong.py [--seed 2] [--wrong 0.1] [--folder DIR] [--json]

A lexicon is compiled of the starter without one synonym each of some concepts. Curators "accept" these names, which the
program does not know, and as many again that it does: most for the concept that had them, a share for a near rival of
it, half of these among what the program would suggest for the name, half siblings in the hierarchy. Seed 1 was looked
at while the order was made; seed 2 holds other names. A rival that shares a name with the concept is none.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from kg.curation.audit import suspicion
from kg.curation.card import search
from kg.curation.desk import Desk, kinds_asked
from kg.curation.items import Item, Usage, ground_ahead
from kg.language import language_of
from kg.model import Node
from ontologies.compiled import write_files
from ontologies.decisions import open_log
from ontologies.errors import LexiconError
from ontologies.ledger import Ledger
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Decision, Kind, TerminologyInfo, Verdict
from ontologies.normalize import normal_form
from ontologies.standing import sort_of
from ontologies.starter.sources import read_sources
from ontologies.suggestions import suggest
from ontologies.terminologies import read_terminology

HELD_OUT_SEED, EACH = 99, 6000
KINDS = (Kind.DISEASE, Kind.FINDING, Kind.DRUG)
#: Names of a kind of acceptance that are judged, by seed.
JUDGED = 3000


@dataclass(frozen=True, slots=True)
class Accepted:
    """A name that was accepted for a concept, whether that is wrong, and whether the program knows the name."""

    name: str
    concept: Concept
    wrong: bool
    known: bool


def read_starter() -> Iterator[tuple[TerminologyInfo, list[Concept]]]:
    """The terminologies of the starter with their concepts."""
    for source in read_sources():
        info, concepts = read_terminology(source.reader, source.path)
        yield replace(info, name=source.name), list(concepts)


def hold_out(
    starter: Sequence[tuple[TerminologyInfo, list[Concept]]],
) -> tuple[dict[str, str], list[tuple[TerminologyInfo, list[Concept]]]]:
    """Names by the CURIE that loses them, and the terminologies without: a name goes from every concept that has it."""
    chance = random.Random(HELD_OUT_SEED)
    fit = [one for _, concepts in starter for one in concepts if one.kind in KINDS and len(one.synonyms) > 1]
    chosen = {one.curie: chance.choice(one.synonyms).text for one in chance.sample(fit, 2 * EACH)}
    gone = {normal_form(text) for text in chosen.values()}
    left = [
        (info, [replace(c, synonyms=tuple(s for s in c.synonyms if normal_form(s.text) not in gone)) for c in concepts])
        for info, concepts in starter
    ]
    return chosen, left


def accept(desk: Desk, chosen: dict[str, str], wrong: float, seed: int) -> Iterator[Accepted]:
    """Acceptances of one seed: half the names held out, half of those that the program has."""
    chance = random.Random(seed)
    mine = [curie for place, curie in enumerate(sorted(chosen)) if place % 2 == seed % 2]
    for curie in chance.sample(mine, min(JUDGED, len(mine))):
        concept = desk.lexicon.concept(curie)
        if concept is None:
            continue
        for name, known in ((chosen[curie], False), (chance.choice([concept.name, *_texts(concept)]), True)):
            find = chance.choice((find_rivals, find_siblings))
            rivals = find(desk, name, concept) if chance.random() < wrong else []
            rival = chance.choice(rivals) if rivals else None
            yield Accepted(name, rival or concept, rival is not None, known)


def _texts(concept: Concept) -> list[str]:
    return [synonym.text for synonym in concept.synonyms]


def find_rivals(desk: Desk, name: str, concept: Concept) -> list[Concept]:
    """Up to three concepts that the program would suggest for the name and that are not the concept."""
    near = [*search(desk, name), *suggest(desk.lexicon, name, kinds=kinds_asked(concept.kind), top=9)]
    return _others(desk, name, concept, [match.curie for match in near])[:3]


def find_siblings(desk: Desk, name: str, concept: Concept) -> list[Concept]:
    """The concepts that have a parent in common with the concept; what is suggested, where it has none."""
    hierarchy = desk.lexicon.hierarchy
    beside = [one for parent in hierarchy.parents(concept.curie) for one in hierarchy.children(parent)]
    return _others(desk, name, concept, beside) or find_rivals(desk, name, concept)


def _others(desk: Desk, name: str, concept: Concept, curies: Sequence[str]) -> list[Concept]:
    """Of these concepts those that are of its sort, and not the same by any name."""
    same = desk.lexicon.canonical(concept.curie)
    forms = {normal_form(text) for text in (name, concept.name, *_texts(concept))}
    speakers = dict.fromkeys(desk.lexicon.canonical(curie) for curie in curies)
    found = (desk.lexicon.concept(curie) for curie in speakers if curie != same)
    fit = (one for one in found if one and sort_of(one.kind) is sort_of(concept.kind))
    return [one for one in fit if forms.isdisjoint(normal_form(text) for text in (one.name, *_texts(one)))]


def item_of(accepted: Accepted, desk: Desk) -> Item:
    """What the queue holds of an acceptance."""
    concept = accepted.concept
    curie = desk.lexicon.canonical(concept.curie)
    node = Node(curie, concept.name, concept.kind)
    made = Decision(
        "1", accepted.name, concept.kind, Verdict.EXACT, concept.curie, concept.name, "ann", "2026-01-31T12:00:00",
        language=language_of(accepted.name),
    )  # fmt: skip
    return Item(Usage((accepted.name,), node, 1, 1, 1), desk, (made,))


def area_under_roc(scored: Sequence[tuple[float, bool]]) -> float:
    """The chance that a wrong one stands above a right one (Mann-Whitney; ties count half)."""
    below = ties = pairs = 0.0
    by_score: dict[float, list[bool]] = {}
    for score, is_wrong in scored:
        by_score.setdefault(score, []).append(is_wrong)
    right_below = 0
    for score in sorted(by_score):
        wrong, right = by_score[score].count(True), by_score[score].count(False)
        below += wrong * right_below
        ties += wrong * right
        right_below += right
    pairs = right_below * sum(wrong for _, wrong in scored)
    return (below + ties / 2) / pairs if pairs else 0.0


def average_precision(scored: Sequence[tuple[float, bool]], chance: random.Random) -> float:
    """The mean of the precision at each wrong one, from the top; ties by chance."""
    order = sorted(scored, key=lambda one: (-one[0], chance.random()))
    hits, total = 0, 0.0
    for place, (_, wrong) in enumerate(order, start=1):
        hits += wrong
        total += hits / place if wrong else 0
    return total / hits if hits else 0.0


def measure(scored: Sequence[tuple[float, bool]]) -> dict[str, float]:
    """The figures of one list."""
    chance = random.Random(0)
    order = sorted(scored, key=lambda one: (-one[0], chance.random()))
    wrong = sum(one for _, one in scored)
    tenth = sum(one for _, one in order[: len(order) // 10])
    return {
        "names": len(scored),
        "wrong": wrong,
        "auroc": round(area_under_roc(scored), 4),
        "auprc": round(average_precision(scored, chance), 4),
        "found in the first tenth": round(tenth / wrong, 4) if wrong else 0.0,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--wrong", type=float, default=0.1)
    parser.add_argument("--folder", type=Path, help="keep the compiled lexicon there")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        chosen, left = hold_out(list(read_starter()))
        try:
            lexicon = Lexicon.open(folder / "lexicon")
        except LexiconError:
            write_files(folder / "lexicon", left)
            lexicon = Lexicon.open(folder / "lexicon")
        desk = Desk(lexicon, Ledger(open_log(home=Path(scratch))), author="bench")
        accepted = list(accept(desk, chosen, given.wrong, given.seed))
        begun = time.process_time()
        items = [item_of(one, desk) for one in accepted]
        ground_ahead(items, desk)
        scored = [(suspicion(item, desk).score, one.wrong) for item, one in zip(items, accepted, strict=True)]
        seconds = time.process_time() - begun
    parts = {"all": [*range(len(scored))]}
    for label, known in (("names that the program knows", True), ("names that it does not", False)):
        parts[label] = [place for place, one in enumerate(accepted) if one.known is known]
    figures = {label: measure([scored[place] for place in places]) for label, places in parts.items()}
    if given.json:
        print(json.dumps({"seed": given.seed, "cpu_seconds": round(seconds, 2), **figures}))
        return
    print(f"seed {given.seed}, {given.wrong:.0%} wrong; {len(scored)} names in {seconds:.1f} CPU s")
    for label, figure in figures.items():
        print(f"{label}: " + ", ".join(f"{name} {value}" for name, value in figure.items()))


if __name__ == "__main__":
    main()
