"""With noise, what is told depends on no patient by more than was promised."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.events import Coding, Event, EventKind, Person, Row, Visit
from kg.cohorts.disclosure import Noise
from kg.cohorts.pairs import Terms
from kg.cohorts.private import count_bounded, find_private_pairs, find_threshold
from kg.cohorts.publish import Cohort, publish
from kg.cohorts.rules import RULES
from kg.errors import KGError, StoreError
from kg.records import open_records
from kg.records.aligning import Aligner
from kg.records.ledger import Spending
from kg.records.releasing import Release
from kg.records.store import RecordStore
from kg.stores.sqlite import open_store
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

pytest.importorskip("scipy")

DISEASES = [Concept(f"mesh:D{number}", f"disease {number}", Kind.DISEASE) for number in range(12)]
DRUGS = [Concept(f"rxnorm:{number}", f"drug {number}", Kind.DRUG) for number in range(12)]
LEXICON = Lexicon.of([*DISEASES, *DRUGS])
#: So little noise that counts are what they are.
NEXT_TO_NONE = 1e6


def patient(number: int, concepts: list[Concept]) -> Iterator[Row]:
    name, visit = f"p{number}", f"v{number}"
    yield Person(name)
    yield Visit(visit, name, start="2020-01-02")
    for concept in concepts:
        kind = EventKind.MEDICATION if concept.kind is Kind.DRUG else EventKind.CONDITION
        codes = (Coding(concept.curie, "", concept.curie),)
        yield Event(f"{name}-{concept.curie}", name, kind, concept.name, codes, "2020-01-02", visit=visit)


def fill(store: RecordStore) -> None:
    """Sixty patients with one disease and its drug, forty with another, one with everything."""
    for number in range(100):
        store.put(patient(number, [DISEASES[number >= 60], DRUGS[number >= 60]]))
    store.put(patient(100, [*DISEASES, *DRUGS]))


@pytest.fixture
def records(tmp_path: Path) -> Iterator[RecordStore]:
    with open_records(tmp_path / "records", key=None, mode="create") as store:
        store.start_writing(key=b"k" * 32, align=Aligner(LEXICON))
        fill(store)
        yield store


@pytest.mark.parametrize("most", [1, 5, 40])
def test_a_patient_adds_to_so_many_counts_and_no_more(records: RecordStore, most: int) -> None:
    pairs, singles = count_bounded(records, RULES, most)
    records.forget(["p100"])
    pairs_without, singles_without = count_bounded(records, RULES, most)
    for counted, without in ((pairs, pairs_without), (singles, singles_without)):
        each = min(most, max(without.values()) and sum(without.values()) // 100)
        assert sum(without.values()) == 100 * each
        assert 0 < sum(counted.values()) - sum(without.values()) <= most


def test_the_threshold_is_passed_by_one_patient_as_rarely_as_promised() -> None:
    for epsilon, m, delta in ((1.0, 10, 1e-6), (0.1, 1, 1e-9), (5.0, 3, 1e-3)):
        least = find_threshold(Noise(epsilon, m), delta)
        assert m * math.exp(-epsilon * (least - 1) / m) <= delta < m * math.exp(-epsilon * (least - 3) / m)


def test_what_one_patient_alone_has_is_not_told_and_what_many_have_is(records: RecordStore) -> None:
    noise = Noise(60.0, 10)
    for _ in range(20):
        told = list(find_private_pairs(records, terms=Terms(k=2, noise=noise), noise=noise))
        curies = {pair.subject.curie for pair in told} | {pair.object.curie for pair in told}
        assert {"mesh:D0", "rxnorm:0"} <= curies <= {"mesh:D0", "mesh:D1", "rxnorm:0", "rxnorm:1"}


def test_with_next_to_no_noise_the_figures_are_those_of_all(records: RecordStore) -> None:
    records.forget(["p100"])
    noise = Noise(NEXT_TO_NONE, 40)
    told = find_private_pairs(records, terms=Terms(noise=noise), noise=noise)
    figures = {(pair.rule.name, pair.subject.curie, pair.object.curie): pair.found.counts.figures for pair in told}
    assert figures["prescribed-in-visit", "rxnorm:0", "mesh:D0"] == (100, 60, 60, 60)
    assert figures["prescribed-after", "rxnorm:1", "mesh:D1"] == (100, 40, 40, 40)


def test_what_is_spent_adds_up_over_all_names_and_the_budget_is_never_raised(
    records: RecordStore, tmp_path: Path
) -> None:
    def give_out(name: str, epsilon: float, budget: float) -> float:
        cohort = Cohort(name, "2026-01-31", terms=Terms(noise=Noise(epsilon, 10)), budget=budget)
        with open_store(str(tmp_path / "graph"), mode="create") as graph:
            return publish(records, graph, LEXICON, cohort).spent

    with pytest.raises(KGError, match="say with --budget"):
        give_out("clinic", 0.5, 0.0)
    assert give_out("clinic", 0.5, 1.0) == 0.5
    with pytest.raises(KGError, match="would break what was promised"):
        give_out("others", 0.5, 2.0)
    assert give_out("others", 0.25, 0.0) == 0.75
    with pytest.raises(KGError, match=r"0\.25 left, 0\.5 were asked"):
        give_out("clinic", 0.5, 0.0)
    spent = records.get_spent()
    assert (spent.epsilon, spent.budget) == (0.75, 1.0)
    assert math.isclose(spent.delta, 2e-6)


def test_what_is_spent_is_noted_before_anything_is_told(records: RecordStore, tmp_path: Path) -> None:
    open_store(str(tmp_path / "graph"), mode="create").close()
    cohort = Cohort("clinic", "2026-01-31", terms=Terms(noise=Noise(9.0)), budget=9.0)
    with open_store(str(tmp_path / "graph")) as graph, pytest.raises(StoreError, match="opened to read"):
        publish(records, graph, LEXICON, cohort)
    assert records.get_spent().epsilon == 9.0


def test_a_rehearsal_spends_nothing(records: RecordStore, tmp_path: Path) -> None:
    cohort = Cohort("clinic", "2026-01-31", terms=Terms(noise=Noise(1.0)), budget=1.0)
    with open_store(str(tmp_path / "graph"), mode="create") as graph:
        publish(records, graph, LEXICON, cohort, dry_run=True)
    assert records.get_spent().epsilon == 0.0


def test_what_was_spent_before_there_was_a_ledger_counts(records: RecordStore) -> None:
    records.keep_release(Release("old", 1, 0.4))
    records._db.connection.execute("drop table ledger; pragma user_version = 2")
    records.close()
    with open_records(records.folder, key=None) as store:
        assert store.get_spent().epsilon == 0.4
    with open_records(records.folder, key=None, mode="rw") as store:
        assert store.spend(Spending("new", 1, 0.5, 1e-6, 10), budget=1.0).epsilon == 0.9
        with pytest.raises(KGError, match=r"0\.1 left"):
            store.check_spending(0.2)
