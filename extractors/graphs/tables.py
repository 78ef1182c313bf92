"""Rows of foreign graphs from their tables, whatever their columns are called: the rules of each say that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from extractors.graphs.lines import Cells, Layout, find_layout, iter_cells, read_head
from extractors.graphs.model import NODE_ROLES, ROLES, GraphRow, GraphRules, Named, RefusedRow, TableRules
from extractors.model import Qualifier
from extractors.places import Member

_QUALIFIER = "qualifier."
_TRUE = frozenset({"true", "1", "yes", "y", "t", "not", "是"})

#: Name and kind of a thing by its identifier.
Known = Callable[[str], tuple[str, str]]


def find_table(member: Member, tables: Sequence[TableRules]) -> tuple[TableRules, Layout] | None:
    """The table of these that a file is, by how it begins, and how it is laid out; None where it is none."""
    head = read_head(member)
    layout = find_layout(head)
    columns = {column.lower() for column in layout.columns}
    for table in tables:
        if table.pattern and re.match(table.pattern.encode(), head):
            return table, layout
        if table.header and columns.issuperset(column.lower() for column in table.header):
            return table, layout
    return None


def read_nodes(member: Member, table: TableRules, layout: Layout) -> Iterator[tuple[str, str, str]]:
    """Identifier, name and kind of each thing of a table of things; rows that cannot be read are passed over.

    What is lost by that is a name: the rows that use it say so.
    """
    columns = [table.columns.get(role, "") for role in NODE_ROLES]
    for cells in iter_cells(member, layout, columns, header=not table.pattern):
        if isinstance(cells, Cells):
            id_, name, kind = cells.values
            yield id_.strip(), name, kind


def read_table(
    member: Member, table: TableRules, layout: Layout, rules: GraphRules, known: Known
) -> Iterator[GraphRow | RefusedRow]:
    """The rows of a table of relations, each as it is given."""
    extra = [role for role in table.columns if role.startswith(_QUALIFIER)]
    roles = [*ROLES, *extra]
    fixed = [table.fixed.get(role, "") for role in roles]
    columns = [table.columns.get(role, "") for role in roles]
    name = table.name or member.name
    for cells in iter_cells(member, layout, columns, header=not table.pattern):
        if isinstance(cells, RefusedRow):
            yield cells._replace(table=name)
            continue
        values = [value.strip() or given for value, given in zip(cells.values, fixed, strict=True)]
        yield _row(cells, name, values, extra, rules, known)


def _row(
    cells: Cells, table: str, values: Sequence[str], extra: Sequence[str], rules: GraphRules, known: Known
) -> GraphRow:
    s_id, s_name, s_kind, s_of, predicate, o_id, o_name, o_kind, o_of, sentence, score, negated = values[: len(ROLES)]
    said = zip(extra, values[len(ROLES) :], strict=True)
    return GraphRow(
        cells.number,
        table,
        sentence or cells.quote,
        _named(s_id, s_name, s_kind, s_of, rules, known),
        predicate,
        _named(o_id, o_name, o_kind, o_of, rules, known),
        score,
        negated.lower() in _TRUE,
        tuple(Qualifier(role.removeprefix(_QUALIFIER), value) for role, value in said if value),
    )


def _named(id_: str, name: str, kind: str, of: str, rules: GraphRules, known: Known) -> Named:
    if id_ and not (name and kind):
        told = known(id_)
        name, kind = name or told[0], kind or told[1]
    if rules.separator and rules.separator in id_:
        before, _, id_ = id_.partition(rules.separator)
        kind = kind or before
    return Named(id_, name, kind, of)
