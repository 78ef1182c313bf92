"""A forgetting that was cut off is finished by whatever command comes next."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.events import Event, EventKind, Person
from kg.records import open_records
from kg.records.aligning import Aligner
from kg.records.keys import make_keys, read_keys
from kg.records.pending import Pending
from kg.records.store import RecordStore
from kg_command import KgHere
from ontologies.lexicon import Lexicon


@pytest.fixture
def kg(tmp_path: Path) -> KgHere:
    """A home with records of two patients, one of whom was about to be erased."""
    home = tmp_path / "home"
    home.mkdir()
    with open_of(home, "create") as store:
        store.start_writing(key=b"k" * 32, align=Aligner(Lexicon.of([])))
        store.put([Person("p0"), Event("e0", "p0", EventKind.CONDITION, "gout"), Person("p1")])
        store.keep_pending(Pending(("p0",)))
    return KgHere(home, tmp_path)


def open_of(home: Path, mode: str) -> RecordStore:
    key = home / "records.key"
    keys = make_keys(key) if mode == "create" else read_keys(key)
    return open_records(home / "records", key=keys.store, mode=mode)


@pytest.mark.parametrize("words", [("records", "stats"), ("records", "quarantine"), ("doctor", "--graph", "nowhere")])
def test_any_command_finishes_it_and_says_so_once(kg: KgHere, words: tuple[str, ...]) -> None:
    done = kg.run(*words)
    assert "it is finished now" in " ".join((done.stdout + done.stderr).split())
    with open_of(kg.home, "r") as store:
        assert not store.get_pending()
        assert store.find_patient("p0") is None
        assert store.find_patient("p1") is not None
    again = kg.run(*words)
    assert "finished now" not in again.stdout + again.stderr


def test_while_another_process_writes_it_waits_and_the_command_goes_on(kg: KgHere) -> None:
    with open_of(kg.home, "rw"):
        done = kg.run("records", "stats")
    assert done.returncode == 0
    assert "is being forgotten" in done.stderr
    assert "it is finished now" in kg.run("records", "stats").stderr
