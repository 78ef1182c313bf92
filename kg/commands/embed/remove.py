"""`kg embed remove`: delete a model."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import GivenPath, graph_option
from kg.config import Where


@click.command("remove")
@click.argument("model")
@click.option("--unfinished", is_flag=True, help="Delete only what trainings of that name left that were cut off.")
@click.option(
    "--records", type=GivenPath(), help="Delete its vectors of patients beside the records in this folder, too."
)
@graph_option
def command(model: str, unfinished: bool, records: Path | None, graph: Where) -> None:
    """Delete MODEL with its vectors, and what trainings of that name left that were cut off.

    Where it was the served one, none is served until another is used or trained. Vectors of patients (me2vec) lie
    beside the records, not the graph: they go where --records names the folder, also when the model itself is gone.

    \b
    Examples:  kg embed remove complex --graph graph
               kg embed remove complex --unfinished
               kg embed remove me2vec --records records
    """
    from kg.embed.shelf import Shelf
    from kg.errors import UnknownNameError
    from kg.telling import tell

    if unfinished and records:
        raise click.UsageError("--records means nothing here: --unfinished leaves models as they are; leave it out")
    shelf = Shelf(graph)
    of_records = model in shelf.list_of_records()
    try:
        left = shelf.remove(model, model=not unfinished)
    except UnknownNameError:
        if records and _remove_patients(records, model):
            return
        raise
    if unfinished and not left:
        tell(f"kg: no training of {model} was cut off: nothing to delete")
        return
    size = sum(one.bytes for one in left) / 1e6
    tell(f"kg: {f'what trainings of {model} left ({size:,.1f} MB)' if unfinished else model} is deleted")
    if records:
        _remove_patients(records, model)
    elif of_records and not unfinished:
        tell(
            "kg: vectors of patients that were learned with it lie beside the records still, encrypted: "
            f"`kg embed remove {model} --records FOLDER` deletes them"
        )


def _remove_patients(records: Path, model: str) -> bool:
    """Whether there were vectors of patients by that name, which are gone now."""
    from kg.records.patient_vectors import remove_patient_vectors
    from kg.telling import tell

    gone = remove_patient_vectors(records, model)
    if gone:
        tell(f"kg: vectors of patients by {model} are deleted from beside the records at {records}")
    return gone
