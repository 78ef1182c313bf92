"""medkg's own exports in RDF, read back as records.

N-Quads are read line by line and laid on the disk; TriG and Turtle, that of RDF 1.2 with its triple terms too, with
rdflib, which holds them in memory, and are for graphs of some hundred thousand triples. What a graph says as plain
triples follows from its facts and is passed by.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import orjson

from extractors.items import readable
from kg.errors import ImportFailedError
from kg.export.rdf.terms import PREFIXES
from kg.forms import Form
from kg.imports.own_files import KNOWN_BY, Record
from kg.imports.spool import Spool
from kg.stores.written import read_origin

RDF_FORMATS = frozenset({"nquads", "trig", "turtle"})

Said: TypeAlias = dict[str, list[str]]

_TERM = r'(<[^<>\s]*>|_:\S+|"(?:[^"\\\n]|\\.)*"(?:@[\w-]+|\^\^<[^<>\s]*>)?)'
_QUAD = re.compile(rf"\s*{_TERM}\s+{_TERM}\s+{_TERM}\s*({_TERM})?\s*\.\s*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_REIFIES = re.compile(r"^(\S+) rdf:reifies <<\( (\S+) (\S+) (\S+) \)>> \.$", re.MULTILINE)
_REIFIED = r"\1 rdf:subject \2 ; rdf:predicate \3 ; rdf:object \4 ."
_NO_CHARACTER = "\ufffd"
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_MEDKG, _RDF = PREFIXES["medkg"], PREFIXES["rdf"]
_TYPE = f"{_RDF}type"


def _own(words: str) -> dict[str, str]:
    """Properties of our own vocabulary that are called as the field is."""
    return {f"{_MEDKG}{word}": word for word in words.split()}


_TERMS = PREFIXES["dcterms"]
_WORDS = {
    "documents": {
        f"{_TERMS}identifier": "id",
        f"{_TERMS}title": "title",
        f"{_TERMS}language": "language",
        f"{_MEDKG}contentHash": "content_hash",
        **_own("version effective type source country stamp restricted"),
    },
    "nodes": {
        f"{PREFIXES['rdfs']}label": "name",
        f"{_MEDKG}nameZh": "name_zh",
        **_own("curie kind aligned"),
    },
    "evidence": {
        f"{_MEDKG}sectionTitle": "section_title",
        f"{_MEDKG}subjectName": "subject_name",
        f"{_MEDKG}objectName": "object_name",
        f"{_MEDKG}saidScore": "said_score",
        **_own("version section start end quote extractor score assertion restricted"),
    },
}
_SLEEPING = f"{_MEDKG}SleepingRow"
_TABLES = {f"{_MEDKG}Document": "documents", f"{_MEDKG}Concept": "nodes", f"{_MEDKG}Evidence": "evidence"}
_WHOLE, _REAL, _FLAG = {"version", "start", "end"}, {"score", "said_score"}, {"aligned", "restricted"}


def iter_resources(folder: Path, format_: str) -> Iterator[tuple[str, Iterator[Record]]]:
    """The records of documents, nodes, evidence and sleeping rows, each with its number; None for what is none.

    Raises `ImportFailedError` where the file cannot be read to its end.
    """
    with Spool() as spool:
        path = folder / KNOWN_BY[format_]
        quads = _nquads(path) if format_ == "nquads" else _parsed(path)
        spool.fill((subject, "", [predicate, object_]) for subject, predicate, object_ in quads)
        spool.seal()
        resources = _Resources(spool)
        for table in ("documents", "nodes", "evidence"):
            yield table, resources.records(table)
        yield "asleep", resources.asleep()


class _Resources:
    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._concept = lru_cache(maxsize=1 << 16)(self._find_concept)
        self._fact = lru_cache(maxsize=1 << 16)(self._find_fact)
        self._document = lru_cache(maxsize=1 << 12)(self._find_document)

    def records(self, table: str) -> Iterator[Record]:
        """The records of one table."""
        for number, (address, _) in enumerate(self._spool.names(), start=1):
            said = self._said(address)
            if any(_TABLES.get(type_) == table for type_ in said.get(_TYPE, ())):
                form = _plain(table, said)
                yield number, form and self._whole(table, address, said, form)

    def asleep(self) -> Iterator[Record]:
        """The records of the rows that sleep, each kept as one text."""
        for number, (address, _) in enumerate(self._spool.names(), start=1):
            said = self._said(address)
            if _SLEEPING in said.get(_TYPE, ()):
                try:
                    yield number, orjson.loads(_one(said, "record"))
                except orjson.JSONDecodeError:
                    yield number, None

    def _said(self, address: str) -> Said:
        said: Said = defaultdict(list)
        for predicate, object_ in self._spool.records(address):
            said[predicate].append(object_)
        return said

    def _whole(self, table: str, address: str, said: Said, form: Form) -> Form | None:
        if table == "documents":
            return form
        try:
            if table == "nodes":
                return form | {"synonyms": _synonyms(said)}
            return form | self._stated(address, said)
        except (orjson.JSONDecodeError, ValueError, TypeError):
            return None

    def _stated(self, address: str, said: Said) -> Form:
        fact, document = _one(said, "fact"), _one(said, "document")
        subject, predicate, object_ = self._fact(fact)
        id_, country = self._document(document)
        qualifiers = orjson.loads(_one(said, "qualifiers") or "[]")
        return {
            "id": _end(address),
            "fact": _end(fact),
            "subject": subject,
            "predicate": predicate,
            "object": object_,
            "document": id_,
            "country": country,
            "qualifiers": [{"name": name, "value": value} for name, value in qualifiers],
            "subject_origin": _origin(_one(said, "subjectOrigin")),
            "object_origin": _origin(_one(said, "objectOrigin")),
        }

    def _find_concept(self, address: str) -> str:
        return _one(self._said(address), "curie")

    def _find_fact(self, address: str) -> tuple[str, str, str]:
        said = self._said(address)
        subject, predicate, object_ = (
            next(iter(said.get(f"{_RDF}{side}", ())), "") for side in ("subject", "predicate", "object")
        )
        return self._concept(subject), predicate.removeprefix(_MEDKG), self._concept(object_)

    def _find_document(self, address: str) -> tuple[str, str]:
        said = self._said(address)
        return next(iter(said.get(f"{_TERMS}identifier", ())), ""), _one(said, "country")


def _plain(table: str, said: Said) -> Form | None:
    """What a resource says as plain values, None where one of them is none."""
    form: Form = {"subject_name": "", "object_name": "", "said_score": None} if table == "evidence" else {}
    try:
        for address, name in _WORDS[table].items():
            for value in said.get(address, ())[:1]:
                form[name] = _value(name, value)
    except ValueError:
        return None
    return form


def _value(name: str, text: str) -> str | int | float | bool:
    if name in _WHOLE:
        return int(text)
    if name in _REAL:
        return float(text)
    return text == "true" if name in _FLAG else text


def _synonyms(said: Said) -> list[str]:
    ordered = _one(said, "synonyms")
    return list(orjson.loads(ordered)) if ordered else said.get(f"{PREFIXES['skos']}altLabel", [])[:1]


def _origin(text: str) -> Form | None:
    origin = read_origin(text)
    if origin is None:
        return None
    return {"kind": origin.kind.value, "curie": origin.curie, "score": origin.score, "name": origin.name}


def _one(said: Said, word: str) -> str:
    return next(iter(said.get(f"{_MEDKG}{word}", ())), "")


def _end(address: str) -> str:
    return address.rpartition("/")[2]


def _nquads(path: Path) -> Iterator[tuple[str, str, str]]:
    """The triples outside named graphs, with literals as their texts."""
    try:
        with path.open(encoding="utf-8", newline="\n", buffering=1 << 20) as file:
            for number, line in enumerate(file, start=1):
                if not line.strip() or line.lstrip().startswith("#"):
                    continue
                found = _QUAD.fullmatch(line)
                if found is None:
                    raise _damaged(path, f"line {number} is no quad: {readable(line[:80])}")
                if not found[4]:
                    yield _term(found[1]), _term(found[2]), _term(found[3])
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error


def _term(written: str) -> str:
    if not written.startswith('"'):
        return _unescaped(written.removeprefix("<").removesuffix(">"))
    return _unescaped(written[1 : written.rindex('"')])


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2] or "0", 16)
    if match[3]:
        return _SHORT.get(match[3], match[3])
    return _text(chr(code)) if code <= sys.maxunicode else _NO_CHARACTER


def _text(text: str) -> str:
    """The text without half characters, which no file in UTF-8 holds: the row that had one is not as it was."""
    return text.encode("utf-8", "replace").decode()


def _parsed(path: Path) -> Iterator[tuple[str, str, str]]:
    from rdflib import Dataset
    from rdflib.exceptions import ParserError
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    graph = Dataset()
    try:
        # rdflib reads RDF 1.1, and our Turtle of RDF 1.2 has one thing more: each fact reifies a triple, on one line.
        data = _REIFIES.sub(_REIFIED, path.read_text(encoding="utf-8"))
        graph.parse(data=data, format="trig")
    except (OSError, ParserError, SyntaxError, ValueError) as error:
        raise _damaged(path, str(error)[:200]) from error
    for subject, predicate, object_, name in graph.quads():
        if name is None or name == DATASET_DEFAULT_GRAPH_ID:
            yield _text(str(subject)), _text(str(predicate)), _text(str(object_))


def _damaged(path: Path, why: str) -> ImportFailedError:
    return ImportFailedError(f"{path} cannot be read ({why}): export the graph again, as nquads where it is large")
