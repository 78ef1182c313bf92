"""Which models were learned from a store, of how many patients what they tell is, and how many were erased since.

Kept in the store, as counts by code are; models themselves lie where their users are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import apsw
import orjson

from kg.records.database import Database

#: Words of `meta`: the models, and how many patients were ever erased.
_MODELS, _ERASED = "models", "erased_patients"


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """A model outside the record room: the folder it lies in, when it was trained (as its own words have it).

    `users` says of how many patients each of its names was when it was trained, `erased` how many patients had been
    erased by then.
    """

    place: str
    trained: str
    erased: int
    users: Mapping[str, int]

    def list_told(self, erased: int, *, least: int) -> list[str]:
        """The names that surely are of `least` patients still, when `erased` patients have been erased by now.

        Each patient that is gone is taken to have had all of them: what leaves a model when somebody is forgotten then
        says nothing of what that patient had.
        """
        return [name for name, users in self.users.items() if users - (erased - self.erased) >= least]


class Learned:
    """The part of an events store that knows what was learned from it."""

    _db: Database

    def count_erased(self) -> int:
        """How many patients were ever erased."""
        with self._db.read() as connection:
            return _read_erased(connection)

    def get_models(self) -> dict[str, LearnedModel]:
        """The models learned from the records, by place."""
        with self._db.read() as connection:
            return _read(connection)

    def keep_model(self, model: LearnedModel) -> None:
        """Keeps what is known of a model, instead of the one that lay there before."""
        with self._db.write() as connection:
            _write(connection, _read(connection) | {model.place: model})


def narrow(model: LearnedModel, told: list[str]) -> LearnedModel:
    """What is known of a model of which only the names in `told` are left."""
    return replace(model, users={name: model.users[name] for name in told})


def note_erased(connection: apsw.Connection, patients: int) -> None:
    """Counts patients as erased, inside the transaction that erases them."""
    said = str(_read_erased(connection) + patients)
    connection.execute("insert or replace into meta values (?, ?)", (_ERASED, said))


def _read_erased(connection: apsw.Connection) -> int:
    return int(connection.execute("select value from meta where name=?", (_ERASED,)).get or 0)


def _read(connection: apsw.Connection) -> dict[str, LearnedModel]:
    kept = connection.execute("select value from meta where name=?", (_MODELS,)).get
    return {each["place"]: LearnedModel(**each) for each in (orjson.loads(str(kept)) if kept else ())}


def _write(connection: apsw.Connection, models: Mapping[str, LearnedModel]) -> None:
    said = orjson.dumps([asdict(each) for each in models.values()]).decode()
    connection.execute("insert or replace into meta values (?, ?)", (_MODELS, said))
