"""`kg records embed`: vectors of patients who came after a training."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import json_option
from kg.commands.records.options import key_option, opened, records_option


@click.command("embed")
@click.option("--model", default="", metavar="NAME", help="Which model's vectors.", show_default="the only one")
@click.option("--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu, cuda, cuda:N.")
@records_option
@key_option
@json_option
def command(model: str, device: str, records: Path, key_file: Path, as_json: bool) -> None:
    """Give vectors to patients (or visits) who came, or whose events changed, since a model of me2vec was trained.

    Nothing is trained: codes that the model has not seen tell it nothing. Vectors of patients are patient-level data:
    they lie beside the records, encrypted with their key, and no command shows, exports or serves them. What is told
    is how many there are. Train with `kg embed train --model me2vec` first, and again when many codes are new.

    \b
    Example:  kg records embed --model me2vec
    """
    from kg.commands.progress import steps_shown
    from kg.embed.record_later import embed_later_patients
    from kg.records.patient_vectors import choose_patient_vectors
    from kg.render.records import print_embedded

    with opened(records, key_file, mode="rw") as (store, keys), steps_shown() as say:
        name = choose_patient_vectors(store.folder, model)
        counts = embed_later_patients(store, name, key=keys.store, device=device, say=say)
    print_embedded(counts, name, as_json=as_json)
