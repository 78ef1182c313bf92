"""The models trained on a graph, one of which is served: beside it where it is a folder, else under KG_HOME."""

from __future__ import annotations

import re
import shutil
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from kg.config import Where, full_name
from kg.embed.disk import in_words
from kg.embed.errors import EmbeddingError
from kg.embed.places import ASIDE, claim, lock_of, restore
from kg.embed.trained import ABOUT, Trained, open_trained
from kg.embed.whole_files import replacing_file
from kg.errors import UnknownNameError
from ontologies.home import get_home
from ontologies.locks import alone_in, is_claimed

#: The file that names the model that is served and asked where none is named.
_CURRENT = "current"

_NAME = re.compile(r"[\w-][\w.-]{0,59}")

#: What is no name since it means something else: the file above, and to `kg serve --model` that none is served.
_TAKEN = (_CURRENT, "none")

#: The hidden folders of trainings that are not done: how far they got, or what they were writing when they were killed.
_LEFT = re.compile(r"\.(?P<name>.+)\.(?:[0-9a-f]{12}|making|rewriting)")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a training left that was cut off, or keeps while it goes on: the same command goes on from there."""

    name: str
    folder: Path
    bytes: int
    last: str
    """When it was last written to, as ISO 8601 in UTC."""
    running: bool
    """Whether a model of that name is being trained now."""


class Shelf:
    """The trained models of one graph."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.folder = _folder_of(where)

    def place(self, name: str) -> Path:
        """The folder of the model of that name, there or not; raises `EmbeddingError` for what is no name."""
        if not _NAME.fullmatch(name):
            raise EmbeddingError(f"{name!r} is no name of a model: use up to 60 letters, digits, - _ and .")
        if name.lower() in _TAKEN:
            raise EmbeddingError(f"{name!r} means something else where models are named: choose another name")
        return self.folder / name

    def names(self) -> list[str]:
        """The names of all models."""
        self._recover()
        return sorted(path.parent.name for path in self.folder.glob(f"*/{ABOUT}") if path.parent.name[0] != ".")

    def models(self) -> tuple[list[Trained], dict[str, str]]:
        """All models that can be read, by name; and of those that cannot, the names and what is wrong with them."""
        models, damaged = [], {}
        for name in self.names():
            try:
                models.append(open_trained(self.folder / name))
            except EmbeddingError as error:
                damaged[name] = str(error)
        return models, damaged

    def list_of_records(self) -> list[str]:
        """The names of those that were learned from records, and have vectors of patients there."""
        return [one.about.name for one in self.models()[0] if one.about.model == "me2vec"]

    def claim(self, name: str) -> AbstractContextManager[None]:
        """Holds a name against all others who would train, or delete, a model of it; raises where one does."""
        return claim(self.place(name))

    def _recover(self) -> None:
        """Put models back that a training had moved aside when it was cut off."""
        for aside in self.folder.glob(f".*{ASIDE}"):
            # Where nothing can be written, nothing is mended.
            with suppress(OSError), alone_in(self.folder):
                restore(self.folder / aside.name[1 : -len(ASIDE)])

    def unfinished(self, name: str | None = None) -> list[Unfinished]:
        """What trainings left that are not done, by name and age; of models of that name alone, where one is given."""
        found = [
            _look_at(path, match["name"])
            for path in self.folder.glob(".*.*")
            if (match := _LEFT.fullmatch(path.name)) and name in (None, match["name"]) and path.is_dir()
        ]
        return sorted(found, key=lambda one: (one.name, one.last))

    def open(self, name: str = "") -> Trained:
        """The model of that name or in that folder; without a name the current one.

        Raises:
            UnknownNameError: there is no such model; the known ones are told.
            EmbeddingError: there is none at all, or it cannot be read.
        """
        name = name or self.current()
        if not name:
            raise EmbeddingError(f"no vectors for {self.where} yet: `kg embed train --graph {self.where}` makes some")
        if name in self.names():
            return open_trained(self.folder / name)
        if (Path(name) / ABOUT).exists():
            return open_trained(Path(name))
        raise UnknownNameError("model", name, self.names())

    def current(self) -> str:
        """The name of the model that is served; empty where there is none."""
        name = self._read_served()
        if name and not (self.folder / name).exists():
            self._recover()
        return name if name and (self.folder / name / ABOUT).exists() else ""

    def _read_served(self) -> str:
        try:
            return (self.folder / _CURRENT).read_text(encoding="utf-8").strip()
        except (FileNotFoundError, IsADirectoryError):
            return ""

    def serve(self, name: str) -> None:
        """Let that model be the one that is served; raises `EmbeddingError` where that cannot be written."""
        pointer = self.folder / _CURRENT
        if pointer.is_dir():
            raise EmbeddingError(
                f"{pointer} is a folder, and is where the name of the served model goes: `kg embed remove {_CURRENT}` "
                "deletes it, if it is a model"
            )
        with replacing_file(pointer) as made:
            made.write_text(f"{name}\n", encoding="utf-8")

    def serve_first(self, name: str) -> None:
        """Let that model be the one that is served, where none is: what is served never changes by itself."""
        if not self.current():
            self.serve(name)

    def remove(self, name: str, *, model: bool = True) -> list[Unfinished]:
        """Delete a model and what trainings of that name left; with `model` False the latter alone, which it gives.

        Raises:
            UnknownNameError: there is nothing of that name.
            EmbeddingError: one of that name is being trained, or nothing can be changed there.
        """
        folder, known, left = self.folder / name, self.names(), self.unfinished(name)
        if not left and name not in known:
            raise UnknownNameError("model", name, sorted({*known, *(one.name for one in self.unfinished())}))
        with claim(folder), in_words(self.folder), alone_in(self.folder):
            for path in [*(one.folder for one in left), *([folder] if model and folder.exists() else [])]:
                shutil.rmtree(path)
            if model and self._read_served() == name:
                (self.folder / _CURRENT).unlink()
        return left

    def state(self, name: str = "") -> tuple[int, ...]:
        """What changes whenever another model is served, or that one, else the served one, is trained again."""
        paths = self.folder / _CURRENT, self.folder / (name or self.current() or ".") / ABOUT
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


