"""What happened to a graph, read: its changes, its quarantine, its version, its counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kg.model import Diff, Quarantined, Stats
from kg.stores.keys import keys_of
from kg.stores.neo4j.layout import SCHEMA_VERSION, predicate_of
from kg.stores.neo4j.paging import ENDS_OF_IDS
from kg.stores.neo4j.rows import BETWEEN
from kg.stores.neo4j.server import Cypher, Server
from kg.stores.withholding import BEGINNING

_CHANGES = """
MATCH (c:Change) WHERE c.number IS NOT NULL AND ($document IS NULL OR c.document = $document)
RETURN c.document, c.old_version, c.new_version, coalesce(c.added, []), coalesce(c.retracted, []), c.kept, '', c.time
ORDER BY c.number
"""
_NAMES = f"""
{ENDS_OF_IDS}
{BETWEEN} WHERE r.id = fact
RETURN fact, s.name, type(r), o.name
"""
_RETIRED = "UNWIND $ids AS id MATCH (f:Retired {id: id}) RETURN id, f.subject_name, f.predicate, f.object_name"
_QUARANTINE = "MATCH (q:Quarantined) RETURN q.locator, q.reason, q.time, q.content_hash ORDER BY q.locator"
_META = f"""
MATCH (m:Meta) WHERE m.name <> 'writer' AND NOT m.name STARTS WITH '{BEGINNING}'
RETURN m.name, m.value ORDER BY m.name
"""
_COUNTS = {
    "quarantined": "MATCH (n:Quarantined) RETURN count(n)",
    "conflicts": "MATCH (n:Conflict) RETURN count(n)",
    "unaligned": "MATCH (n:Concept) WHERE NOT n.aligned RETURN count(n)",
}
_KINDS = "MATCH (n:Concept) RETURN n.kind, count(*)"
_SOURCES = "MATCH (d:Document) RETURN d.source, count(*)"
# All that is counted of facts in one look over them.
_FACTS = "MATCH (:Concept)-[r]->(:Concept) RETURN type(r), r.status, r.countries, count(*), sum(r.evidence_count)"


class Records:
    """Changes, quarantine, meta and counts, as they are read."""

    _server: Server

    def iter_changes(self, document: str | None = None) -> Iterator[Diff]:
        """What puts and removals changed, oldest first; of one document or of all."""
        with self._server.stream() as cypher:
            for name, old, new, added, retracted, kept, note, time in cypher.each(_CHANGES, document=document):
                yield Diff(name, old, new, tuple(sorted(added)), tuple(sorted(retracted)), kept, note, time)

    def name_facts(self, ids: Iterable[str]) -> dict[str, tuple[str, str, str]]:
        """Names of subject and object and the predicate between them, by fact id, also of facts that are gone."""
        asked = list(dict.fromkeys(ids))
        keys_of(asked)
        return self._server.read(lambda cypher: _name(cypher, asked)) if asked else {}

    def get_quarantine(self) -> list[Quarantined]:
        """The list, by locator."""
        rows = self._server.read(lambda cypher: cypher.rows(_QUARANTINE))
        return [Quarantined(*row) for row in rows]

    def get_meta(self) -> dict[str, str]:
        """Schema version, graph version, lexicon stamp, time of the last change, and what `set_meta` added."""
        rows = self._server.read(lambda cypher: cypher.rows(_META))
        known = {"schema_version": str(SCHEMA_VERSION), "graph_version": "", "changed_at": ""}
        return known | dict(rows)

    def get_stats(self) -> Stats:
        """Counts by kind, predicate, status, country and source; looks over all facts."""
        return self._server.read(_count)


def _name(cypher: Cypher, ids: list[str]) -> dict[str, tuple[str, str, str]]:
    """Those of facts that are there before those of facts that once were."""
    gone = {id_: (subject, predicate, object_) for id_, subject, predicate, object_ in cypher.rows(_RETIRED, ids=ids)}
    rows = cypher.rows(_NAMES, ids=ids)
    return gone | {id_: (subject, predicate_of(type_), object_) for id_, subject, type_, object_ in rows}


def _count(cypher: Cypher) -> Stats:
    counts = {name: int(cypher.value(statement)) for name, statement in _COUNTS.items()}
    kinds, sources = _sum(cypher.rows(_KINDS)), _sum(cypher.rows(_SOURCES))
    facts = cypher.rows(_FACTS)
    return Stats(
        nodes=sum(kinds.values()),
        facts=sum(row[3] for row in facts),
        evidence=sum(row[4] for row in facts),
        documents=sum(sources.values()),
        kinds=kinds,
        predicates=_sum((predicate_of(type_), number) for type_, _, _, number, _ in facts),
        statuses=_sum((status, number) for _, status, _, number, _ in facts),
        countries=_sum((country, number) for _, _, countries, number, _ in facts for country in countries or ()),
        sources=sources,
        **counts,
    )


def _sum(pairs: Iterable[tuple[Any, ...] | list[Any]]) -> dict[str, int]:
    """The totals by name, greatest first."""
    totals: dict[str, int] = {}
    for name, number in pairs:
        totals[name] = totals.get(name, 0) + number
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))
