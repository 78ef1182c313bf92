"""The readers of terminologies: every module here with a `TERMINOLOGY` is one, found by its name."""

from __future__ import annotations

import pkgutil
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

from ontologies.errors import TerminologyError, UnknownNameError
from ontologies.hierarchy import find_cycle
from ontologies.model import Concept, Terminology, TerminologyInfo


@cache
def terminology_names() -> list[str]:
    """The names of all readers, sorted."""
    return sorted(_readers())


def get_terminology(name: str) -> Terminology:
    """The reader of that name; raises UnknownNameError, which lists the known ones."""
    readers = _readers()
    if name not in readers:
        raise UnknownNameError("terminology", name, list(readers))
    return readers[name]


def describe_terminology(name: str) -> str:
    """What the reader of that name takes and keeps: the text at the top of its file, its first line in a few words."""
    return (sys.modules[type(get_terminology(name)).__module__].__doc__ or "").strip()


def wanted_files(name: str) -> tuple[str, ...]:
    """Patterns for the names of the files that a reader takes of a folder; any file where its `files` do not say."""
    patterns: tuple[str, ...] = getattr(get_terminology(name), "files", ("*",))
    return patterns


def read_terminology(name: str, path: Path) -> tuple[TerminologyInfo, list[Concept]]:
    """All of the release at `path` as reader `name` understands it, or TerminologyError: never a part of it."""
    reader = get_terminology(name)
    if not path.exists():
        raise TerminologyError(f"{path} is not there; give the file or folder of {name}")
    info = reader.read_info(path)
    concepts = list(reader.read_concepts(path))
    _check(name, path, concepts)
    return info, concepts


def _check(name: str, path: Path, concepts: list[Concept]) -> None:
    if not concepts:
        raise TerminologyError(f"{path} holds no concept that {name} can read; is it the right file?")
    seen: set[str] = set()
    for concept in concepts:
        if concept.curie in seen:
            raise TerminologyError(f"{path}: {concept.curie} is there twice; keep one of them")
        if not concept.name.strip():
            raise TerminologyError(f"{path}: {concept.curie} has no name; give it one or take it out")
        seen.add(concept.curie)
    cycle = find_cycle(concepts)
    if cycle:
        raise TerminologyError(f"{path}: parents go in a circle, {' → '.join(cycle)}; take one of them out")


@cache
def _readers() -> dict[str, Terminology]:
    modules = (import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    return {module.TERMINOLOGY.name: module.TERMINOLOGY for module in modules if hasattr(module, "TERMINOLOGY")}
