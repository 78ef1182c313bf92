"""What a Chinese insert says in its product sections: names, ingredients, strengths, form, routes, company, number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from extractors.model import Coded, Product
from extractors.rules import read_rules
from extractors.sections import normal_heading
from extractors.sources.insert_cn_headings import simplified
from extractors.sources.insert_cn_ingredients import find_ingredients, moiety_of
from extractors.sources.insert_cn_words import Found, Insert, first_line, labelled
from ontologies.model import Kind

_GAP = r"[】\]〕\s:：]*"


class Names(NamedTuple):
    """The names of the product; `range` is the line or section that holds them."""

    generic: Found | None
    trade: Found | None
    range: tuple[int, int]


def find_names(insert: Insert, title: Found | None) -> Names:
    """The product's names from 药品名称 (or 通用名称 and 商品名称 set apart), or from the title `XXX说明书`."""
    labels = _rules()["labels"]
    sections = [section for section in insert.sections if section.kind == "product_data"]
    apart = {g: [s for s in sections if simplified(s.title) in labels[g]] for g in ("trade", "english", "pinyin")}
    others = {s for group in apart.values() for s in group}
    trade = next((first_line(insert.text, *insert.body(section)) for section in apart["trade"]), None)
    for section in (section for section in sections if section not in others):
        start, end = insert.body(section)
        generic = labelled(insert.text, start, end, "generic") or first_line(insert.text, start, end)
        if generic:
            return Names(generic, trade or labelled(insert.text, start, end, "trade"), (start, end))
    generic = labelled(insert.text, 0, min(len(insert.text), 1500), "generic") or title
    return Names(generic, trade, (generic.start, generic.end) if generic else (0, 0))


def name_in_title(line: str) -> str:
    """The drug's name where a line is the title of an insert, which ends in 说明书; else an empty string."""
    found = (re.match(pattern, line) for pattern in _rules()["title"]["patterns"])
    return next((match["value"] for match in found if match), "")


def find_title(insert: Insert, *, any_line: bool = False) -> Found | None:
    """The drug's name in the title before the first section; with `any_line`, the first line where none is a title.

    Taiwanese inserts begin with the product's name, and have no section for it.
    """
    end = min((section.start for section in insert.sections), default=0)
    for line in re.compile(r"[^\n]+").finditer(insert.text, 0, end):
        if name := name_in_title(line[0]):
            return Found(name, line.start(), line.start() + len(name))
    return first_line(insert.text, 0, end) if any_line else None


def find_number(text: str) -> Found | None:
    """The first approval number, as letters and digits: H20123456; a Taiwanese one whole."""
    if found := re.search(_rules()["approval"]["pattern"], text):
        value = found["imported"] or found["mark"] + found["number"]
        group = "imported" if found["imported"] else "value"
        return Found(re.sub(r"\s+", "", value), found.start(group), found.end(group))
    if found := re.search(_rules()["approval"]["pattern_tw"], text):
        return Found(re.sub(r"\s+", "", found["value"]), found.start("value"), found.end("value"))
    return None


def find_product(insert: Insert, names: Names, number: Found | None) -> Product:
    """The product that the insert describes."""
    name = names.trade or names.generic
    assert name is not None
    return Product(
        name=name.value,
        generic_name=names.generic.value if names.generic else "",
        code=f"nmpa:{number.value}" if number else "",
        marketing_status=_marketing_status(insert.text),
        start=names.range[0],
        end=names.range[1],
    )


def find_coded(insert: Insert, names: Names) -> Iterator[Coded]:
    """The coded parts, each pointing at the characters that say it."""
    active = list(find_ingredients(insert, "active")) or list(_ingredient_in_name(insert, names))
    for part in _coded("has_active_ingredient", Kind.DRUG, active):
        yield part
        if not _is_herbal(insert.text):
            yield moiety_of(part)
    yield from _coded("has_inactive_ingredient", Kind.DRUG, find_ingredients(insert, "inactive"))
    yield from _coded("has_strength", Kind.QUANTITY, _strengths(insert))
    yield from _coded("has_dosage_form", Kind.DOSAGE_FORM, _form(insert, names))
    yield from _coded("has_route", Kind.ROUTE, _routes(insert))
    yield from _coded("manufactured_by", Kind.ORGANIZATION, find_companies(insert))


def find_companies(insert: Insert) -> list[Found]:
    """The holder of the licence and the manufacturer, in the order of the insert, each name once."""
    wanted = _rules()["labels"]["company_sections"]
    sections = [s for s in insert.sections if normal_heading(simplified(s.title)) in wanted]
    found = [_company(insert.text, *insert.body(section)) for section in sections]
    return [*{item.value: item for item in reversed([f for f in found if f])}.values()][::-1]


