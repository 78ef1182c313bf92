"""Sentences of notes stand restricted behind what is told of populations, and leave with their patients."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from extractors.deidentify import Deidentifier
from extractors.events import Event, EventKind, Note, Person, Row, Visit
from extractors.note_events import find_note_events, find_spoken
from kg.cohorts.disclosure import Noise
from kg.cohorts.pairs import Terms
from kg.cohorts.publish import Cohort, Published, publish, withdraw
from kg.errors import KGError, StoreError
from kg.model import Evidence
from kg.records import open_records
from kg.records.aligning import Aligner
from kg.records.forgetting import finish_forgetting, forget
from kg.records.store import RecordStore
from kg.roles import Store
from kg.stores.sqlite import open_store
from kg_command import Kg
from ontologies.decided import open_decided
from ontologies.errors import DecisionError
from ontologies.lexicon import Lexicon
from ontologies.settings import read_serving, read_settings

pytest.importorskip("scipy")

#: What patients' notes say, by the number of the patient; the rest have none.
NOTES = {
    0: "The seamstress takes allopurinol for her gout since the lockdown.",
    1: "Gout, well controlled on allopurinol, says the beekeeper.",
    2: "No gout. Allopurinol was never given.",
    3: "He has gout. He takes allopurinol.",
    4: "Gout on allopurinol, call 555-867-5309 about it.",
    5: "Family history: his father has gout and takes allopurinol.",
    6: "痛风，长期服用别嘌醇治疗。",
    7: "Gout and allopurinol in the glassblower " + "and so on " * 40 + ".",
}
TAKEN = {NOTES[0], NOTES[1], NOTES[6]}


@pytest.fixture
def lexicon(kg_home: Path, monkeypatch: pytest.MonkeyPatch) -> Lexicon:
    monkeypatch.setenv("KG_HOME", str(kg_home))
    return open_decided(kg_home / "lexicon")


def patient(number: int, lexicon: Lexicon) -> Iterator[Row]:
    """A stay with gout and allopurinol, and the note of the patient with its events."""
    name, visit = f"p{number}", f"v{number}"
    yield Person(name, sex="female", birth="1970")
    yield Visit(visit, name, start="2020-01-02")
    yield Event(f"{name}-c", name, EventKind.CONDITION, "gout", (), "2020-01-02", visit=visit)
    yield Event(
        f"{name}-d", name, EventKind.MEDICATION, "allopurinol", (), "2020-01-02", visit=visit, reasons=(f"{name}-c",)
    )
    if number in NOTES:
        language = "zh" if number == 6 else "en"
        note = Note(f"n{number}", name, NOTES[number], visit, "2020-01-03", "Progress", language)
        yield note
        yield from find_note_events(note, lexicon)


@pytest.fixture
def records(tmp_path: Path, lexicon: Lexicon) -> Iterator[RecordStore]:
    with open_records(tmp_path / "records", key=None, mode="create") as store:
        store.start_writing(key=b"k" * 32, align=Aligner(lexicon))
        for number in range(30):
            store.put(patient(number, lexicon))
        for number in range(30, 60):
            store.put([Person(f"p{number}"), Event(f"e{number}", f"p{number}", EventKind.CONDITION, "asthma")])
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "graph"


def give_out(
    records: RecordStore, folder: Path, lexicon: Lexicon, *, sentences: int = 5, noise: Noise | None = None, k: int = 11
) -> Published:
    cohort = Cohort("clinic", "2026-01-31", "US", Terms(k=k, noise=noise), 9.0, str(folder), sentences)
    with open_store(str(folder), mode="create") as graph:
        return publish(records, graph, lexicon, cohort)


def rows_of(graph: Store) -> list[Evidence]:
    """The rows of sentences of notes, whole."""
    with graph.snapshot(restricted=True):
        return [row for row in graph.iter_evidence() if row.restricted]


def sentences_in(folder: Path) -> set[str]:
    with open_store(str(folder)) as graph:
        return {row.quote for row in rows_of(graph)}


def test_what_is_told_gets_sentences_that_name_both_as_present_and_nobody(
    records: RecordStore, folder: Path, lexicon: Lexicon
) -> None:
    published = give_out(records, folder, lexicon)
    assert sentences_in(folder) == TAKEN
    assert published.sentences == 2 * len(TAKEN), "prescribed for it, and had together with it"
    with open_store(str(folder)) as graph:
        row = rows_of(graph)[0]
        counted = {one.fact_id for one in graph.iter_evidence() if not one.restricted}
        assert {one.fact_id for one in rows_of(graph)} <= counted
        assert row.document == f"cohort:clinic/{row.subject}/notes"
        assert not any(one.quote for one in graph.iter_evidence() if one.restricted)


def test_a_document_of_sentences_says_nothing_of_whom_or_when(
    records: RecordStore, folder: Path, lexicon: Lexicon
) -> None:
    give_out(records, folder, lexicon)
    with open_store(str(folder)) as graph, graph.snapshot(restricted=True):
        (id_,) = {row.document for row in rows_of(graph)}
        document = graph.get_document(id_)
    assert document is not None
    assert (document.restricted, document.effective) == (True, "")
    assert document.text.splitlines() == 2 * sorted(TAKEN)
    said = repr(replace(document, text=""))
    assert not any(f"{letter}{number}" in said for letter in "pnv" for number in NOTES)
    assert Deidentifier(key=b"k" * 32).find(document.text) == []


def test_a_fact_gets_so_many_sentences_and_no_more(records: RecordStore, folder: Path, lexicon: Lexicon) -> None:
    give_out(records, folder, lexicon, sentences=2)
    assert len(sentences_in(folder)) == 2
    give_out(records, folder, lexicon, sentences=0)
    assert sentences_in(folder) == set()


def test_what_too_few_patients_have_gets_no_sentence(records: RecordStore, folder: Path, lexicon: Lexicon) -> None:
    assert give_out(records, folder, lexicon, k=31).sentences == 0
    assert sentences_in(folder) == set()


def test_noise_is_not_undone_by_sentences(records: RecordStore, folder: Path, lexicon: Lexicon) -> None:
    assert give_out(records, folder, lexicon, noise=Noise(5.0)).sentences == 0
    assert sentences_in(folder) == set()


def test_giving_out_again_changes_nothing(records: RecordStore, folder: Path, lexicon: Lexicon) -> None:
    give_out(records, folder, lexicon)
    with open_store(str(folder)) as graph:
        before = {row.id for row in graph.iter_evidence()}
    again = give_out(records, folder, lexicon)
    assert not any(diff.added or diff.retracted for diff in again.diffs)
    with open_store(str(folder)) as graph:
        assert {row.id for row in graph.iter_evidence()} == before


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def texts_in(folder: Path) -> list[bytes]:
    """The compressed texts of restricted documents."""
    with open_store(str(folder)) as graph:
        query = "select text from texts join documents on id = document where restricted"
        return [bytes(text) for (text,) in graph._db.connection.execute(query)]


def test_who_is_forgotten_leaves_no_byte_of_a_sentence_in_the_graph(
    records: RecordStore, folder: Path, lexicon: Lexicon
) -> None:
    give_out(records, folder, lexicon)
    (text,) = texts_in(folder)
    own = NOTES[0].encode()
    assert own in zlib.decompress(text)
    assert own in bytes_in(folder)
    forget(records, ["p0"])
    assert sentences_in(folder) == TAKEN - {NOTES[0]}
    after = bytes_in(folder)
    assert own not in after
    assert b"seamstress" not in after
    assert text not in after
    assert not any(own in zlib.decompress(left) for left in texts_in(folder))


def test_sentences_leave_even_where_the_release_cannot_be_made_again(
    records: RecordStore, folder: Path, tmp_path: Path, lexicon: Lexicon
) -> None:
    give_out(records, folder, lexicon)
    other = Cohort("others", "2026-01-31", graph=str(tmp_path / "other"), sentences=0)
    with open_store(other.graph, mode="create") as graph:
        publish(records, graph, lexicon, other)
    records.put([Person("p99"), Event("e99", "p99", EventKind.CONDITION, "gout")])
    with pytest.raises(KGError, match="differ"):
        forget(records, ["p0"])
    assert sentences_in(folder) == set()
    assert NOTES[0].encode() not in bytes_in(folder)


def test_a_graph_that_cannot_be_written_is_named_and_the_patient_is_gone_from_the_records(
    records: RecordStore, folder: Path, lexicon: Lexicon, tmp_path: Path
) -> None:
    give_out(records, folder, lexicon)
    with open_store(str(folder), mode="rw"):
        with pytest.raises(KGError, match=r"'clinic' .*another process writes"):
            forget(records, ["p0"])
        with open_store(str(folder)) as reader, reader.snapshot(restricted=True):
            assert {row.quote for row in reader.iter_evidence() if row.restricted} == {""}
    assert NOTES[0].encode() not in bytes_in(tmp_path / "records")
    assert records.get_pending().releases == ("clinic",)
    assert finish_forgetting(records) is not None
    assert not records.get_pending()
    assert b"seamstress" not in bytes_in(folder)
    assert sentences_in(folder) == TAKEN - {NOTES[0]}


KILLED = """
import os, signal, sys
from pathlib import Path
from kg.cohorts import again
from kg.records import open_records
from kg.records.forgetting import forget
from kg.records.store import RecordStore

