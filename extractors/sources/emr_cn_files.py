"""The records in a file of Chinese records, whatever its form: text, JSON, lines of JSON, XML or a table.

Of a file that is cut off or damaged the whole records before the damage are read, and a fault says where it is.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from lxml import etree

from extractors.errors import UnreadableError
from extractors.places import Member
from extractors.sources.emr_cn_form import (
    Form,
    forms_of_elements,
    forms_of_json,
    forms_of_table,
    has_headings,
    is_fragment,
    records_of_xml,
    split_text,
)
from extractors.sources.notes_rows import TABLES, read_table
from extractors.sources.record_files import decode_cut_text, decode_text, encoding_of, read_byte_lines, read_whole
from extractors.sources.safe_xml import parse_xml, parse_xml_until

_LIST = re.compile(r"\[\s*(?=\{)")
_BETWEEN = re.compile(r"[\s,]*")


def form_of(text: str) -> str:
    """How a text is written: as xml, json or text."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return "xml"
    return "json" if re.match(r"\{|\[\s*\{", start) else "text"


def iter_groups(member: Member) -> Iterator[Sequence[Form]]:
    """The records that belong together: those of a text file, or each object of JSON, which is streamed by lines."""
    head = member.head
    if member.name.lower().endswith(TABLES):
        yield from ([form] for form in forms_of_table(read_table(member)))
        return
    if form_of(head.decode(encoding_of(head), "replace")) == "json" and isinstance(_json_line(_first_line(head)), dict):
        yield from ([form] for form in forms_of_json(_lines(member)))
        return
    data = read_whole(member)
    form = form_of(data[:1000].decode(encoding_of(data), "replace"))
    if form == "json":
        yield from ([each] for each in _forms_of_json(decode_text(data)))
    elif form == "xml":
        yield from ([each] for each in _forms_of_xml(data))
    else:
        yield _forms_of_text(data)


def _forms_of_text(data: bytes) -> list[Form]:
    text, cut = decode_cut_text(data)
    if is_fragment(text):
        raise UnreadableError("is JSON or XML whose beginning is missing: get the file again")
    *others, last = split_text(text.replace("\r\n", "\n"))
    return [*others, last._replace(cut=cut)]


def _forms_of_json(text: str) -> Iterator[Form]:
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        values, line, column = _values_before(text), error.lineno, error.colno
    else:
        yield from forms_of_json(whole if isinstance(whole, list) else [whole])
        return
    yield from forms_of_json(values)
    yield Form(len(values) + 1, "", fault=_damaged("JSON", line, f", character {column}", len(values)))


def _damaged(what: str, line: int, column: str, read: int) -> str:
    before = "the records before it were read" if read else "no record in it is whole"
    return f"is {what} that is cut off or damaged at line {line}{column}; {before}: get the file again"


def _values_before(text: str) -> list[Any]:
    """The whole records in a list that is damaged further on."""
    found: list[Any] = []
    begin = _LIST.search(text)
    position = begin.end() if begin else len(text)
    while position < len(text):
        try:
            value, position = json.JSONDecoder().raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        if has_headings(value):
            found.append(value)
        between = _BETWEEN.match(text, position)
        position = between.end() if between else position
    return found


def _forms_of_xml(data: bytes) -> Iterator[Form]:
    try:
        root = parse_xml(data)
    except UnreadableError as error:
        reason, cause = str(error), error.__cause__
    else:
        yield from forms_of_elements(records_of_xml(root))
        return
    if not isinstance(cause, etree.XMLSyntaxError):
        raise UnreadableError(reason if cause is None else "is not in the encoding it declares: export it again")
    whole = [each for each in parse_xml_until(data) if has_headings(each)]
    yield from forms_of_elements(whole)
    yield Form(len(whole) + 1, "", fault=_damaged("XML", cause.lineno or 1, "", len(whole)))


def _first_line(head: bytes) -> bytes:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]


def _lines(member: Member) -> Iterator[object]:
    for line in read_byte_lines(member):
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _json_line(line)


def _json_line(line: bytes) -> Any:
    """The JSON value of a line, or None where it is none."""
    try:
        return orjson.loads(line.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        return None
