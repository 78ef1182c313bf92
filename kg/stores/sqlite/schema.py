"""The tables of an embedded graph, and the indexes that serve each question.

Inside, everything is a small integer: nodes and documents are numbered, words that repeat (sections, titles,
extractors, sets of qualifiers) stand once in `words`, and a fact is keyed by the first 63 bits of its id. CURIEs and
full ids appear at the edge only; that halves the file.

`evidence.weight` is the row's belief in millionths, negative where the row denies the fact, so that one covering index
(`evidence_by_fact`) is enough to derive facts, and to find the rows of a name, without touching the quotes;
`subject_name` and `object_name` are words, those of the sides as the fact keeps them, and so are `subject_origin` and
`object_origin`, what the names were extracted as; `said` is the score before names were grounded, where that is another
than `score`. Rows of one weight come by their `key`, the beginning of their id, so that no order is that of loading.
Whether a row is restricted stands with its document alone. `uses` leads from the normal form of a name to
its spellings and the nodes under which they may stand; a use that is gone does no harm. `facts.qualifiers` is the one
set of qualifiers that its evidence has, 0 for none, or MANY where the rows differ and `summaries` holds their union.
`dormant` keeps whole the rows whose two sides are one concept, with that concept as it is and the normal forms of their
names; a decision that parts the sides wakes them. `retired` keeps the words of facts that are gone, so that `changes`
can still say what was retracted.
"""

from __future__ import annotations

from kg.model import Status

#: Written into the file; a program meets a greater one with an error, a lesser one with a migration.
SCHEMA_VERSION = 8

#: "medk" in ASCII: tells a graph from any other SQLite file (pragma application_id).
APPLICATION_ID = 0x6D65646B

#: How a status is stored. The order is part of the file format.
STATUS_CODES = {Status.SUPPORTED: 0, Status.CONTESTED: 1, Status.NEGATIVE: 2}

#: `facts.qualifiers` of a fact whose rows bring different sets; their union stands in `summaries`.
MANY = -1

#: Beliefs, scores and confidences are kept as integers of one millionth: exact in cursors, three bytes in an index.
MILLION = 1_000_000

TABLES = """
create table meta (name text primary key, value text not null) without rowid;
create table words (id integer primary key, text text not null);
create table nodes (
    id integer primary key, curie text not null unique, kind text not null, name text not null,
    name_zh text not null, synonyms text not null, aligned integer not null);
create table documents (
    id integer primary key, name text not null unique, version integer not null, effective text not null,
    title text not null, type text not null, source text not null, language text not null, country text not null,
    content_hash text not null, stamp text not null, digest blob not null, loaded text not null,
    restricted integer not null default 0);
create table texts (document integer primary key, text blob not null, parts blob not null);
create table inputs (content_hash text not null, stamp text not null, primary key (content_hash, stamp)) without rowid;
create table facts (
    id integer primary key, subject integer not null, predicate integer not null, object integer not null,
    confidence integer not null, status integer not null, documents integer not null, evidence integer not null,
    countries text not null, qualifiers integer not null);
create table evidence (
    id integer primary key, key integer not null, fact integer not null, document integer not null,
    section integer not null, title integer not null, start integer not null, end integer not null,
    quote text not null, extractor integer not null, score real not null, assertion integer not null,
    qualifiers integer not null, weight integer not null, subject_name integer not null default 0,
    object_name integer not null default 0, subject_origin integer not null default 0,
    object_origin integer not null default 0, said real);
create table uses (
    form text not null, name integer not null, node integer not null, primary key (form, name, node)) without rowid;
create table dormant (
    id integer primary key, document integer not null, curie text not null, node text not null, row text not null,
    subject_form text not null default '', object_form text not null default '');
create table summaries (fact integer primary key, qualifiers text not null);
create table conflicts (opposing integer primary key, fact integer not null, rank integer not null);
create table retired (
    id integer primary key, subject text not null, predicate text not null, object text not null,
    subject_name text not null, object_name text not null);
create table quarantine (
    locator text primary key, reason text not null, time text not null, content_hash text not null) without rowid;
create table changes (
    id integer primary key, time text not null, document text not null, old_version integer, new_version integer,
    added blob not null, retracted blob not null, kept integer not null);
create virtual table search using fts5 (
    words, whole, content='', contentless_delete=1, prefix='3',
    tokenize="unicode61 remove_diacritics 2 tokenchars '_'");
"""

INDEXES = """
create unique index words_by_text on words (text);
create index facts_by_subject on facts (subject, predicate, status, confidence);
create index facts_by_object on facts (object, predicate, status, confidence);
create index facts_by_predicate on facts (predicate, status, confidence);
create index evidence_by_fact on evidence (fact, document, weight, qualifiers, subject_name, object_name, key);
create unique index evidence_by_document on evidence (document, key);
create index dormant_by_curie on dormant (curie);
create index dormant_by_subject on dormant (subject_form);
create index dormant_by_object on dormant (object_form);
create index dormant_by_document on dormant (document);
create index conflicts_by_rank on conflicts (rank);
create index conflicts_by_fact on conflicts (fact);
create index changes_by_document on changes (document);
"""

#: Names and definitions of the indexes that a first load drops and makes again when their tables are full: sorting once
#: beats a million scattered insertions.
LOAD_INDEXES = {
    table: {line.partition(" on ")[0].split()[-1]: line for line in INDEXES.splitlines() if f" on {table} " in line}
    for table in ("evidence", "facts", "words")
}
