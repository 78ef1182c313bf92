"""The sections of clinical notes: their kind by code, template or heading, by rules/note_sections.toml.

Kinds of drug labels are another matter: `extractors.sections`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from extractors.rules import check_keys, read_rules

_KEYS = {"codes", "templates", "en", "zh"}
_NUMBER = re.compile(r"^\s*(?:[(（]?[\d一二三四五六七八九十]{1,2}[.．、)）]|[ivx]{1,4}\.)\s*", re.I)
_SPACE = re.compile(r"\s+")
_CHINESE_NOISE = re.compile(r"[\s　【】\[\]〔〕［］《》<>:：*_]+")


class _Kinds(NamedTuple):
    by_code: dict[str, str]
    by_template: dict[str, str]
    by_heading: dict[str, str]


@cache
def _kinds() -> _Kinds:
    kinds = _Kinds({}, {}, {})
    for kind, table in read_rules("note_sections").items():
        check_keys("note_sections", kind, table, required=_KEYS)
        for code in table["codes"]:
            kinds.by_code.setdefault(code, kind)
        kinds.by_template.update(dict.fromkeys(table["templates"], kind))
        kinds.by_heading.update({normal_heading(title): kind for title in (*table["en"], *table["zh"])})
    return kinds


def normal_heading(title: str) -> str:
    """`title` as headings are compared: NFKC, lower case, no number or colon; Chinese without spaces and brackets."""
    title = unicodedata.normalize("NFKC", title).lower()
    if re.search(r"[\u4e00-\u9fff]", title):
        return _NUMBER.sub("", _CHINESE_NOISE.sub("", title)).strip(".,。、")
    return _SPACE.sub(" ", _NUMBER.sub("", title).replace("&", " and ").replace("_", " ")).strip(" .,:;-*#=")


def kind_of_note_code(code: str) -> str:
    """The kind of a section with this LOINC code, or an empty string."""
    return _kinds().by_code.get(code, "")


def kind_of_template(oid: str) -> str:
    """The kind of a section of this C-CDA, CCD or IHE template, or an empty string."""
    return _kinds().by_template.get(oid, "")


def kind_of_note_heading(title: str) -> str:
    """The kind of a section with this heading, in English or Chinese, or an empty string."""
    return _kinds().by_heading.get(normal_heading(title), "")


def code_of_note_kind(kind: str) -> str:
    """The LOINC code of a kind of section, or an empty string."""
    codes: list[str] = read_rules("note_sections").get(kind, {}).get("codes", [])
    return codes[0] if codes else ""


@cache
def chinese_headings() -> tuple[str, ...]:
    """Every Chinese heading, the longest first."""
    titles = {title for table in read_rules("note_sections").values() for title in table["zh"]}
    return tuple(sorted(titles, key=lambda title: (-len(title), title)))
