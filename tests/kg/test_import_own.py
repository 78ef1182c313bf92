"""What medkg exports comes back: the same documents, concepts and facts, from every format that can carry them.

The text of a document is in no export, so it is empty afterwards; all else that `kg verify` compares is equal.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.model import Assertion, Document, Qualifier
from kg.comparing import compare
from kg.credits import get_licences, get_terminologies, keep_licence
from kg.errors import ImportFailedError
from kg.export import write_graph
from kg.identity import with_ids
from kg.imports.model import Imported
from kg.imports.own import import_own
from kg.imports.own_files import KNOWN_BY, find_own
from kg.imports.refusals import Refusals
from kg.model import Contribution, Evidence, Node, Origin
from kg.predicates import PREDICATES
from kg.stores.sqlite import SqliteStore, open_store
from ontologies.model import Kind
from small_graph import make_small_graph
from tests.graphs import BLEEDING, EMBOLISM, NODES, UNKNOWN, WARFARIN, contribution, evidence, stand

FORMATS = [*KNOWN_BY]

#: Any text that a database holds; not NUL, which ends texts in some.
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
names = words.filter(str.strip)
kinds = st.sampled_from(Kind)
nodes = st.lists(
    st.builds(
        Node,
        st.from_regex(r"(MONDO|rxnorm|HP):[0-9]{7}", fullmatch=True) | names.map(lambda name: f"local:other/{name}"),
        names,
        kinds,
        name_zh=words,
        synonyms=st.lists(names, max_size=3, unique=True).map(tuple),
        aligned=st.booleans(),
    ),
    min_size=2,
    max_size=5,
    unique_by=lambda node: node.curie,
)
origins = st.none() | st.builds(Origin, kinds, words, st.floats(0.01, 1), words)
scores = st.floats(0.01, 1)
qualifiers = st.lists(st.builds(Qualifier, st.sampled_from(["severity", "population"]), names), max_size=3)


@st.composite
def contributions(draw: st.DrawFn) -> list[Contribution]:
    """Up to three documents of up to five rows each about the same few concepts."""
    known = draw(nodes)
    ids = draw(st.lists(names.map(lambda name: f"dailymed:{name}"), min_size=1, max_size=3, unique=True))
    return [_contribution(draw, id_, known) for id_ in ids]


def _contribution(draw: st.DrawFn, id_: str, known: list[Node]) -> Contribution:
    document = Document(
        id_,
        draw(words),
        draw(words),
        version=draw(st.integers(1, 2**40)),
        effective=draw(st.sampled_from(["", "2024-02-29"])),
        source="spl",
        country=draw(st.sampled_from(["", "US", "CN"])),
        content_hash=draw(st.from_regex(r"[0-9a-f]{8}", fullmatch=True)),
    )
    rows = {row.id: row for row in (_row(draw, document, known) for _ in range(draw(st.integers(0, 5))))}
    used = {curie for row in rows.values() for curie in (row.subject, row.object)}
    return Contribution(document, tuple(node for node in known if node.curie in used), tuple(rows.values()))


def _row(draw: st.DrawFn, document: Document, known: list[Node]) -> Evidence:
    subject, object_ = draw(st.permutations(known))[:2]
    row = Evidence(
        "",
        "",
        subject.curie,
        draw(st.sampled_from(sorted(PREDICATES))),
        object_.curie,
        document.id,
        document.version,
        draw(words),
        draw(words),
        draw(st.integers(0, 2**31)),
        draw(st.integers(0, 2**31)),
        draw(words),
        draw(names),
        draw(scores),
        draw(st.sampled_from(Assertion)),
        tuple(draw(qualifiers)),
        document.country,
        draw(words),
        draw(words),
        draw(origins),
        draw(origins),
        draw(st.none() | scores),
    )
    return with_ids(row)


def bring_back(graph: SqliteStore, format_: str, folder: Path) -> tuple[SqliteStore, Imported]:
    """A graph made of the export of another one in that format."""
    write_graph(format_, graph, folder / format_)
    assert find_own(folder / format_) == format_
    copy = open_store(str(folder / f"from-{format_}"), mode="create")
    return copy, import_own(folder / format_, format_, copy, refusals=Refusals())


@pytest.mark.parametrize("format_", FORMATS)
@given(said=contributions())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_graph_comes_back_as_it_was(format_: str, said: list[Contribution]) -> None:
    with tempfile.TemporaryDirectory() as place, open_store(f"{place}/graph", mode="create") as graph:
        graph.put(said, stamp="test")
        copy, done = bring_back(graph, format_, Path(place))
        with copy:
            assert done.refusals == []
            assert list(compare(graph, copy)) == []


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_that_is_imported_twice_changes_nothing(format_: str, tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "graph"))) as graph:
        copy, done = bring_back(graph, format_, tmp_path)
        with copy:
            assert (done.documents, done.unchanged, done.refused) == (graph.get_stats().documents, 0, 0)
            version = copy.get_meta()["graph_version"]
            again = import_own(tmp_path / format_, format_, copy, refusals=Refusals())
            assert (again.documents, again.unchanged) == (0, done.documents)
            assert copy.get_meta()["graph_version"] == version


@pytest.mark.parametrize("format_", FORMATS)
def test_rows_that_sleep_come_back_and_may_wake(format_: str, tmp_path: Path) -> None:
    asleep = evidence(BLEEDING, "has_phenotype", UNKNOWN, document="d:1", names=("bleeding", "purple toe"))
    note = evidence(BLEEDING, "has_phenotype", UNKNOWN, document="d:2", names=("bleeding", "purple toe"))
    other = evidence(WARFARIN, "causes_adverse_event", BLEEDING, document="d:1", names=("warfarin", "bleeding"))
    hidden = contribution(note, document="d:2", nodes=(BLEEDING, UNKNOWN))
    hidden = replace(hidden, document=replace(hidden.document, restricted=True))
    with open_store(str(tmp_path / "graph"), mode="create") as graph:
        graph.put([contribution(asleep, other, document="d:1", nodes=(BLEEDING, UNKNOWN, WARFARIN)), hidden])
        before = {fact.id for fact in graph.iter_facts()}
        stand(graph, {"purple toe": BLEEDING})
        sleeping = sorted(graph.iter_asleep(), key=lambda one: one.row.document)
        copy, done = bring_back(graph, format_, tmp_path)
        assert orjson.loads((tmp_path / format_ / "meta.json").read_bytes())["counts"]["asleep"] == 1
        with copy:
            assert done.refusals == []
            # What sleeps of a restricted document is nothing but words.
            assert list(copy.iter_asleep()) == sleeping[:1]
            stand(copy, {"purple toe": UNKNOWN})
            assert {fact.id for fact in copy.iter_facts()} == before
            assert list(copy.iter_asleep()) == []


def test_turtle_with_triple_terms_comes_back(tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "graph"))) as graph:
        write_graph("turtle-star", graph, tmp_path / "out")
        assert find_own(tmp_path / "out") == "turtle"
        with open_store(str(tmp_path / "copy"), mode="create") as copy:
            assert import_own(tmp_path / "out", "turtle", copy, refusals=Refusals()).refusals == []
            assert list(compare(graph, copy)) == []
    path = tmp_path / "out" / "graph.ttl"
    path.write_text(path.read_text("utf-8").replace("<<( ", "<<(  "), "utf-8")
    with (
        open_store(str(tmp_path / "again"), mode="create") as copy,
        pytest.raises(ImportFailedError, match="as nquads"),
    ):
        import_own(tmp_path / "out", "turtle", copy, refusals=Refusals())


def _said(*documents: str) -> list[Contribution]:
    return [
        contribution(evidence(WARFARIN, "causes_adverse_event", BLEEDING, document=id_), document=id_, nodes=NODES)
        for id_ in documents
    ]


def test_a_newer_export_takes_out_what_it_lacks_where_that_is_asked(tmp_path: Path) -> None:
    both = contribution(
        evidence(WARFARIN, "causes_adverse_event", BLEEDING, document="d:1"),
        evidence(WARFARIN, "indicated_for", EMBOLISM, document="d:1"),
        document="d:1",
        nodes=NODES,
    )
    with open_store(str(tmp_path / "graph"), mode="create") as graph:
        graph.put([both, *_said("d:2", "d:3")])
        write_graph("parquet", graph, tmp_path / "old")
        graph.remove("d:3")
        graph.put(_said("d:1"))
        write_graph("parquet", graph, tmp_path / "new")
        facts = [fact.id for fact in graph.iter_facts()]
    with open_store(str(tmp_path / "copy"), mode="create") as copy:
        copy.put(_said("d:own"), stamp="read here")

        def bring(folder: str, **asked: bool | str) -> Imported:
            return import_own(tmp_path / folder, "parquet", copy, refusals=Refusals(), **asked)  # type: ignore[arg-type]

        bring("old")
        done = bring("new")
        assert (done.gone, done.removed, done.retracted) == ([("d:3", 1)], 0, 1)
        assert bring("new", prune=True, name="another").gone == []
        assert bring("new", prune=True).gone == [("d:3", 1)]
        bring("old", name="a")
        planned = bring("new", prune=True, name="a", dry_run=True)
        assert (planned.gone, planned.removed) == ([("d:3", 1)], 1)
        assert copy.get_stats().documents == 4
        bring("new", prune=True, name="a")
        assert [one.id for one in copy.list_documents(first=9)] == ["d:1", "d:2", "d:own"]
        assert [fact.id for fact in copy.iter_facts()] == facts


def test_an_export_with_refused_rows_takes_nothing_out(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "graph"), mode="create") as graph:
        graph.put(_said("d:1", "d:2"))
        write_graph("jsonl", graph, tmp_path / "out")
    path = tmp_path / "out" / "documents.jsonl"
    with open_store(str(tmp_path / "copy"), mode="create") as copy:
        import_own(tmp_path / "out", "jsonl", copy, refusals=Refusals())
        path.write_bytes(b"{\n" + path.read_bytes().partition(b"\n")[2])
        done = import_own(tmp_path / "out", "jsonl", copy, refusals=Refusals(), prune=True)
        assert (done.gone, done.removed, copy.get_stats().documents) == ([("d:1", 1)], 0, 2)


def test_an_export_of_before_rows_that_sleep_were_in_it_is_read(tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "graph"))) as graph:
        write_graph("jsonl", graph, tmp_path / "out")
        (tmp_path / "out" / "asleep.jsonl").unlink()
        with open_store(str(tmp_path / "copy"), mode="create") as copy:
            done = import_own(tmp_path / "out", "jsonl", copy, refusals=Refusals())
            assert (done.documents, done.refused) == (3, 0)


def test_terminologies_and_licences_come_along(tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "graph")), mode="rw") as graph:
        keep_licence(graph, "spl", "CC0-1.0")
        copy, _ = bring_back(graph, "jsonl", tmp_path)
        with copy:
            assert get_terminologies(copy.get_meta()) == get_terminologies(graph.get_meta())
            assert get_licences(copy.get_meta()).of_document("any", "spl") == "CC0-1.0"


def test_a_document_that_the_graph_read_itself_is_left_alone(tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "graph")), mode="rw") as graph:
        write_graph("jsonl", graph, tmp_path / "out")
        before = graph.get_meta()["graph_version"]
        done = import_own(tmp_path / "out", "jsonl", graph, refusals=Refusals())
        assert (done.kept, done.documents) == (graph.get_stats().documents, 0)
        assert graph.get_meta()["graph_version"] == before


def test_rows_that_were_changed_on_the_way_are_refused_and_the_rest_is_taken(tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "graph"))) as graph:
        write_graph("jsonl", graph, tmp_path / "out")
    path = tmp_path / "out" / "evidence.jsonl"
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    rows[0]["quote"] += " not"
    rows[1]["predicate"] = "heals"
    rows[2]["score"] = "NaN"
    rows[3]["document"] = "dailymed:nowhere"
    path.write_bytes(b"\n".join([*map(orjson.dumps, rows), b"{", b"[]"]))
    with open_store(str(tmp_path / "copy"), mode="create") as copy:
        done = import_own(tmp_path / "out", "jsonl", copy, refusals=Refusals())
        assert copy.get_stats().evidence == len(rows) - 4
    assert done.refused == 6
    assert {refusal.table for refusal in done.refusals} == {"evidence"}


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "graph"))) as graph:
        write_graph("nquads", graph, tmp_path / "out")
    path = tmp_path / "out" / "graph.nq"
    path.write_bytes(path.read_bytes()[:-40])
    with (
        open_store(str(tmp_path / "copy"), mode="create") as copy,
        pytest.raises(ImportFailedError, match="export the graph again"),
    ):
        import_own(tmp_path / "out", "nquads", copy, refusals=Refusals())


@pytest.mark.parametrize("format_", ["nquads", "trig"])
def test_half_characters_cost_their_row_alone(format_: str, tmp_path: Path) -> None:
    with open_store(str(make_small_graph(tmp_path / "graph"))) as graph:
        write_graph(format_, graph, tmp_path / "out")
        rows = graph.get_stats().evidence
        quote = next(graph.iter_evidence()).quote
    path = tmp_path / "out" / KNOWN_BY[format_]
    path.write_text(path.read_text(encoding="utf-8").replace(f'"{quote}"', '"\\uD800"', 1), encoding="utf-8")
    with open_store(str(tmp_path / "copy"), mode="create") as copy:
        done = import_own(tmp_path / "out", format_, copy, refusals=Refusals())
        assert (done.refused, copy.get_stats().evidence) == (1, rows - 1)
