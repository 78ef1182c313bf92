"""What was given out of an events store: the next release must tell of nobody by its difference from earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import apsw

from kg.records.database import Database

#: The numbers that were told of a pair: all patients, those with the subject, the object, both.
Figures = tuple[int, int, int, int]

#: A pair as releases name it: rule, CURIE of the subject, CURIE of the object.
PairName = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Release:
    """What was last told under a name, also of pairs that were withdrawn since; `spent` is the sum of all ε."""

    name: str
    version: int = 0
    spent: float = 0.0
    settings: str = ""
    """How it was made, as JSON: for those who make it again when patients are forgotten."""
    told: Mapping[PairName, Figures] = field(default_factory=dict)


class Releasing:
    """The role `Releases` of `kg.records.roles`."""

    _db: Database

    def get_release(self, name: str) -> Release:
        """The last release under `name`; of version 0 where there was none."""
        with self._db.read() as connection:
            row = connection.execute(
                "select id, version, spent, settings from releases where name=?", (name,)
            ).fetchone()
            if row is None:
                return Release(name)
            query = "select rule, subject, object, patients, subjects, objects, both from released where release=?"
            told: dict[PairName, Figures] = {
                (found[0], found[1], found[2]): found[3:] for found in connection.execute(query, (row[0],))
            }
            _, version, spent, settings = row
            return Release(name, int(version), float(spent), str(settings), told)

    def list_releases(self) -> list[str]:
        """The names under which something was given out."""
        with self._db.read() as connection:
            return [str(name) for (name,) in connection.execute("select name from releases order by name")]

    def find_near_release(self, name: str, *, least: int) -> str:
        """The name of another release whose population differs from that of today by fewer than `least` patients.

        Empty where there is none; a population that is the same does no harm. Forgotten patients count in neither, nor
        do releases that were made into no graph (of empty `settings`).
        """
        with self._db.read() as connection:
            today = {number for (number,) in connection.execute(_POPULATION)}
            others = "select name, id from releases where name<>? and settings<>''"
            for other, id_ in connection.execute(others, (name,)).fetchall():
                query = "select patient from released_patients where release=?"
                if 0 < len(today ^ {number for (number,) in connection.execute(query, (id_,))}) < least:
                    return str(other)
        return ""

    def keep_release(self, release: Release) -> None:
        """Keeps what was told and of whom, in one transaction; pairs that were told before and not now stay known."""
        with self._db.write() as connection:
            connection.execute(_KEEP, (release.name, release.version, release.spent, release.settings))
            id_ = connection.execute("select id from releases where name=?", (release.name,)).get
            connection.execute("delete from released_patients where release=?", (id_,))
            connection.execute(f"insert into released_patients select ?, id from ({_POPULATION})", (id_,))
            connection.executemany(
                "insert or replace into released values (?, ?, ?, ?, ?, ?, ?, ?)", _rows(id_, release.told.items())
            )


_POPULATION = "select id from patients where id in (select patient from events)"
_KEEP = (
    "insert into releases (name, version, spent, settings) values (?1, ?2, ?3, ?4)"
    " on conflict (name) do update set version=?2, spent=?3, settings=?4"
)


def _rows(id_: int, told: Iterable[tuple[PairName, Figures]]) -> Iterable[tuple[apsw.SQLiteValue, ...]]:
    return ((id_, *name, *figures) for name, figures in told)