steps = {"clear": (again, "withdraw_sentences"), "erase": (RecordStore, "forget"), "tell": (again, "publish")}
setattr(*steps[sys.argv[2]], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
with open_records(Path(sys.argv[1]), key=None, mode="rw") as store:
    forget(store, ["p0"])
"""


@pytest.mark.parametrize("moment", ["clear", "erase", "tell"])
def test_a_forgetting_that_was_killed_shows_no_sentence_and_is_finished_later(
    records: RecordStore, folder: Path, lexicon: Lexicon, kg: Kg, moment: str
) -> None:
    give_out(records, folder, lexicon)
    records.close()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(records.folder), moment],
        env=kg.environment,
        capture_output=True,
        timeout=300,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert NOTES[0] not in sentences_in(folder)
    with open_records(records.folder, key=None, mode="rw") as store:
        assert bool(store.find_patient("p0")) == (moment != "tell")
        assert store.get_pending().releases == ("clinic",)
        assert finish_forgetting(store) is not None
        assert store.find_patient("p0") is None
        assert not store.get_pending()
    assert sentences_in(folder) == TAKEN - {NOTES[0]}
    assert b"seamstress" not in bytes_in(folder) + bytes_in(records.folder)


def test_who_was_withdrawn_stays_so_when_somebody_is_forgotten(
    records: RecordStore, folder: Path, lexicon: Lexicon
) -> None:
    give_out(records, folder, lexicon)
    with open_store(str(folder), mode="rw") as graph:
        withdraw(graph, "clinic")
    forget(records, ["p0"])
    with open_store(str(folder)) as graph:
        assert list(graph.iter_evidence()) == []


def test_a_graph_that_is_being_read_says_so_and_is_compacted_the_next_time(
    records: RecordStore, folder: Path, lexicon: Lexicon
) -> None:
    give_out(records, folder, lexicon)
    with open_store(str(folder)) as reader, open_store(str(folder), mode="rw") as graph:
        graph._db.connection.execute("pragma busy_timeout=0")
        with reader.snapshot():
            reader.get_meta()
            with pytest.raises(StoreError, match="being read"):
                withdraw(graph, "clinic")
        graph.compact()
        assert "compaction_due" not in graph.get_meta()
        assert b"seamstress" not in bytes_in(folder)


def test_a_withdrawn_cohort_leaves_no_byte_of_a_sentence(records: RecordStore, folder: Path, lexicon: Lexicon) -> None:
    give_out(records, folder, lexicon)
    with open_store(str(folder), mode="rw") as graph:
        withdraw(graph, "clinic")
        assert graph.check() == []
    assert b"seamstress" not in bytes_in(folder)


def test_a_sentence_names_what_was_named_before(lexicon: Lexicon) -> None:
    note = Note("n", "p", "Gout. He takes allopurinol for gout.")
    named = [[event.name.lower() for event in events] for _, events in find_spoken(note, lexicon)]
    assert named == [["gout"], ["allopurinol", "gout"]]
    assert list(find_spoken(replace(note, language="fr"), lexicon)) == []


def test_commands_show_and_export_sentences_to_who_asks(
    records: RecordStore, folder: Path, lexicon: Lexicon, kg: Kg, tmp_path: Path
) -> None:
    give_out(records, folder, lexicon)
    plain = kg.run("show", "allopurinol", "--quotes", "9", "--graph", folder).stdout
    assert "restricted" in plain
    assert "seamstress" not in plain
    shown = kg.run("show", "allopurinol", "--quotes", "9", "--graph", folder, "--restricted").stdout
    assert "seamstress" in " ".join(shown.split())
    for options, quotes in ((), {""}), (("--restricted",), TAKEN):
        out = tmp_path / f"out{len(options)}"
        assert kg.run("export", out, "--graph", folder, *options).returncode == 0
        lines = [json.loads(line) for line in (out / "evidence.jsonl").read_text("utf-8").splitlines()]
        assert {line["quote"] for line in lines if line["restricted"]} == quotes
        documents = [json.loads(line) for line in (out / "documents.jsonl").read_text("utf-8").splitlines()]
        assert sum(document["restricted"] for document in documents) == 1


def test_tokens_are_read_from_the_settings_by_their_hash_alone(tmp_path: Path) -> None:
    assert read_serving(home=tmp_path).restricted_tokens == ()
    digest = sha256(b"open sesame").hexdigest()
    config = tmp_path / "config.toml"
    config.write_text(f'[align]\nfour_eyes = true\n[serve]\nrestricted_tokens = ["{digest}"]\n')
    assert read_serving(home=tmp_path).restricted_tokens == (digest,)
    assert read_settings(home=tmp_path).four_eyes


@pytest.mark.parametrize("wrong", ['["open sesame"]', '"open sesame"', "[3]"])
def test_a_token_in_place_of_its_hash_is_refused_and_not_repeated(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "config.toml").write_text(f"[serve]\nrestricted_tokens = {wrong}\n")
    with pytest.raises(DecisionError, match="SHA-256") as refused:
        read_serving(home=tmp_path)
    assert "sesame" not in str(refused.value)
