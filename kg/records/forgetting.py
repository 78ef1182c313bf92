"""Forgetting patients by the ids that sources give them, and deriving again what was derived from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

from extractors.deidentify import Deidentifier
from kg.errors import NotFoundError
from kg.records.errors import RecordsError
from kg.records.ingest import space_of
from kg.records.keys import Keys
from kg.records.model import Forgotten
from kg.records.store import RecordStore

#: Who keeps what was derived from records: modules with a function `after_forget(store, gone)`, called in this order
#: when patients are gone and the store is still open for writing.
DERIVED: tuple[str, ...] = ("kg.cohorts.again",)

#: What sources put before the number of a patient.
PREFIXES = ("", "Patient/", "person/", "patient/", "patients/")


def forget(store: RecordStore, pseudonyms: Sequence[str]) -> Forgotten:
    """What was erased of patients, after all that was derived from it has been derived again."""
    return store.forget(pseudonyms, after=[partial(_derive_again, name, store) for name in DERIVED])


def _derive_again(name: str, store: RecordStore, gone: Forgotten) -> None:
    after: Callable[[RecordStore, Forgotten], None] = import_module(name).after_forget
    after(store, gone)


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
