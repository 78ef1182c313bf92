"""Turns what one document says (relations) into what it brings to the graph (nodes and evidence)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from extractors.model import Document, Extraction, Mention, Qualifier, Relation
from extractors.naming import ground_name
from kg.identity import evidence_id, fact_id, fact_names
from kg.model import Contribution, Evidence, Node
from ontologies.curies import local_curie
from ontologies.lexicon import Lexicon
from ontologies.model import Grounding

#: Synonyms kept on a node: enough to be found by, not the whole terminology.
SYNONYMS_KEPT = 24


def assemble(extraction: Extraction, lexicon: Lexicon) -> Contribution:
    """The nodes and evidence rows of one document, each once, in the order of the text."""
    nodes: dict[str, Node] = {}
    rows: dict[str, Evidence] = {}
    for relation in sorted(extraction.relations, key=lambda r: (r.start, r.predicate, r.object.start)):
        relation = _grounded(relation, lexicon, extraction.document.language)
        subject, object_ = (_node(mention, lexicon) for mention in (relation.subject, relation.object))
        if subject.curie == object_.curie:
            continue
        nodes.setdefault(subject.curie, subject)
        nodes.setdefault(object_.curie, object_)
        row = _evidence(extraction.document, relation, subject, object_)
        if row.id not in rows or rows[row.id].score < row.score:
            rows[row.id] = row
    return Contribution(extraction.document, tuple(nodes.values()), tuple(rows.values()))


def _grounded(relation: Relation, lexicon: Lexicon, language: str) -> Relation:
    """The relation with its unmatched sides grounded, if they can be; it is as sure as what it was grounded by."""
    score, qualifiers, sides = relation.score, relation.qualifiers, (relation.subject, relation.object)
    if all(mention.match for mention in sides):
        return relation
    made: list[Mention] = []
    for mention in sides:
        found = Grounding("") if mention.match else ground_name(lexicon, mention.text, mention.kind, language=language)
        for match in found.matches[:1]:
            mention = replace(mention, match=match)
            score *= match.score
            qualifiers += tuple(Qualifier(name, value) for name, value in found.qualifiers)
        made.append(mention)
    return replace(relation, subject=made[0], object=made[1], score=score, qualifiers=qualifiers)


def _node(mention: Mention, lexicon: Lexicon) -> Node:
    """The node a mention points at: its concept, or a local one that waits for a curator."""
    if mention.match is None:
        return Node(local_curie(mention.text, mention.kind), mention.text, mention.kind, aligned=False)
    match = mention.match
    if match.curie == local_curie(match.name, match.kind):
        return Node(match.curie, match.name, match.kind, aligned=False)
    return describe(lexicon, match.curie) or Node(match.curie, match.name, match.kind)


@lru_cache(maxsize=1 << 16)
def describe(lexicon: Lexicon, curie: str) -> Node | None:
    """The node of a concept as the lexicon describes it, under the CURIE that speaks for it."""
    curie = lexicon.canonical(curie)
    concept = lexicon.concept(curie)
    if concept is None:
        return None
    return Node(
        curie,
        concept.name_in("en") or concept.name,
        concept.kind,
        name_zh=concept.name_in("zh") or "",
        synonyms=tuple(dict.fromkeys(s.text for s in concept.synonyms))[:SYNONYMS_KEPT],
    )


def _evidence(document: Document, relation: Relation, subject: Node, object_: Node) -> Evidence:
    index = document.section_at(relation.start)
    section = document.sections[index] if index is not None else None
    place = (section.code or section.kind or section.title) if section else ""
    quote = document.text[relation.start : relation.end]
    qualifiers = tuple(sorted(set(relation.qualifiers)))
    fact = fact_id(subject.curie, relation.predicate, object_.curie)
    names = relation.subject.text, relation.object.text
    called = fact_names(subject.curie, relation.predicate, object_.curie, names)
    return Evidence(
        id=evidence_id(
            fact, document.id, place, quote, relation.extractor, relation.assertion, qualifiers, names=called
        ),
        fact_id=fact,
        subject=subject.curie,
        predicate=relation.predicate,
        object=object_.curie,
        document=document.id,
        version=document.version,
        section=place,
        section_title=section.title if section else "",
        start=relation.start,
        end=relation.end,
        quote=quote,
        extractor=relation.extractor,
        score=relation.score,
        assertion=relation.assertion,
        qualifiers=qualifiers,
        country=document.country,
        subject_name=names[0],
        object_name=names[1],
    )