def _look_at(folder: Path, name: str) -> Unfinished:
    """What is known of what a training left; files that go meanwhile are not counted."""
    sizes, last = 0, folder.stat().st_mtime
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            told = path.stat()
            sizes, last = sizes + told.st_size, max(last, told.st_mtime)
    since = datetime.fromtimestamp(last, UTC).isoformat(timespec="seconds")
    return Unfinished(name, folder, sizes, since, is_claimed(lock_of(folder.with_name(name))))


def _folder_of(where: Where) -> Path:
    if isinstance(where, Path):
        return where / "vectors"
    called = re.sub(r"\W+", "-", where.partition("://")[2].rpartition("@")[2]).strip("-")
    told_apart = blake2b(full_name(where).encode(), digest_size=4).hexdigest()
    return get_home() / "vectors" / f"{called}-{told_apart}"


class LiveModel:
    """The model of a graph that is served, of the moment: calling it gives it, None where there is none.

    For services, which live longer than a model: two looks at files, and nothing is read while they stay. With a
    `name` it is that model, whichever is served elsewhere.
    """

    def __init__(self, where: Where, name: str = "") -> None:
        self._shelf = Shelf(where)
        self._name = name
        self._seen: tuple[int, ...] = ()
        self._now: Trained | None = None

    def __call__(self) -> Trained | None:
        """The model that is served now, all of it of one training; raises `EmbeddingError` where it cannot be read."""
        while (seen := self._shelf.state(self._name)) != self._seen:
            now = self._read(seen)
            # Where another took its place meanwhile, that one is read.
            if self._shelf.state(self._name) == seen:
                self._now, self._seen = now, seen
        return self._now

    def _read(self, seen: tuple[int, ...]) -> Trained | None:
        name = self._name or self._shelf.current()
        if not name:
            return None
        try:
            trained = self._shelf.open(name)
            trained.read_all()
        except EmbeddingError:
            if self._shelf.state(self._name) == seen:
                raise
            return None
        return trained
