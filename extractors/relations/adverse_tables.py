"""Tables of adverse events: who had what how often, in which arm, compared with which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from extractors.frequency import frequency_class
from extractors.model import Mention, Qualifier, Relation
from extractors.qualifiers import short
from extractors.relations.context import Context
from extractors.relations.grid import Grid, table_rules
from ontologies.model import CONDITIONS, Kind

_CELL = re.compile(
    r"(?P<sign>[<>≥≤]|>=|<=)?\s*(?P<first>\d+(?:[.·]\d+)?)\s*(?P<percent>[%％])?"
    r"(?:\s*[(（\[]\s*(?P<less>[<>≥≤])?\s*(?P<second>\d+(?:[.·]\d+)?)\s*[%％]?\s*[)）\]]|\s*/\s*(?P<of>\d+)\s*"
    r"(?:[(（]\s*(?P<third>\d+(?:\.\d+)?)\s*[%％]?\s*[)）])?)?"
)


class Side(Enum):
    """On which side of a comparison an arm stands."""

    OWN = "own"
    PLACEBO = "placebo"
    OTHER = "other"
    UNTOLD = "untold"


class Arm(NamedTuple):
    """A column of rates: whose they are, how many people, at which grade, and how its cells are to be read."""

    column: int
    name: str
    group: str
    size: str
    grade: str
    side: Side
    counts: bool
    percents: bool

    @property
    def own(self) -> bool:
        """Whether its people had the label's drug."""
        return self.side is Side.OWN


def read_adverse(context: Context, grid: Grid) -> Iterator[Relation]:
    """`causes_adverse_event` for each row's finding and each arm that had the label's drug."""
    if table_rules()["not_adverse"].search(grid.table.caption):
        return
    arms = _find_arms(context, grid)
    if not arms:
        return
    labels = range(min(arm.column for arm in arms))
    for row in range(grid.body, grid.rows):
        if not grid.starts_in(row):
            continue
        rates = {arm.column: read_rate(grid.text(row, arm.column), arm) for arm in arms}
        what = _row_finding(context, grid, row, labels) if any(rates.values()) else None
        if what is not None:
            yield from _row(context, grid, row, what, arms, rates)


def _row(
    context: Context, grid: Grid, row: int, what: Mention, arms: Sequence[Arm], rates: dict[int, str]
) -> Iterator[Relation]:
    assert context.subject is not None
    start, end = grid.span(row)
    if not any(arm.own for arm in arms):
        if any(arm.side is Side.UNTOLD and _value(rates[arm.column]) for arm in arms):
            yield Relation(
                "causes_adverse_event", context.subject, what, start, end, 0.65, "table", qualifiers=context.remembered
            )
        return
    for arm in arms:
        rate = rates[arm.column]
        if not arm.own or not rate or _value(rate) == 0:
            continue
        other = _comparator(arm, arms)
        beside = rates[other.column] if other else ""
        said = _qualifiers(arm, rate, other, beside)
        score = 0.9 if not beside or _value(rate) > _value(beside) else 0.65
        yield Relation(
            "causes_adverse_event", context.subject, what, start, end, score, "table",
            qualifiers=(*context.remembered, *said),
        )  # fmt: skip


def _qualifiers(arm: Arm, rate: str, other: Arm | None, beside: str) -> Iterator[Qualifier]:
    yield Qualifier("rate", rate)
    if name := frequency_class(rate):
        yield Qualifier("frequency", name)
    for key, value in (("arm", arm.name), ("arm_size", arm.size), ("grade", arm.grade)):
        if value:
            yield Qualifier(key, value)
    if other is not None:
        yield Qualifier("comparator", other.name)
        if beside:
            yield Qualifier("comparator_rate", beside)


def _value(rate: str) -> float:
    number = float(re.sub(r"[^\d.]", "", rate) or 0)
    return number * 0.99 if rate.startswith("<") else number


def _comparator(arm: Arm, arms: Sequence[Arm]) -> Arm | None:
    # Studies stand side by side: the comparator of an arm is the next one to its right, else the last to its left.
    others = [other for other in arms if not other.own and other.grade == arm.grade and other.name != arm.name]
    others = [other for other in others if not (arm.group and other.group) or other.group == arm.group]
    after = [other for other in others if other.column > arm.column]
    before = [other for other in others if other.column < arm.column]
    placebo = [other for other in after if other.side is Side.PLACEBO]
    return next(iter(placebo or after or before[::-1]), None)


