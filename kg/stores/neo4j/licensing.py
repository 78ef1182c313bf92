"""The licences that facts on a server are under, kept beside them: what the filter `--licence` of exports asks for.

They follow from words about the whole graph (`kg.credits`), which change seldom: an import says the licence of its
documents before it writes them. Where such a word changes for facts that are there, all facts are looked over, some
concepts a transaction; a round that was cut off is marked, and done again by `kg neo4j init`.
"""

from __future__ import annotations

from functools import partial

from kg.credits import LICENCES, LOCAL, NOT_STATED, TERMINOLOGIES, Licences, get_licences
from kg.stores.neo4j.chain import forget_meta, write_meta
from kg.stores.neo4j.server import Cypher, Server

#: The word of the graph's meta data that stands as long as facts have licences that are no longer those.
DUE = "licences_due"

#: Concepts whose facts are looked over in one transaction.
_CONCEPTS = 500

_READ = "MATCH (m:Meta) WHERE m.name IN $names RETURN m.name, m.value"
_IS_DUE = "MATCH (m:Meta {name: $name}) RETURN true"
_STALE = "MATCH (:Concept)-[r]->(:Concept) WHERE r.licences IS NULL RETURN true LIMIT 1"
_CONCERNS = """
RETURN EXISTS { MATCH (d:Document) WHERE d.id IN $documents OR d.source IN $documents }
    OR EXISTS { MATCH (c:Concept) WHERE split(c.curie, ':')[0] IN $prefixes }
"""
_PAGE = "MATCH (s:Concept) WHERE s.curie > $after RETURN s.curie ORDER BY s.curie LIMIT $first"
_LICENSE = """
UNWIND $curies AS curie MATCH (s:Concept {curie: curie})-[r]->(o:Concept)
CALL (r, s, o) {
    MATCH (:Evidence {fact: r.id})-[:SAID_IN]->(d)
    RETURN DISTINCT coalesce($documents[d.id], $documents[d.source], $none) AS licence
    UNION UNWIND [s.curie, o.curie] AS side WITH split(side, ':')[0] AS prefix
    UNWIND CASE prefix WHEN $local THEN [] ELSE coalesce($prefixes[prefix], [$none]) END AS licence
    RETURN DISTINCT licence }
WITH r, licence ORDER BY licence WITH r, collect(licence) AS licences
WHERE r.licences IS NULL OR r.licences <> licences SET r.licences = licences
"""


def read_licences(cypher: Cypher) -> Licences:
    """The licences that the graph states."""
    return get_licences(dict(cypher.rows(_READ, names=[TERMINOLOGIES, LICENCES])))


def keep_word(cypher: Cypher, name: str, value: str) -> bool:
    """Keep a word about the graph, and tell whether facts that are there have other licences by it."""
    before = read_licences(cypher)
    write_meta(cypher, name, value)
    due = name in (TERMINOLOGIES, LICENCES) and _concerns(cypher, before, read_licences(cypher))
    if due:
        write_meta(cypher, DUE, "yes")
    return due


def license_facts(server: Server) -> None:
    """Give all facts the licences that they are under, where some may not have them; again, where it was cut off."""
    if not server.read(lambda cypher: cypher.value(_IS_DUE, name=DUE) or cypher.value(_STALE)):
        return
    after: str | None = ""
    while after is not None:
        after = server.write(partial(_license, after=after))
    server.write(lambda cypher: forget_meta(cypher, DUE))


def _concerns(cypher: Cypher, before: Licences, after: Licences) -> bool:
    """Whether a document or concept of the graph is under another licence after than before."""
    documents = {name for name, _ in before.by_document.items() ^ after.by_document.items()}
    prefixes = {name for name, _ in before.by_prefix.items() ^ after.by_prefix.items()}
    return bool(cypher.value(_CONCERNS, documents=sorted(documents), prefixes=sorted(prefixes)))


def _license(cypher: Cypher, *, after: str) -> str | None:
    """The last concept whose facts were looked over, None after all were."""
    curies = [curie for (curie,) in cypher.rows(_PAGE, after=after, first=_CONCEPTS)]
    stated = read_licences(cypher)
    prefixes = {prefix: list(licences) for prefix, licences in stated.by_prefix.items()}
    told = {"documents": dict(stated.by_document), "prefixes": prefixes, "none": NOT_STATED, "local": LOCAL}
    cypher.run(_LICENSE, curies=curies, **told)
    return curies[-1] if curies else None
