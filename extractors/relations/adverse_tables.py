"""Tables of adverse events: who had what how often, in which arm, compared with which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractors.frequency import frequency_class
from extractors.model import Mention, Qualifier, Relation
from extractors.qualifiers import short
from extractors.relations.context import Context
from extractors.relations.grid import Grid, table_rules
from ontologies.model import Kind

_CONDITION = frozenset({Kind.DISEASE, Kind.FINDING})
_CELL = re.compile(
    r"(?P<sign>[<>≥≤]|>=|<=)?\s*(?P<first>\d+(?:[.·]\d+)?)\s*(?P<percent>[%％])?"
    r"(?:\s*[(（\[]\s*(?P<less>[<>≥≤])?\s*(?P<second>\d+(?:[.·]\d+)?)\s*[%％]?\s*[)）\]]|\s*/\s*(?P<of>\d+)\s*"
    r"(?:[(（]\s*(?P<third>\d+(?:\.\d+)?)\s*[%％]?\s*[)）])?)?"
)


class Arm(NamedTuple):
    """A column of rates: whose they are, how many people, at which grade, and how its cells are to be read."""

    column: int
    name: str
    size: str
    grade: str
    placebo: bool
    own: bool
    other_drug: bool
    counts: bool
    percents: bool


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
    others = [other for other in arms if not other.own and other.grade == arm.grade]
    after = [other for other in others if other.column > arm.column]
    before = [other for other in others if other.column < arm.column]
    placebo = [other for other in after if other.placebo]
    return next(iter(placebo or after or before[::-1]), None)


def _find_arms(context: Context, grid: Grid) -> list[Arm]:
    rate = table_rules()["rate"]
    arms: list[Arm] = []
    for column in range(1, grid.columns):
        values = [text for row in range(grid.body, grid.rows) if (text := grid.text(row, column))]
        hits = sum(bool(rate.fullmatch(value)) for value in values)
        if hits and hits * 2 >= len(values):
            arms.append(_arm(context, grid, column))
    if not any(arm.percents or arm.counts for arm in arms):
        return []
    return _settle(arms)


def _arm(context: Context, grid: Grid, column: int) -> Arm:
    rules = table_rules()
    parts = grid.header(column)
    header = " ".join(parts)
    size, grade = rules["size"].search(header), rules["grade"].search(header)
    bare = rules["grade"].sub(" ", rules["size"].sub(" ", header))
    name = " ".join(rules["units"].sub(" ", bare).split()).strip(" ,;:-–()")
    everywhere = f"{header} {grid.table.caption} {grid.text(0, 0)} {' '.join(grid.header(0))}"
    sample = " ".join(grid.text(row, column) for row in range(grid.body, grid.rows))
    return Arm(
        column,
        short(name),
        size["size"].replace(",", "") if size else "",
        short(grade[0]) if grade else "",
        placebo=bool(rules["placebo"].search(name)),
        own=_names_own(context, grid, column, name),
        other_drug=any(m.kind is Kind.DRUG and not m.own for m in _header_mentions(context, grid, column)),
        counts=bool(rules["count"].search(everywhere)),
        percents=bool(rules["percent"].search(everywhere) or "%" in sample or re.search(r"\(\s*<?\d", sample)),
    )


def _names_own(context: Context, grid: Grid, column: int, name: str) -> bool:
    lowered = name.lower()
    if any(own in lowered for own in own_names(context)):
        return not lowered.startswith("placebo") or "+" in lowered
    return any(mention.own for mention in _header_mentions(context, grid, column))


def _header_mentions(context: Context, grid: Grid, column: int) -> list[Mention]:
    cells = {grid.cells[row, column] for row in range(grid.body) if (row, column) in grid.cells}
    return [mention for cell in cells for mention in context.mentions_in(cell.start, cell.end)]


def own_names(context: Context) -> frozenset[str]:
    """The names of the label's drug in small letters: products, generic names, ingredients and their first words."""
    document = context.document
    names = [n for product in document.products for n in (product.name, product.generic_name)]
    names += [coded.name for coded in document.coded if coded.role in ("has_active_ingredient", "moiety")]
    names += [context.subject.text] if context.subject else []
    first = [name.split()[0] for name in names if name.split() and len(name.split()[0]) > 4]
    return frozenset(name.lower() for name in (*names, *first) if len(name) > 3)


def _settle(arms: list[Arm]) -> list[Arm]:
    """`arms` with the label's own marked where their headers do not name it: doses, or all that name nothing else."""
    if any(arm.own for arm in arms):
        return [arm._replace(own=True) if _is_dose(arm) else arm for arm in arms]
    return [arm._replace(own=not arm.placebo and not arm.other_drug) for arm in arms]


def _is_dose(arm: Arm) -> bool:
    return bool(table_rules()["dose_arm"].fullmatch(arm.name)) and not arm.placebo


def _row_finding(context: Context, grid: Grid, row: int, labels: Sequence[int]) -> Mention | None:
    rules = table_rules()
    for column in reversed(labels):
        text = grid.text(row, column)
        if not text:
            continue
        if rules["total"].search(text) or rules["rate"].fullmatch(text) or len(text) > 90:
            return None
        cell = grid.cells[row, column]
        inside = [m for m in context.mentions_in(cell.start, cell.end) if m.kind in _CONDITION]
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
