"""The forms in which Chinese records come (text, JSON, XML) as plain text with headings, one record after the other."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from lxml import etree

from extractors.note_headings import find_note_sections
from extractors.note_sections import kind_of_note_heading, normal_heading
from extractors.record_times import read_record_time
from extractors.rules import check_keys, read_rules
from extractors.sources.notes_rows import Line

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ESCAPE = re.compile(r"\\u([4-9][0-9A-Fa-f]{3})")
_TAG_TITLE = re.compile(
    r"<([\u4e00-\u9fff]{2,12})[\s>/]|(?:name|title|displayName|label)\s*=\s*[\"']([^\"'<]{2,20})[\"']"
)
_WITHIN = re.compile(r'</([\u4e00-\u9fff]{2,12})\s*>|"([\u4e00-\u9fff]{2,12})"\s*:')
_DAY = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
_HOUR = r"(?:\d{1,2}[:：时]\d{0,2}(?:[:：分]\d{0,2})?秒?)?"
_DATED = re.compile(rf"\s*+{_DAY}[ ，,\u3000]*+{_HOUR}[ \t\u3000]*+(?P<title>\S*+)\s*+$")
_BEFORE_TITLE = re.compile(r"(?:医院|中心|卫生院|诊所|科|医师|医生|\d)$")
_MAX_HEAD = 20_000


class Form(NamedTuple):
    """One record as text: `title` is its document title in the words of the rules; `fault` says why there is none.

    `time` is that of the line that begins it, in a course of several entries. `written` is a text that someone wrote as
    it stands, and `cut` one whose last character is not whole.
    """

    number: int
    text: str
    title: str = ""
    fault: str = ""
    time: str = ""
    written: bool = False
    cut: bool = False


@cache
def emr_rules() -> Mapping[str, Any]:
    """The rules for Chinese records, their keys checked."""
    rules = read_rules("emr_cn")
    check_keys("emr_cn", "", rules, required={"titles", "fields", "core", "diagnoses", "outcomes", "tellers", "ends"})
    return rules


@cache
def _core() -> frozenset[str]:
    return frozenset(emr_rules()["core"]["kinds"])


def _are_of_record(kinds: set[str]) -> bool:
    """Whether these kinds of section are those of a record: two of the core, or a complaint and a diagnosis."""
    return len(kinds & _core()) >= 2 or {"chief_complaint", "diagnosis"} <= kinds


def is_emr(text: str) -> bool:
    """Whether a text begins as a Chinese record does: two kinds of its sections, or its title and one of them."""
    text = text[:_MAX_HEAD]
    if not _CHINESE.search(text):
        return False
    sections = find_note_sections(text, language="zh")
    kinds = {section.kind for section in sections}
    titled = any(_title(line) for line in text.splitlines()[:12])
    # A list of words may hold the names of sections, each on its line, but neither colon nor bracket behind them.
    marked = any(re.search(r"[:：】\]]", text[each.start : each.start + len(each.title) + 8]) for each in sections)
    return (bool(kinds & _core()) and titled) or (_are_of_record(kinds) and marked)


def is_table_emr(heads: Iterable[str]) -> bool:
    """Whether the heads of a table's columns are at least two headings of a record."""
    return _are_of_record({kind_of_note_heading(head) for head in heads})


def is_json_emr(text: str) -> bool:
    """Whether JSON text has keys that are at least two headings of a record."""
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    kinds = {kind_of_note_heading(key) for key in re.findall(r'"([^"\\\n]{2,20})"\s*:', text)}
    return _CHINESE.search(text) is not None and _are_of_record(kinds)


def is_xml_emr(text: str) -> bool:
    """Whether XML text has elements or titles that are at least two headings of a record."""
    kinds = {kind_of_note_heading(found[1] or found[2]) for found in _TAG_TITLE.finditer(text)}
    return _are_of_record(kinds)


@cache
def _titles() -> frozenset[str]:
    return frozenset(normal_heading(title) for title in emr_rules()["titles"])


def _title(line: str) -> str:
    """The document title that a line is, behind the name of a hospital or before the head; else an empty text."""
    first = (line.split() or [""])[0]
    if normal_heading(first) in _titles():
        return normal_heading(first)
    text = re.sub(r"[\s\u3000【】《》#*]", "", unicodedata.normalize("NFKC", line))
    if not 3 <= len(text) <= 40:
        return ""
    for title in sorted(_titles(), key=len, reverse=True):
        if text == title or (text.endswith(title) and _BEFORE_TITLE.search(text.removesuffix(title))):
            return title
    return ""


