"""Exports hold the whole graph, the same bytes every time, or are not there at all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import pytest

from kg.errors import ExportError, GraphChangedError, UnknownNameError
from kg.export import write_graph
from kg.export.arrow_tables import SCHEMAS
from kg.export.formats import FORMATS
from kg.export.records import TABLES
from kg.stores.sqlite import SqliteStore, open_store
from kg.stores.sqlite.database import open_database
from kg_command import ROOT, Kg
from small_graph import make_small_graph
from tests.graphs import BLEEDING, WARFARIN, contribution, evidence

GOLDEN = ROOT / "tests" / "golden" / "export"


def test_json_lines_are_the_golden_ones(small_store: SqliteStore, tmp_path: Path) -> None:
    counts = write_graph("jsonl", small_store, tmp_path / "out")
    assert counts == {"nodes": 11, "facts": 14, "evidence": 17, "documents": 3, "asleep": 0}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in GOLDEN.iterdir())
    for path in GOLDEN.iterdir():
        assert (tmp_path / "out" / path.name).read_text("utf-8") == path.read_text("utf-8"), path.name


def test_parquet_holds_what_json_lines_hold(small_store: SqliteStore, tmp_path: Path) -> None:
    write_graph("parquet", small_store, tmp_path / "out")
    for name in TABLES:
        golden = [json.loads(line) for line in (GOLDEN / f"{name}.jsonl").read_text("utf-8").splitlines()]
        table = pq.read_table(tmp_path / "out" / f"{name}.parquet")
        assert table.to_pylist() == golden
        assert table.schema == SCHEMAS[name]
    assert (tmp_path / "out" / "meta.json").read_bytes() == (GOLDEN / "meta.json").read_bytes()


def test_arrow_holds_what_parquet_holds(small_store: SqliteStore, tmp_path: Path) -> None:
    write_graph("arrow", small_store, tmp_path / "arrow")
    write_graph("parquet", small_store, tmp_path / "parquet")
    for name in TABLES:
        with ipc.open_file(str(tmp_path / "arrow" / f"{name}.arrow")) as file:
            assert file.read_all().equals(pq.read_table(tmp_path / "parquet" / f"{name}.parquet"))


@pytest.fixture(params=FORMATS)
def name(request: pytest.FixtureRequest) -> str:
    """Each format whose needs are installed."""
    if request.param == "hetero":
        pytest.importorskip("torch", reason="needs PyTorch: pip install 'medkg[train]'")
    given: str = request.param
    return given


def test_the_order_of_loading_does_not_show(name: str, small_store: SqliteStore, tmp_path: Path) -> None:
    make_small_graph(tmp_path / "other", newest_first=True)
    write_graph(name, small_store, tmp_path / "a")
    with open_store(str(tmp_path / "other")) as other:
        write_graph(name, other, tmp_path / "b")
    for path in sorted((tmp_path / "a").iterdir()):
        # When what was loaded is told of by the words about the whole and by the list of changes.
        if not path.name.startswith(("meta", "changes")):
            assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_an_empty_graph_can_be_exported(name: str, tmp_path: Path) -> None:
    with open_store(str(tmp_path / "graph"), mode="create") as store:
        assert set(write_graph(name, store, tmp_path / "out").values()) == {0}


@pytest.mark.parametrize("restricted", [False, True])
def test_restricted_words_are_written_with_the_scope_alone(name: str, restricted: bool, tmp_path: Path) -> None:
    row = replace(evidence(WARFARIN, "causes_adverse_event", BLEEDING, quote="He bled."), restricted=True)
    given = contribution(row)
    with open_store(str(tmp_path / "graph"), mode="create") as store:
        store.put([replace(given, document=replace(given.document, restricted=True))])
        write_graph(name, store, tmp_path / "out", restricted=restricted)
    words = "".join(map(_words, sorted((tmp_path / "out").iterdir())))
    assert ("He bled." in words) == (restricted and name not in WITHOUT_QUOTES)


#: Formats that have no place for what documents say.
WITHOUT_QUOTES = {"graphml", "hetero", "sssom", "conceptmap-r4", "conceptmap-r5"}


def _words(path: Path) -> str:
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pylist())
    if path.suffix == ".arrow":
        with ipc.open_file(str(path)) as file:
            return str(file.read_all().to_pylist())
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")


def test_what_is_there_already_is_left_alone(small_store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(ExportError, match="there already"):
        write_graph("jsonl", small_store, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_nothing_is_left_where_the_disk_is_full(tiny_disk: Path, small_store: SqliteStore) -> None:
    (tiny_disk / "filler").write_bytes(b"0" * ((3 << 20) - (8 << 10)))
    with pytest.raises(ExportError, match="free some space"):
        write_graph("jsonl", small_store, tiny_disk / "out")
    assert [path.name for path in tiny_disk.iterdir()] == ["filler"]


def test_a_place_that_cannot_be_written_is_named(read_only_disk: Path, small_store: SqliteStore) -> None:
    with pytest.raises(ExportError, match="choose another place"):
        write_graph("jsonl", small_store, read_only_disk / "out")


class Written(SqliteStore):
    """A store as one on a server is: that the graph was written to meanwhile is known at the end."""

    @contextmanager
    def snapshot(self, *, restricted: bool = False) -> Iterator[None]:
        with super().snapshot(restricted=restricted):
            yield
        raise GraphChangedError("the graph was written to while it was read: read it again")


def test_a_mixture_of_two_states_is_not_left_behind(small_graph: Path, tmp_path: Path) -> None:
    with Written(open_database(small_graph, mode="r")) as store, pytest.raises(GraphChangedError):
        write_graph("jsonl", store, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_how_to_import(kg: Kg) -> None:
    make_small_graph(kg.graph)
    assert "neo4j-admin} database import full" in kg("export", "out", "--format", "neo4j-admin")
    assert "import full" not in kg("export", "lines")


def test_an_unknown_format_lists_the_known(small_store: SqliteStore, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="known are: arrow, "):
        write_graph("csv", small_store, tmp_path / "out")
