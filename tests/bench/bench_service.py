"""Requests a second of the anchor query (a concept, 25 facts, their evidence and documents) beside raw store reads.

Run: `python tests/bench/bench_service.py [--requests 400]`. Everything is in one process and counted in CPU time, so
that the figures do not depend on what else the machine does; the ratio is the one to quote.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from extractors.model import Document, Section
from kg.forms import document_form, evidence_form, fact_form, node_form
from kg.identity import evidence_id, fact_id
from kg.model import Contribution, Evidence, FactQuery, Node
from kg.stores.sqlite import SqliteStore, open_store
from kgql.app import create_app
from kgql.execute import Engine, Request
from kgql.limits import Limits
from ontologies.model import Kind

DRUGS, EVENTS, FACTS_A_DRUG, DOCUMENTS_A_DRUG = 500, 2_000, 60, 3

QUERY = """query ($id: ID!) { concept(id: $id) { id name nameZh kind facts(first: 25) {
  edges { predicate confidence status countries node { id name kind } qualifiers { name value }
    evidence(first: 2) { quote sectionTitle start end score document { id title version country } } }
  pageInfo { hasNextPage endCursor } } } }"""


def make_graph(folder: Path) -> None:
    """A graph of generated labels: each drug has 60 events, each said by up to three labels."""
    events = [Node(f"HP:{n:07}", f"event {n}", Kind.FINDING, f"事件{n}") for n in range(EVENTS)]
    with open_store(str(folder), mode="create") as store:
        for drug in range(DRUGS):
            node = Node(f"drugbank:DB{drug:05}", f"drug {drug}", Kind.DRUG, f"药物{drug}", (f"brand {drug}",))
            store.put(_label(node, events, copy) for copy in range(DOCUMENTS_A_DRUG))


def _label(drug: Node, events: list[Node], copy: int) -> Contribution:
    number = int(drug.curie[-5:])
    found = [events[(number * 37 + n * 11) % EVENTS] for n in range(copy, FACTS_A_DRUG, copy + 1)]
    quotes = [f"{event.name.capitalize()} was reported by patients who took {drug.name}." for event in found]
    text = " ".join(quotes)
    document = Document(
        f"bench:{number}-{copy}",
        f"{drug.name} tablets",
        text,
        (Section("34084-4", "6 ADVERSE REACTIONS", 0, len(text)),),
    )
    rows = []
    for event, quote in zip(found, quotes, strict=True):
        fact, start = fact_id(drug.curie, "causes_adverse_event", event.curie), text.index(quote)
        id_ = evidence_id(fact, document.id, "34084-4", quote, "bench", "present", ())
        rows.append(
            Evidence(
                id_, fact, drug.curie, "causes_adverse_event", event.curie, document.id, 1, "34084-4",
                "6 ADVERSE REACTIONS", start, start + len(quote), quote, "bench", 0.5 + copy / 10, country="US",
            )
        )  # fmt: skip
    return Contribution(document, (drug, *found), tuple(rows))


def read_raw(store: SqliteStore, curie: str) -> bytes:
    """The same answer by hand: store calls, dictionaries, JSON."""
    with store.snapshot():
        node = store.get_nodes([curie])[0]
        assert node is not None
        page = store.find_facts(FactQuery(about=curie), first=25)
        evidence = store.get_evidence([fact.id for fact in page.facts], first=2)
        documents = store.get_loaded(sorted({row.document for rows in evidence.values() for row in rows}))
    by_id = {document.id: document_form(document) for document in documents if document}
    facts = [
        fact_form(fact) | {"evidence": [evidence_form(row) | {"by": by_id[row.document]} for row in evidence[fact.id]]}
        for fact in page.facts
    ]
    return orjson.dumps(node_form(node) | {"facts": facts, "cursor": page.cursor})


def milliseconds(one: Callable[[str], object], requests: int) -> float:
    """CPU milliseconds a request, the best of three rounds over as many drugs."""
    rounds = []
    for _ in range(3):
        started = time.process_time()
        for number in range(requests):
            one(f"drugbank:DB{number % DRUGS:05}")
        rounds.append((time.process_time() - started) * 1000 / requests)
    return min(rounds)


def through_http(app: Any, loop: asyncio.AbstractEventLoop) -> Callable[[str], bytes]:
    """Sends the query through the whole application, without a socket."""
    headers = [(b"content-type", b"application/json"), (b"accept", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}

    def one(curie: str) -> bytes:
        body = orjson.dumps({"query": QUERY, "variables": {"id": curie}})
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        loop.run_until_complete(app({**scope}, receive, send))
        answer: bytes = sent[-1]["body"]
        return answer

    return one


def main() -> None:
    """Print milliseconds, requests a second, and the ratio to raw reads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400)
    requests = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "graph"
        make_graph(graph)
        with open_store(str(graph)) as store:
            report(store, graph, requests)


def report(store: SqliteStore, graph: Path, requests: int) -> None:
    """Measure and print each way of asking."""
    loop = asyncio.new_event_loop()
    engine = Engine(store, limits=Limits())
    http = through_http(create_app(graph), loop)
    answer = orjson.loads(http("drugbank:DB00007"))
    assert len(answer["data"]["concept"]["facts"]["edges"]) == 25, answer
    raw = milliseconds(lambda curie: read_raw(store, curie), requests)
    print(f"{'way':28} {'CPU ms':>8} {'req/s a core':>13} {'ratio to raw':>13}")
    print(f"{'raw store reads + orjson':28} {raw:8.3f} {1000 / raw:13.0f} {1:13.2f}")
    ways: dict[str, Callable[[str], object]] = {
        "GraphQL engine": lambda curie: loop.run_until_complete(engine.answer(Request(QUERY, {"id": curie}))),
        "GraphQL over HTTP (ASGI)": http,
    }
    for name, one in ways.items():
        cost = milliseconds(one, requests)
        print(f"{name:28} {cost:8.3f} {1000 / cost:13.0f} {cost / raw:13.2f}")
    loop.close()


if __name__ == "__main__":
    main()
