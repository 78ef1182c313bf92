"""Chinese drug inserts (说明书) as plain text, HTML or JSON.

Headings follow the NMPA's rules for inserts of chemical and biological drugs (化学药品和治疗用生物制品说明书规范细则)
and of traditional Chinese medicines (中药、天然药物处方药说明书格式); those of Taiwan (仿單) are understood too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson

from extractors.errors import UnreadableError
from extractors.model import Document
from extractors.rules import read_rules
from extractors.sources.draft import Draft
from extractors.sources.insert_cn_dates import find_dates
from extractors.sources.insert_cn_form import (
    blocks_of_html,
    blocks_of_text,
    decode,
    heading_of_key,
    inserts_of_json,
    is_html,
    is_json,
    unescaped,
)
from extractors.sources.insert_cn_headings import Part, count_headings, find_parts, kind_of_title, simplified
from extractors.sources.insert_cn_product import (
    find_coded,
    find_companies,
    find_names,
    find_number,
    find_product,
    find_title,
    name_in_title,
)
from extractors.sources.insert_cn_words import Found, Insert
from ontologies.normalize import normal_form

#: Kinds of section one of which every insert has.
_CLINICAL = frozenset({"indications", "contraindications", "adverse_reactions", "dosage", "warnings", "interactions"})

#: Larger plain text or HTML is no insert: the longest known ones stay below 1 MB.
MAX_BYTES = 20_000_000
MAX_CHINESE_DAMAGE = 0.001

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Other formats of this project that may hold a Chinese title or translation.
_XML = re.compile(r"\s*(?:<(?:\?.*?\?|!--.*?--)>\s*)*<(?:\w+:)?(?:document|Bundle|ClinicalDocument)\b", re.DOTALL)


class InsertCn:
    """Reads Chinese inserts."""

    name = "insert_cn"

    def claims(self, head: bytes) -> bool:
        """Whether `head` is Chinese text, HTML or JSON in which at least two kinds of section begin."""
        text = decode(head, whole=False)
        if is_json(text):
            text = unescaped(text)
            return _CHINESE.search(text) is not None and (count_headings(text) >= 2 or _count_keys(text) >= 2)
        return _CHINESE.search(text) is not None and not _XML.match(text) and count_headings(text) >= 2

    def read(self, data: bytes) -> Iterator[Document]:
        """The inserts in `data`; those of a JSON list that cannot be read are named when the others have been given."""
        text = decode(data)
        _check(data, text)
        digest = hashlib.sha256(data).hexdigest()
        if is_json(text):
            yield from _read_records(text)
            return
        parts = find_parts(blocks_of_html(text) if is_html(text) else blocks_of_text(text))
        for insert in _split_inserts(parts):
            yield _document(insert, digest)


SOURCE = InsertCn()


def _check(data: bytes, text: str) -> None:
    if not data.strip():
        raise UnreadableError("is empty")
    if not text:
        raise UnreadableError("is in none of UTF-8, UTF-16, GB18030 and Big5: save it as UTF-8")
    if text.count("\ufffd") > len(text) * MAX_CHINESE_DAMAGE:
        raise UnreadableError("holds characters lost in an earlier conversion (\\ufffd): get the original file")
    if len(data) > MAX_BYTES and not is_json(text):
        raise UnreadableError(f"has {len(data):,} bytes, more than any insert ({MAX_BYTES:,}): split the file")


def _read_records(text: str) -> Iterator[Document]:
    """The inserts of JSON text: one value, or one a line."""
    faults: list[str] = []
    count = 0
    for value in _json_values(text):
        for blocks in inserts_of_json(value):
            count += 1
            try:
                yield _document(find_parts(blocks), hashlib.sha256(repr(blocks).encode()).hexdigest())
            except UnreadableError as error:
                faults.append(f"record {count}: {error}")
    if not count:
        raise UnreadableError("is JSON without an object that has headings of an insert (适应症, 禁忌 ...)")
    if faults:
        raise UnreadableError(f"holds {count} inserts of which {len(faults)} cannot be read; {faults[0]}")


def _json_values(text: str) -> Iterator[object]:
    try:
        yield orjson.loads(text)
    except orjson.JSONDecodeError as whole:
        lines = [line for line in text.splitlines() if line.strip()]
        for number, line in enumerate(lines, 1):
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError as error:
                where = f"line {number}: {error}" if number > 1 else str(whole)
                raise UnreadableError(f"is JSON that is cut off or damaged ({where}): get the file again") from error


def _count_keys(text: str) -> int:
    keys = set(re.findall(r'"([^"\\\n]{1,40})"', text))
    return len({kind for key in keys if (kind := kind_of_title(heading_of_key(key)))} & _CLINICAL)


def _split_inserts(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts of each insert: a new one begins where a second 药品名称 names another drug."""
    inserts: list[list[Part]] = [[]]
    named = ""
    for part in parts:
        name = _product_name(part)
        if name and named and name != named:
            inserts.append(_take_opening(inserts[-1]))
        named = name or named
        inserts[-1].append(part)
    return inserts


