"""Vectors of patients: patient-level like the records they were learned from, kept beside them, encrypted likewise.

One file a model, made anew as a whole. Nothing else in medkg writes vectors of patients anywhere, and nothing serves,
shows or exports them: who has the key reads them here. When a patient is forgotten all such files of the store go: who
is left out of the records must not be left in what was learned of them, and a model is trained again in minutes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import numpy as np

from kg.embed.vectors import Vectors
from kg.errors import NotFoundError
from kg.records.database import fetch, in_words, unlock, writing
from kg.records.errors import RecordsError

_PREFIX, _SUFFIX = "vectors-", ".db"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def write_patient_vectors(
    folder: Path,
    name: str,
    vectors: Vectors,
    *,
    key: bytes | None,
    state: bytes = b"",
    made_of: Sequence[bytes] = (),
) -> Path:
    """The file, mode 0600, where `vectors` now lie beside the records in `folder`; one of that name is replaced.

    `state` is what the model needs for patients who come later, `made_of` tells of each vector the events it was made
    of from others. `key` is that of the store; with None nothing is encrypted, as with a store without one.
    """
    path = place_patient_vectors(folder, name)
    fresh = path.with_suffix(".new")
    with in_words(folder):
        fresh.unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(apsw.Connection(str(fresh))) as connection:
            unlock(connection, key)
            connection.execute("pragma journal_mode=off; pragma temp_store=memory").fetchall()
            _fill(connection, vectors, state, made_of or [b""] * len(vectors.names))
        fresh.replace(path)
    return path


def _fill(connection: apsw.Connection, vectors: Vectors, state: bytes, made_of: Sequence[bytes]) -> None:
    with connection:
        connection.execute(
            "create table about (graph_version text, model text, dimensions integer, state blob);"
            "create table vectors (id integer primary key, name text not null unique, vector blob not null,"
            "made_of blob not null)"
        )
        stamp = (vectors.graph_version, vectors.model, vectors.matrix.shape[1], state)
        connection.execute("insert into about values (?, ?, ?, ?)", stamp)
        rows = zip(vectors.names, np.ascontiguousarray(vectors.matrix, "<f4"), made_of, strict=True)
        named = ((name, row.tobytes(), events) for name, row, events in rows)
        connection.executemany("insert into vectors (name, vector, made_of) values (?, ?, ?)", named)


def read_patient_vectors(folder: Path, name: str, *, key: bytes | None) -> Vectors:
    """What was written under `name`; raises `NotFoundError` where nothing was, `RecordsError` with another key."""
    with _reading(folder, name, key) as connection:
        [(version, model, dimensions)] = fetch(connection, "select graph_version, model, dimensions from about")
        rows = fetch(connection, "select name, vector from vectors order by id")
    matrix = np.frombuffer(b"".join(vector for _, vector in rows), "<f4").reshape(-1, dimensions)
    return Vectors(tuple(name for name, _ in rows), matrix.astype(np.float32), version, model)


def read_patient_state(folder: Path, name: str, *, key: bytes | None) -> bytes:
    """The state that was written with the vectors of that name; raises as `read_patient_vectors` does."""
    with _reading(folder, name, key) as connection:
        return bytes(fetch(connection, "select state from about")[0][0])


def read_made_of(folder: Path, name: str, *, key: bytes | None) -> dict[str, bytes]:
    """By the name of each vector what tells the events it was made of; raises as `read_patient_vectors` does."""
    with _reading(folder, name, key) as connection:
        return dict(fetch(connection, "select name, made_of from vectors"))


@contextmanager
def _reading(folder: Path, name: str, key: bytes | None) -> Iterator[apsw.Connection]:
    path = place_patient_vectors(folder, name)
    if not path.exists():
        raise NotFoundError(f"no vectors of patients called {name!r} lie beside the records at {folder}: train them")
    with in_words(folder), closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        unlock(connection, key)
        yield connection


def list_patient_vectors(folder: Path) -> list[str]:
    """The names under which vectors lie beside the records in `folder`."""
    return sorted(path.name[len(_PREFIX) : -len(_SUFFIX)] for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"))


def choose_patient_vectors(folder: Path, name: str = "") -> str:
    """The name that is meant: the only one, where none is named. Raises `NotFoundError` where there is none such."""
    known = list_patient_vectors(folder)
    if name in known or (not name and len(known) == 1):
        return name or known[0]
    if not known:
        raise NotFoundError(
            f"no vectors of patients lie beside the records at {folder}: `kg embed train --model me2vec` makes them, "
            "and forgetting a patient takes them away"
        )
    raise NotFoundError(f"{name!r} names no vectors of patients: give --model, one of {', '.join(known)}")


def drop_patient_vectors(folder: Path) -> int:
    """How many files of vectors were taken away from beside the records in `folder`: all, half-written ones too."""
    found = [path for ending in (_SUFFIX, ".new") for path in folder.glob(f"{_PREFIX}*{ending}")]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def remove_patient_vectors(folder: Path, name: str) -> bool:
    """Whether there were vectors of that name beside the records in `folder`; they are gone now.

    No key is asked for: what is deleted is not read. While another writes to the records nothing is deleted, so that
    it cannot put them back.

    Raises:
        RecordsError: the name can name none, or another process writes to the records.
    """
    path = place_patient_vectors(folder, name)
    found = [each for each in (path, path.with_suffix(".new")) if each.exists()]
    if found:
        with in_words(folder), writing(folder):
            for each in found:
                each.unlink(missing_ok=True)
    return bool(found)


def place_patient_vectors(folder: Path, name: str) -> Path:
    """The file of the vectors of that name, there or not; raises `RecordsError` for what can name none."""
    if not _NAME.fullmatch(name):
        raise RecordsError(f"{name!r} cannot name vectors: use small letters, digits and hyphens, 64 at most")
    return folder / f"{_PREFIX}{name}{_SUFFIX}"
