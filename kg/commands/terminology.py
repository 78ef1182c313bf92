"""`kg terminology`: what names can be aligned to."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.options import json_option
from ontologies.printable import printable

#: Rows left out that are told one by one.
_TOLD = 20
#: Exit status when rows were left out while the rest was added.
_EXIT_REFUSED = 3


@click.group("terminology")
def command() -> None:
    """Add, list, show and remove terminologies; each change compiles the lexicon anew."""


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show the terminologies with version, licence, counts and age.

    \b
    Example:  kg terminology list
    """
    from kg.render.terminologies import print_terminologies
    from ontologies.registry import list_terminologies

    print_terminologies(list_terminologies(), as_json=as_json)


@command.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show what the terminology NAME holds: kinds, languages, cross-references, what is retired; and on what terms.

    \b
    Example:  kg terminology show hpo
    """
    from kg.commands.lexicon import opened_lexicon
    from kg.render.terminologies import print_terminology
    from ontologies.registry import get_installed

    opened_lexicon()
    print_terminology(get_installed(name), as_json=as_json)


@command.command("readers")
@click.argument("name", required=False)
@json_option
def readers(name: str | None, as_json: bool) -> None:
    """List the readers of terminologies and the file each wants; with a NAME, all that is told of that one.

    \b
    Examples:  kg terminology readers
               kg terminology readers table
    """
    from kg.render.terminologies import print_reader, print_readers
    from ontologies.terminologies import describe_terminology, terminology_names

    if name:
        print_reader(name, describe_terminology(name), as_json=as_json)
    else:
        print_readers({reader: describe_terminology(reader) for reader in terminology_names()}, as_json=as_json)


@command.command("add")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def add(name: str, path: Path, as_json: bool) -> None:
    """Add the terminology release at PATH, read by the reader NAME.

    A release that cannot be read changes nothing; neither does a disk that is full. `kg terminology readers` lists
    the readers and the file each wants. Of a mapping set, rows that cannot be taken are left out, each with its reason,
    and the exit status is 3.

    \b
    Examples:  kg terminology add rxnorm RxNorm_full/rrf
               kg terminology add icd10-cn 国家临床版2.0.tsv
    """
    from kg.commands.lexicon import StageReporter
    from kg.render.terminologies import print_terminologies
    from kg.telling import tell
    from ontologies.registry import add_terminology, find_refused

    added = add_terminology(name, path, progress=StageReporter())
    print_terminologies([added], as_json=as_json)
    refused = find_refused(added.info.name)
    for row in refused[:_TOLD]:
        tell(f"kg: row {row.row} left out: {row.why}")
    if refused:
        tell(f"kg: {len(refused)} rows of {path} left out" + (f", {_TOLD} of them told" if refused[_TOLD:] else ""))
        sys.exit(_EXIT_REFUSED)


@command.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Take the terminology NAME out of the lexicon; `kg terminology install` brings one of the starter back.

    \b
    Example:  kg terminology remove icd10-cn
    """
    from kg.commands.lexicon import StageReporter
    from ontologies.registry import remove_terminology

    remove_terminology(name, progress=StageReporter())
    click.echo(f"{printable(name)} is no longer in the lexicon; `kg build` the same inputs again to align them anew")


@command.command("install")
def install() -> None:
    """Compile the starter terminologies that come with medkg; any command that needs them does so by itself.

    \b
    Example:  kg terminology install
    """
    from kg.commands.lexicon import StageReporter
    from ontologies.registry import install_starter

    lexicon = install_starter(progress=StageReporter())
    click.echo(f"the lexicon holds {len(lexicon.terminologies)} terminologies; stamp {lexicon.stamp}")
