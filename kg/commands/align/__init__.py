"""`kg align`: which concept a name stands for, decided by people."""

from __future__ import annotations

import click

from kg.lazy import LazyGroup

#: Command name → (module, help shown in the list), as in `kg.cli`.
COMMANDS = {
    "queue": ("kg.commands.align.queue", "The names to decide on first, by what a decision is worth."),
    "review": ("kg.commands.align.review", "Go through the queue card by card, one key a decision."),
    "accept": ("kg.commands.align.accept", "A name is a concept; or many are, as a sample shows."),
    "reject": ("kg.commands.align.reject", "A name is not a concept, or none at all."),
    "map": ("kg.commands.align.map", "A concept is broader or narrower than a name, or related."),
    "undo": ("kg.commands.align.undo", "Take a decision back."),
    "redo": ("kg.commands.align.redo", "Bring back what was undone last."),
    "revert": ("kg.commands.align.revert", "Take a whole batch back."),
    "apply": ("kg.commands.align.apply", "Align the graph with all decisions and today's terminologies."),
    "log": ("kg.commands.align.log", "The decisions made so far, newest last."),
    "blame": ("kg.commands.align.blame", "Who said what of a name, when and why."),
    "agree": ("kg.commands.align.agree", "How far two curators agree, and on what they do not."),
    "check": ("kg.commands.align.check", "Confirm what another curator decided."),
    "export": ("kg.commands.align.export", "Write the decisions as SSSOM, OMOP, FHIR, a table or JSON lines."),
    "import": ("kg.commands.align.import_", "Take decisions from a file of any of these formats."),
    "conflicts": ("kg.commands.align.conflicts", "Concepts of several vocabularies that must not be one, with proofs."),
    "refresh": ("kg.commands.align.refresh", "Decisions whose concepts a new release changed."),
}


@click.group("align", cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Decide which concept a name stands for; a decision overrides every score from then on, and can be undone.

    Start with `kg align review`: one key a decision.
    """
