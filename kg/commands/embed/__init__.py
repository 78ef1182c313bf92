"""`kg embed`: vectors of the graph and of care, trained, judged and used."""

from __future__ import annotations

import click

from kg.lazy import LazyGroup

#: Command name → (module, help shown in the list), as in `kg.cli`.
COMMANDS = {
    "train": ("kg.commands.embed.train", "Train a model on the graph, or on records, and say how good it is."),
    "evaluate": ("kg.commands.embed.evaluate", "How well a model finds facts that it has not seen."),
    "extend": ("kg.commands.embed.extend", "Vectors for what is new in the graph, without training again."),
    "similar": ("kg.commands.embed.similar", "Concepts that are most like one."),
    "predict": ("kg.commands.embed.predict", "Facts that no source states and the model expects, with their reasons."),
    "classify": ("kg.commands.embed.classify", "What a network takes concepts for: kind, or area of medicine."),
    "export": ("kg.commands.embed.export", "Vectors as Parquet, word2vec text, tensors, or into a Neo4j index."),
    "list": ("kg.commands.embed.list_", "The models of a graph, and which one is served."),
    "use": ("kg.commands.embed.use", "Which model is served and asked where none is named."),
    "remove": ("kg.commands.embed.remove", "Delete a model."),
}


@click.group("embed", cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Vectors of the concepts of a graph: what is alike, and what may be missing.

    Start with `kg embed train`. What a model predicts is stated by no source, and never among the facts.
    """
