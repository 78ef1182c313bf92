"""Readers of formats, one file each; a format is told by its content.

Those of labels are found by their module-level `SOURCE`, those of records (`extractors.events`) by `RECORDS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from io import BytesIO
from pkgutil import iter_modules
from types import ModuleType

from extractors.errors import UnreadableError
from extractors.events import RecordSource
from extractors.model import Document, Source
from extractors.places import Member, Place

#: How many bytes of a document a source may look at to say whether it claims it.
HEAD_BYTES = 65_536


@cache
def get_sources() -> tuple[Source, ...]:
    """Every source in this folder, by name."""
    return tuple(sorted((m.SOURCE for m in _modules() if hasattr(m, "SOURCE")), key=lambda source: source.name))


@cache
def get_record_sources() -> tuple[RecordSource, ...]:
    """Every reader of records in this folder, by name."""
    return tuple(sorted((m.RECORDS for m in _modules() if hasattr(m, "RECORDS")), key=lambda source: source.name))


def find_record_source(place: Place) -> RecordSource | None:
    """The reader of records that claims `place`, or None."""
    return next((source for source in get_record_sources() if source.claims(place)), None)


def is_anonymous(source: RecordSource) -> bool:
    """Whether the layout names nobody, so that it need not be searched for names before its notes are read."""
    return bool(getattr(source, "anonymous", False))


def _modules() -> list[ModuleType]:
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def find_source(data: bytes) -> Source | None:
    """The source that claims `data` by its first bytes, or None."""
    head = data[:HEAD_BYTES]
    return next((source for source in get_sources() if source.claims(head)), None)


def _hint(data: bytes) -> str:
    """What to do with a file that is no label but a medical record."""
    member = Member("", len(data), None, lambda: BytesIO(data))
    found = find_record_source(Place("", (member,)))
    return f"; it looks like a medical record ({found.name}): read it with `kg records ingest`" if found else ""


def read_documents(data: bytes, *, locator: str = "") -> Iterator[Document]:
    """The documents in `data`, with the hash of the bytes; `locator` (where they came from) is noted on errors.

    Raises `UnreadableError` with one sentence where no source knows the format or the bytes cannot be read.
    """
    try:
        source = find_source(data)
        if source is None:
            known = ", ".join(each.name for each in get_sources())
            raise UnreadableError(f"is in no format that is known by its content; known are: {known}{_hint(data)}")
        digest = hashlib.sha256(data).hexdigest()
        for document in source.read(data):
            yield document if document.content_hash else replace(document, content_hash=digest)
    except UnreadableError as error:
        if locator:
            error.add_note(f"in {locator}")
        raise
