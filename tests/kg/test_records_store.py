"""The events store: what is put is given back, the same twice changes nothing, counts are those of the events."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.events import Coding, Event, EventKind, Person, Retraction, Row, Value
from kg.records import open_records
from kg.records.aligning import Aligner
from kg.records.errors import RecordsError
from kg.records.model import Together, Window
from kg.records.store import RecordStore
from kg.records.times import decode_time, encode_time
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind
from record_rows import BY, KEYS, LEXICON, cleaned, dump, fill, open_store, rows_of

MEDICATIONS = Window(frozenset({EventKind.MEDICATION}))
CONDITIONS = Window(frozenset({EventKind.CONDITION}))


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    store = open_store(tmp_path / "records")
    fill(store)
    return store


def test_what_is_put_is_given_back(store: RecordStore) -> None:
    patient = store.find_patient(BY.pseudonym("Patient/3"))
    assert patient is not None
    condition, drug, test = store.iter_events(patient.id)
    assert (patient.sex, patient.birth_year) == ("female", int(shifted("1950-03-02", 3)[:4]))
    assert (condition.name, condition.concept.curie, condition.start) == (
        "Gout",
        "MONDO:0005393",
        shifted("2019-03-07", 3),
    )
    assert (drug.dose, drug.reasons, drug.start[10:]) == ("100 mg once daily", (condition.key,), "T10:00:00")
    assert (test.codes[0].code, test.value) == ("3084-1", Value(9.1, "mg/dL", flag="H", low=2.4, high=7.0))
    [visit] = store.iter_visits(patient.id)
    assert (visit.kind, visit.start, drug.visit) == ("inpatient", shifted("2019-03-07", 3), visit.id)
    [note] = store.iter_notes(patient.id)
    assert (note.text, note.title, note.visit) == ("She has gout in the left toe.", "Discharge", visit.id)
    assert store.get_specialties() == {condition.provider: "rheumatology"}


def shifted(day: str, number: int) -> str:
    row = BY.clean_row(Event("e", f"Patient/{number}", EventKind.CONDITION, "x", start=day))
    assert isinstance(row, Event)
    return row.start


def test_the_same_rows_twice_change_nothing(store: RecordStore) -> None:
    before = dump(store.folder)
    fill(store)
    assert dump(store.folder) == before


def test_a_changed_row_replaces_the_old_one(store: RecordStore) -> None:
    changed = [replace(row, name="Pseudogout", reasons=()) for row in rows_of(3) if isinstance(row, Event)]
    store.put(cleaned(changed))
    patient = store.find_patient(BY.pseudonym("Patient/3"))
    assert patient is not None
    events = list(store.iter_events(patient.id))
    assert [(event.name, event.reasons) for event in events] == [("Pseudogout", ())] * 3


def test_what_a_later_row_of_a_patient_leaves_out_stays(store: RecordStore) -> None:
    store.put(cleaned([Person("Patient/3", death="2020-05-06")]))
    patient = store.find_patient(BY.pseudonym("Patient/3"))
    assert patient is not None
    assert (patient.sex, patient.death) == ("female", shifted("2020-05-06", 3))


@pytest.mark.parametrize("patient", ["Patient/3", ""])
def test_what_is_taken_back_goes(store: RecordStore, patient: str) -> None:
    store.put(cleaned([Retraction("Condition/3", patient), Retraction("DocumentReference/3", patient)]))
    number = store.find_patient(BY.pseudonym("Patient/3"))
    assert number is not None
    assert [event.name for event in store.iter_events(number.id)] == ["Allopurinol", "Urate"]
    assert list(store.iter_notes(number.id)) == []
    assert len(list(store.iter_steps())) == 35


def test_a_person_who_is_taken_back_goes_whole(store: RecordStore) -> None:
    store.put(cleaned([Retraction("Patient/3")]))
    assert store.find_patient(BY.pseudonym("Patient/3")) is None
    assert len(list(store.iter_steps())) == 33


def test_steps_go_by_patient_and_time_with_provider_and_specialty(store: RecordStore) -> None:
    steps = list(store.iter_steps())
    assert [step.kind for step in steps[:3]] == [EventKind.CONDITION, EventKind.MEDICATION, EventKind.TEST]
    assert [step.specialty for step in steps[:3]] == ["rheumatology", "rheumatology", ""]
    assert [(step.patient, step.seconds) for step in steps] == sorted((step.patient, step.seconds) for step in steps)
    assert [step.kind for step in store.iter_steps(MEDICATIONS)] == [EventKind.MEDICATION] * 12


def test_a_window_of_time_is_half_open(store: RecordStore) -> None:
    patient = store.find_patient(BY.pseudonym("Patient/3"))
    assert patient is not None
    day = shifted("2019-03-08", 3)
    assert [event.name for event in store.iter_events(patient.id, Window(since=day))] == ["Allopurinol", "Urate"]
    assert [event.name for event in store.iter_events(patient.id, Window(until=day))] == ["Gout"]
    with pytest.raises(RecordsError, match="is no time"):
        list(store.iter_steps(Window(since="last year")))


@pytest.mark.parametrize(
    ("together", "days", "expected"),
    [
        (Together.PATIENT, 0, {("gout", "allopurinol"), ("gout", "urate"), ("allopurinol", "urate")}),
        (Together.VISIT, 0, {("gout", "allopurinol")}),
        (Together.WINDOW, 2, {("gout", "allopurinol")}),
        (Together.WINDOW, 0, set()),
        (Together.AFTER, 400, {("gout", "allopurinol"), ("gout", "urate"), ("allopurinol", "urate")}),
        (Together.LINK, 0, {("gout", "allopurinol")}),
    ],
)
def test_pairs_count_patients(
    store: RecordStore, together: Together, days: int, expected: set[tuple[str, str]]
) -> None:
    names = {number: concept.name.split(" [")[0].lower() for number, concept in store.get_concepts().items()}
    pairs = list(store.iter_pairs(together, days=days))
    assert {(names[pair.first], names[pair.second]) for pair in pairs} == expected
    assert all(pair.patients == 12 for pair in pairs)
    assert list(store.iter_pairs(together, days=days, at_least=13)) == []


def test_pairs_of_two_windows_have_their_sides(store: RecordStore) -> None:
    [pair] = store.iter_pairs(Together.VISIT, first=MEDICATIONS, second=CONDITIONS)
    concepts = store.get_concepts()
    assert (concepts[pair.first].name, concepts[pair.second].name) == ("allopurinol", "gout")
    assert list(store.iter_pairs(Together.AFTER, first=MEDICATIONS, second=CONDITIONS, days=30)) == []


def test_counts_are_of_patients_and_of_events(store: RecordStore) -> None:
    again = [replace(row, id=f"{row.id}-again") for row in rows_of(3) if isinstance(row, Event)]
    store.put(cleaned(again))
    gout = store.find_concept("MONDO:0005393")
    assert gout is not None
    counts = {count.concept: count for count in store.iter_counts()}
    assert (counts[gout.id].patients, counts[gout.id].events) == (12, 13)
    assert store.count_patients(CONDITIONS) == 12


def test_a_code_stands_before_a_name_and_what_is_unknown_keeps_its_place(tmp_path: Path) -> None:
    align = Aligner(LEXICON)
    known = Coding("MONDO:0005393", "mondo", "0005393")
    foreign = Coding("snomedct:90560007", "http://snomed.info/sct", "90560007", "Gout")
    own = Coding("", "http://hospital.example/codes", "G1", "Gicht")
    assert align(EventKind.CONDITION, "Allopurinol", (own, known)).curie == "MONDO:0005393"
    assert align(EventKind.CONDITION, "Gout", (foreign,)).curie == "MONDO:0005393"
    assert align(EventKind.CONDITION, "Zipperlein", (foreign,)) == (
        "snomedct:90560007",
        "Zipperlein",
        Kind.DISEASE,
        False,
    )
    assert align(EventKind.CONDITION, "", (own,)).curie == "local:disease/gicht"


def test_new_terminologies_move_names_and_not_events(store: RecordStore) -> None:
    wider = Lexicon.of(
        [Concept("MONDO:0005393", "gout", Kind.DISEASE), Concept("unii:63CZ7GJN5I", "Allopurinol", Kind.DRUG)]
    )
    assert store.align_again(Aligner(wider), stamp="wider") == 1
    assert store.align_again(Aligner(wider), stamp="wider") == 0
    assert store.find_concept("rxnorm:519") is None
    assert store.find_concept("unii:63CZ7GJN5I") is not None
    assert len(list(store.iter_steps(MEDICATIONS))) == 12


def test_small_counts_are_not_told(tmp_path: Path) -> None:
    with open_store(tmp_path / "few") as store:
        fill(store, patients=10)
        summary = store.get_summary()
        exact = store.get_summary(exact=True)
    assert (summary.patients, summary.kinds["condition"], summary.events) == (None, None, 22)
    assert (exact.patients, exact.events) == (10, 30)


def test_readers_see_the_state_of_when_they_began(store: RecordStore) -> None:
    with open_records(store.folder, key=KEYS.store) as reader:
        steps = reader.iter_steps()
        next(steps)
        fill(store, patients=20)
        assert len(list(steps)) == 35
        assert len(list(reader.iter_steps())) == 60


def test_dates_are_always_shifted_by_the_same_bound(store: RecordStore) -> None:
    store.keep_settings(365)
    store.keep_settings(365)
    with pytest.raises(RecordsError, match="--shift-days 365"):
        store.keep_settings(30)


@given(st.datetimes(), st.sampled_from([4, 7, 10, 16, 19]))
def test_times_come_back_as_far_as_they_are_known(moment: object, length: int) -> None:
    text = moment.replace(microsecond=0).isoformat()[:length]  # type: ignore[attr-defined]
    assert decode_time(encode_time(text)) == text


@given(st.lists(st.datetimes().map(lambda moment: moment.isoformat()[:19]), min_size=2))
def test_times_sort_as_they_do(times: list[str]) -> None:
    assert sorted(times) == sorted(times, key=lambda time: encode_time(time) or 0)


@pytest.mark.parametrize("text", ["", "2019-02-30", "2019-13", "yesterday", "2019-03-07T25:00:00", "2019-03-07 10:00"])
def test_what_is_no_time_is_unknown(text: str) -> None:
    assert encode_time(text) is None
    assert decode_time(None) == ""


EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=30
)


@settings(deadline=None, max_examples=50)
@given(EVENTS, st.integers(0, 10))
def test_pairs_are_those_of_a_plain_count(events: list[tuple[int, int, int, int]], days: int) -> None:
    import tempfile

    names = "abcdef"
    rows: list[Row] = [
        Event(
            f"{index}",
            f"{patient}",
            EventKind.CONDITION,
            names[name],
            start=f"2019-01-{day % 28 + 1:02}",
            visit=f"{patient}-{visit}",
        )
        for index, (patient, name, visit, day) in enumerate(events)
    ]
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder), key=None) as store:
        store.put(rows)
        concepts = {number: concept.name for number, concept in store.get_concepts().items()}
        for together in (Together.PATIENT, Together.VISIT, Together.WINDOW):
            found = {
                frozenset((concepts[pair.first], concepts[pair.second])): pair.patients
                for pair in store.iter_pairs(together, days=days)
            }
            assert found == plain_count(rows, together, days)


def plain_count(rows: list[Row], together: Together, days: int) -> dict[frozenset[str], int]:
    patients: dict[frozenset[str], set[str]] = {}
    for one, other in combinations([row for row in rows if isinstance(row, Event)], 2):
        near = abs(int(one.start[-2:]) - int(other.start[-2:])) <= days
        fits = {Together.PATIENT: True, Together.VISIT: one.visit == other.visit, Together.WINDOW: near}[together]
        if one.patient == other.patient and one.name != other.name and fits:
            patients.setdefault(frozenset((one.name, other.name)), set()).add(one.patient)
    return {pair: len(found) for pair, found in patients.items()}
