"""The tables of the events store, and what each index serves. 100 million events is the size to think of.

Patients, visits and providers are numbered when they are first spoken of, so that rows may come in any order; what
repeats (words, codings, sets of codings) stands once. An event says what it is of by a `term`: its kind, its name and
its codings as the source has them, once for all events that say the same. The concept hangs on the term, so that a
curator's decision or a new terminology moves a few rows, not millions of events.

An input is known by a keyed hash of its content, and where it lay last by one of its path (`places`): what was refused
of a file goes when another content lies there. An input of which nothing could be read has the hash of its path for its
own, and no source.

`events` are clustered by patient: one patient's events, and the journeys of all, are one scan; `key` is 63 bits of a
keyed hash of the source's id, which makes reading the same record twice change nothing. `events_by_term` answers who
has a concept from the index alone. Times are integers of `kg.records.times`; NULL is unknown, and 0 is the number of
nothing.
"""

from __future__ import annotations

#: Written into the file; a program meets a greater one with an error.
SCHEMA_VERSION = 3

#: "medr" in ASCII: tells an events store from any other SQLite file (pragma application_id).
APPLICATION_ID = 0x6D656472

TABLES = """
create table meta (name text primary key, value text not null) without rowid;
create table words (id integer primary key, text text not null unique);
create table patients (
    id integer primary key, pseudonym text not null unique, sex integer not null default 0, birth_year integer,
    death integer);
create table providers (id integer primary key, pseudonym text not null unique, specialty integer not null default 0);
create table visits (
    id integer primary key, key integer not null unique, patient integer not null, kind integer not null default 0,
    start integer, end integer, provider integer not null default 0, specialty integer not null default 0,
    department integer not null default 0, outcome integer not null default 0, part_of integer not null default 0);
create table concepts (
    id integer primary key, curie text not null unique, name text not null, kind text not null,
    aligned integer not null);
create table codings (
    id integer primary key, curie text not null, system text not null, code text not null, name text not null,
    unique (system, code, name, curie));
create table coding_sets (id integer primary key, members text not null unique);
create table terms (
    id integer primary key, kind integer not null, name integer not null, codings integer not null,
    concept integer not null, unique (kind, name, codings));
create table events (
    patient integer not null, key integer not null, term integer not null, start integer, end integer,
    visit integer not null, provider integer not null, assertion integer not null, category integer not null,
    number real, unit integer, text text, comparator integer, flag integer, low real, high real,
    dose integer, reason integer, note integer, primary key (patient, key)) without rowid;
create table links (
    patient integer not null, event integer not null, reason integer not null,
    primary key (patient, event, reason)) without rowid;
create table notes (
    patient integer not null, key integer not null, visit integer not null, time integer, provider integer not null,
    title integer not null, language integer not null, text blob not null, sections blob not null,
    primary key (patient, key));
create table inputs (
    id integer primary key, hash blob not null, source text not null, site text not null, done integer not null,
    finished integer not null, version text not null, unique (hash, source, site));
create table places (
    hash blob not null, site text not null, input integer not null, primary key (hash, site)) without rowid;
create table quarantine (
    input integer not null, number integer not null, patient integer not null, place text not null,
    reason text not null, primary key (input, number)) without rowid;
create table tombs (hash blob primary key) without rowid;
create table releases (
    id integer primary key, name text not null unique, version integer not null, spent real not null,
    settings text not null);
create table released (
    release integer not null, rule text not null, subject text not null, object text not null,
    patients integer not null, subjects integer not null, objects integer not null, both integer not null,
    primary key (release, rule, subject, object)) without rowid;
create table released_patients (
    release integer not null, patient integer not null, primary key (release, patient)) without rowid;
create table ledger (
    id integer primary key, release text not null, version integer not null, epsilon real not null,
    delta real not null, contributions integer not null);
"""

#: What brings a file of an earlier format into the next one.
UPGRADES = {
    1: "create table places (hash blob not null, site text not null, input integer not null, primary key (hash, site))"
    " without rowid; create index places_by_input on places (input)",
    2: "create table ledger (id integer primary key, release text not null, version integer not null,"
    " epsilon real not null, delta real not null, contributions integer not null);"
    " insert into ledger (release, version, epsilon, delta, contributions)"
    " select name, version, spent, 0, 1 from releases where spent > 0",
}

INDEXES = """
create index events_by_term on events (term);
create index visits_by_patient on visits (patient, start);
create index terms_by_concept on terms (concept);
create index places_by_input on places (input);
create index quarantine_by_patient on quarantine (patient);
"""