def _find_arms(context: Context, grid: Grid) -> list[Arm]:
    rules = table_rules()
    columns: list[int] = []
    for column in range(1, grid.columns):
        values = [text for row in range(grid.body, grid.rows) if (text := grid.text(row, column))]
        hits = sum(bool(rules["rate"].fullmatch(value)) for value in values)
        if hits and hits * 2 >= len(values) and not rules["no_arm"].search(" ".join(grid.header(column)[-1:])):
            columns.append(column)
    shared = _shared_rows(grid, columns)
    arms = [_arm(context, grid, column, shared) for column in columns]
    if not any(arm.percents or arm.counts for arm in arms):
        return []
    return _settle(arms, compared=any(_bare(grid.text(row, columns[0])) for row in shared))


def _shared_rows(grid: Grid, columns: Sequence[int]) -> frozenset[int]:
    """The rows of the header that say the same over all the arms, where the other rows name each of them."""
    if len(columns) < 2:
        return frozenset()
    shared = {row for row in range(grid.body) if len({grid.text(row, column) for column in columns}) == 1}
    apart = [_bare(" ".join(grid.text(row, c) for row in range(grid.body) if row not in shared)) for c in columns]
    return frozenset(shared) if all(apart) else frozenset()


def _bare(text: str) -> str:
    rules = table_rules()
    bare = rules["grade"].sub(" ", rules["size"].sub(" ", text))
    return " ".join(rules["units"].sub(" ", bare).split()).strip(" ,;:-–()")


def _arm(context: Context, grid: Grid, column: int, shared: frozenset[int]) -> Arm:
    rules = table_rules()
    rows = [row for row in range(grid.body) if row not in shared and grid.text(row, column)]
    parts = list(dict.fromkeys(grid.text(row, column) for row in rows))
    sizes = [found for part in reversed(parts) if (found := rules["size"].search(part))]
    grade = rules["grade"].search(" ".join(parts))
    side, group = _side(context, grid, column, rows)
    everywhere = f"{' '.join(grid.header(column))} {grid.table.caption} {grid.text(0, 0)} {' '.join(grid.header(0))}"
    sample = " ".join(grid.text(row, column) for row in range(grid.body, grid.rows))
    return Arm(
        column,
        short(_bare(" ".join(parts))),
        group,
        (sizes[0]["size"] or sizes[0]["cases"]).replace(",", "") if sizes else "",
        short(grade[0]) if grade else "",
        side,
        counts=bool(rules["count"].search(everywhere)),
        percents=bool(rules["percent"].search(everywhere) or "%" in sample or re.search(r"\(\s*<?\d", sample)),
    )


def _side(context: Context, grid: Grid, column: int, rows: Sequence[int]) -> tuple[Side, str]:
    """The side of an arm, told by the part of its header nearest to its figures that names one, and what stands above
    that part: the study.
    """
    for place in range(len(rows) - 1, -1, -1):
        side = _side_of_cell(context, grid, rows[place], column)
        if side is not Side.UNTOLD:
            return side, _bare(" ".join(grid.text(row, column) for row in rows[:place]))
    return Side.UNTOLD, _bare(" ".join(grid.text(row, column) for row in rows[:-1]))


def _side_of_cell(context: Context, grid: Grid, row: int, column: int) -> Side:
    rules, text = table_rules(), _bare(grid.text(row, column))
    # Of the whole row: a header stretched over the columns below it has its words in another column's cell.
    cells = {grid.cells[row, at] for at in range(grid.columns) if (row, at) in grid.cells}
    inside = [mention for cell in cells for mention in context.mentions_in(cell.start, cell.end)]
    drugs = [m for m in inside if m.kind is Kind.DRUG and m.text in text]
    lowered = text.lower()
    named = any(name in lowered for name in own_names(context)) or any(drug.own for drug in drugs)
    if named and (not lowered.startswith("placebo") or "+" in lowered):
        return Side.OWN
    if rules["placebo"].search(text):
        return Side.PLACEBO
    if drugs or rules["comparator"].search(text):
        return Side.OTHER
    return Side.OWN if rules["own_arm"].search(text) else Side.UNTOLD


