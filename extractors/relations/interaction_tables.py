"""Tables of interactions and of doses: a row (or a block of rows) for each partner drug, class or food."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractors.model import Assertion, Mention, Qualifier, Relation
from extractors.qualifiers import find_values, short
from extractors.relations.context import Context, name_of
from extractors.relations.doses import find_quantities
from extractors.relations.grid import Grid, table_rules
from extractors.relations.interactions import PARTNERS
from ontologies.model import Kind

_ARROWS = {"↑": "increases exposure", "↓": "decreases exposure", "↔": "no effect"}
_ARROW = re.compile("[↑↓↔]")
_NAME = 40
_SAID = ("effect", "mechanism", "management")


class Block(NamedTuple):
    """Rows that speak of the same partners: their numbers, that of the title, and what the rows above say of all."""

    rows: tuple[int, ...]
    title: int
    group: str = ""


def read_interactions(context: Context, grid: Grid) -> Iterator[Relation]:
    """`interacts_with` for each partner that the table names, with what its rows say of effect and management."""
    column = _partner_column(grid)
    for block in _blocks(grid):
        partners = _partners(context, grid, block, column)
        if not partners:
            continue
        start = grid.span(block.rows[0])[0]
        end = grid.span(block.rows[-1])[1]
        said = _said(context, f"{block.group}\n{context.document.text[start:end]}")
        for partner in partners:
            yield _interaction(context, partner, (start, end), said)
        yield from _arrows(context, partners, (start, end))


def _interaction(context: Context, partner: Mention, span: tuple[int, int], said: tuple[Qualifier, ...]) -> Relation:
    assert context.subject is not None
    effects = {q.value for q in said if q.name == "effect"}
    assertion = Assertion.NEGATED if effects == {"no effect"} else Assertion.PRESENT
    score = 0.85 if said else 0.7
    return Relation(
        "interacts_with", context.subject, partner, *span, score, "table", assertion, (*context.remembered, *said)
    )


def _said(context: Context, text: str) -> tuple[Qualifier, ...]:
    found = {Qualifier(name, value) for name in _SAID for _, _, value in find_values(name, text, context.language)}
    return tuple(sorted(found))


def _partner_column(grid: Grid) -> int:
    headers = [" ".join(grid.header(column)) for column in range(grid.columns)]
    named = [column for column, text in enumerate(headers) if table_rules()["drug_column"].search(text)]
    plain = [c for c in named if not table_rules()["effect_column"].search(headers[c])]
    return (plain or [0])[0]


def _blocks(grid: Grid) -> Iterator[Block]:
    # Labels of today give each partner a block: its name, then rows "Clinical Impact", "Intervention", "Examples".
    block = table_rules()["block"]
    rows = [row for row in range(grid.rows) if grid.starts_in(row)]
    if not any(block.match(grid.text(row, 0)) for row in rows):
        yield from _rows(grid, rows)
        return
    current: list[int] = []
    for row in rows:
        if not block.match(grid.text(row, 0)) and current:
            yield Block(tuple(current), current[0])
            current = []
        current.append(row)
    if current:
        yield Block(tuple(current), current[0])


def _rows(grid: Grid, rows: Sequence[int]) -> Iterator[Block]:
    group = ""
    for row in rows:
        if len({grid.text(row, column) for column in range(grid.columns)} - {""}) == 1 and grid.columns > 1:
            group = grid.text(row, 0)
            if len(group) > _NAME or row < grid.body:
                continue
        if row >= grid.body:
            yield Block((row,), row, group)


def _arrows(context: Context, partners: Sequence[Mention], span: tuple[int, int]) -> Iterator[Relation]:
    """`affects_exposure_of` from arrows: "↑ digoxin" says that the label's drug raises it, "↑ <own>" the reverse."""
    text, drugs = context.document.text, context.mentions_in(*span)
    for found in _ARROW.finditer(text, *span):
        changed = next((m for m in drugs if 0 <= m.start - found.end() <= 1 and m.kind is Kind.DRUG), None)
        if changed is None:
            continue
        actor = next(iter(partners), None) if changed.own else context.subject
        target = context.subject if changed.own else changed
        if actor is not None and target is not None:
            yield _exposure(context, actor, target, span, _ARROWS[found[0]])


def _exposure(context: Context, actor: Mention, changed: Mention, span: tuple[int, int], effect: str) -> Relation:
    assertion = Assertion.NEGATED if effect == "no effect" else Assertion.PRESENT
    said = (*context.remembered, Qualifier("effect", effect))
    return Relation("affects_exposure_of", actor, changed, *span, 0.85, "table", assertion, said)


def _partners(context: Context, grid: Grid, block: Block, column: int) -> list[Mention]:
    found: dict[str, Mention] = {}
    for row in block.rows:
        columns = [column] if len(block.rows) == 1 else _naming_columns(grid, row, block)
        for place in columns:
            for mention in _cell_mentions(context, grid, row, place):
                found.setdefault(name_of(mention), mention)
    return list(found.values())


def _naming_columns(grid: Grid, row: int, block: Block) -> Sequence[int]:
    examples = "example" in grid.text(row, 0).lower()
    return range(grid.columns) if row == block.title or examples else ()


def _cell_mentions(context: Context, grid: Grid, row: int, column: int) -> Iterator[Mention]:
    cell = grid.cells.get((row, column))
    if cell is None:
        return
    for mention in context.mentions_in(cell.start, cell.end):
        if mention.kind in PARTNERS and not mention.own:
            yield mention


def read_doses(context: Context, grid: Grid) -> Iterator[Relation]:
    """`has_dose` from tables of two columns: for whom or what, and how much."""
    if grid.columns != 2 or context.subject is None:
        return
    for row in range(grid.body, grid.rows):
        cell = grid.cells.get((row, 1))
        label = grid.text(row, 0)
        if cell is None or cell.row != row or not label or len(label) > 80:
            continue
        start, end = grid.span(row)
        for low, high, text in find_quantities(context.document.text, cell.start, cell.end, context.language)[:1]:
            dose = Mention(low, high, text, Kind.QUANTITY)
            said = (*context.remembered, Qualifier("population", short(label)))
            yield Relation("has_dose", context.subject, dose, start, end, 0.65, "table", qualifiers=said)
