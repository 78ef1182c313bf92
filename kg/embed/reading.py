"""Facts to learn from, out of files: a folder of a split, or one table."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np

from kg.embed.triples import Split, Triples, number
from kg.errors import KGError

Named = list[tuple[str, str, str]]
_PARTS = ("train", "valid", "test")


class SplitError(KGError):
    """Files of facts that cannot be read."""


def read_split(folder: Path) -> Split:
    """The split that a folder holds; a part that it does not hold, but for train, is empty.

    Parts are train, valid and test as `.txt` or `.tsv` (names of subject, relation, object with tabs between), or as
    OpenKE writes them (`entity2id.txt`, `train2id.txt`: subject, object, relation); each may be `.gz`.

    Raises:
        SplitError: where there is no train, or a line is of another form.
    """
    if not folder.is_dir():
        raise SplitError(f"there is no folder {folder}; name the one that holds train.txt, valid.txt and test.txt")
    read = _read_openke if _find(folder, "train2id") else _read_named
    parts = [read(folder, name) for name in _PARTS]
    if not parts[0]:
        raise SplitError(f"{folder} holds no facts to train on; it needs train.txt or train2id.txt, plain or .gz")
    return make_split(*parts)


def make_split(train: Named, valid: Named, test: Named) -> Split:
    """Named facts as a split; all three are numbered alike."""
    every = number([*train, *valid, *test])
    first, second = len(train), len(train) + len(valid)
    rows = every.rows
    return Split(every.with_rows(rows[:first]), every.with_rows(rows[first:second]), every.with_rows(rows[second:]))


def read_triples(path: Path) -> Named:
    """The facts of one file of tab-separated names: subject, relation, object; `.gz` is read as well."""
    return list(_iter_named(path))


def hold_out(train: Triples, share: float, *, seed: int) -> tuple[Triples, Triples]:
    """What is left of `train`, and a share of it drawn by chance: to steer a training or choose settings by."""
    order = np.random.default_rng(seed).permutation(len(train))
    held = round(len(train) * share)
    return train.with_rows(train.rows[np.sort(order[held:])]), train.with_rows(train.rows[np.sort(order[:held])])


def _find(folder: Path, name: str) -> Path | None:
    endings = (".txt", ".txt.gz", ".tsv", ".tsv.gz")
    return next((path for ending in endings if (path := folder / f"{name}{ending}").is_file()), None)


def _read_named(folder: Path, name: str) -> Named:
    path = _find(folder, name)
    return read_triples(path) if path else []


def _iter_named(path: Path) -> Iterator[tuple[str, str, str]]:
    for at, line in _iter_lines(path):
        fields = line.split("\t")
        if len(fields) != 3 or not all(fields):
            raise SplitError(
                f"{path}, line {at}: {line!r} is not subject, relation and object with tabs between; mend it"
            )
        yield fields[0], fields[1], fields[2]


def _iter_lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with _open_text(path) as lines:
            for at, line in enumerate(lines, start=1):
                if line.strip():
                    yield at, line.rstrip("\r\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SplitError(f"{path} cannot be read ({error}); name a file of text, plain or .gz") from error


def _open_text(path: Path) -> TextIO:
    """The file as text, unpacked; a mark of the order of bytes, as Windows writes it, is no part of the first name."""
    encoding = "utf-8-sig"
    return gzip.open(path, "rt", encoding=encoding) if path.suffix == ".gz" else path.open(encoding=encoding)


def _read_openke(folder: Path, name: str) -> Named:
    path = _find(folder, f"{name}2id")
    if path is None:
        return []
    entities, relations = _read_ids(folder, "entity2id"), _read_ids(folder, "relation2id")
    found = []
    for at, line in list(_iter_lines(path))[1:]:
        try:
            subject, object_, relation = line.split()
            found.append((entities[subject], relations[relation], entities[object_]))
        except (ValueError, KeyError) as error:
            raise SplitError(
                f"{path}, line {at}: {line!r} is not subject, object, relation by number; mend it"
            ) from error
    return found


def _read_ids(folder: Path, name: str) -> dict[str, str]:
    path = _find(folder, name)
    if path is None:
        raise SplitError(f"{folder} has train2id but no {name}.txt; copy it there")
    pairs = (line.rsplit(maxsplit=1) for _, line in list(_iter_lines(path))[1:])
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}
