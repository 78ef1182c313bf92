"""What identifies patients, held while their records are read: their notes are searched for it, then it is gone.

It lies in a temporary SQLite file that has no name any more when the first value is written, and that is encrypted with
a random key which only this process's memory holds: memory stays flat, and no clear text reaches a disk.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import apsw
import orjson

from extractors.events import Identifier, IdentifierType
from kg.records.database import in_words, unlock

#: Kilobytes of the vault that stay in memory, and answers that are kept ready.
CACHE_KB, READY = 32_768, 256

#: Pairs of patient and provider that are known to be in the vault already.
LINKED = 100_000


class Vault:
    """Identifiers by the id of their patient; ids stand in it as hashes."""

    def __init__(self, folder: Path) -> None:
        self._salt = secrets.token_bytes(32)
        self._folder = folder
        self._ready: dict[str, tuple[Identifier, ...] | None] = {}
        self._linked: set[tuple[str, str]] = set()
        with in_words(folder), tempfile.NamedTemporaryFile(dir=folder, prefix="vault-") as file:
            self._connection = apsw.Connection(file.name)
            unlock(self._connection, secrets.token_bytes(32))
            # Nothing is kept when the process dies, so nothing needs a journal, whose name would stay behind.
            self._connection.execute(
                f"pragma journal_mode=off; pragma synchronous=off; pragma temp_store=memory;"
                f"pragma cache_size=-{CACHE_KB};"
                "create table known (patient blob primary key, identifiers blob not null) without rowid;"
                "create table treated (patient blob, provider blob, primary key (patient, provider)) without rowid;"
                "begin"
            ).fetchall()

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def add(self, patient: str, identifiers: Iterable[Identifier]) -> None:
        """Keeps identifiers of a patient beside those that are known already; none is a patient that has none."""
        known = self.find(patient)
        fresh = tuple(dict.fromkeys((*(known or ()), *identifiers)))
        if fresh != known:
            packed = orjson.dumps([tuple(each) for each in fresh])
            with in_words(self._folder):
                self._connection.execute("insert or replace into known values (?, ?)", (self._hash(patient), packed))
            self._ready[patient] = fresh

    def find(self, patient: str) -> tuple[Identifier, ...] | None:
        """What identifies a patient; None where the patient was not spoken of yet."""
        if patient not in self._ready:
            if len(self._ready) >= READY:
                self._ready.clear()
            self._ready[patient] = self._find(self._hash(patient))
        return self._ready[patient]

    def link(self, patient: str, provider: str) -> None:
        """Keeps that a patient was treated by a provider, of whom more may be said later."""
        if (patient, provider) in self._linked:
            return
        if len(self._linked) >= LINKED:
            self._linked.clear()
        self._linked.add((patient, provider))
        with in_words(self._folder):
            said = (self._hash(patient), self._hash(provider))
            self._connection.execute("insert or ignore into treated values (?, ?)", said)

    def find_linked(self, patient: str) -> tuple[Identifier, ...]:
        """What identifies those who treated a patient, as far as it was said by now."""
        query = "select identifiers from treated join known on known.patient = provider where treated.patient=?"
        with in_words(self._folder):
            packed = self._connection.execute(query, (self._hash(patient),)).fetchall()
        return tuple(dict.fromkeys(each for (told,) in packed for each in _unpack(told)))

    def _find(self, key: bytes) -> tuple[Identifier, ...] | None:
        with in_words(self._folder):
            packed = self._connection.execute("select identifiers from known where patient=?", (key,)).get
        return None if packed is None else _unpack(packed)

    def _hash(self, patient: str) -> bytes:
        return blake2b(patient.encode("utf-8", "surrogatepass"), digest_size=16, key=self._salt).digest()


def _unpack(packed: Any) -> tuple[Identifier, ...]:
    return tuple(Identifier(IdentifierType(type_), value) for type_, value in orjson.loads(packed))
