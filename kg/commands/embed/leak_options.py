"""What is done with facts that can be read off those learned from: nothing goes on unless that is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

#: The kinds of leak, as `kg.embed.leaks.LeakKind` has them.
KINDS = ("repeated", "duplicate", "inverse", "symmetric", "same_as", "subclass_of", "document")


def leak_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--drop-leaks` and `--allow KIND`."""
    drop = click.option("--drop-leaks", is_flag=True, help="Leave out what is asked and can be read off what is known.")
    allow = click.option(
        "--allow",
        multiple=True,
        type=click.Choice(KINDS),
        help="Let a kind of leak pass, as figures of published benchmarks do; may be given several times.",
    )
    return drop(allow(command))


def read_allowed(kinds: Iterable[str]) -> frozenset[str]:
    """The kinds that are let pass."""
    return frozenset(kinds)
