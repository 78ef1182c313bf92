"""`kg align`: which concept a name stands for, decided by people."""

from __future__ import annotations

import click

from kg.lazy import LazyGroup

#: Command name → (module, help shown in the list), as in `kg.cli`.
COMMANDS = {
    "apply": ("kg.commands.align.apply", "Align the graph with all decisions and today's terminologies."),
    "log": ("kg.commands.align.log", "The decisions made so far, newest last."),
}


@click.group("align", cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Decide which concept a name stands for; a decision overrides every score from then on, and can be undone.

    Start with `kg align review`: one key a decision.
    """
