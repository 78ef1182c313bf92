"""`kg align conflicts`: where what is said of several vocabularies does not fit together."""

from __future__ import annotations

import click

from kg.commands.align.filters import known_prefix
from kg.commands.options import json_option
from ontologies.mappings.cliques import Clash


@click.command("conflicts")
@click.option("--kind", type=click.Choice([clash.value for clash in Clash]), help="Only conflicts of this kind.")
@click.option("--prefix", default="", help="Only conflicts in whose proof this vocabulary is.")
@click.option("--limit", type=click.IntRange(1), default=25, show_default=True, help="Conflicts at most.")
@json_option
def command(kind: str | None, prefix: str, limit: int, as_json: bool) -> None:
    """Show what would have made one concept of two that must not be one, each with its shortest proof.

    Decisions count: `kg align map mesh:D1 HP:1 --as exact` joins two ids, `kg align reject` keeps them apart.

    \b
    Example:  kg align conflicts --prefix mesh --limit 10
    """
    from kg.render.mappings import print_conflicts
    from ontologies.decided import read_standing
    from ontologies.mappings.rejoined import Rejoined
    from ontologies.registry import open_lexicon

    lexicon = open_lexicon(decided=False)
    prefix = known_prefix(prefix, lexicon)
    rejoined = Rejoined(lexicon, lexicon.database, read_standing())
    found = [
        conflict
        for conflict in rejoined.conflicts()
        if kind in (None, conflict.clash) and (not prefix or any(c.startswith(f"{prefix}:") for c in conflict.curies))
    ]
    print_conflicts(found, lexicon, limit=limit, as_json=as_json)