def own_names(context: Context) -> frozenset[str]:
    """The names of the label's drug in small letters: products, generic names, ingredients and their first words."""
    document = context.document
    names = [n for product in document.products for n in (product.name, product.generic_name)]
    names += [coded.name for coded in document.coded if coded.role in ("has_active_ingredient", "moiety")]
    names += [context.subject.text] if context.subject else []
    first = [name.split()[0] for name in names if name.split() and len(name.split()[0]) > 4]
    return frozenset(name.lower() for name in (*names, *first) if len(name) > (3 if name.isascii() else 1))


def _settle(arms: list[Arm], *, compared: bool) -> list[Arm]:
    """`arms` with the label's own marked where their headers do not name it: doses, or all that name nothing else.

    Arms of one study that say only "Group A" and "Group B" stay untold: either may be the comparator.
    """
    untold = [arm for arm in arms if arm.side is Side.UNTOLD]
    if any(arm.own for arm in arms):
        own = [arm for arm in untold if _is_dose(arm)]
    else:
        alone = len({arm.name for arm in untold}) == 1 or all(map(_is_dose, untold))
        beside = len(untold) < len(arms)
        unnamed = any(table_rules()["unnamed"].fullmatch(arm.name) for arm in untold)
        own = untold if alone or (not unnamed and (beside or not compared)) else []
    return [arm._replace(side=Side.OWN) if arm in own else arm for arm in arms]


def _is_dose(arm: Arm) -> bool:
    name = arm.name.removeprefix(arm.group.lower()).strip()
    return bool(table_rules()["dose_arm"].fullmatch(name))


def _row_finding(context: Context, grid: Grid, row: int, labels: Sequence[int]) -> Mention | None:
    rules = table_rules()
    for column in reversed(labels):
        text = grid.text(row, column)
        if not text:
            continue
        if rules["total"].search(text) or rules["rate"].fullmatch(text) or len(text) > 90:
            return None
        cell = grid.cells[row, column]
        inside = [m for m in context.mentions_in(cell.start, cell.end) if m.kind in CONDITIONS]
        return _widest(inside, len(text)) or _named(context, cell.start, cell.end, text)
    return None


def _widest(mentions: Sequence[Mention], length: int) -> Mention | None:
    best = max(mentions, key=lambda m: m.end - m.start, default=None)
    return best if best is not None and (best.end - best.start) * 10 >= length * 4 else None


def _named(context: Context, start: int, end: int, text: str) -> Mention:
    # A row's label is a finding even where no terminology has its name: it waits for the curator.
    found = context.lexicon.find(text, kinds=(Kind.FINDING, Kind.DISEASE))
    return Mention(start, end, text, found[0].kind if found else Kind.FINDING, found[0] if found else None)


def read_rate(text: str, arm: Arm) -> str:
    """The percentage a cell gives ("31 (20)", "<1", "12.5%", "—"), as `20%`; empty where it gives none."""
    if re.fullmatch(r"[-–—−0]+", text):
        return "0%"
    found = _CELL.fullmatch(text.strip().rstrip("*†‡§¶abc").strip())
    if found is None:
        return ""
    if found["third"] or found["second"]:
        value, sign = found["third"] or found["second"], found["less"] or ""
        if found["percent"]:
            value, sign = found["first"], found["sign"] or ""
        return _percent(value, sign)
    if found["of"]:
        return _percent(f"{100 * float(found['first']) / max(1.0, float(found['of'])):.1f}", "")
    if found["percent"] or arm.percents:
        return _percent(found["first"], found["sign"] or "")
    if arm.counts and arm.size and float(arm.size):
        return _percent(f"{100 * float(found['first']) / float(arm.size):.1f}", "")
    return ""


def _percent(value: str, sign: str) -> str:
    number = float(value.replace("·", "."))
    if number > 100:
        return ""
    return f"{ {'≥': '>=', '≤': '<='}.get(sign, sign) }{number:g}%"
