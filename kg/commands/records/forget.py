"""`kg records forget`: erases a patient."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import json_option
from kg.commands.records.options import key_option, opened, records_option


@click.command("forget")
@click.argument("patient")
@click.option("--site", default="", help="The site, where several know a patient by that id.")
@click.option("--lift", is_flag=True, help="Let a forgotten patient come back with the next ingest.")
@records_option
@key_option
@json_option
def command(patient: str, site: str, lift: bool, records: Path, key_file: Path, as_json: bool) -> None:
    """Erase PATIENT: visits, events, notes and refusals, so that not a byte of them is left in the store's files.

    PATIENT is the id that the source gives (42, or Patient/42), or the pseudonym. What was derived from the patient's
    records is derived again. Vectors of patients go, and models of `kg embed train --model me2vec` lose the codes that
    may be of fewer than 11 patients now; what else they learned stays until they are trained again, and they say so.

    A forgotten patient stays away when the same records are read again, unless --lift is given first. Copies of the
    store, and the records themselves, are yours to erase.

    \b
    Example:  kg records forget Patient/42
    """
    from kg.embed.again import iter_marked
    from kg.records.forgetting import find_pseudonyms, forget
    from kg.render.records import print_forgotten, print_lifted
    from kg.telling import tell

    with opened(records, key_file, mode="rw") as (store, keys):
        store.compact()
        if lift:
            print_lifted(store.readmit(find_pseudonyms(store, keys, patient, site=site, known=False)), as_json=as_json)
            return
        pseudonyms = find_pseudonyms(store, keys, patient, site=site, known=True)
        print_forgotten(forget(store, pseudonyms), as_json=as_json)
        for trained in iter_marked(store):
            tell(f"kg: {trained.tell_erased()}")