def _product_name(part: Part) -> str:
    """The first line under 药品名称, in normal form; nothing for other parts."""
    apart = read_rules("insert_cn")["labels"]
    other = simplified(part.title) in (*apart["trade"], *apart["english"], *apart["pinyin"])
    is_name = part.kind == "product_data" and part.blocks and not other
    return normal_form(part.blocks[0].text.rpartition("：")[2]) if is_name else ""


def _take_opening(parts: list[Part]) -> list[Part]:
    """Takes from the end of an insert the title, dates and warnings that open the next one, and gives them back."""
    for index in range(len(parts) - 1, 0, -1):
        part = parts[index]
        for line, block in enumerate(part.blocks):
            if name_in_title(block.text):
                taken = [Part("", "", "", part.blocks[line:]), *parts[index + 1 :]]
                parts[index:] = [replace(part, blocks=part.blocks[:line])]
                return taken
        if part.kind not in {"approval", "boxed_warning"}:
            break
    return []


def _document(parts: Sequence[Part], digest: str) -> Document:
    kinds = {part.kind for part in parts} - {""}
    if len(kinds) < 3 or not kinds & _CLINICAL:
        raise UnreadableError("has too few headings of an insert (适应症, 用法用量, 禁忌 ...) to be one")
    draft = _write(parts)
    insert = Insert(simplified(draft.text), draft.sections)
    number, dates = find_number(insert.text), find_dates(insert.text)
    country = "TW" if number and number.value.startswith("卫") else "CN"
    names = find_names(insert, find_title(insert, any_line=country == "TW"))
    if names.generic is None:
        raise UnreadableError("names no drug: add a section 【药品名称】")
    effective = dates.revised or dates.approved
    product = find_product(insert, names, number)
    return Document(
        id=_id(names.generic, number, insert),
        title=f"{names.generic.value}说明书",
        text=draft.text,
        sections=draft.sections,
        tables=tuple(draft.tables),
        products=(product,),
        coded=tuple(find_coded(insert, names)),
        version=int(effective.replace("-", "")) if effective else 1,
        effective=effective,
        type=f"{product.marketing_status or '药品'}说明书",
        source=InsertCn.name,
        language="zh",
        country=country,
        content_hash=digest,
    )


def _write(parts: Sequence[Part]) -> Draft:
    draft = Draft()
    for part in parts:
        if part.title:
            draft.open_section(part.title, kind=part.kind, heading=part.heading)
        for block in part.blocks:
            draft.write_block(block)
        if part.title:
            draft.close_section()
    return draft


def _id(generic: Found, number: Found | None, insert: Insert) -> str:
    """The id that names the insert through its versions: the approval number, else drug and company."""
    if number:
        return f"nmpa:{number.value}"
    company = next(iter(find_companies(insert)), None)
    key = f"{normal_form(generic.value)}|{normal_form(company.value) if company else ''}"
    return f"insert:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
