"""Numbers for what repeats: nodes by CURIE, and words that many rows share."""

from __future__ import annotations

import apsw

from kg.model import Node
from kg.stores.wording import search_text

#: Entries kept in memory; past it the table is asked again, so that memory stays bounded.
KEPT = 500_000

INSERT_NODE = (
    "insert into nodes (curie, kind, name, name_zh, synonyms, aligned) values (?, ?, ?, ?, ?, ?)"
    " on conflict (curie) do nothing"
)
# A name that waits for a curator never overwrites anything; what a terminology says always does.
_UPDATE = (
    "update nodes set kind=?2, name=?3, name_zh=?4, synonyms=?5, aligned=?6 where curie=?1 and ?6"
    " and (kind, name, name_zh, synonyms, aligned) is not (?2, ?3, ?4, ?5, ?6) returning id"
)


def node_row(node: Node) -> tuple[str, str, str, str, str, bool]:
    """A node as its table keeps it."""
    return (node.curie, node.kind.value, node.name, node.name_zh, "\n".join(node.synonyms), node.aligned)


class Words:
    """Numbers for shared texts; 0 stands for the empty one."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {"": 0}

    def number(self, text: str) -> int:
        """The number of `text`, given out now if it is new."""
        number = self._numbers.get(text)
        if number is None:
            number = (
                self.find(text)
                or self._connection.execute("insert into words (text) values (?) returning id", (text,)).get
            )
            if len(self._numbers) > KEPT:
                self.forget()
            self._numbers[text] = number
        return number

    def find(self, text: str) -> int | None:
        """The number of `text`, or None where no row uses it."""
        found: int | None = self._connection.execute("select id from words where text=?", (text,)).get
        return found

    def forget(self) -> None:
        """Empty the memory, as after a transaction that was undone."""
        self._numbers = {"": 0}


class Nodes:
    """Numbers for nodes; remembers which it has seen in the same shape, so that a repeated node costs a look-up.

    `numbers` holds those that were asked for lately. Of a shape its hash is kept, since a node with its synonyms is
    large: a change is missed once in 2^64 times, until the node changes again.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.numbers: dict[str, int] = {}
        self._saved: dict[str, int] = {}

    def save(self, node: Node) -> bool:
        """Insert or refresh a node; True if anything was written."""
        shape = hash((node.kind, node.name, node.name_zh, node.synonyms, node.aligned))
        if self._saved.get(node.curie) == shape:
            return False
        row = node_row(node)
        number = (
            self._connection.execute(INSERT_NODE + " returning id", row).get
            or self._connection.execute(_UPDATE, row).get
        )
        if len(self.numbers) > KEPT:
            self.forget()
        self._saved[node.curie] = shape
        if number is None:
            return False
        self.numbers[node.curie] = number
        self._connection.execute(
            "insert or replace into search (rowid, words, whole) values (?, ?, ?)", (number, *search_text(*row[2:5]))
        )
        return True

    def number(self, curie: str) -> int | None:
        """The number of a node, or None where it is unknown."""
        number = self.numbers.get(curie)
        if number is None:
            number = self._connection.execute("select id from nodes where curie=?", (curie,)).get
            if number is not None:
                self.note(curie, number)
        return number

    def note(self, curie: str, number: int) -> int:
        """Remember the number of a node and give it back."""
        if len(self.numbers) > KEPT:
            self.numbers.clear()
        self.numbers[curie] = number
        return number

    def forget(self) -> None:
        """Empty the memory, as after a transaction that was undone or nodes that went."""
        self.numbers.clear()
        self._saved.clear()
