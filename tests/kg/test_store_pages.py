"""That every question is answered from an index: the plan of SQLite is read, and the steps it takes are counted."""

from __future__ import annotations

import re
from collections.abc import Iterator

import apsw
import pytest

from extractors.model import Document
from kg.identity import evidence_id, fact_id
from kg.model import FactQuery, Node, Status
from kg.stores.cursors import read_cursor
from kg.stores.sqlite import SqliteStore, open_store
from kg.stores.sqlite.paging import TOP, plan_page
from kg.stores.sqlite.reading import _ALL_EVIDENCE, _TOLD_EVIDENCE
from kg.stores.streams import EvidenceRow
from ontologies.model import Kind

HUB = "unii:HUB"
FACTS = 3000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """A hub with thousands of facts, most of the same confidence, and a few facts that are denied."""
    with open_store(str(tmp_path_factory.mktemp("hub")), mode="create") as made:
        leaves = [Node(f"mesh:{n}", f"leaf {n}", Kind.DISEASE) for n in range(FACTS)]
        made.load([Node(HUB, "Hub", Kind.DRUG), *leaves], map(_row, range(FACTS)), map(_document, range(30)))
        yield made


def _document(n: int) -> Document:
    return Document(f"d:{n}", f"Document {n}", "", country="US")


def _row(n: int) -> EvidenceRow:
    predicate = ("warns_of", "indicated_for", "causes_adverse_event", "interacts_with")[n % 4]
    fact = fact_id(HUB, predicate, f"mesh:{n}")
    document, quote, score = f"d:{n % 30}", f"quote {n}", 0.9 if n % 7 else 0.8
    id_ = evidence_id(fact, document, "s", quote, "x", "present", ())
    return EvidenceRow(id_, fact, HUB, predicate, f"mesh:{n}", document, 1, "s", "S", 0, 7, quote, "x", score)


QUERIES = {
    "all": FactQuery(),
    "about": FactQuery(about=HUB),
    "subject": FactQuery(subject=HUB),
    "object": FactQuery(object="mesh:5"),
    "predicates": FactQuery(predicates=("warns_of",)),
    "status": FactQuery(statuses=(Status.NEGATIVE,)),
    "about and status": FactQuery(about=HUB, statuses=(Status.CONTESTED,)),
    "confidence": FactQuery(min_confidence=0.95),
    "document": FactQuery(document="d:3"),
    "both sides": FactQuery(subject=HUB, object="mesh:8"),
    "id": FactQuery(ids=(fact_id(HUB, "warns_of", "mesh:0"),)),
}


@pytest.mark.parametrize("name", QUERIES)
def test_no_page_scans_a_table(store: SqliteStore, name: str) -> None:
    connection = store._db.connection
    sql, bindings = plan_page(connection, QUERIES[name], TOP, 26)
    plan = [row[3] for row in connection.execute(f"explain query plan {sql}", bindings)]
    made = {name for line in plan for name in re.findall(r"(?:CO-ROUTINE|MATERIALIZE) (\w+)", line)}
    scanned = {name for line in plan for name in re.findall(r"^SCAN (\w+)\b", line)}
    assert scanned <= made | {"json_each", "arm", "m", "x", "used"}, plan


def steps(store: SqliteStore, query: FactQuery, after: str | None = None) -> int:
    """Rows that SQLite steps over to give a page, counted by its virtual machine."""
    start = read_cursor(after, question=query) if after else TOP
    connection = store._db.connection
    return sum(_steps(connection, *plan_page(connection, query, start, 26)))


def _steps(connection: apsw.Connection, sql: str, bindings: object) -> list[int]:
    counted: list[int] = []

    def count() -> bool:
        counted.append(1)
        return False

    connection.set_progress_handler(count, 1)
    try:
        connection.execute(sql, bindings).fetchall()  # type: ignore[arg-type]
    finally:
        connection.set_progress_handler(None)
    return counted


@pytest.mark.parametrize("name", [name for name in QUERIES if name not in ("document", "both sides", "id")])
def test_a_page_on_a_hub_takes_few_steps_though_thousands_of_facts_share_a_confidence(
    store: SqliteStore, name: str
) -> None:
    assert steps(store, QUERIES[name]) < 12_000


def test_a_page_deep_inside_a_hub_takes_no_more_steps_than_the_first(store: SqliteStore) -> None:
    query = FactQuery(about=HUB)
    deep = store.find_facts(query, first=2000).cursor
    assert steps(store, query, deep) < 1.5 * steps(store, query)


@pytest.mark.parametrize("sql", [_ALL_EVIDENCE, _TOLD_EVIDENCE])
def test_evidence_of_a_page_is_one_query_over_two_indexes(store: SqliteStore, sql: str) -> None:
    rows = store._db.connection.execute(f"explain query plan {sql}", {"facts": "[1]", "first": 3})
    plan = [row[3] for row in rows]
    assert any("USING COVERING INDEX evidence_by_fact" in line for line in plan), plan
    assert not any(re.match(r"SCAN (e|f|s|o|d)\b", line) for line in plan), plan


def test_whether_an_input_is_known_is_one_look_up(store: SqliteStore) -> None:
    plan = store._db.connection.execute(
        "explain query plan select 1 from inputs where content_hash='a' and stamp='b'"
    ).fetchall()
    assert [row[3] for row in plan] == ["SEARCH inputs USING PRIMARY KEY (content_hash=? AND stamp=?)"]
