"""The role of a section, from its LOINC code or its heading, by rules/sections.toml."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from extractors.rules import check_keys, read_rules

_NUMBER = re.compile(r"^[\s\d.．、(（)）一二三四五六七八九十]*[.．、)）\s]+(?=\D)|^\d+(?:\.\d+)*\s+")
_NOISE = re.compile(r"[\s【】\[\]〔〕［］:：*]+")


@cache
def _kinds() -> tuple[dict[str, str], dict[str, str]]:
    by_code: dict[str, str] = {}
    by_heading: dict[str, str] = {}
    for kind, table in read_rules("sections").items():
        check_keys("sections", kind, table, required={"loinc", "en", "zh"})
        by_code.update(dict.fromkeys(table["loinc"], kind))
        by_heading.update({normal_heading(title): kind for title in table["en"] + table["zh"]})
    return by_code, by_heading


def normal_heading(title: str) -> str:
    """`title` as headings are compared: NFKC, lower case, without numbering, brackets, or spaces beside Chinese."""
    title = _NUMBER.sub("", unicodedata.normalize("NFKC", title)).lower()
    return _NOISE.sub("" if re.search(r"[\u4e00-\u9fff]", title) else " ", title).strip(" .")


def kind_of_code(code: str) -> str:
    """The section kind for a LOINC code, or an empty string."""
    return _kinds()[0].get(code, "")


def kind_of_heading(title: str) -> str:
    """The section kind for a heading in English or Chinese, or an empty string."""
    return _kinds()[1].get(normal_heading(title), "")


def code_of_kind(kind: str) -> str:
    """The first LOINC code of a section kind, or an empty string; for sources that name sections only in words."""
    loinc: list[str] = read_rules("sections").get(kind, {}).get("loinc", [])
    return loinc[0] if loinc else ""
