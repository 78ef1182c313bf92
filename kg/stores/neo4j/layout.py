"""How a graph lies in Neo4j: labels, relationship types, properties, constraints and indexes.

    (:Concept:Drug {curie, …})-[:INDICATED_FOR {id, confidence, status, …}]->(:Concept:Disease {curie, …})
    (:Evidence {id, fact, …})-[:SAID_IN]->(:Document {id, …})

A fact is one relationship whose type is its predicate in capitals; its evidence is found by `Evidence.fact`, the id of
the fact, and the evidence of a document by `SAID_IN`. Evidence, its names and origins stand in the order in which the
fact keeps its sides, so that a fact is found from its evidence: by `subject` and `object`, then by its id. A conflict
has the CURIEs of its pair (`subject`, `object`) and finds its facts the same way; no index of facts by id is needed,
which would be one for each type.

Everything is found by a constrained key and written with MERGE, so that nothing is ever there twice. What only this
program reads (texts, sleeping rows, changes, words about the whole) stands on nodes of labels of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.predicates import PREDICATES
from ontologies.model import Kind

#: Written into the graph (`Meta {name: "schema_version"}`); a program meets a greater one with an error.
SCHEMA_VERSION = 1

#: The oldest server that is spoken to: dynamic labels and relationship types came with it.
OLDEST_SERVER = (5, 26)


@dataclass(frozen=True, slots=True)
class Label:
    """A label of nodes, the property that names one of them, and what else is looked up by: one or several at once."""

    name: str
    key: str
    indexed: tuple[str, ...] = ()


CONCEPT = Label("Concept", "curie", ("kind", "name"))
EVIDENCE = Label("Evidence", "id", ("fact", "subject_form", "object_form"))
DOCUMENT = Label("Document", "id", ("content_hash",))
TEXT = Label("Text", "document")
INPUT = Label("Input", "key", ("content_hash",))
DORMANT = Label("Dormant", "key", ("document", "curie", "subject_form", "object_form"))
CONFLICT = Label("Conflict", "opposing", ("fact", "rank, opposing"))
RETIRED = Label("Retired", "id")
QUARANTINED = Label("Quarantined", "locator")
CHANGE = Label("Change", "number", ("document",))
META = Label("Meta", "name")

LABELS = (CONCEPT, EVIDENCE, DOCUMENT, TEXT, INPUT, DORMANT, CONFLICT, RETIRED, QUARANTINED, CHANGE, META)

#: From an evidence node to the document that says it.
SAID_IN = "SAID_IN"

#: Full-text indexes of names: one of our own words, in which every store finds the same, and one by Lucene's analyzer
#: for Chinese, Japanese and Korean, for people who ask in Cypher.
SEARCH_INDEX, NAMES_INDEX = "concept_search", "concept_names"

#: The index of `Concept.vector`, made where vectors are wanted, since their length is not known before. `kg embed
#: export MODEL URL` fills it.
VECTOR_INDEX = "concept_vectors"


_UNIQUE = "CREATE CONSTRAINT {name}_{key} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"
_FULLTEXT = (
    "CREATE FULLTEXT INDEX {} IF NOT EXISTS FOR (n:Concept) ON EACH [{}] "
    "OPTIONS {{indexConfig: {{`fulltext.analyzer`: '{}'}}}}"
)


def input_key(content_hash: str, stamp: str) -> str:
    """What names an input that was put under a stamp."""
    return f"{content_hash} {stamp}"


def kind_label(kind: Kind) -> str:
    """The second label of a concept: `drug_class` → `DrugClass`."""
    return "".join(part.capitalize() for part in kind.value.split("_"))


def type_of(predicate: str) -> str:
    """The relationship type of a predicate: `indicated_for` → `INDICATED_FOR`."""
    return predicate.upper()


def predicate_of(relationship_type: str) -> str:
    """The predicate of a relationship type."""
    return relationship_type.lower()


def schema_statements() -> list[str]:
    """The Cypher that makes every constraint and index, each only where it is missing."""
    made = [_UNIQUE.format(label=label.name, key=label.key, name=label.name.lower()) for label in LABELS]
    made += [
        f"CREATE INDEX {label.name.lower()}_{keys.replace(', ', '_')} IF NOT EXISTS "
        f"FOR (n:{label.name}) ON (n.{keys.replace(', ', ', n.')})"
        for label in LABELS
        for keys in label.indexed
    ]
    # Equal in status, a page is a range of it in order: with fewer properties the server would sort all facts.
    made += [
        f"CREATE INDEX {name}_rank IF NOT EXISTS FOR ()-[r:{type_of(name)}]-() ON (r.status, r.confidence, r.key)"
        for name in PREDICATES
    ]
    made.append(_FULLTEXT.format(SEARCH_INDEX, "n.search_words, n.search_whole", "whitespace"))
    made.append(_FULLTEXT.format(NAMES_INDEX, "n.name, n.name_zh, n.synonyms", "cjk"))
    return made


def vector_statement(dimensions: int) -> str:
    """The Cypher that makes the index of concept vectors of that length, where there is none."""
    return (
        f"CREATE VECTOR INDEX {VECTOR_INDEX} IF NOT EXISTS FOR (n:Concept) ON (n.vector) OPTIONS "
        f"{{indexConfig: {{`vector.dimensions`: {dimensions}, `vector.similarity_function`: 'cosine'}}}}"
    )
