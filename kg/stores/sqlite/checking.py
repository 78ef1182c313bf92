"""Whether the file of a graph is sound, and what it says agrees with itself."""

from __future__ import annotations

from kg.stores.sqlite.database import Database
from kg.stores.sqlite.naming import NAMES_OF_EVIDENCE

#: What must not be found → the question that looks for it.
FAULTS = {
    "facts without evidence": "select count(*) from facts where id not in (select fact from evidence)",
    "evidence without a fact": "select count(*) from evidence where fact not in (select id from facts)",
    "evidence without a document": "select count(*) from evidence where document not in (select id from documents)",
    "facts whose concepts are missing": "select count(*) from facts where subject not in (select id from nodes)"
    " or object not in (select id from nodes)",
    "names that a decision would not find": f"select count(*) from ({NAMES_OF_EVIDENCE} except"
    " select name, node from uses)",
}


class Checking:
    """The part of `kg.roles.Catalogue` that looks for damage."""

    _db: Database

    def check(self) -> list[str]:
        """What is wrong with the graph, in words; nothing where it is sound. Reads the whole file."""
        with self._db.read() as connection:
            found = [str(line) for (line,) in connection.execute("pragma quick_check(5)") if line != "ok"]
            counts = {fault: connection.execute(sql).get for fault, sql in FAULTS.items()}
        return found + [f"{count} {fault}" for fault, count in counts.items() if count]
