"""Runs: extracted anywhere, in any order, assembled into the graph that a build makes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from curators import curator_home
from extractors.errors import UnreadableError
from extractors.inputs import Item, Rejected, iter_items
from extractors.model import Cell, Qualifier, Section, Table
from kg.comparing import compare
from kg.errors import RunError
from kg.model import Asleep, Origin
from kg.pipeline import Outcome, Progress, build_stamp, commit, process
from kg.runners import LocalRunner
from kg.runs.assembling import assemble_runs
from kg.runs.extracting import extract_runs
from kg.runs.files import ENDING, Made, check_run, find_runs, iter_merged, write_run
from kg.runs.records import key_of, read_outcome, write_outcome
from kg.stores.sqlite import SqliteStore, open_store
from kg_command import ROOT, Kg, KgHere
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.pinned import Pinned, pin
from ontologies.registry import open_lexicon
from tests.graphs import BLEEDING, UNKNOWN, WARFARIN, contribution, evidence

SAMPLES = ROOT / "kg" / "samples"
UPDATE = ROOT / "kg" / "sample_updates" / "warfarin-tablets-v2.xml"
STARCH = "玉米淀粉"
BUILT = (SAMPLES / "warfarin-tablets.xml", SAMPLES / "atorvastatin-tablets.xml", UPDATE)


@pytest.fixture(scope="module")
def lexicon(kg_home: Path) -> Iterator[Lexicon]:
    yield open_lexicon(home=kg_home)


@pytest.fixture(scope="module")
def pinned(lexicon: Lexicon, kg_home: Path) -> Pinned:
    return pin(lexicon, home=kg_home)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(str(tmp_path / "graph"), mode="create") as made:
        yield made


def _items() -> list[Item | Rejected]:
    return list(iter_items(BUILT))


def _extract(items: Iterable[Item | Rejected], folder: Path, pinned: Pinned, *, run_bytes: int = 1 << 26) -> Progress:
    return extract_runs(items, folder, lexicon=pinned, runner=LocalRunner(), run_bytes=run_bytes)


def _everything() -> Outcome:
    """An outcome with something in every field."""
    row = evidence(WARFARIN, "causes_adverse_event", BLEEDING, names=("warfarin", "出血\t\n"), score=1 / 3)
    row = replace(
        row,
        qualifiers=(Qualifier("severity", "severe"),),
        subject_origin=Origin(Kind.DRUG, "unii:1", 0.1, "w"),
        said_score=0.7,
    )
    made = contribution(row, nodes=(WARFARIN, BLEEDING))
    document = replace(
        made.document,
        text="Bleeding may occur.\n",
        sections=(Section("1", "Two", 0, 4, "adverse_reactions"),),
        tables=(Table(0, 4, "t", (Cell(0, 1, 0, 4, header=True),)),),
        restricted=True,
    )
    asleep = Asleep(evidence(BLEEDING, "has_phenotype", UNKNOWN), BLEEDING)
    return Outcome("a.zip!b", "ff", (replace(made, document=document, asleep=(asleep,)),), ("cut off",))


def test_an_outcome_comes_back_from_its_line_as_it_was(pinned: Pinned) -> None:
    outcomes = [_everything(), *(process(item, lexicon=pinned) for item in _items())]
    assert any(one.contributions[0].document.products for one in outcomes)
    assert [read_outcome(write_outcome(one)) for one in outcomes] == outcomes


def test_the_graph_is_that_of_a_build_in_order_bit_for_bit(
    pinned: Pinned, lexicon: Lexicon, store: SqliteStore, tmp_path: Path
) -> None:
    items = _items()
    outcomes = sorted((process(item, lexicon=pinned) for item in items), key=key_of)
    with open_store(str(tmp_path / "direct"), mode="create") as direct:
        commit(direct, outcomes, build_stamp(lexicon), Progress())
        random.Random(1).shuffle(items)
        # Two machines, of which one has a run for each input, and an input that both have.
        _extract(items[:2], tmp_path / "one", pinned, run_bytes=1)
        _extract(items[1:], tmp_path / "two", pinned)
        done = assemble_runs([tmp_path / "two", tmp_path / "one"], store, lexicon, most=2)
        assert list(compare(direct, store)) == []
        assert store.get_meta()["graph_version"] == direct.get_meta()["graph_version"]
        assert store.get_stats() == direct.get_stats()
    assert (done.documents, done.quarantined) == (3, [])
    again = assemble_runs([tmp_path / "one", tmp_path / "two"], store, lexicon)
    assert (again.documents, again.unchanged) == (0, 4)
    with open_store(str(tmp_path / "direct")) as direct:
        assert store.get_meta()["graph_version"] == direct.get_meta()["graph_version"]


def test_an_extraction_that_was_cut_off_goes_on_behind_its_last_run(pinned: Pinned, tmp_path: Path) -> None:
    def cut_off() -> Iterator[Item | Rejected]:
        yield from _items()[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _extract(cut_off(), tmp_path, pinned, run_bytes=1)
    done = _extract(_items(), tmp_path, pinned, run_bytes=1)
    assert (done.documents, done.unchanged) == (1, 2)
    assert [path.suffix for path in tmp_path.iterdir()] == [ENDING] * 3


def test_a_run_that_is_not_whole_is_quarantined_and_the_rest_is_assembled(
    pinned: Pinned, lexicon: Lexicon, store: SqliteStore, tmp_path: Path
) -> None:
    runs, rejected = tmp_path / "runs", Rejected("bad.zip", "is no archive")
    _extract([*_items(), rejected], runs, pinned, run_bytes=1)
    whole = find_runs([runs])[0]
    data = whole.read_bytes()
    for broken in (data[: len(data) // 2], data[:-30] + b"\0" * 30, b"", b"text"):
        whole.write_bytes(broken)
        done = assemble_runs([runs], store, lexicon)
        (reason,) = [reason for locator, reason in done.quarantined if locator == str(whole)]
        assert reason.endswith("copy it again, or extract its inputs again")
        with pytest.raises(RunError, match="remove it first"):
            _extract(_items(), runs, pinned)
    whole.write_bytes(data)
    assemble_runs([runs], store, lexicon)
    assert [(entry.locator, entry.reason) for entry in store.get_quarantine()] == [("bad.zip", "is no archive")]
    assert len(store.list_documents(first=10)) == 2


def test_a_run_under_another_name_is_not_whole(tmp_path: Path) -> None:
    path = write_run(tmp_path, Made("s"), [])
    assert check_run(path) == Made("s")
    with pytest.raises(UnreadableError, match="not what its name says"):
        check_run(path.rename(tmp_path / "other.run"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match="holds no run"):
        find_runs([tmp_path, tmp_path / "empty"])


def test_runs_are_merged_in_one_order_however_many_they_are(tmp_path: Path) -> None:
    numbers = list(range(40))
    random.Random(2).shuffle(numbers)
    entries = [((f"d{number:02}", 1, "", ""), b'{"n": %d}' % number) for number in numbers]
    for start in range(0, 40, 4):
        write_run(tmp_path / "runs", Made("s"), sorted(entries[start : start + 4]))
    merged = iter_merged(find_runs([tmp_path / "runs"]), tmp_path / "scratch", most=3)
    assert [(key, record.strip()) for key, record in merged] == sorted(entries)


def test_runs_of_another_lexicon_or_of_unknown_decisions_are_refused(
    pinned: Pinned, lexicon: Lexicon, store: SqliteStore, tmp_path: Path
) -> None:
    write_run(tmp_path / "old", Made("another"), [])
    with pytest.raises(RunError, match="use the same medkg and the same lexicon"):
        assemble_runs([tmp_path / "old"], store, lexicon)
    with pytest.raises(RunError, match="name a new folder"):
        _extract(_items(), tmp_path / "old", pinned)
    write_run(tmp_path / "decided", Made(build_stamp(lexicon), "no line of the log"), [])
    with pytest.raises(RunError, match="decisions that are not in the log here"):
        assemble_runs([tmp_path / "decided"], store, lexicon)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot write into"):
        write_run(tmp_path / "file", Made("s"), [])


def test_decisions_made_between_extraction_and_assembly_count(kg_home: Path, tmp_path: Path) -> None:
    desk = KgHere(curator_home(kg_home, tmp_path), tmp_path)
    desk("extract", SAMPLES / "huafalin-pian.txt", "--runs", tmp_path / "runs", "--workers", "0")
    desk("build", SAMPLES / "huafalin-pian.txt", "--graph", tmp_path / "direct", "--workers", "0")
    desk("align", "accept", STARCH, "drugbank:DB00001", "--author", "ann", "--graph", tmp_path / "direct")
    desk("assemble", tmp_path / "runs")
    desk("verify", tmp_path / "direct", desk.graph)
    assert STARCH in desk("show", "drugbank:DB00001", "--json")


def test_the_commands_say_what_they_did(kg: Kg, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 no zip")
    told = json.loads(kg("extract", *BUILT, broken, "--runs", tmp_path / "runs", "--json", status=3))
    assert (told["documents"], len(told["unreadable"])) == (3, 1)
    assert "3 inputs there already" in kg("extract", *BUILT, "--runs", tmp_path / "runs")
    done = json.loads(kg("assemble", tmp_path / "runs", "--json", status=3))
    assert (done["documents"], len(done["quarantined"])) == (3, 1)
    assert "3 unchanged, 1 quarantined" in kg("assemble", tmp_path / "runs", status=3)
    assert json.loads(kg("build", *BUILT, "--json"))["unchanged"] == 3
    assert kg.run("extract", *BUILT, "--workers", "1").returncode == 2
