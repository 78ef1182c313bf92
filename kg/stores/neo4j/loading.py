"""The first load of a graph on a server: everything streamed in by several transactions at a time, facts derived last.

A put looks up what is there and derives the facts that it touches; a load knows that nothing is there, writes all rows
of evidence first, and then makes each fact once, from its rows in the order of the index by fact. Indexes are made when
their rows are there, since sorting once beats a million scattered insertions; constraints stand from the beginning.
Everything is written with MERGE under constrained keys: a load that was cut off is done again from the beginning, and
doubles nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from extractors.model import Document
from kg.errors import StoreError
from kg.model import Evidence, Node
from kg.predicates import OPPOSITES
from kg.stores.neo4j.chain import forget_meta, grow, write_meta
from kg.stores.neo4j.concepts import save_concepts
from kg.stores.neo4j.crew import Crew, crew
from kg.stores.neo4j.deriving import keep_conflicts, save_facts, sum_fact
from kg.stores.neo4j.layout import type_of
from kg.stores.neo4j.licensing import read_licences
from kg.stores.neo4j.rows import BETWEEN
from kg.stores.neo4j.schema import LOADING, drop_indexes, make_index, make_schema
from kg.stores.neo4j.sending import ROWS, chunks, send
from kg.stores.neo4j.server import Cypher, Server
from kg.stores.neo4j.storing import add_rows, mark_known, save_documents
from kg.stores.neo4j.writing import Writing
from kg.stores.streams import EvidenceRow
from kg.stores.summing import Said, Summed, Triple
from kg.stores.written import MILLION

#: Transactions at a time where nothing else is asked for.
WORKERS = 2

#: Facts that wait for others of their predicate.
FACTS_AT_ONCE = 40_000

_IS_FILLED = "MATCH (d:Document) RETURN true LIMIT 1"
_META = "MATCH (m:Meta {name: $name}) RETURN m.value"
_COUNT = "MATCH (e:Evidence) RETURN count(e)"
_INPUTS = "MATCH (d:Document) WHERE d.content_hash <> '' RETURN DISTINCT d.content_hash"
# In the order of the index by fact, so that nothing is sorted and nothing held.
_SAID = """
MATCH (e:Evidence) WHERE e.fact > '' WITH e ORDER BY e.fact MATCH (e)-[:SAID_IN]->(d:Document)
RETURN e.fact, e.subject, e.predicate, e.object, d.id, e.weight, e.qualifiers, d.country, d.source, d.restricted
"""
_OPPOSED = """
MATCH (s:Concept)-[one:`%s`]->(o:Concept) WHERE one.confidence > 0
MATCH (s)-[other:`%s`]->(o) WHERE other.confidence > 0
RETURN s.curie, o.curie, CASE WHEN one.confidence < other.confidence THEN one.confidence ELSE other.confidence END
"""
_CONTEST = f"""
UNWIND $rows AS row WITH row[0] AS subject, row[1] AS object {BETWEEN}
WHERE type(r) IN ['%s', '%s'] AND r.status = 'supported' SET r.status = 'contested'
"""


class Loading(Writing):
    """The door for whole graphs: imports, and graphs made elsewhere."""

    def load(
        self,
        nodes: Iterable[Node],
        evidence: Iterable[Evidence | EvidenceRow],
        documents: Iterable[Document],
        *,
        stamp: str = "",
        workers: int = WORKERS,
    ) -> int:
        """Fill an empty graph from streams and give back the number of evidence rows kept; memory stays bounded.

        A row that comes twice counts once. `workers` transactions write rows of evidence at a time. The graph is whole
        when this returns; one that was cut off opens for another load only (mode `create`), which begins anew. Raises
        `StoreError` where the graph has documents already, or a row names a node or document that was not given.
        """
        self._server.write(self._begin)
        drop_indexes(self._server)
        with crew(self._server, workers) as crew_:
            save = partial(save_documents, stamp=stamp, time=self._clock())
            _do(crew_, documents, lambda cypher, chunk: save(cypher, chunk), ROWS // 100)
            _do(crew_, nodes, save_concepts)
            _do(crew_, evidence, _add_evidence)
            make_index(self._server, "evidence_fact")
            save_all(self._server, _sum_all(self._server))
            for opposing, denied in OPPOSITES:
                _do(crew_, _find_opposed(self._server, opposing, denied), partial(_oppose, opposing, denied))
        make_schema(self._server)
        return self._server.write(lambda cypher: self._end(cypher, stamp))

    def _begin(self, cypher: Cypher) -> None:
        if cypher.value(_IS_FILLED) and cypher.value(_META, name=LOADING) is None:
            raise StoreError(f"the graph at {self._server.address} is not empty: load into a new one, or put documents")
        write_meta(cypher, LOADING, self._clock())

    def _end(self, cypher: Cypher, stamp: str) -> int:
        number: int = cypher.value(_COUNT)
        for chunk in chunks(cypher.each(_INPUTS)):
            mark_known(cypher, (content_hash for (content_hash,) in chunk), stamp)
        grow(cypher, None, [f"loaded {number} rows"], self._clock())
        forget_meta(cypher, LOADING)
        return number


def _do(crew_: Crew, rows: Iterable[Any], work: Callable[[Cypher, list[Any]], None], size: int = ROWS) -> None:
    """Have the rows worked on, so many in each transaction."""
    for _ in crew_.each(partial(_call, work, chunk) for chunk in chunks(rows, size)):
        pass


def _call(work: Callable[[Cypher, list[Any]], None], chunk: list[Any], cypher: Cypher) -> None:
    work(cypher, chunk)


def _add_evidence(cypher: Cypher, rows: list[Evidence | EvidenceRow]) -> None:
    """Write rows; in the order of their documents, so that transactions wait for each other in one order."""
    whole = (Evidence(*row) if isinstance(row, EvidenceRow) else row for row in rows)
    add_rows(cypher, sorted(whole, key=lambda row: row.document))


def save_all(server: Server, facts: Iterable[tuple[Triple, Summed]]) -> None:
    """Write facts, one transaction at a time; each writes relationships of as few types as may be.

    With several types the server keeps the books of every hub once for each; transactions side by side wait for each
    other's relationships, even where they share no concept.
    """
    with crew(server, 1) as writer:
        _do(writer, chain.from_iterable(_alike(facts, FACTS_AT_ONCE)), save_facts)


def _alike(facts: Iterable[tuple[Triple, Summed]], most: int) -> Iterator[list[tuple[Triple, Summed]]]:
    """Facts in lists of one predicate each; as long as they get while no more than `most` facts wait."""
    waiting: dict[str, list[tuple[Triple, Summed]]] = defaultdict(list)
    held = 0
    for fact in facts:
        waiting[fact[0].predicate].append(fact)
        held += 1
        if held == most:
            longest = waiting.pop(max(waiting, key=lambda name: len(waiting[name])))
            held -= len(longest)
            yield longest
    yield from waiting.values()


def _sum_all(server: Server) -> Iterator[tuple[Triple, Summed]]:
    """Every fact from its evidence, one after another."""
    with server.stream() as cypher:
        licences = read_licences(cypher)
        for _, rows in groupby(cypher.each(_SAID), key=itemgetter(0)):
            said = list(rows)
            triple = Triple(*said[0][1:4])
            yield triple, sum_fact(triple, [Said(*row[4:]) for row in said], licences)


def _find_opposed(server: Server, opposing: str, denied: str) -> Iterator[list[Any]]:
    """Subject, object and lesser confidence of every pair of facts with these predicates."""
    with server.stream() as cypher:
        yield from cypher.each(_OPPOSED % (type_of(opposing), type_of(denied)))


def _oppose(opposing: str, denied: str, cypher: Cypher, rows: list[list[Any]]) -> None:
    pairs = ((Triple(s, opposing, o), Triple(s, denied, o), round(rank * MILLION)) for s, o, rank in rows)
    keep_conflicts(cypher, pairs)
    send(cypher, _CONTEST % (type_of(opposing), type_of(denied)), [row[:2] for row in rows])
