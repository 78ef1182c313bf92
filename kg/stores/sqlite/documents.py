"""The documents of a graph: their text and parts, compressed, and what is known of each."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from extractors.model import Document
from kg.model import LoadedDocument
from kg.stores.parts import digest_of, head_of, read_document, write_parts
from kg.stores.sqlite.database import Database

#: zlib's level: half the time of the default for 3 % more bytes on label text.
_LEVEL = 4

#: The columns of a `LoadedDocument`, in its order.
LISTED = "name, title, version, effective, type, source, language, country, content_hash, stamp, loaded, restricted"
_COLUMNS = (
    "name, version, effective, title, type, source, language, country, content_hash, stamp, digest, loaded, restricted"
)
_SAVE = f"""
insert into documents ({_COLUMNS}) values ({", ".join("?" * len(_COLUMNS.split(", ")))})
on conflict (name) do update set
{", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])} returning id
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What tells whether a document is loaded as it stands."""

    number: int
    version: int
    digest: bytes
    restricted: bool


def find_loaded(connection: apsw.Connection, document: str) -> Loaded | None:
    """What is known of a loaded document, or None."""
    row = connection.execute(
        "select id, version, digest, restricted from documents where name=?", (document,)
    ).fetchone()
    return Loaded(*row) if row else None


def mark_known(connection: apsw.Connection, content_hash: str, stamp: str) -> None:
    """Remember that an input was put under a stamp."""
    if content_hash:
        connection.execute("insert into inputs values (?, ?) on conflict do nothing", (content_hash, stamp))


def save_document(
    connection: apsw.Connection, document: Document, loaded: Loaded | None, *, stamp: str, time: str
) -> tuple[int, bool]:
    """Number of the document, and whether anything had to be written."""
    digest = digest_of(document, stamp)
    if loaded is not None and loaded.digest == digest:
        return loaded.number, False
    number: int = connection.execute(_SAVE, (*head_of(document, stamp), digest, time, document.restricted)).get
    text = zlib.compress(document.text.encode(), _LEVEL)
    connection.execute(
        "insert or replace into texts values (?, ?, ?)", (number, text, zlib.compress(write_parts(document), _LEVEL))
    )
    return number, True


def delete_document(connection: apsw.Connection, number: int) -> None:
    """Take a document out, so that its input counts as unknown again; its evidence must be gone already."""
    known = "select content_hash from documents where id=?"
    connection.execute(f"delete from inputs where content_hash = ({known})", (number,))
    connection.execute("delete from texts where document=?", (number,))
    connection.execute("delete from documents where id=?", (number,))


def loaded_of(row: Sequence[Any]) -> LoadedDocument:
    """A document as the graph lists it, from the columns of `LISTED`."""
    fields = [*row[:-1], bool(row[-1])]
    return LoadedDocument(*fields)


def _document(listed: LoadedDocument, text: bytes, parts: bytes, *, shown: bool) -> Document:
    if listed.restricted and not shown:
        return read_document(listed, "", b"")
    return read_document(listed, zlib.decompress(text).decode(), zlib.decompress(parts))


class Documents:
    """Documents as they were read, and which inputs are known."""

    _db: Database

    def get_document(self, id_: str) -> Document | None:
        """The document as it was read, with text, sections and tables, or None where it is not loaded.

        A restricted one comes without them to who reads without the scope.
        """
        with self._db.read() as connection:
            row = connection.execute(
                f"select {LISTED}, text, parts from documents d join texts t on t.document = d.id where name=?",
                (id_,),
            ).fetchone()
            shown = self._db.restricted
        return _document(loaded_of(row[:-2]), *row[-2:], shown=shown) if row else None

    def list_documents(self, *, first: int, after: str | None = None) -> list[LoadedDocument]:
        """Up to `first` documents by id, those after the id `after`."""
        with self._db.read() as connection:
            rows = connection.execute(
                f"select {LISTED} from documents where name > ? order by name limit ?",
                (after or "", first),
            )
            return [loaded_of(row) for row in rows]

    def known(self, content_hash: str, stamp: str) -> bool:
        """Whether an input of that content was already put under that stamp: one look-up in an index."""
        with self._db.read() as connection:
            found = connection.execute("select 1 from inputs where content_hash=? and stamp=?", (content_hash, stamp))
            return found.get is not None
