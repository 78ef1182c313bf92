"""A small real graph, made from tests/samples/graph/small.toml."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

from extractors.model import Assertion, Document, Qualifier, Section
from kg.credits import keep_terminologies
from kg.identity import evidence_id, fact_id, fact_names
from kg.model import Contribution, Evidence, Node
from kg.roles import Store
from kg.stores.sqlite import open_store
from kg_command import ROOT
from ontologies.model import Kind, TerminologyInfo


def make_small_graph(folder: Path, *, newest_first: bool = False) -> Path:
    """The folder, with the small graph in it; `newest_first` loads its documents the other way round."""
    with open_store(str(folder), mode="create", clock=lambda: "2026-02-03T04:05:06+00:00") as store:
        fill_small_graph(store, newest_first=newest_first)
    return folder


def fill_small_graph(store: Store, *, newest_first: bool = False) -> None:
    """Put the small graph into an empty store."""
    sample = tomllib.loads((ROOT / "tests" / "samples" / "graph" / "small.toml").read_text(encoding="utf-8"))
    nodes = {curie: _node(curie, entry) for curie, entry in sample["nodes"].items()}
    contributions = [_contribution(entry, sample["says"], nodes) for entry in sample["documents"]]
    store.put(contributions[::-1] if newest_first else contributions, stamp="test")
    keep_terminologies(store, [TerminologyInfo(**entry) for entry in sample["terminologies"]])
    store.set_meta("lexicon", "lexicon-1")
    store.quarantine("labels/broken.xml", "not well-formed: the file ends inside an element")


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
    subject, predicate, object_ = row["fact"]
    subject_name, object_name = row.get("names", ("", ""))
    called = fact_names(subject, predicate, object_, (subject_name, object_name))
    id_ = evidence_id(fact, document.id, place, quote, "test", assertion, qualifiers, names=called)
    return Evidence(
        id=id_,
        fact_id=fact,
        subject=subject,
        predicate=predicate,
        object=object_,
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
        subject_name=subject_name,
        object_name=object_name,
    )
