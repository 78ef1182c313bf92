"""The documents of a graph: their text and parts, compressed, and what is known of each."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from extractors.model import Document
from kg.model import LoadedDocument
from kg.stores.neo4j.layout import input_key
from kg.stores.neo4j.rows import LOADED_COLUMNS, loaded_of
from kg.stores.neo4j.server import Server
from kg.stores.parts import read_document

#: A document by its id, for `document_of`.
DOCUMENT = f"""
MATCH (d:Document {{id: $id}}) OPTIONAL MATCH (t:Text {{document: d.id}})
WITH d, t, $restricted OR NOT d.restricted AS shown
RETURN {LOADED_COLUMNS}, CASE WHEN shown THEN t.text END, CASE WHEN shown THEN t.parts END
"""
_LISTED = f"MATCH (d:Document) WHERE d.id > $after RETURN {LOADED_COLUMNS} ORDER BY d.id LIMIT $first"
_LOADED = f"UNWIND $ids AS id MATCH (d:Document {{id: id}}) RETURN {LOADED_COLUMNS}"
_KNOWN = "MATCH (i:Input {key: $key}) RETURN true"


class Documents:
    """Documents as they were read, and which inputs are known."""

    _server: Server

    def get_document(self, id_: str) -> Document | None:
        """The document as it was read, with text, sections and tables, or None where it is not loaded.

        A restricted one comes without them to who reads without the scope.
        """
        shown = self._server.restricted
        rows = self._server.read(lambda cypher: cypher.rows(DOCUMENT, id=id_, restricted=shown))
        return document_of(rows[0]) if rows else None

    def list_documents(self, *, first: int, after: str | None = None) -> list[LoadedDocument]:
        """Up to `first` documents by id, those after the id `after`."""
        rows = self._server.read(lambda cypher: cypher.rows(_LISTED, first=first, after=after or ""))
        return [loaded_of(row) for row in rows]

    def get_loaded(self, ids: Sequence[str]) -> list[LoadedDocument | None]:
        """The documents by id without their text, in the order asked, None where unknown."""
        rows = self._server.read(lambda cypher: cypher.rows(_LOADED, ids=list(dict.fromkeys(ids))))
        found = {row[0]: loaded_of(row) for row in rows}
        return [found.get(id_) for id_ in ids]

    def known(self, content_hash: str, stamp: str) -> bool:
        """Whether an input of that content was already put under that stamp: one look-up in an index."""
        key = input_key(content_hash, stamp)
        return self._server.read(lambda cypher: cypher.value(_KNOWN, key=key)) is not None


def document_of(row: Sequence[Any]) -> Document:
    """A document from a row of `DOCUMENT`."""
    listed, (text, parts) = loaded_of(row[:-2]), row[-2:]
    if text is None:
        return read_document(listed, "", b"")
    return read_document(listed, zlib.decompress(text).decode(), zlib.decompress(parts))
