"""`kg terminology`: which terminologies names are aligned to, and on what terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from kg.render.console import draw_line, make_console, make_table, print_json
from ontologies.registry import Installed


def print_terminologies(
    terminologies: Sequence[Installed], *, as_json: bool = False, console: Console | None = None
) -> None:
    """Print each terminology with version, counts, age, licence and whom to credit."""
    console = console or make_console()
    if as_json:
        print_json([_form(entry) for entry in terminologies], file=console.file)
        return
    if not terminologies:
        console.print("no terminology is compiled yet: `kg terminology install` compiles the starter")
        return
    table = make_table("name", "version", "concepts#", "retired#", "names#", "from", "licence", "title")
    for entry in terminologies:
        info = entry.info
        counts = (f"{entry.concepts:,}", f"{entry.contents.retired:,}", f"{entry.names:,}")
        table.add_row(info.name, info.version, *counts, _origin(entry), info.licence, info.title)
    console.print(table)
    if not any(entry.concepts for entry in terminologies):
        console.print("nothing is counted before it is compiled: `kg terminology install`")


def print_terminology(entry: Installed, *, as_json: bool = False, console: Console | None = None) -> None:
    """Print all that is known of one terminology."""
    console = console or make_console()
    if as_json:
        print_json(_form(entry) | asdict(entry.contents) | {"path": str(entry.path)}, file=console.file)
        return
    info, held = entry.info, entry.contents
    console.print(draw_line(f"{info.name}: {info.title}, version {info.version}", style="bold"))
    table = make_table("", "")
    table.show_header = False
    table.add_row("licence", info.licence)
    table.add_row("source", info.source)
    table.add_row("from", f"{_origin(entry)}, read as {entry.reader}: {entry.path}")
    table.add_row("concepts", f"{held.concepts:,}: {_list(held.kinds)}")
    table.add_row("retired", f"{held.retired:,}, of which {held.replaced:,} with a replacement")
    table.add_row("hierarchy", f"{held.below:,} concepts have a parent")
    table.add_row("names", f"{held.names:,}: {_list(held.languages)}")
    table.add_row("xrefs", _list(held.xrefs) or "none")
    console.print(table)


def print_readers(readers: Mapping[str, str], *, as_json: bool = False, console: Console | None = None) -> None:
    """Print each reader with the first sentence of what is told of it."""
    console = console or make_console()
    first = {name: " ".join(text.partition("\n\n")[0].split()) for name, text in readers.items()}
    if as_json:
        print_json(first, file=console.file)
        return
    table = make_table("reader", "reads")
    for name, text in first.items():
        table.add_row(name, text)
    console.print(table)
    console.print("add one: `kg terminology add READER PATH`; more of one: `kg terminology readers READER`")


def print_reader(name: str, text: str, *, as_json: bool = False, console: Console | None = None) -> None:
    """Print all that is told of one reader."""
    console = console or make_console()
    if as_json:
        print_json({name: text}, file=console.file)
        return
    console.print(Text(text))


def _origin(entry: Installed) -> str:
    return "starter" if entry.starter else f"you, {entry.age_days:.0f} days ago"


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{word} {count:,}" for word, count in counts.items())


def _form(entry: Installed) -> dict[str, object]:
    return {
        **asdict(entry.info),
        "reader": entry.reader,
        "concepts": entry.concepts,
        "retired": entry.contents.retired,
        "names": entry.names,
        "starter": entry.starter,
        "age_days": round(entry.age_days, 1),
    }
