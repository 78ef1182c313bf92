"""Options that say which names are wanted, for the queue and for reviewing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.commands.options import kind_option

if TYPE_CHECKING:
    from kg.curation.queue import Filters

F = TypeVar("F", bound=Callable[..., Any])

#: As `kg.curation.queue` knows them, which is imported only where it is used.
STATUSES = ("open", "unaligned", "unsure", "decided", "second", "changed", "waiting", "sure", "all")


def filter_options(function: F) -> F:
    """The options of `kg align queue` and `kg align review`."""
    options = [
        kind_option,
        click.option("--language", default="", metavar="TAG", help="Only names in this language (en, zh)."),
        click.option("--prefix", default="", help="Only names aligned to this vocabulary, or likely to be."),
        click.option("--source", default="", help="Only names that documents of this source write, as spl."),
        click.option("--below", default="", metavar="CURIE", help="Only names in this branch, or likely to be."),
        click.option("--status", type=click.Choice(STATUSES), default="open", show_default=True, help="Which names."),
        click.option("--likely-wrong", is_flag=True, help="Audit what is aligned, the most doubtful first."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def make_filters(wanted: Mapping[str, Any]) -> Filters:
    """The filters that the options give; prefixes and CURIEs as people write them."""
    from kg.curation.queue import Filters
    from ontologies.curies import standard_curie

    below = standard_curie(wanted["below"]) if wanted["below"] else ""
    prefix = standard_curie(f"{wanted['prefix']}:x").partition(":")[0] if wanted["prefix"] else ""
    kinds = frozenset(wanted["kinds"])
    return Filters(kinds, wanted["language"], prefix, wanted["source"], below, wanted["status"])
