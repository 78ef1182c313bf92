"""Forgetting patients by the ids that sources give them, and deriving again what was derived from them.

It is one sequence that a kill at any moment leaves to be finished: what is to be done is kept first, then the sentences
of notes leave what was derived, then the patients are erased, and then what was derived is derived again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

from extractors.deidentify import Deidentifier
from kg.errors import KGError, NotFoundError
from kg.records.errors import RecordsError
from kg.records.ingest import space_of
from kg.records.keys import Keys
from kg.records.model import Forgotten
from kg.records.pending import Pending
from kg.records.store import RecordStore


class Derived(Protocol):
    """Who keeps what was derived from records: a module with these functions; names that are not its own it leaves."""

    def list_derived(self, store: RecordStore) -> list[str]:
        """The names of what tells of patients and has to be made again when some are gone."""
        ...

    def clear(self, store: RecordStore, name: str) -> None:
        """Takes the patients' own words out of it; until that is done nobody sees them."""
        ...

    def derive_again(self, store: RecordStore, name: str) -> None:
        """Makes it anew from the records as they are now."""
        ...


#: The modules that keep what was derived: what was told of populations, and what was learned.
DERIVED = ("kg.cohorts.again", "kg.embed.again")

#: What sources put before the number of a patient.
PREFIXES = ("", "Patient/", "person/", "patient/", "patients/")


def forget(store: RecordStore, pseudonyms: Sequence[str]) -> Forgotten:
    """What was erased of patients, after all that was derived from it has been derived again.

    Raises KGError where something derived could not be; the patients are gone then all the same, and nobody sees a
    sentence of theirs. What is left to do is done by `finish_forgetting`.
    """
    if any(store.find_patient(pseudonym) for pseudonym in pseudonyms):
        derived = [name for keeper in _keepers() for name in keeper.list_derived(store)]
        store.keep_pending(store.get_pending().and_also(pseudonyms, derived))
    return _finish(store, store.get_pending().and_also(pseudonyms, ()))


def finish_forgetting(store: RecordStore) -> Forgotten | None:
    """What was erased of patients whose forgetting was cut off; None where none was.

    Raises KGError as `forget` does.
    """
    pending = store.get_pending()
    return _finish(store, pending) if pending else None


def _finish(store: RecordStore, pending: Pending) -> Forgotten:
    from kg.records.patient_vectors import drop_patient_vectors

    failed: dict[str, str] = {}
    drop_patient_vectors(store.folder)
    for name in pending.releases:
        _try(_clear, store, name, failed)
    return store.forget(pending.patients, after=[lambda _: _derive_again(store, pending.releases, failed)])


def _derive_again(store: RecordStore, releases: Sequence[str], failed: dict[str, str]) -> None:
    for name in releases:
        failed.pop(name, None)
        if _try(_derive, store, name, failed):
            left = store.get_pending()
            store.keep_pending(Pending(left.patients, tuple(each for each in left.releases if each != name)))
    if failed:
        told = ", ".join(f"{name!r} ({error})" for name, error in failed.items())
        raise KGError(
            "the patients are gone from the records, and what was told of them could not be told again of "
            f"{told}: mend that, and the next `kg records` command finishes it, or `kg records withdraw` takes it out"
        )


def _try(act: Callable[[RecordStore, str], None], store: RecordStore, name: str, failed: dict[str, str]) -> bool:
    try:
        act(store, name)
    except KGError as error:
        failed[name] = str(error)
        return False
    return True


def _clear(store: RecordStore, name: str) -> None:
    for keeper in _keepers():
        keeper.clear(store, name)


def _derive(store: RecordStore, name: str) -> None:
    for keeper in _keepers():
        keeper.derive_again(store, name)


def _keepers() -> list[Derived]:
    return [cast(Derived, import_module(name)) for name in DERIVED]


def find_pseudonyms(store: RecordStore, keys: Keys, patient: str, *, site: str = "", known: bool) -> list[str]:
    """The pseudonym of a patient, by the id of a source or by itself; with `known` only one that the store holds.

    Without `known` all that it may have. Raises `NotFoundError` where there is none, and `RecordsError` where several
    sources know a patient by that id.
    """
    spaces = [(source, name) for source, name in store.get_inputs().spaces() if not site or name == site]
    made: dict[str, str] = {patient: "pseudonym"}
    for source, name in spaces:
        by = Deidentifier(key=keys.cleaning(space_of(source, name)))
        made |= {by.pseudonym(f"{prefix}{patient}"): name or source for prefix in PREFIXES}
    if not known:
        return list(made)
    found = [pseudonym for pseudonym in made if store.find_patient(pseudonym)]
    if not found:
        raise NotFoundError(
            "no such patient in these records: give the id as the source writes it, or the pseudonym; with another key "
            "every id has another pseudonym"
        )
    if len(found) > 1:
        names = ", ".join(sorted(f"{pseudonym} ({made[pseudonym]})" for pseudonym in found))
        raise RecordsError(f"several patients have that id: name one by its pseudonym: {names}")
    return found
