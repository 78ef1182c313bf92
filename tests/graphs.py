"""Small documents and evidence for tests of stores: made by hand, so that a test's expectation can be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extractors.model import Assertion, Document, Qualifier, Section
from kg.identity import with_ids
from kg.model import Asleep, Contribution, Diff, Evidence, Node, Origin, Placed, Touched
from kg.roles import Alignments, Settle
from ontologies.model import Kind
from ontologies.standing import form_of

WARFARIN = Node("unii:5Q7ZVV76EI", "Warfarin", Kind.DRUG, "华法林", ("Coumadin", "warfarin sodium"))
ASPIRIN = Node("unii:R16CO5Y76E", "Aspirin", Kind.DRUG, "阿司匹林", ("acetylsalicylic acid",))
EMBOLISM = Node("mesh:D011655", "Pulmonary embolism", Kind.DISEASE, "肺栓塞")
PNEUMONIA = Node("mesh:D011014", "Pneumonia", Kind.DISEASE, "肺炎")
BLEEDING = Node("HP:0001892", "Abnormal bleeding", Kind.FINDING, "异常出血", ("Hämorrhagie",))
UNKNOWN = Node("local:finding/purple_toe", "purple toe", Kind.FINDING, aligned=False)
NODES = (WARFARIN, ASPIRIN, EMBOLISM, PNEUMONIA, BLEEDING, UNKNOWN)


def evidence(
    subject: Node,
    predicate: str,
    object_: Node,
    *,
    document: str = "dailymed:a",
    version: int = 1,
    quote: str = "as the label says",
    score: float = 0.8,
    assertion: Assertion = Assertion.PRESENT,
    qualifiers: tuple[Qualifier, ...] = (),
    country: str = "US",
    start: int = 0,
    names: tuple[str, str] = ("", ""),
) -> Evidence:
    """One evidence row with the ids that its content gives; its names, if any, were extracted as what they stand at."""
    origins = [
        Origin(side.kind, side.curie if side.aligned else "") if any(names) else None for side in (subject, object_)
    ]
    row = Evidence(
        id="",
        fact_id="",
        subject=subject.curie,
        predicate=predicate,
        object=object_.curie,
        document=document,
        version=version,
        section="34067-9",
        section_title="INDICATIONS AND USAGE",
        start=start,
        end=start + len(quote),
        quote=quote,
        extractor="test",
        score=score,
        assertion=assertion,
        qualifiers=qualifiers,
        country=country,
        subject_name=names[0],
        object_name=names[1],
        subject_origin=origins[0],
        object_origin=origins[1],
    )
    return with_ids(row)


def settle(meanings: Mapping[str, Node]) -> Settle:
    """Places rows where their names stand by `meanings`; what is not in there stays what it was extracted as."""
    known = {node.curie: node for node in NODES}

    def node_of(name: str, origin: Origin | None) -> Node:
        return meanings.get(name) or (known[origin.curie] if origin and origin.curie else UNKNOWN)

    def placed(standing: Sequence[Evidence]) -> Placed:
        row = standing[0]
        subject, object_ = node_of(row.subject_name, row.subject_origin), node_of(row.object_name, row.object_origin)
        made = with_ids(replace(row, subject=subject.curie, object=object_.curie))
        if subject == object_:
            return Placed((), (), Asleep(made, subject))
        return Placed((made,), (subject, object_))

    return placed


def stand(store: Alignments, meanings: Mapping[str, Node], *, dry_run: bool = False) -> list[Diff]:
    """What came of letting names stand for these nodes."""
    touched = Touched(frozenset(map(form_of, meanings)))
    return store.realign(touched, settle(meanings), dry_run=dry_run)


def contribution(
    *rows: Evidence,
    document: str = "dailymed:a",
    version: int = 1,
    country: str = "US",
    nodes: tuple[Node, ...] = NODES,
) -> Contribution:
    """A document that says the given rows."""
    text = f"Text of {document}, version {version}. " + " ".join(row.quote for row in rows)
    return Contribution(
        Document(
            id=document,
            title=f"Label {document}",
            text=text,
            sections=(Section("34067-9", "INDICATIONS AND USAGE", 0, len(text), "indications"),),
            version=version,
            source="spl",
            country=country,
            content_hash=f"{document}@{version}",
        ),
        nodes,
        rows,
    )


def said(
    document: str,
    subject: Node,
    predicate: str,
    object_: Node,
    *,
    version: int = 1,
    country: str = "US",
    score: float = 0.8,
    assertion: Assertion = Assertion.PRESENT,
    qualifiers: tuple[Qualifier, ...] = (),
) -> Contribution:
    """A document of one evidence row."""
    row = evidence(
        subject,
        predicate,
        object_,
        document=document,
        version=version,
        score=score,
        assertion=assertion,
        qualifiers=qualifiers,
        country=country,
    )
    return contribution(row, document=document, version=version, country=country)
