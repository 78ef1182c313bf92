"""Cliques, links and conflicts in the lexicon's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import apsw
import orjson

from ontologies.database import Database
from ontologies.mappings.cliques import Clash
from ontologies.mappings.conflicts import Conflict, Step
from ontologies.mappings.find import Found
from ontologies.mappings.links import Basis, Link

SCHEMA = """
CREATE TABLE same (curie TEXT PRIMARY KEY, speaker INTEGER, component INTEGER) WITHOUT ROWID;
CREATE INDEX same_by_speaker ON same (speaker);
CREATE TABLE links (
    component INTEGER NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL, basis INTEGER NOT NULL, source TEXT NOT NULL,
    same INTEGER NOT NULL
);
CREATE TABLE conflicts (
    place INTEGER PRIMARY KEY, clash TEXT NOT NULL, component INTEGER, prefixes TEXT NOT NULL, record TEXT NOT NULL
);
"""
_INDEX = "CREATE INDEX links_by_component ON links (component)"


def write_same(database: apsw.Connection, found: Found, speakers: Mapping[str, str], ids: Mapping[str, int]) -> None:
    """Writes which CURIE speaks for which (`speakers`, of retired concepts too), the links and the conflicts."""
    component = found.components.get
    moved = (curie for curie, by in speakers.items() if by != curie)
    rows = ((curie, ids.get(speakers.get(curie, "")), component(curie)) for curie in {*found.components, *moved})
    database.executemany("INSERT INTO same VALUES (?,?,?)", sorted(rows))
    database.executemany("INSERT INTO links VALUES (?,?,?,?,?,?)", _link_rows(found))
    database.execute(_INDEX)
    conflicts = (_conflict_row(conflict, component(conflict.start)) for conflict in found.conflicts)
    database.executemany("INSERT INTO conflicts VALUES (NULL,?,?,?,?)", conflicts)


def read_conflicts(database: Database) -> Iterator[tuple[int, Conflict]]:
    """Each conflict with the number of its component."""
    for component, clash, record in database.rows("SELECT component, clash, record FROM conflicts ORDER BY place"):
        start, steps, because, left_out, followed = orjson.loads(record)
        made = tuple(Step(*step) for step in steps)
        yield component, Conflict(Clash(clash), start, made, because, (left_out[0], left_out[1]), bool(followed))


def read_component(database: Database, curie: str) -> int | None:
    """The number of the component of `curie`; None where it has no links."""
    row = next(database.rows("SELECT component FROM same WHERE curie = ?", (curie,)), (None,))
    return row[0] if row[0] is None else int(row[0])


def read_links(database: Database, component: int) -> Iterator[Link]:
    """The links of a component."""
    query = "SELECT a, b, basis, source, same FROM links WHERE component = ?"
    for a, b, basis, source, same in database.rows(query, (component,)):
        yield Link(a, b, Basis(basis), source, bool(same))


def _link_rows(found: Found) -> Iterator[tuple[int, str, str, int, str, bool]]:
    for link in found.links:
        for component in {found.components[link.a], found.components[link.b]}:
            yield component, link.a, link.b, int(link.basis), link.source, link.same


def _conflict_row(conflict: Conflict, component: int | None) -> tuple[str, int | None, str, str]:
    record = (conflict.start, list(map(tuple, conflict.steps)), conflict.because, conflict.left_out, conflict.followed)
    prefixes = " ".join(sorted({curie.partition(":")[0] for curie in conflict.curies}))
    return conflict.clash.value, component, f" {prefixes} ", orjson.dumps(record).decode()
