"""Turns what one document says (relations) into what it brings to the graph (nodes and evidence)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from extractors.model import Document, Extraction, Mention, Qualifier, Relation
from extractors.naming import ground_name, kinds_like
from kg.identity import said_by
from kg.language import language_of
from kg.model import Asleep, Contribution, Evidence, Node, Origin
from kg.place import placer_of, sides_of
from ontologies.curies import local_curie
from ontologies.decided import find_meant, undecided
from ontologies.lexicon import Lexicon
from ontologies.model import Kind


def assemble(extraction: Extraction, lexicon: Lexicon) -> Contribution:
    """The nodes and evidence rows of one document, each once, in the order of the text.

    The extraction is one without decisions; those of `lexicon` are laid over it here.
    """
    nodes: dict[str, Node] = {}
    rows: list[Evidence] = []
    asleep: list[Asleep] = []
    placer = placer_of(lexicon)
    for row in _extracted(extraction, undecided(lexicon)):
        placed = placer.place(row)
        for node in placed.nodes:
            nodes.setdefault(node.curie, node)
        rows += placed.rows
        asleep += [placed.asleep] if placed.asleep else []
    return Contribution(extraction.document, tuple(nodes.values()), tuple(rows), tuple(asleep))


def _extracted(extraction: Extraction, below: Lexicon) -> list[Evidence]:
    """The rows as they were read: of those that say the same the surest, whatever curators decide."""
    rows: dict[Hashable, Evidence] = {}
    for relation in sorted(extraction.relations, key=lambda r: (r.start, r.predicate, r.object.start)):
        row = _evidence(extraction.document, relation, below)
        said = said_by(row)
        if said not in rows or _worth(rows[said]) < _worth(row):
            rows[said] = row
    return list(rows.values())


def _worth(row: Evidence) -> float:
    (_, subject), (_, object_) = sides_of(row)
    return row.score * (subject.score * object_.score)


def find_origin(name: str, kind: Kind, below: Lexicon) -> tuple[Origin, tuple[Qualifier, ...]]:
    """What a name that no terminology holds is read as, and what it says beside its concept."""
    found = ground_name(below, name, kind, language=language_of(name))
    if not found.matches:
        return Origin(kind), ()
    best = found.matches[0]
    return Origin(kind, best.curie, best.score), tuple(Qualifier(*said) for said in found.qualifiers)


def _read(mention: Mention, below: Lexicon) -> tuple[Origin, tuple[Qualifier, ...]]:
    if mention.match is None:
        return find_origin(mention.text, mention.kind, below)
    match = mention.match
    if match.curie == local_curie(match.name, match.kind):
        return Origin(mention.kind), ()
    name = "" if below.concept(match.curie) else match.name
    return Origin(mention.kind, match.curie, name=name), ()


def _evidence(document: Document, relation: Relation, below: Lexicon) -> Evidence:
    index = document.section_at(relation.start)
    section = document.sections[index] if index is not None else None
    subject, object_ = (_read(side, below) for side in (relation.subject, relation.object))
    return Evidence(
        id="",
        fact_id="",
        subject="",
        predicate=relation.predicate,
        object="",
        document=document.id,
        version=document.version,
        section=(section.code or section.kind or section.title) if section else "",
        section_title=section.title if section else "",
        start=relation.start,
        end=relation.end,
        quote=document.text[relation.start : relation.end],
        extractor=relation.extractor,
        score=relation.score,
        assertion=relation.assertion,
        qualifiers=tuple(sorted({*relation.qualifiers, *subject[1], *object_[1]})),
        country=document.country,
        subject_name=relation.subject.text,
        object_name=relation.object.text,
        subject_origin=subject[0],
        object_origin=object_[0],
        restricted=document.restricted,
    )


def judged(extraction: Extraction, lexicon: Lexicon) -> Extraction:
    """The extraction with what its mentions stand for by the decisions of `lexicon`, for people to look at."""
    mentions = tuple(_judged(mention, lexicon) for mention in extraction.mentions)
    relations = tuple(
        replace(one, subject=_judged(one.subject, lexicon), object=_judged(one.object, lexicon))
        for one in extraction.relations
    )
    return replace(extraction, mentions=mentions, relations=relations)


def _judged(mention: Mention, lexicon: Lexicon) -> Mention:
    found, kinds = [mention.match] if mention.match else [], kinds_like(mention.kind)
    meant = find_meant(lexicon, mention.text, found, kinds=kinds, language=language_of(mention.text))
    return replace(mention, match=meant[0] if meant else None)
