"""Relations from tables: rates of adverse events by arm, interactions row by row, and simple tables of doses."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.model import Relation
from extractors.relations.adverse_tables import read_adverse
from extractors.relations.context import Context, kind_of
from extractors.relations.grid import make_grid, table_rules
from extractors.relations.interaction_tables import read_doses, read_interactions
from extractors.relations.listed_tables import read_listed


def find_relations(context: Context) -> Iterator[Relation]:
    """What the tables of the document say, each read by what its section is about."""
    if context.subject is None:
        return
    for table in context.document.tables:
        kind = kind_of(context.document, context.document.section_at(table.start))
        if kind not in ("adverse_reactions", "warnings", "interactions", "dosage", "boxed_warning"):
            continue
        grid = make_grid(context.document, table)
        if grid is None:
            continue
        if kind == "interactions" or (
            kind in ("warnings", "dosage") and table_rules()["drug_column"].match(grid.text(0, 0))
        ):
            yield from read_interactions(context, grid)
        elif kind == "dosage":
            yield from read_doses(context, grid)
        else:
            rates = list(read_adverse(context, grid))
            yield from rates if rates or kind != "adverse_reactions" else read_listed(context, grid)
