"""All alignments of a graph as SSSOM and as ConceptMap: what names rest on is told, what waits is not hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.export import write_graph
from kg.export.selection import Selection
from kg.stores.sqlite import SqliteStore, open_store
from kg_command import Kg
from odd_names import make_odd_desk
from ontologies.exchange import get_exchange
from ontologies.model import Decision, TerminologyInfo, Verdict
from ontologies.sssom import NO_TERM, MappingRow, read_mappings
from tests.graphs import ASPIRIN, BLEEDING, UNKNOWN, WARFARIN, contribution, evidence, said, stand


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Names that were read as concepts, one that a curator moved, one that waits, and two CURIEs of one concept."""
    rows = [
        evidence(WARFARIN, "causes_adverse_event", BLEEDING, names=("Coumadin", "bleeding  a lot")),
        evidence(WARFARIN, "causes_adverse_event", UNKNOWN, quote="toes", names=("Coumadin", "purple toe")),
        evidence(WARFARIN, "interacts_with", ASPIRIN, names=("Coumadin", "pain killer")),
    ]
    with open_store(str(tmp_path / "graph"), mode="create") as store:
        store.put([contribution(*rows), said("dailymed:b", WARFARIN, "same_as", ASPIRIN)])
        stand(store, {"pain killer": BLEEDING})
        yield store


def test_sssom_says_what_an_alignment_rests_on(store: SqliteStore, tmp_path: Path) -> None:
    assert write_graph("sssom", store, tmp_path / "out") == {"alignments": 5}
    rows = {row.subject_label: row for row in read_mappings(tmp_path / "out" / "alignments.sssom.tsv")}
    assert _told(rows["Coumadin"]) == (WARFARIN.curie, "semapv:LexicalMatching", 1.0)
    assert _told(rows["pain killer"]) == (BLEEDING.curie, "semapv:ManualMappingCuration", None)
    assert _told(rows["purple toe"]) == (NO_TERM, "semapv:UnspecifiedMatching", None)
    assert json.loads(rows["Coumadin"].more["other"]) == {"rows": 3, "documents": 1}
    assert (rows["Warfarin"].subject_id, rows["Warfarin"].object_id) == (WARFARIN.curie, ASPIRIN.curie)
    assert rows["Warfarin"].says_same


def _told(row: MappingRow) -> tuple[str, str, float | None]:
    return row.object_id, row.mapping_justification, row.confidence


def test_sssom_is_what_its_own_parser_takes(store: SqliteStore, tmp_path: Path) -> None:
    parsers = pytest.importorskip("sssom.parsers", reason="needs sssom: pip install 'medkg[bench]'")
    write_graph("sssom", store, tmp_path / "out")
    assert len(parsers.parse_sssom_table(str(tmp_path / "out" / "alignments.sssom.tsv")).df) == 5


class Crossed:
    """A vocabulary that knows Warfarin by one more CURIE."""

    terminologies: tuple[TerminologyInfo, ...] = ()

    def entry(self, curie: str) -> None:
        return None

    def members(self, curie: str) -> tuple[str, ...]:
        return (curie, "rxnorm:11289") if curie == WARFARIN.curie else (curie,)


def test_cross_references_come_from_a_vocabulary(store: SqliteStore, tmp_path: Path) -> None:
    assert write_graph("sssom", store, tmp_path / "out", vocabulary=Crossed()) == {"alignments": 6}
    rows = [row for row in read_mappings(tmp_path / "out" / "alignments.sssom.tsv") if row.subject_id]
    assert ("rxnorm:11289", WARFARIN.curie) in {(row.subject_id, row.object_id) for row in rows}


def test_a_part_has_the_names_of_its_documents_alone(store: SqliteStore, tmp_path: Path) -> None:
    counts = write_graph("sssom", store, tmp_path / "out", selection=Selection(predicates=("same_as",)))
    assert counts == {"alignments": 1}


def test_a_concept_map_of_r4_is_read_back(store: SqliteStore, tmp_path: Path) -> None:
    write_graph("conceptmap-r4", store, tmp_path / "out")
    rows = [row.decision for row in get_exchange("fhir").read(tmp_path / "out" / "conceptmap.json")]  # type: ignore[union-attr]
    found = {decision.name: decision for decision in rows if isinstance(decision, Decision)}
    assert found["Coumadin"].curie == WARFARIN.curie
    assert found["pain killer"].reason == "decided by a curator"
    assert (found["purple toe"].verdict, found["purple toe"].curie) == (Verdict.NONE, "")
    assert found["bleeding a lot"].curie == BLEEDING.curie


def test_a_concept_map_of_r5_has_its_own_words(store: SqliteStore, tmp_path: Path) -> None:
    write_graph("conceptmap-r5", store, tmp_path / "out")
    elements = {
        element["code"]: element
        for group in json.loads((tmp_path / "out" / "conceptmap.json").read_text("utf-8"))["group"]
        for element in group["element"]
    }
    assert elements["purple toe"] == {"code": "purple toe", "noMap": True}
    assert elements["Coumadin"]["target"][0]["relationship"] == "equivalent"


@pytest.mark.parametrize(("name", "module"), [("conceptmap-r4", "R4B.conceptmap"), ("conceptmap-r5", "conceptmap")])
def test_a_concept_map_is_what_its_standard_allows(name: str, module: str, store: SqliteStore, tmp_path: Path) -> None:
    models: Any = pytest.importorskip(f"fhir.resources.{module}", reason="needs fhir.resources: medkg[bench]")
    write_graph(name, store, tmp_path / "out")
    models.ConceptMap.model_validate_json((tmp_path / "out" / "conceptmap.json").read_bytes())


@pytest.mark.parametrize("name", ["sssom", "conceptmap-r4", "conceptmap-r5"])
def test_hostile_names_break_no_row(name: str, tmp_path: Path) -> None:
    desk = make_odd_desk(tmp_path)
    with open_store(str(desk.graph)) as odd:
        counts = write_graph(name, odd, tmp_path / "out")
    if name == "sssom":
        assert len(list(read_mappings(tmp_path / "out" / "alignments.sssom.tsv"))) == counts["alignments"]
    else:
        assert json.loads((tmp_path / "out" / "conceptmap.json").read_bytes())["group"]


def test_the_command_asks_the_lexicon_for_cross_references(kg: Kg, store: SqliteStore) -> None:
    kg("export", "out", "--format", "sssom")
    rows = list(read_mappings(kg.folder / "out" / "alignments.sssom.tsv"))
    assert {row.comment for row in rows} == {"", "cross-reference"}
