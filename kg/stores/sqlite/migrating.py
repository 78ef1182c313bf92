"""Brings the file of an older graph up to date: one step for each version of the format."""

from __future__ import annotations

import apsw

from kg.stores.sqlite.naming import NOTE_ALL_USES, know_forms
from kg.stores.sqlite.schema import LOAD_INDEXES, SCHEMA_VERSION

#: Version of the format → what makes a file of it one of the next.
STEPS = {
    1: (
        "alter table evidence add column subject_name integer not null default 0",
        "alter table evidence add column object_name integer not null default 0",
        "drop index evidence_by_fact",
        LOAD_INDEXES["evidence"]["evidence_by_fact"],
    ),
    2: (
        """create table dormant (
    id integer primary key, document integer not null, curie text not null, node text not null, row text not null)""",
        "create index dormant_by_curie on dormant (curie)",
    ),
    3: (
        "alter table evidence add column subject_origin integer not null default 0",
        "alter table evidence add column object_origin integer not null default 0",
        "alter table evidence add column said real",
        """create table uses (
    form text not null, name integer not null, node integer not null, primary key (form, name, node)) without rowid""",
        NOTE_ALL_USES,
        "alter table dormant add column subject_form text not null default ''",
        "alter table dormant add column object_form text not null default ''",
        "update dormant set subject_form = form_of(row ->> '$.subject_name'),"
        " object_form = form_of(row ->> '$.object_name')",
        "create index dormant_by_subject on dormant (subject_form)",
        "create index dormant_by_object on dormant (object_form)",
        "create index dormant_by_document on dormant (document)",
        "delete from inputs",
    ),
    4: ("alter table documents add column restricted integer not null default 0",),
    5: (
        "update facts set evidence = (select count(distinct iif(d.restricted, -d.id, e.id))"
        " from evidence e join documents d on d.id = e.document where e.fact = facts.id) where id in"
        " (select e.fact from documents d cross join evidence e on e.document = d.id where d.restricted)",
    ),
    6: ("drop index evidence_by_fact", LOAD_INDEXES["evidence"]["evidence_by_fact"]),
    7: (
        "create table named (id integer primary key, text text not null)",
        "insert into named select * from words",
        "drop table words",
        "alter table named rename to words",
        LOAD_INDEXES["words"]["words_by_text"],
    ),
}


def migrate(connection: apsw.Connection) -> None:
    """Take all steps that the file still needs, each in one transaction.

    From 1 to 2, evidence gets room for the names of its sides; they stay empty until its document is built again.
    From 2 to 3, rows whose sides became one concept get a place to sleep in. From 3 to 4, evidence gets room for what
    its names were extracted as; that is filled, and the inputs count as unknown until then, by the next build.
    From 4 to 5, documents get room to be restricted, which none was before. From 5 to 6, the rows of a fact in a
    restricted document count as one. From 6 to 7, the index of evidence by fact gets the keys of rows, by which rows of
    one weight come. From 7 to 8, the index of words gets a name, by which a first load drops and makes it.
    """
    know_forms(connection)
    for version in range(connection.execute("pragma user_version").get, SCHEMA_VERSION):
        with connection:
            for statement in (*STEPS[version], f"pragma user_version={version + 1}"):
                connection.execute(statement)
