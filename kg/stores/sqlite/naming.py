"""Which names stand under which nodes: from the normal form of a name to all of its spellings in the graph."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from kg.stores.sqlite.interning import KEPT
from ontologies.standing import form_of

# In the order of facts, so that each is met once.
_EACH_SIDE = """
select e.{side}_name as name, f.{side} as node
from evidence e indexed by evidence_by_fact cross join facts f on f.id = e.fact where e.{side}_name > 0
"""
#: Every name, by its number, with a node under which it stands.
NAMES_OF_EVIDENCE = f"""
select name, node from ({_EACH_SIDE.format(side="subject")} union all {_EACH_SIDE.format(side="object")})
group by name, node
"""

#: Notes the names of all evidence, on a connection that `know_forms`; by sorts alone, which spill.
NOTE_ALL_USES = f"""
insert or ignore into uses
select form_of(w.text) as form, u.name, u.node from ({NAMES_OF_EVIDENCE}) u cross join words w on w.id = u.name
order by form, u.name, u.node
"""


def know_forms(connection: apsw.Connection) -> None:
    """Let SQL on this connection ask for the normal form of a name."""
    connection.create_scalar_function("form_of", _form_of, 1, deterministic=True)


def _form_of(*names: apsw.SQLiteValue) -> apsw.SQLiteValue:
    return form_of(str(names[0] or ""))


class Uses:
    """Notes uses of names as they come; remembers those that it has seen, so that a repeated one costs nothing."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._seen: set[tuple[int, int]] = set()

    def note(self, uses: Iterable[tuple[str, int, int]]) -> None:
        """Keep that these names, each with its number, stand under these nodes."""
        fresh = [(text, name, node) for text, name, node in set(uses) if name and (name, node) not in self._seen]
        rows = ((form_of(text), name, node) for text, name, node in fresh)
        self._connection.executemany("insert or ignore into uses values (?, ?, ?)", rows)
        if len(self._seen) > KEPT:
            self.forget()
        self._seen.update((name, node) for _, name, node in fresh)

    def forget(self) -> None:
        """Empty the memory, as after a transaction that was undone or nodes that went."""
        self._seen.clear()
