"""Populations are told of in the graph under the rules of disclosure, and never otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors.events import Coding, Event, EventKind, Person, Row, Visit
from kg.cohorts.disclosure import Noise
from kg.cohorts.pairs import Terms
from kg.cohorts.publish import Cohort, Published, publish, withdraw
from kg.errors import KGError
from kg.model import FactQuery
from kg.naming import REGISTRY, SITE, Named, check_name
from kg.records import open_records
from kg.records.aligning import Aligner
from kg.records.forgetting import forget
from kg.records.releasing import Release
from kg.records.store import RecordStore
from kg.roles import Store
from kg.stores.sqlite import open_store
from ontologies.decided import open_decided
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

pytest.importorskip("scipy")

DIABETES, GOUT, RARE = "mesh:D003924", "mesh:D006073", "mesh:D000001"
METFORMIN, ALLOPURINOL = "rxnorm:6809", "rxnorm:519"
CONCEPTS = [
    Concept(DIABETES, "type 2 diabetes", Kind.DISEASE),
    Concept(GOUT, "gout", Kind.DISEASE),
    Concept(RARE, "rare thing", Kind.DISEASE),
    Concept(METFORMIN, "metformin", Kind.DRUG),
    Concept(ALLOPURINOL, "allopurinol", Kind.DRUG),
]
GIVEN = [(METFORMIN, DIABETES), (ALLOPURINOL, GOUT)]
NAMES = {concept.curie: concept.name for concept in CONCEPTS}


def patient(number: int, *curies: str, linked: bool = False) -> Iterator[Row]:
    name, visit = f"p{number}", f"v{number}"
    yield Person(name, sex="female", birth="1970")
    yield Visit(visit, name, start="2020-01-02")
    for curie in curies:
        drug = curie.startswith("rxnorm")
        kind = EventKind.MEDICATION if drug else EventKind.CONDITION
        reasons = (f"{name}-{curies[0]}",) if drug and linked else ()
        codes = (Coding(curie, "", curie),)
        yield Event(f"{name}-{curie}", name, kind, NAMES[curie], codes, "2020-01-02", visit=visit, reasons=reasons)


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon.of(CONCEPTS)


@pytest.fixture
def records(tmp_path: Path, lexicon: Lexicon) -> Iterator[RecordStore]:
    with open_records(tmp_path / "records", key=None, mode="create") as store:
        store.start_writing(key=b"k" * 32, align=Aligner(lexicon))
        for number in range(100):
            store.put(patient(number, DIABETES, METFORMIN, linked=number < 30))
        for number in range(100, 160):
            store.put(patient(number, GOUT, ALLOPURINOL))
        for number in range(160, 168):
            store.put(patient(number, RARE, METFORMIN))
        for number in range(168, 180):
            store.put(patient(number, METFORMIN))
        for number in range(180, 260):
            store.put(patient(number, random.Random(number).choice([GOUT, DIABETES])))
        yield store


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "graph"), mode="create") as store:
        yield store


Publish = Callable[..., Published]


@pytest.fixture
def give_out(records: RecordStore, graph: Store, lexicon: Lexicon) -> Publish:
    def run(name: str = "clinic", *, dry_run: bool = False, budget: float = 0.0, **terms: object) -> Published:
        cohort = Cohort(name, "2026-01-31", "US", Terms(**terms), budget)  # type: ignore[arg-type]
        return publish(records, graph, lexicon, cohort, dry_run=dry_run)

    return run


def facts(graph: Store) -> dict[tuple[str, str, str], str]:
    """The figures behind each fact: number of patients by subject, predicate, object."""
    found = graph.find_facts(FactQuery(), first=100).facts
    return {
        (fact.subject.curie, fact.predicate, fact.object.curie): dict(fact.qualifiers)["patients"] for fact in found
    }


def test_what_enough_patients_have_is_told_and_what_few_have_is_not(give_out: Publish, graph: Store) -> None:
    published = give_out()
    told = facts(graph)
    assert (METFORMIN, "prescribed_for", DIABETES) in told
    assert (ALLOPURINOL, "prescribed_for", GOUT) in told
    assert not any(RARE in triple for triple in told)
    assert min(map(int, told.values())) >= 11
    assert published.pairs["prescribed-by-link"] == 1


def test_the_rows_behind_a_fact_say_how_it_was_counted(give_out: Publish, graph: Store) -> None:
    give_out()
    (fact,) = graph.find_facts(
        FactQuery(subject=METFORMIN, object=DIABETES, predicates=("prescribed_for",)), first=2
    ).facts
    rows = {dict(row.qualifiers)["basis"]: row for row in graph.get_evidence([fact.id], first=9)[fact.id]}
    assert {name: dict(row.qualifiers)["patients"] for name, row in rows.items()} == {
        "prescribed-by-link": "30",
        "prescribed-in-visit": "100",
        "prescribed-after": "100",
    }
    assert "100 had metformin (120) and type 2 diabetes" in rows["prescribed-in-visit"].quote


def test_publishing_again_changes_nothing(give_out: Publish, graph: Store) -> None:
    give_out()
    before = facts(graph)
    again = give_out()
    assert again.version == 2
    assert not any(diff.added or diff.retracted for diff in again.diffs)
    assert facts(graph) == before


def test_a_few_patients_more_are_not_seen_until_they_are_many(
    give_out: Publish, records: RecordStore, graph: Store
) -> None:
    give_out()
    before = facts(graph)
    for number in range(1000, 1005):
        records.put(patient(number, GOUT, ALLOPURINOL))
    give_out()
    assert facts(graph) == before
    for number in range(1005, 1012):
        records.put(patient(number, GOUT, ALLOPURINOL))
    give_out()
    assert facts(graph)[ALLOPURINOL, "prescribed_for", GOUT] == "72"


def test_a_second_name_for_almost_the_same_patients_is_refused(give_out: Publish, records: RecordStore) -> None:
    give_out()
    give_out("everyone")
    records.put(patient(2000, GOUT))
    with pytest.raises(KGError, match="publish under the name 'clinic'"):
        give_out("all-but-one")


def test_a_smaller_threshold_cannot_undo_what_was_withheld(give_out: Publish) -> None:
    give_out()
    with pytest.raises(KGError, match="publish with --k 11 or more"):
        give_out("other-name", k=3)
    give_out(k=20)


@pytest.mark.parametrize(
    "name",
    [
        "ward 4",
        "a/b",
        "",
        "-x",
        "Maria_Ruiz",
        "mariaRuiz",
        "ruiz",
        "wang-jianguo",
        "王建国",
        "张伟队列",
        "MRN12345678",
        "19850307",
        "110101199003074258",
        "Mercy-Hospital",
        "北京协和医院",
        "diabetes-and-much-else-that-somebody-wished-to-say-at-length-here",
    ],
)
def test_a_name_that_may_point_at_a_person_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(KGError, match="call the population by what its patients have in common") as refused:
        check_name(name)
    assert not name or name not in str(refused.value)


@pytest.mark.parametrize(("of", "said"), [(SITE, "a word of your own"), (REGISTRY, "call the registry by its disease")])
def test_sites_and_registries_are_called_by_the_same_rules(of: Named, said: str) -> None:
    for name in ("Maria_Ruiz", "北京协和医院", "ward 4"):
        with pytest.raises(KGError, match=said) as refused:
            check_name(name, of)
        assert name not in str(refused.value)
    for name in ("north", "院区-2", "diabetes_2", "糖尿病"):
        check_name(name, of)


@pytest.mark.parametrize(
    "name", ["patients", "diabetes-2026", "t2dm.v1", "warfarin_users", "糖尿病", "心内科-2", "marlpit"]
)
def test_a_name_of_what_patients_have_in_common_is_taken(name: str) -> None:
    check_name(name)


def test_nothing_is_told_under_a_name_that_is_refused_nor_of_a_country_that_is_none(
    give_out: Publish, records: RecordStore, graph: Store, lexicon: Lexicon
) -> None:
    with pytest.raises(KGError, match="may point at a person"):
        give_out("Maria_Ruiz")
    with pytest.raises(KGError, match="two capital letters"):
        publish(records, graph, lexicon, Cohort("clinic", "2026-01-31", "Maria Ruiz"))
    assert facts(graph) == {}


def test_a_name_of_before_stays_usable(give_out: Publish, records: RecordStore) -> None:
    records.keep_release(Release("ward 4", 1))
    assert give_out("ward 4").version == 2


def test_a_dry_run_writes_nothing(give_out: Publish, graph: Store, records: RecordStore) -> None:
    published = give_out(dry_run=True)
    assert sum(len(diff.added) for diff in published.diffs) > 0
    assert facts(graph) == {}
    assert records.get_release("clinic").version == 0


def test_who_is_forgotten_is_in_no_population_and_counts_fall_below_the_threshold(
    give_out: Publish, records: RecordStore, graph: Store
) -> None:
    give_out()
    records.forget([f"p{number}" for number in range(25)])
    give_out()
    told = facts(graph)
    assert told[METFORMIN, "prescribed_for", DIABETES] == "75"
    (fact,) = graph.find_facts(
        FactQuery(subject=METFORMIN, object=DIABETES, predicates=("prescribed_for",)), first=2
    ).facts
    bases = {dict(row.qualifiers)["basis"] for row in graph.get_evidence([fact.id], first=9)[fact.id]}
    assert "prescribed-by-link" not in bases


def test_noise_spends_the_budget_once(give_out: Publish, graph: Store) -> None:
    first = give_out(budget=1.0, noise=Noise(0.7))
    assert first.spent == 0.7
    with pytest.raises(KGError, match=r"0\.3 left"):
        give_out(budget=1.0, noise=Noise(0.7))


def test_a_withdrawn_cohort_leaves_nothing(give_out: Publish, graph: Store) -> None:
    give_out()
    withdraw(graph, "clinic")
    assert facts(graph) == {}


def test_forgetting_makes_releases_without_noise_again(
    records: RecordStore, graph: Store, kg_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_HOME", str(kg_home))
    lexicon = open_decided(kg_home / "lexicon")
    diabetes, gout = ((lexicon.canonical(drug), lexicon.canonical(of)) for drug, of in GIVEN)
    publish(records, graph, lexicon, Cohort("clinic", "2026-01-31", "US", graph=str(tmp_path / "graph")))
    assert {diabetes, gout} <= {triple[::2] for triple in facts(graph)}
    graph.close()
    assert forget(records, [f"p{number}" for number in range(100)]).patients == 100
    with open_store(str(tmp_path / "graph")) as after:
        left = {triple[::2] for triple in facts(after)}
    assert gout in left
    assert diabetes not in left
    assert records.get_release("clinic").version == 2
