"""`kg registry`: tables of the patients of a disease."""

from __future__ import annotations

import click

from kg.lazy import LazyGroup

#: Command name → (module, help shown in the list), as in `kg.cli`.
COMMANDS = {
    "build": ("kg.commands.registry.build", "Fill a table of fields for a cohort, with the evidence of each cell."),
}


@click.group("registry", cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Disease registries (专病库): a row a patient, a column a question, and what is behind each cell."""