def split_text(text: str) -> list[Form]:
    """The records of one text file: a new one begins at each document title that stands alone on its line.

    What stands before the first title is its head, unless that has sections of its own.
    """
    starts = list(_starts(text))
    if not starts or find_note_sections(text[: starts[0][0]], language="zh"):
        starts.insert(0, (0, "", ""))
    starts[0] = (0, *starts[0][1:])
    ends = [*(start for start, _, _ in starts[1:]), len(text)]
    return [
        Form(number, text[start:end].strip("\n\u3000 "), title, time=time, written=True)
        for number, ((start, title, time), end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def _starts(text: str) -> Iterator[tuple[int, str, str]]:
    """Where a line with a document title begins, the title, and the time before it."""
    position = 0
    for line in text.splitlines(keepends=True):
        dated = _DATED.match(line.rstrip("\r\n"))
        title = _title(dated["title"]) if dated and dated["title"] else _title(line)
        if title:
            yield position, title, read_record_time(line.lstrip()) if dated else ""
        position += len(line)


def forms_of_json(values: Iterable[Any]) -> Iterator[Form]:
    """The record in each JSON value; what is no record is given with its fault."""
    records = (record for each in values for record in _unwrapped(each))
    for number, value in enumerate(records, 1):
        if not isinstance(value, dict):
            yield Form(number, "", fault="is no JSON object, or one that is cut off")
            continue
        lines = list(_lines(value))
        yield Form(number, "\n".join(lines), next(filter(None, map(_title, lines[:12])), _title(_named_title(value))))


def _unwrapped(value: Any) -> Iterator[Any]:
    """The records in the lists inside an object that has no heading itself ({"code": 0, "data": [...]})."""
    lists = [inner for inner in value.values() if isinstance(inner, list)] if isinstance(value, dict) else []
    records = [each for inner in lists for each in inner if isinstance(each, dict)]
    if not records or any(kind_of_note_heading(key) in _core() for key in _keys(value)):
        yield value
        return
    yield from records


def _keys(value: dict[str, Any]) -> Iterator[str]:
    for key, inner in value.items():
        yield key
        if isinstance(inner, dict):
            yield from _keys(inner)


def forms_of_table(lines: Iterable[Line]) -> Iterator[Form]:
    """The record in each row of a table whose columns are fields and sections."""
    for line in lines:
        cells = [f"{head}：{cell.strip()}" for head, cell in line.cells.items() if cell.strip()]
        yield Form(line.number, "\n".join(cells), _title(_named_title(line.cells)), line.fault)


def _named_title(value: Mapping[str, Any]) -> str:
    names = ("文书名称", "文书类型", "病历类型", "标题", "title", "type")
    return next((str(value[name]) for name in names if isinstance(value.get(name), str)), "")


def _lines(value: dict[str, Any]) -> Iterator[str]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from [f"【{key}】"] if kind_of_note_heading(key) else []
            yield from _lines(inner)
        elif isinstance(inner, list):
            yield f"{key}："
            yield from (line for number, item in enumerate(inner, 1) for line in _item(number, item))
        elif inner not in (None, ""):
            yield f"{key}：{inner}"


def _item(number: int, item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        values = [str(part) for part in item.values() if part not in (None, "") and not isinstance(part, dict | list)]
        yield f"{number}.{' '.join(values)}"
    else:
        yield f"{number}.{item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)}"


def forms_of_elements(records: Iterable[etree._Element]) -> Iterator[Form]:
    """The record in each element, whose elements, or their titles, are headings and fields."""
    yield from (_form_of_element(number, record) for number, record in enumerate(records, 1))


def _form_of_element(number: int, record: etree._Element) -> Form:
    lines = [line for line in _lines_of_element(record) if line]
    words = (_name(record), *map(str, record.attrib.values()), *lines[:12])
    return Form(number, "\n".join(lines), next(filter(None, map(_title, words)), ""))


def records_of_xml(root: etree._Element) -> list[etree._Element]:
    """The elements that hold a record each: the root's children where at least two of them hold a chief complaint."""
    inner = [each for each in root if sum(1 for _ in _headed(each)) >= 2]
    return inner if len(inner) >= 2 else [root]


def has_headings(record: Any) -> bool:
    """Whether a JSON value or an element holds headings of a record, and not only a part of one."""
    if isinstance(record, dict):
        return any(kind_of_note_heading(key) in _core() for key in _keys(record))
    return not isinstance(record, str | int | float | list | None) and len(list(_headed(record))) >= 2


def is_fragment(text: str) -> bool:
    """Whether a text that does not begin as JSON or XML goes on as such: with headings as keys or as elements."""
    found = (first or second for first, second in _WITHIN.findall(text))
    return any(kind_of_note_heading(name) in _core() for name in found)


def _headed(element: etree._Element) -> Iterator[str]:
    yield from (kind for each in element.iter() if (kind := kind_of_note_heading(_name(each))) in _core())


def _name(element: etree._Element) -> str:
    for attribute in ("name", "title", "displayName", "label"):
        if _CHINESE.search(str(element.get(attribute) or "")):
            return str(element.get(attribute))
    name = str(element.tag).rpartition("}")[2]
    return name if _CHINESE.search(name) else ""


def _lines_of_element(element: etree._Element) -> Iterator[str]:
    name, value = _name(element), (element.get("value") or element.text or "").strip()
    if name and len(element) == 0:
        yield f"{name}：{value}" if value else ""
        return
    yield f"【{name}】" if kind_of_note_heading(name) else name if _title(name) else ""
    yield value
    for inner in element:
        yield from _lines_of_element(inner)
        yield (inner.tail or "").strip()
