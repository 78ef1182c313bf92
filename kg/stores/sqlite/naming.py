"""Which names stand under which nodes: from the normal form of a name to all of its spellings in the graph."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from kg.stores.sqlite.interning import KEPT
from ontologies.standing import form_of

#: Every name, by its number, with a node under which it stands.
NAMES_OF_EVIDENCE = """
select e.subject_name as name, f.subject as node from evidence e join facts f on f.id = e.fact where e.subject_name > 0
union select e.object_name, f.object from evidence e join facts f on f.id = e.fact where e.object_name > 0
"""

#: Notes the names of all evidence, on a connection that `know_forms`.
NOTE_ALL_USES = f"""
insert or ignore into uses
select form_of(w.text), u.name, u.node from ({NAMES_OF_EVIDENCE}) u join words w on w.id = u.name
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
