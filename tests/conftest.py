"""What all tests share: where the real data lies, and a plain word where it is absent."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from extractors.model import Assertion, Document, Qualifier, Section
from kg.credits import keep_terminologies
from kg.identity import evidence_id, fact_id
from kg.model import Contribution, Evidence, Node
from kg.stores.sqlite import SqliteStore, open_store
from ontologies.model import Kind, TerminologyInfo

ROOT = Path(__file__).parent.parent


@pytest.fixture
def samples() -> Path:
    """The folder of small samples written by us."""
    return ROOT / "tests" / "samples"


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """Gives the folder of a shared data set, or skips the test where it is absent."""

    def find(name: str) -> Path:
        folder = Path(os.environ.get("MEDKG_SHARED_DATA") or ROOT.parent / "shared" / "data") / name
        if not folder.exists():
            pytest.skip(f"needs the data set {name!r}: set MEDKG_SHARED_DATA to the folder that holds it")
        return folder

    return find


@pytest.fixture(scope="session")
def small_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small real graph, made from tests/samples/graph/small.toml; for reading only."""
    folder = tmp_path_factory.mktemp("small") / "graph"
    sample = tomllib.loads((ROOT / "tests" / "samples" / "graph" / "small.toml").read_text(encoding="utf-8"))
    nodes = {curie: _node(curie, entry) for curie, entry in sample["nodes"].items()}
    with open_store(str(folder), mode="create", clock=lambda: "2026-02-03T04:05:06+00:00") as store:
        store.put([_contribution(entry, sample["says"], nodes) for entry in sample["documents"]], stamp="test")
        keep_terminologies(store, [TerminologyInfo(**entry) for entry in sample["terminologies"]])
        store.set_meta("lexicon", "lexicon-1")
        store.quarantine("labels/broken.xml", "not well-formed: the file ends inside an element")
    return folder


@pytest.fixture
def small_store(small_graph: Path) -> Iterator[SqliteStore]:
    """The small graph, open to read."""
    with open_store(str(small_graph)) as store:
        yield store


def _node(curie: str, entry: dict[str, Any]) -> Node:
    return Node(curie, **entry | {"kind": Kind(entry["kind"]), "synonyms": tuple(entry.get("synonyms", ()))})


def _contribution(entry: dict[str, Any], says: list[dict[str, Any]], nodes: dict[str, Node]) -> Contribution:
    texts = [f"{section['title']}\n{section['text']}\n" for section in entry["sections"]]
    starts = [sum(map(len, texts[:count])) for count in range(len(texts) + 1)]
    sections = tuple(
        Section(section.get("code", ""), section["title"], start, end, section["kind"])
        for section, (start, end) in zip(entry["sections"], pairwise(starts), strict=True)
    )
    document = Document(text="".join(texts), **entry | {"sections": sections})
    rows = tuple(_evidence(document, row) for row in says if row["quote"] in document.text)
    ends = dict.fromkeys(curie for row in rows for curie in (row.subject, row.object))
    return Contribution(document, tuple(nodes[curie] for curie in ends), rows)


def _evidence(document: Document, row: dict[str, Any]) -> Evidence:
    fact, quote = fact_id(*row["fact"]), row["quote"]
    start = document.text.index(quote)
    section = document.sections[document.section_at(start) or 0]
    place = section.code or section.kind
    assertion = Assertion(row.get("assertion", "present"))
    qualifiers = tuple(Qualifier(*qualifier) for qualifier in row.get("qualifiers", ()))
    id_ = evidence_id(fact, document.id, place, quote, "test", assertion, qualifiers)
    return Evidence(
        id=id_,
        fact_id=fact,
        subject=row["fact"][0],
        predicate=row["fact"][1],
        object=row["fact"][2],
        document=document.id,
        version=document.version,
        section=place,
        section_title=section.title,
        start=start,
        end=start + len(quote),
        quote=quote,
        extractor="test",
        score=row["score"],
        assertion=assertion,
        qualifiers=qualifiers,
        country=document.country,
    )
