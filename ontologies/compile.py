"""Writing the lexicon: concepts of all terminologies joined, their names as keys, in one SQLite file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, replace
from typing import Any

import apsw
import orjson

from ontologies.contents import count_contents
from ontologies.mappings.find import MappingSet, find_same
from ontologies.mappings.stored import SCHEMA as SAME_SCHEMA
from ontologies.mappings.stored import write_same
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.names import Gate, Name, find_names
from ontologies.normalize import normal_form

FORMAT = 11
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE terminologies (
    place INTEGER PRIMARY KEY, info TEXT NOT NULL, contents TEXT NOT NULL
);
CREATE TABLE concepts (
    id INTEGER PRIMARY KEY, curie TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
    speaker INTEGER NOT NULL, retired INTEGER NOT NULL, record TEXT NOT NULL
);
CREATE TABLE names (
    key TEXT NOT NULL, concept INTEGER NOT NULL, text TEXT NOT NULL, score REAL NOT NULL, reason TEXT NOT NULL,
    gate INTEGER NOT NULL, PRIMARY KEY (key, concept, text)
) WITHOUT ROWID;
CREATE TABLE parents (child INTEGER NOT NULL, parent INTEGER NOT NULL, PRIMARY KEY (child, parent)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX spoken ON concepts (speaker);
CREATE INDEX children ON parents (parent, child);
"""
Progress = Callable[[str, int, int], None]


