"""Rows of a foreign graph about one thing as one document, and what it brings to the graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from itertools import groupby
from typing import Any, TypeAlias

from extractors.graphs.model import GraphRules
from extractors.items import readable
from extractors.model import Assertion, Document, Extraction, Mention, Qualifier, Relation, Section
from kg.assemble import assemble
from kg.imports.resolve import Found, Resolver
from kg.imports.understand import Claim, Party
from kg.language import language_of
from kg.model import Contribution
from kg.predicates import PREDICATES
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

#: A claim, and where its row stands in the text of its document.
Row: TypeAlias = tuple[Claim, int, int]

#: Rows of one document at most; what is said of a thing beyond that stands in further parts.
LARGEST = 20_000

#: What the ids of documents of imports, and the names of their sources and extractors, begin with.
PREFIX = "import:"

TYPE = "FOREIGN GRAPH"


def key_of(claim: Claim) -> str:
    """What names the thing that a claim is about: its subject, the first by name where neither side is one."""
    keys = _key(claim.subject), _key(claim.object)
    return min(keys) if PREDICATES[claim.predicate].symmetric else keys[0]


def _key(party: Party) -> str:
    key = readable(party.curie or f"{party.kind}/{party.name}")
    return key if len(key) <= 200 else f"{key[:150]}#{sha256(key.encode()).hexdigest()[:16]}"


def parts_of(rows: int) -> int:
    """Into how many documents that many rows about one thing go."""
    return 1 << max(0, (rows - 1) // LARGEST).bit_length()


def read_claim(record: list[Any]) -> Claim:
    """A claim as JSON keeps it."""
    table, quote, subject, predicate, object_, *rest = record
    return Claim(table, quote, _party(subject), predicate, _party(object_), *rest)


def _party(record: list[str]) -> Party:
    curie, name, kind = record
    return Party(curie, name, Kind(kind))


def make_document(
    key: str, claims: Iterable[Claim], rules: GraphRules, *, part: str = ""
) -> tuple[Document, list[Row]]:
    """The rows about the thing `key` as a document, a section a table and a line a row, and where each row stands.

    Rows are in the order of their text, so that a release that only orders its rows anew is the same document.
    """
    pieces: list[str] = []
    sections: list[Section] = []
    rows: list[Row] = []
    at = 0
    for table, alike in groupby(sorted(claims, key=_order), key=lambda claim: claim.table):
        begin = at
        for claim in alike:
            rows.append((claim, at, at + len(claim.quote)))
            pieces.append(claim.quote)
            at += len(claim.quote) + 1
        sections.append(Section("", table, begin, at))
    text = "\n".join([*pieces, ""])
    id_, source = f"{source_of(rules)}/{key}{part}", source_of(rules)
    said = [id_, rules.title, *(_told(claim) for claim, _, _ in rows)]
    document = Document(
        id_,
        f"{rules.title}: {_name(key, rows[0][0])}",
        text,
        tuple(sections),
        type=TYPE,
        source=source,
        language=language_of(text),
        content_hash=sha256("\x1f".join(said).encode()).hexdigest(),
    )
    return document, rows


def contribute(
    document: Document, rows: Iterable[Row], lexicon: Lexicon, resolver: Resolver, found: Counter[Found]
) -> Contribution:
    """What a document of rows brings to the graph; `found` learns how the sides of its rows were found."""
    relations = tuple(_relation(document, row, resolver, found) for row in rows)
    return assemble(Extraction(document, relations=relations), lexicon)


def source_of(rules: GraphRules) -> str:
    """The source of the documents of an import, which is the extractor of their evidence too."""
    return f"{PREFIX}{rules.name}"


def _told(claim: Claim) -> str:
    """All of a claim as one text: what a document's hash is made of."""
    said = [text for qualifier in claim.qualifiers for text in qualifier]
    sides = (*claim.subject, *claim.object)
    return "\x1e".join((claim.table, claim.quote, claim.predicate, *sides, f"{claim.score} {claim.negated}", *said))


def _order(claim: Claim) -> tuple[str, str, str]:
    return claim.table, claim.quote, claim.predicate


def _name(key: str, claim: Claim) -> str:
    return next((side.name for side in (claim.subject, claim.object) if _key(side) == key), claim.subject.name)


def _relation(document: Document, row: Row, resolver: Resolver, found: Counter[Found]) -> Relation:
    claim, start, end = row
    subject, object_ = (_mention(party, row, resolver, found) for party in (claim.subject, claim.object))
    assertion = Assertion.NEGATED if claim.negated else Assertion.PRESENT
    said = tuple(Qualifier(*one) for one in claim.qualifiers)
    return Relation(claim.predicate, subject, object_, start, end, claim.score, document.source, assertion, said)


def _mention(party: Party, row: Row, resolver: Resolver, found: Counter[Found]) -> Mention:
    match, how = resolver.resolve(party)
    found[how] += 1
    return Mention(row[1], row[2], party.name, party.kind, match)
