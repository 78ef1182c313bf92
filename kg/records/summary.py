"""What an events store holds, in counts; those below `least` are not told, since they may point at a patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kg.records.database import Database
from kg.records.model import LEAST
from kg.records.times import decode_time
from kg.records.windows import KINDS

#: A count, or None where it is more than nothing and less than `least`.
Told: TypeAlias = int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of an events store; years only, since a first day may be one patient's."""

    least: int
    patients: Told
    visits: Told
    events: Told
    notes: Told
    kinds: dict[str, Told]
    sources: dict[str, int]
    """How many inputs of each source were read."""
    concepts: dict[str, int]
    """How many concepts are aligned, and how many are not."""
    first_year: str
    last_year: str
    refused: int
    forgotten: int


class Summing:
    """Counts for those who run a store."""

    _db: Database

    def get_summary(self, *, least: int = LEAST, exact: bool = False) -> Summary:
        """What the store holds, rounded down to multiples of `least` unless it is to be `exact`.

        Rounded, counts give nothing away when they are subtracted from each other, or from those of another day.
        """
        with self._db.read() as connection:

            def count(query: str) -> int:
                return int(connection.execute(query).get or 0)

            def told(number: int) -> Told:
                if exact or number == 0:
                    return number
                return number // least * least if number >= least else None

            kinds = dict(
                connection.execute(
                    "select kind, count(*) from terms join events on events.term = terms.id group by kind"
                )
            )
            sources = dict(
                connection.execute(
                    "select source, count(*) from inputs where source<>'' group by source order by source"
                )
            )
            aligned = count("select count(*) from concepts where aligned")
            return Summary(
                least,
                told(count("select count(*) from patients")),
                told(count("select count(*) from visits")),
                told(sum(kinds.values())),
                told(count("select count(*) from notes")),
                {str(kind): told(kinds[number]) for number, kind in enumerate(KINDS) if number in kinds},
                sources,
                {"aligned": aligned, "not aligned": count("select count(*) from concepts where not aligned")},
                decode_time(connection.execute("select min(start) from events").get)[:4],
                decode_time(connection.execute("select max(start) from events").get)[:4],
                count("select count(*) from quarantine"),
                count("select count(*) from tombs"),
            )
