"""The curator's queue: how much it looks at, in which order, and what it says of why a name stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from kg.curation.audit import suspicion
from kg.curation.desk import Desk
from kg.curation.items import Item, Usage, join_spellings
from kg.curation.queue import Filters, iter_queue
from kg.curation.reasons import why_queued
from kg.model import NameUse, Node
from kg.stores.sqlite import open_store
from ontologies.curies import local_curie
from ontologies.decisions import open_log
from ontologies.ground import Ask, Grounder
from ontologies.ledger import Ledger
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Decision, Grounding, Kind, Scope, Synonym, Verdict
from tests.graphs import WARFARIN, contribution, evidence

RESIN = Concept("mesh:D1", "Eucalyptus resin", Kind.DRUG)
POLLEN = Concept("mesh:D2", "Eucalyptus pollen", Kind.DRUG, synonyms=(Synonym("gum tree dust"),))
ACID = Concept("mesh:D3", "Citric acid", Kind.DRUG, synonyms=(Synonym("sour salt", Scope.RELATED),))
LEXICON = Lexicon.of([RESIN, POLLEN, ACID])


class Counting(Grounder):
    """A grounder that knows how many names it was asked for."""

    asked = 0

    def ground_all(self, asks: Iterable[Ask], **options: Any) -> Iterator[Grounding]:
        given = list(asks)
        self.asked += len(given)
        return super().ground_all(given, **options)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(LEXICON, Ledger(open_log(home=tmp_path)), author="ann")


def item(desk: Desk, name: str, concept: Concept | None, *, said: tuple[Decision, ...] = ()) -> Item:
    waiting = Node(local_curie(name, Kind.DRUG), name, Kind.DRUG, aligned=False)
    node = Node(concept.curie, concept.name, concept.kind) if concept else waiting
    return Item(Usage((name,), node, 2, 3, 1), desk, said)


def decision(name: str, verdict: Verdict, concept: Concept | None = None) -> Decision:
    curie, target = (concept.curie, concept.name) if concept else ("", "")
    return Decision("1", name, None, verdict, curie, target, "bob", "2026-01-31T12:00:00", "looks odd")


def test_the_first_page_grounds_few_of_many_names(desk: Desk, tmp_path: Path) -> None:
    many = [Node(local_curie(f"A odd {n}", Kind.DRUG), f"A odd {n}", Kind.DRUG, aligned=False) for n in range(300)]
    sure = [Node(f"local:drug/{n}", f"Eucalyptus resin {n}", Kind.DRUG) for n in range(300)]
    rows = [evidence(WARFARIN, "interacts_with", one, names=("warfarin", one.name)) for one in (*many, *sure)]
    with open_store(str(tmp_path / "graph"), mode="create") as store:
        store.put([contribution(*rows, nodes=(WARFARIN, *many, *sure))])
        desk.store = store
        counting = desk.grounder = Counting(LEXICON)
        page = list(islice(iter_queue(desk, desk.ledger.standing(), Filters()), 20))
        assert len(page) == 20
        assert counting.asked < 3 * 32
        everything = list(iter_queue(desk, desk.ledger.standing(), Filters()))
        values = [one.value for one in everything]
        assert values == sorted(values, reverse=True)
        assert [one.usage.name for one in page] == [one.usage.name for one in everything[:20]]


def test_spellings_of_one_name_under_one_concept_are_joined_and_no_others() -> None:
    one, other = Node("mesh:D1", "Resin", Kind.DRUG), Node("mesh:D2", "Pollen", Kind.DRUG)
    names = [("Resin", one, 5), ("resin", one, 7), ("gum", one, 1), ("resin", other, 2)]
    joined = {use.names: use.facts for use in join_spellings(NameUse(n, node, facts, 1, 1) for n, node, facts in names)}
    assert joined == {("resin", "Resin"): 12, ("gum",): 1, ("resin",): 2}


@pytest.mark.parametrize(
    ("name", "concept", "told"),
    [
        ("zzyzx", None, "no terminology has it, or anything near it"),
        ("sour salt", ACID, "sure: related"),
        ("zzyzx", ACID, "by a code or by context"),
        ("Eucalyptus pollen", RESIN, "by a code or by context"),
        ("Eucalyptus resin", RESIN, ""),
    ],
)
def test_the_queue_says_why_a_name_stands_in_it(name: str, concept: Concept | None, told: str, desk: Desk) -> None:
    why = why_queued(item(desk, name, concept))
    assert told in why if told else why == ""


def test_what_was_said_is_the_reason(desk: Desk) -> None:
    unsure = item(desk, "gum", None, said=(decision("gum", Verdict.UNSURE),))
    assert why_queued(unsure) == "bob on 2026-01-31 was unsure: looks odd"
    rejected = item(desk, "gum", None, said=(decision("gum", Verdict.NONE, RESIN),))
    assert why_queued(rejected) == "bob on 2026-01-31 rejected Eucalyptus resin"
    decided = item(desk, "gum", None, said=(decision("gum", Verdict.NONE),))
    assert why_queued(decided) == "decided by bob on 2026-01-31"


def test_a_near_rival_is_suspected_more_than_what_shares_nothing_and_a_known_name_not_at_all(desk: Desk) -> None:
    known = suspicion(item(desk, "gum tree dust", POLLEN), desk)
    brand = suspicion(item(desk, "Sourex", ACID), desk)
    near = suspicion(item(desk, "Eucalyptus pollens extract", RESIN), desk)
    wrong = suspicion(item(desk, "Eucalyptus pollen", RESIN), desk)
    assert known.score < 0.01 and known.why == ""
    assert known.score < brand.score < wrong.score
    assert near.score > known.score
    assert "Eucalyptus pollen" in near.why
    assert "the program says Eucalyptus pollen" in wrong.why


def test_what_a_curator_rejected_speaks_against_nothing(desk: Desk) -> None:
    plain = suspicion(item(desk, "Eucalyptus pollen", RESIN), desk)
    rejected = (decision("Eucalyptus pollen", Verdict.NONE, POLLEN),)
    assert suspicion(item(desk, "Eucalyptus pollen", RESIN, said=rejected), desk).score < plain.score
