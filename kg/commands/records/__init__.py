"""`kg records`: medical records into the events store, what it holds, and forgetting."""

from __future__ import annotations

import click

from kg.lazy import LazyGroup

#: Command name → (module, help shown in the list), as in `kg.cli`.
COMMANDS = {
    "ingest": ("kg.commands.records.ingest", "Read records, de-identified, into the events store."),
    "stats": ("kg.commands.records.stats", "Counts of what the events store holds; small ones are not told."),
    "quarantine": ("kg.commands.records.quarantine", "Records that were refused, with the reason."),
    "publish": ("kg.commands.records.publish", "Count what patients have in common, and bring it into the graph."),
    "withdraw": ("kg.commands.records.withdraw", "Take what was told of a population out of the graph."),
    "near": ("kg.commands.records.near", "Which codes stand near each other, for embeddings."),
    "embed": ("kg.commands.records.embed", "Vectors of patients who came after a training, without another one."),
    "forget": ("kg.commands.records.forget", "Erase a patient, or let a forgotten one come back."),
}


@click.group("records", cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Medical records as events of patients without names, in an encrypted store apart from the graph.

    Start with `kg records ingest --samples`: a few records of patients who never lived.
    """