def _company(text: str, start: int, end: int) -> Found | None:
    if named := labelled(text, start, end, "company"):
        return named
    line = first_line(text, start, end)
    other = line and re.match(rf"(?:{'|'.join(_rules()['labels']['not_company'])})", line.value)
    return None if other else line


def _coded(role: str, kind: Kind, found: Sequence[Found] | Iterator[Found]) -> Iterator[Coded]:
    seen: set[str] = set()
    for item in found:
        if item.value not in seen:
            seen.add(item.value)
            yield Coded(role, "", item.value, kind, item.start, item.end)


def _ingredient_in_name(insert: Insert, names: Names) -> Iterator[Found]:
    """The generic name without its dosage form, where it names one substance: 华法林钠片 holds 华法林钠."""
    rules, generic = _rules()["forms"], names.generic
    if not generic or generic.value.startswith(tuple(rules["compound"])) or _is_herbal(insert.text):
        return
    raw = insert.text[generic.start : generic.end]
    bare = re.sub(rules["trailing"], "", raw)
    ending = _ending(bare)
    prefix = next((p for p, _ in rules["prefixes"] if bare.startswith(p)), "")
    name = bare[len(prefix) : len(bare) - len(ending)]
    if len(name) > 1 and (ending or prefix):
        at = generic.start + len(prefix)
        yield Found(unicodedata.normalize("NFKC", name), at, at + len(name))


def _is_herbal(text: str) -> bool:
    number = find_number(text)
    return bool(number and number.value.startswith(("Z", "BZ"))) or "功能主治" in text


@cache
def _endings() -> dict[str, str]:
    return dict(sorted(_rules()["forms"]["endings"], key=lambda pair: -len(pair[0])))


def _ending(name: str) -> str:
    return next((ending for ending in _endings() if name.endswith(ending)), "")


def _form(insert: Insert, names: Names) -> Iterator[Found]:
    """The dosage form: from 剂型 where there is such a section, else from the end (or beginning) of the name."""
    for section in insert.sections:
        if normal_heading(simplified(section.title)) == "剂型":
            line = first_line(insert.text, *insert.body(section))
            if line:
                yield line
                return
    if not names.generic:
        return
    start, end = names.generic.start, names.generic.end
    bare = re.sub(_rules()["forms"]["trailing"], "", insert.text[start:end])
    for prefix, form in _rules()["forms"]["prefixes"]:
        if bare.startswith(prefix):
            yield Found(form, start, start + len(prefix))
            return
    if ending := _ending(bare):
        yield Found(_endings()[ending], start + len(bare) - len(ending), start + len(bare))


def _strengths(insert: Insert) -> Iterator[Found]:
    pattern = re.compile(_rules()["strength"]["pattern"])
    for section in insert.sections:
        if normal_heading(simplified(section.title)) in {"规格", "剂型规格"}:
            for found in pattern.finditer(insert.text, *insert.body(section)):
                yield Found(_plain_quantity(found["value"]), *found.span("value"))


def _plain_quantity(value: str) -> str:
    """A quantity with unit symbols and single blanks: `2.5 mg`, `5 mL:10 mg`."""
    units = _rules()["strength"]["units"]
    pattern = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    value = re.sub(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", lambda m: str(units[m[0]]), re.sub(r"\s+", "", value))
    value = unicodedata.normalize("NFC", value.replace("：", ":"))
    return re.sub(r"(\d)(?=[A-Za-zµ万])", r"\1 ", value)


def _routes(insert: Insert) -> Iterator[Found]:
    rules = _rules()["routes"]
    negated = re.compile(rf"(?:{'|'.join(rules['negations'])})[^。，；,;]{{0,8}}$")
    for start, end in insert.bodies("dosage"):
        body = insert.text[start:end]
        for found in _route_pattern().finditer(body):
            if not negated.search(body[max(0, found.start() - 14) : found.start()]):
                yield Found(_route_names()[found[0]], start + found.start(), start + found.end())


@cache
def _route_names() -> dict[str, str]:
    return {word: group[0] for group in _rules()["routes"]["names"] for word in group}


@cache
def _route_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _route_names()), key=len, reverse=True)))


def _marketing_status(text: str) -> str:
    rules = _rules()["marketing"]
    if any(word in text for word in rules["otc"]):
        return "非处方药"
    return "处方药" if any(word in text for word in rules["prescription"]) else ""


def _rules() -> Mapping[str, Any]:
    return read_rules("insert_cn")
