"""Whom to credit: the terminologies a graph was aligned to, kept in the graph itself so that it travels with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import orjson

from kg.roles import Catalogue
from ontologies.model import TerminologyInfo

#: The word of a graph's meta data under which its terminologies stand, as JSON.
TERMINOLOGIES = "terminologies"

#: The word under which the licences of documents stand, as JSON: by the id of a document, or by its source.
LICENCES = "licences"

#: The word under which the foreign graphs stand that were imported, as JSON: by the source of their documents.
IMPORTS = "imports"

#: What is said of a licence that nobody stated.
NOT_STATED = "not stated"

#: The prefix of names that no terminology has.
LOCAL = "local"


def keep_terminologies(store: Catalogue, terminologies: Iterable[TerminologyInfo]) -> None:
    """Write into the graph which terminologies it was aligned to; replays change nothing."""
    words = orjson.dumps([asdict(info) for info in terminologies]).decode()
    if store.get_meta().get(TERMINOLOGIES) != words:
        store.set_meta(TERMINOLOGIES, words)


def get_terminologies(meta: Mapping[str, str]) -> tuple[TerminologyInfo, ...]:
    """The terminologies that a graph with this meta data was aligned to, none where it does not say."""
    return tuple(TerminologyInfo(**entry) for entry in orjson.loads(meta.get(TERMINOLOGIES) or "[]"))


def get_attributions(meta: Mapping[str, str]) -> list[str]:
    """One line a terminology and a foreign graph: title, version, licence and whom to credit."""
    told = [(info.title, info.version, info.licence, info.source) for info in get_terminologies(meta)]
    told += [(one.title, one.release, one.licence, one.credit) for one in get_imports(meta).values()]
    return [f"{title} {version} ({licence}): {source}".strip() for title, version, licence, source in told]


@dataclass(frozen=True, slots=True)
class Import:
    """A foreign graph that was imported: its title and release, its licence, and whom to credit."""

    title: str
    release: str = ""
    licence: str = ""
    credit: str = ""


def get_imports(meta: Mapping[str, str]) -> dict[str, Import]:
    """The foreign graphs in a graph with this meta data, by the source of their documents."""
    return {source: Import(**entry) for source, entry in orjson.loads(meta.get(IMPORTS) or "{}").items()}


def keep_import(store: Catalogue, source: str, told: Import | None) -> None:
    """Write into the graph which foreign graph the documents of a source are; None takes it out, with its licence."""
    meta = store.get_meta()
    for word, value in ((IMPORTS, told and asdict(told)), (LICENCES, told and told.licence)):
        entries = {name: entry for name, entry in orjson.loads(meta.get(word) or "{}").items() if name != source}
        kept = orjson.dumps(entries | ({source: value} if value else {}), option=orjson.OPT_SORT_KEYS).decode()
        if kept != (meta.get(word) or "{}"):
            store.set_meta(word, kept)


@dataclass(frozen=True, slots=True)
class Licences:
    """The licences of what a graph holds: of concepts by their terminologies, of documents by what imports said."""

    by_prefix: Mapping[str, tuple[str, ...]]
    by_document: Mapping[str, str]

    def of_concept(self, curie: str) -> tuple[str, ...]:
        """The licences of the terminologies with the CURIE's prefix; none for a name that a document alone has."""
        prefix = curie.partition(":")[0]
        return () if prefix == LOCAL else self.by_prefix.get(prefix, (NOT_STATED,))

    def of_document(self, id_: str, source: str) -> str:
        """The licence of a document: its own, else that of all of its source, else that none was stated."""
        return self.by_document.get(id_) or self.by_document.get(source) or NOT_STATED

    def of_fact(self, subject: str, object_: str, documents: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """All licences that a fact is under, sorted: of both concepts, and of documents, each by id and source."""
        said = {self.of_document(*document) for document in documents}
        return tuple(sorted(said.union(self.of_concept(subject), self.of_concept(object_))))

    def known(self) -> list[str]:
        """All licences that something in the graph may have."""
        stated = {licence for licences in self.by_prefix.values() for licence in licences}
        return sorted(stated | set(self.by_document.values()) | {NOT_STATED})


def get_licences(meta: Mapping[str, str]) -> Licences:
    """The licences that a graph with this meta data states."""
    by_prefix: dict[str, tuple[str, ...]] = {}
    for info in get_terminologies(meta):
        by_prefix[info.prefix] = tuple(dict.fromkeys((*by_prefix.get(info.prefix, ()), info.licence or NOT_STATED)))
    return Licences(by_prefix, orjson.loads(meta.get(LICENCES) or "{}"))


def keep_licence(store: Catalogue, what: str, licence: str) -> None:
    """Write into the graph the licence of a document, by its id, or of all documents of a source, by its name."""
    stated = orjson.loads(store.get_meta().get(LICENCES) or "{}")
    store.set_meta(LICENCES, orjson.dumps(stated | {what: licence}, option=orjson.OPT_SORT_KEYS).decode())
