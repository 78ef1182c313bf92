"""Options and opening that the commands of `kg align` share."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where
from kg.errors import KGError
from kg.telling import tell
from ontologies.model import Kind

if TYPE_CHECKING:
    from kg.curation.desk import Desk

F = TypeVar("F", bound=Callable[..., Any])

#: Exit status when something was refused while the rest was done.
EXIT_REFUSED = 3

author_option = click.option(
    "--author", default="", show_default="KG_AUTHOR, else the setting, git's or the system's user", help="Who decides."
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
why_option = click.option("--why", default="", help="The reason, kept with the decision.")
sure_option = click.option("--sure", type=click.FloatRange(0, 1), help="How sure you are, 0 to 1.")
as_of_option = click.option("--as-of", default="", metavar="DATE", help="As it stood on that date or at that time.")
anyway_option = click.option(
    "--anyway",
    is_flag=True,
    help="Decide although two CURIEs would be one that cannot be, or above each other; `kg align conflicts` shows it.",
)
one_kind_option = click.option(
    "--kind",
    "kind",
    type=click.Choice([kind.value for kind in Kind]),
    metavar="KIND",
    help="Decide for mentions of this kind alone.",
)
name_language_option = click.option(
    "--language", default="", metavar="TAG", help="Decide for names in this language alone (en, zh)."
)


def decision_options(function: F) -> F:
    """The options of a single decision: for which mentions it counts, why, and how sure it is."""
    return with_options(function, one_kind_option, name_language_option, why_option, sure_option, anyway_option)


def desk_options(function: F) -> F:
    """The options of every command that decides: graph, author, dry run and JSON."""
    return with_options(function, graph_option, author_option, dry_run_option, json_option)


def with_options(function: F, *options: Callable[[F], F]) -> F:
    """The command with these options, in their order."""
    for option in reversed(options):
        function = option(function)
    return function


@contextmanager
def desk_of(graph: Where, *, author: str = "", dry_run: bool = False, needs_graph: bool = False) -> Iterator[Desk]:
    """The curator's desk; what was found wrong with the log and set right is told."""
    from kg.commands.lexicon import StageReporter
    from kg.curation.desk import open_desk

    with open_desk(graph, author=author, dry_run=dry_run, needs_graph=needs_graph, progress=StageReporter()) as desk:
        if desk.ledger.log.damage:
            tell(f"kg: {desk.ledger.log.damage}")
        yield desk


def new_batch(word: str) -> str:
    """A name for a batch, in which its time can be read; two batches of one second have two names."""
    return f"{word}-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"


def read_lines(source: str) -> list[str]:
    """The lines of a file, or of standard input for `-`; raises KGError where they cannot be read."""
    try:
        text = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return text.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise KGError(f"{source} cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise KGError(f"{source} cannot be read ({error}); give a text file in UTF-8") from error
