"""Aligning what an events store holds anew: names and codings go over to other concepts, events stay as they are."""

from __future__ import annotations

import apsw

from extractors.events import Coding
from kg.records.aligning import Align
from kg.records.database import fetch
from kg.records.windows import KINDS
from ontologies.code_systems import code_name

_TERMS = (
    "select terms.id, terms.kind, coalesce(words.text, ''), coalesce(members, ''), concepts.curie from terms"
    " join concepts on concepts.id = terms.concept left join words on words.id = terms.name"
    " left join coding_sets on coding_sets.id = terms.codings order by terms.id"
)

_CODINGS = "select id, curie, system, code, name from codings where id in (select value from json_each(?))"


def realign(connection: apsw.Connection, align: Align) -> int:
    """How many terms went over to another concept."""
    moved = 0
    for term, kind, name, members, curie in fetch(connection, _TERMS):
        found = align(KINDS[kind], name, read_codings(connection, members))
        number = put_concept(connection.cursor(), *found)
        if found.curie != curie:
            connection.execute("update terms set concept=? where id=?", (number, term))
            moved += 1
    connection.execute("delete from concepts where id not in (select concept from terms)")
    return moved


def put_concept(cursor: apsw.Cursor, curie: str, name: str, kind: str, known: bool) -> int:
    """The number of a concept, written as it is called now; what no terminology knows keeps the first name it is given.

    To be called by its code is no name.
    """
    put = (
        "insert into concepts (curie, name, kind, aligned) values (?1, ?2, ?3, ?4) on conflict (curie) do update"
        " set name=iif(?4 or name in (?1, ?5), ?2, name), kind=?3, aligned=?4 returning id"
    )
    number: int = cursor.execute(put, (curie, name, str(kind), known, code_name(curie))).get
    return number


def read_codings(connection: apsw.Connection, members: str) -> tuple[Coding, ...]:
    """The codings of a set, in the order of the source."""
    found: dict[str, Coding] = {}
    for number, *coding in fetch(connection, _CODINGS, (f"[{','.join(members.split())}]",)):
        found[str(number)] = Coding(*coding)
    return tuple(found[number] for number in members.split())
