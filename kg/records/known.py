"""What is hunted for in the texts of each patient: what the records of this run say of the patient and of those who
treat the patient."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from extractors.events import Event, Identifier, Note, Person, Provider, Row, Visit
from kg.records.cleaning import patient_of
from kg.records.vault import Vault


class Known:
    """Identifiers by patient, in a vault; `read_again` gives all rows of a space.

    It is asked once for a space, before its first note is cleaned: the person may stand in another file, and who
    treated the patient is often said behind the note alone.
    """

    def __init__(self, vault: Vault, read_again: Callable[[str], Iterable[Row]]) -> None:
        self._vault = vault
        self._read_again = read_again
        self._searched: set[str] = set()

    def hold(self, row: Row, space: str) -> None:
        """Keeps what a row identifies its patient by."""
        match row:
            case Person():
                self._vault.add(f"{space}\0{row.id}", row.identifiers)
            case Provider() if row.identifiers:
                self._vault.add(_by(row.id, space), row.identifiers)
            case Visit() | Event() | Note() if row.provider:
                self._vault.link(f"{space}\0{row.patient}", _by(row.provider, space))
            case _:
                pass

    def of(self, row: Row, space: str) -> tuple[Identifier, ...]:
        """What is hunted for in the texts of a row."""
        if not isinstance(row, Visit | Event | Note):
            return ()
        patient = f"{space}\0{patient_of(row)}"
        if not isinstance(row, Note):
            return self._vault.find(patient) or ()
        if space not in self._searched:
            self._searched.add(space)
            for other in self._read_again(space):
                self.hold(other, space)
        return tuple(dict.fromkeys((*(self._vault.find(patient) or ()), *self._vault.find_linked(patient))))


def _by(provider: str, space: str) -> str:
    return f"{space}\0by {provider}"