def ignore_progress(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def join_concepts(concepts: Iterable[Concept]) -> dict[str, Concept]:
    """The concepts by CURIE; a later one of the same CURIE adds its names, parents and xrefs to the first.

    It also says the kind where the first did not know it.
    """
    joined: dict[str, Concept] = {}
    for concept in concepts:
        known = joined.get(concept.curie)
        joined[concept.curie] = concept if known is None else _joined(known, concept)
    return joined


def _joined(first: Concept, second: Concept) -> Concept:
    names = (Synonym(second.name, language=second.language), *second.synonyms)
    had = {(first.name, first.language)} | {(s.text, s.language) for s in first.synonyms}
    return replace(
        first,
        kind=second.kind if first.kind is Kind.OTHER else first.kind,
        synonyms=first.synonyms + tuple(s for s in names if (s.text, s.language) not in had),
        parents=tuple(dict.fromkeys(first.parents + second.parents)),
        xrefs=tuple(dict.fromkeys(first.xrefs + second.xrefs)),
    )


def write_lexicon(
    database: apsw.Connection,
    terminologies: Iterable[tuple[TerminologyInfo, Iterable[Concept]]],
    *,
    mappings: Iterable[MappingSet] = (),
    inputs: str = "",
    progress: Progress = ignore_progress,
) -> list[str]:
    """The keys that may be read in texts, sorted, once everything is written into the empty `database`.

    `mappings` are sets of mappings between the vocabularies, each with its name. `inputs` is kept
    beside it, for whoever must know what it was made of.
    """
    infos, joined = _read_all(terminologies, progress)
    found = find_same(joined, mappings)
    speakers = found.speakers | {curie: _speaker(one, joined, found.speakers) for curie, one in joined.items()}
    ids = {curie: place for place, curie in enumerate(joined, start=1)}
    stamp = hashlib.blake2b(repr(FORMAT).encode(), digest_size=8)
    keys: set[str] = set()
    with database:
        database.execute(_SCHEMA + SAME_SCHEMA)
        rows = (_concept_row(c, ids, speakers[c.curie]) for c in joined.values())
        for done, row in enumerate(rows):
            stamp.update(orjson.dumps(row))
            database.execute("INSERT INTO concepts VALUES (?,?,?,?,?,?,?)", row)
            if done % 5000 == 0:
                progress("writing", done, len(joined))
        database.executemany("INSERT OR IGNORE INTO names VALUES (?,?,?,?,?,?)", _name_rows(joined, ids, keys))
        write_same(database, found, speakers, ids)
        database.executemany("INSERT OR IGNORE INTO parents VALUES (?,?)", _parent_rows(joined, ids, speakers))
        database.execute(_INDEXES)
        database.executemany("INSERT INTO terminologies VALUES (NULL,?,?)", infos)
        database.execute(
            "INSERT INTO meta VALUES ('format',?), ('stamp',?), ('inputs',?)",
            (str(FORMAT), stamp.hexdigest(), inputs),
        )
    progress("writing", len(joined), len(joined))
    return sorted(keys)


def read_spellings(rows: Callable[[str], Iterable[tuple[Any, ...]]]) -> Iterator[tuple[str, str]]:
    """Every key of a lexicon with a name that has it, and every name of a concept with its normal form.

    `rows` gives the rows of a query on the lexicon's database.
    """
    yield from ((str(key), str(text)) for key, text in rows("SELECT key, text FROM names"))
    for name, record in rows("SELECT name, record FROM concepts WHERE NOT retired"):
        for text in (name, *(synonym[0] for synonym in orjson.loads(record)[1])):
            yield normal_form(text), text


def _read_all(
    terminologies: Iterable[tuple[TerminologyInfo, Iterable[Concept]]], progress: Progress
) -> tuple[list[tuple[str, str]], dict[str, Concept]]:
    infos: list[tuple[str, str]] = []
    everything: list[Concept] = []
    for info, concepts in terminologies:
        read = list(concepts)
        everything.extend(read)
        infos.append((orjson.dumps(astuple(info)).decode(), orjson.dumps(astuple(count_contents(read))).decode()))
        progress(f"reading {info.name}", len(read), len(read))
    return infos, join_concepts(everything)


def _speaker(concept: Concept, joined: Mapping[str, Concept], speakers: Mapping[str, str]) -> str:
    """The CURIE that answers for a concept: of its replacement where it is retired, along the whole chain."""
    seen = {concept.curie}
    while concept.deprecated and (heir := joined.get(concept.replaced_by or "")) and heir.curie not in seen:
        concept = heir
        seen.add(concept.curie)
    return speakers.get(concept.curie, concept.curie)


def _concept_row(concept: Concept, ids: Mapping[str, int], speaker: str) -> tuple[int, str, str, str, int, bool, str]:
    synonyms = [(s.text, s.scope, s.language) for s in concept.synonyms]
    rest = (concept.language, synonyms, concept.parents, concept.xrefs, concept.replaced_by)
    record = orjson.dumps(rest).decode()
    retired = concept.deprecated
    return ids[concept.curie], concept.curie, concept.name, concept.kind.value, ids[speaker], retired, record


def _name_rows(
    joined: Mapping[str, Concept], ids: Mapping[str, int], keys: set[str]
) -> Iterator[tuple[str, int, str, float, str, int]]:
    for concept in joined.values():
        if concept.deprecated and concept.replaced_by not in joined:
            continue
        for name in _best(find_names(concept)):
            if name.gate is not Gate.ASKED:
                keys.add(name.key)
            yield name.key, ids[concept.curie], name.text, name.score, name.reason, int(name.gate)


def _parent_rows(
    joined: Mapping[str, Concept], ids: Mapping[str, int], speakers: Mapping[str, str]
) -> Iterator[tuple[int, int]]:
    """Child and parent; a parent that no terminology has, not even by a cross-reference, leads nowhere yet."""
    for concept in joined.values():
        for parent in concept.parents:
            known = ids.get(parent) or ids.get(speakers.get(parent) or "")
            if known:
                yield ids[concept.curie], known


def _best(names: Iterable[Name]) -> list[Name]:
    """One name for each key and gate of a concept: that of the best score."""
    best: dict[tuple[str, Gate, str], Name] = {}
    for name in names:
        place = (name.key, name.gate, "" if name.gate in (Gate.OPEN, Gate.ASKED) else name.text)
        if place not in best or name.score > best[place].score:
            best[place] = name
    return list(best.values())
