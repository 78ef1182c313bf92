"""What was typed: as a command that does the same from any folder, and options that have no meaning beside others."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from kg.config import full_name


def type_again(context: click.Context, *, always: Collection[str], files: Collection[str] = ()) -> str:
    """The command that does the same wherever it is typed: what was given, with paths in full.

    Parameters in `always` are written also where they came from the environment or by default; those in `files` are
    words, each of which is the path of a file where there is one.
    """
    words = ["kg", *_names(context)]
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in always or (_is_given(context, name) and parameter.name != "as_json"):
            words += _type(parameter, context.params[name], is_file=name in files)
    return shlex.join(words)


def refuse(context: click.Context, names: Collection[str], why: str) -> None:
    """Raises `click.UsageError` where any of these parameters was given; `why` says why they mean nothing here."""
    given = [one.opts[0] for one in context.command.params if one.name in names and _is_given(context, one.name)]
    if given:
        raise click.UsageError(f"{', '.join(given)} means nothing here: {why}; leave it out", context)


def refuse_all_but(context: click.Context, names: Collection[str], why: str) -> None:
    """As `refuse`, of all parameters but these."""
    refuse(context, {one.name or "" for one in context.command.params} - set(names), why)


def _names(context: click.Context) -> list[str]:
    """The names of the groups and the command, without that of the program."""
    if context.parent is None:
        return []
    return [*_names(context.parent), context.info_name or ""]


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _type(parameter: click.Parameter, value: Any, *, is_file: bool) -> Iterator[str]:
    option = parameter.opts[0]
    if isinstance(value, bool):
        yield from [option] if value else []
    elif parameter.multiple:
        for one in value:
            yield from (option, str(one))
    elif isinstance(value, tuple):
        yield from (option, *map(str, value))
    elif isinstance(value, Path) or (is_file and Path(value).is_file()):
        yield from (option, full_name(Path(value)))
    else:
        yield from (option, str(value))
