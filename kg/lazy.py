"""Groups of commands that load a command only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

#: Command name → (module, help shown in the list). The module holds a click command called `command`.
Table = Mapping[str, tuple[str, str]]


class LazyGroup(click.Group):
    """A group whose commands stand in a table and are imported one at a time."""

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The command names in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now, or None."""
        if cmd_name not in self.table:
            return None
        command: click.Command = import_module(self.table[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with; an unknown one is told with what comes near, and with all there are."""
        if args and not args[0].startswith("-") and args[0] not in self.table:
            near = get_close_matches(args[0], self.table, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(self.table)}"
            raise click.UsageError(f"unknown command {args[0]!r}; {advice}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, so that asking for help imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in self.table.items()])
