"""A graph of made-up labels with a rule in it: drugs of a class treat what the others of their class treat."""

from __future__ import annotations

from pathlib import Path

from extractors.model import Document
from kg.identity import with_ids
from kg.model import Contribution, Evidence, Node
from kg.stores import connect
from ontologies.model import Kind

#: Classes, drugs in each, and diseases that each class treats.
CLASSES, DRUGS, DISEASES = 6, 8, 4


def class_node(at: int) -> Node:
    """A class of drugs."""
    return Node(f"ex:class{at}", f"class {at}", Kind.DRUG_CLASS)


def drug_node(class_: int, at: int) -> Node:
    """A drug of a class."""
    return Node(f"ex:drug{class_}-{at}", f"drug {class_}-{at}", Kind.DRUG)


def disease_node(class_: int, at: int) -> Node:
    """A disease that a class treats."""
    return Node(f"ex:disease{class_}-{at}", f"disease {class_}-{at}", Kind.DISEASE)


def make_planted_graph(folder: Path) -> Path:
    """The folder of the graph: a label for each drug's class and one for each of its uses, but for one.

    That drug 0-0 treats disease 0-0 is what the rule says and no label.
    """
    store = connect(folder, mode="create")
    store.put(make_label(*said) for said in _iter_said())
    store.close()
    return folder


def _iter_said() -> list[tuple[str, Node, str, Node]]:
    said = []
    for group in range(CLASSES):
        for at in range(DRUGS):
            drug = drug_node(group, at)
            said.append((f"class-{group}-{at}", drug, "has_pharmacologic_class", class_node(group)))
            said += [
                (f"use-{group}-{at}-{what}", drug, "indicated_for", disease_node(group, what))
                for what in range(DISEASES)
                if (group, at, what) != (0, 0, 0)
            ]
    return said


def make_label(id_: str, subject: Node, predicate: str, object_: Node) -> Contribution:
    """A label that says one thing."""
    quote = f"{subject.name}: {predicate} {object_.name}."
    row = Evidence(
        id="",
        fact_id="",
        subject=subject.curie,
        predicate=predicate,
        object=object_.curie,
        document=f"made:{id_}",
        version=1,
        section="34067-9",
        section_title="USES",
        start=0,
        end=len(quote),
        quote=quote,
        extractor="made",
        score=0.9,
    )
    document = Document(id=f"made:{id_}", title=id_, text=quote, sections=(), source="spl", content_hash=id_)
    return Contribution(document, (subject, object_), (with_ids(row),))
