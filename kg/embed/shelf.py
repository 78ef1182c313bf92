"""The models trained on a graph, one of which is served: beside it where it is a folder, else under KG_HOME."""

from __future__ import annotations

import re
import shutil
from contextlib import AbstractContextManager, suppress
from hashlib import blake2b
from pathlib import Path

from kg.config import Where, full_name
from kg.embed.errors import EmbeddingError
from kg.embed.trained import ABOUT, ASIDE, Trained, claim, open_trained, restore
from kg.errors import UnknownNameError
from ontologies.home import get_home

#: The file that names the model that is served and asked where none is named.
_CURRENT = "current"

_NAME = re.compile(r"[\w-][\w.-]{0,59}")


class Shelf:
    """The trained models of one graph."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.folder = _folder_of(where)

    def place(self, name: str) -> Path:
        """The folder of the model of that name, there or not; raises `EmbeddingError` for what is no name."""
        if not _NAME.fullmatch(name):
            raise EmbeddingError(f"{name!r} is no name of a model: use up to 60 letters, digits, - _ and .")
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

    def claim(self, name: str) -> AbstractContextManager[None]:
        """Holds a name against all others who would train, or delete, a model of it; raises where one does."""
        return claim(self.place(name))

    def _recover(self) -> None:
        """Put models back that a training had moved aside when it was cut off."""
        for aside in self.folder.glob(f".*{ASIDE}"):
            name = aside.name[1 : -len(ASIDE)]
            # Where it is being trained it comes back by itself; where nothing can be written, nothing is mended.
            with suppress(EmbeddingError, OSError), self.claim(name):
                restore(self.folder / name)

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
        try:
            name = (self.folder / _CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""
        if name and not (self.folder / name).exists():
            self._recover()
        return name if name and (self.folder / name / ABOUT).exists() else ""

    def serve(self, name: str) -> None:
        """Let that model be the one that is served."""
        made = self.folder / f".{_CURRENT}"
        made.write_text(f"{name}\n", encoding="utf-8")
        made.replace(self.folder / _CURRENT)

    def remove(self, name: str) -> None:
        """Delete a model; raises `UnknownNameError` where there is none of that name."""
        if name not in self.names():
            raise UnknownNameError("model", name, self.names())
        with self.claim(name):
            shutil.rmtree(self.folder / name)

    def state(self, name: str = "") -> tuple[int, ...]:
        """What changes whenever another model is served, or that one, else the served one, is trained again."""
        paths = self.folder / _CURRENT, self.folder / (name or self.current() or ".") / ABOUT
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


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
        """The model that is served now; raises `EmbeddingError` where it cannot be read."""
        seen = self._shelf.state(self._name)
        if seen != self._seen:
            name = self._name or self._shelf.current()
            self._now = self._shelf.open(name) if name else None
            self._seen = seen
        return self._now
