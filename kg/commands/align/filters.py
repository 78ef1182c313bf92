"""Options that say which names are wanted, for the queue and for reviewing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.commands.options import kind_option

if TYPE_CHECKING:
    from kg.curation.desk import Desk
    from kg.curation.queue import Filters
    from ontologies.lexicon import Lexicon

F = TypeVar("F", bound=Callable[..., Any])

#: The tags that names have, see `kg.language`.
LANGUAGES = ("en", "zh")
#: As `kg.curation.queue` knows them, which is imported only where it is used.
STATUSES = ("open", "unaligned", "unsure", "decided", "second", "changed", "waiting", "sure", "all")


def filter_options(function: F) -> F:
    """The options of `kg align queue` and `kg align review`."""
    options = [
        kind_option,
        click.option("--language", type=click.Choice(LANGUAGES), metavar="TAG", help="Only names in en or zh."),
        click.option("--prefix", default="", help="Only names aligned to this vocabulary, or likely to be."),
        click.option("--source", default="", help="Only names that documents of this source write, as spl."),
        click.option("--below", default="", metavar="CURIE", help="Only names in this branch, or likely to be."),
        click.option("--status", type=click.Choice(STATUSES), default="open", show_default=True, help="Which names."),
        click.option("--likely-wrong", is_flag=True, help="Audit what is aligned, the most doubtful first."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def make_filters(wanted: Mapping[str, Any], desk: Desk) -> Filters:
    """The filters that the options give; prefixes and CURIEs as people write them.

    Raises click.BadParameter for a vocabulary or a source that nothing here is of.
    """
    from kg.curation.queue import Filters
    from ontologies.curies import standard_curie

    below = standard_curie(wanted["below"]) if wanted["below"] else ""
    prefix = known_prefix(wanted["prefix"], desk.lexicon)
    sources = desk.store.get_stats().sources if desk.store and wanted["source"] else {}
    if wanted["source"] and wanted["source"] not in sources:
        raise click.BadParameter(f"no document is of the source {wanted['source']!r}; there are: {_listed(sources)}")
    kinds = frozenset(wanted["kinds"])
    return Filters(kinds, wanted["language"] or "", prefix, wanted["source"], below, wanted["status"])


def known_prefix(prefix: str, lexicon: Lexicon) -> str:
    """The prefix as medkg writes it; raises click.BadParameter for one that no terminology here has."""
    from ontologies.curies import get_converter, standard_xref

    if not prefix:
        return ""
    known = {info.prefix for info in lexicon.terminologies if info.prefix}
    # A table may have concepts of any vocabulary: which ones, only its rows say.
    possible = known if all(info.prefix for info in lexicon.terminologies) else {*known, *get_converter().prefix_map}
    found = standard_xref(f"{prefix}:1").partition(":")[0]
    if found not in possible:
        raise click.BadParameter(f"no terminology here has the prefix {prefix!r}; there are: {_listed(known)}")
    return found


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "none"
