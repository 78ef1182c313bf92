"""How a Chinese drug string may be understood: 盐酸二甲双胍缓释片 0.5g 口服 as 盐酸二甲双胍 and what was said of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from ontologies.drug_named import Named
from ontologies.drug_variants import Known
from ontologies.drug_variants_zh import find_chinese_variants
from ontologies.drug_words_zh import chinese_rules, strip_chinese
from ontologies.model import NameQualifier, Reading
from ontologies.normalize import normal_word
from ontologies.script import has_chinese

_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_BRACKET = 0.93


def find_chinese_readings(name: str, known: Known | None) -> Iterator[Reading]:
    """The readings of a string with Chinese characters, best first; see `find_readings`."""
    text = "".join([normal_word(c) if has_chinese(c) else c for c in unicodedata.normalize("NFKC", name)])
    inner: list[Named] = []
    noted: list[NameQualifier] = []
    for bracket in _BRACKETS.findall(text):
        if qualifier := _of_bracket(bracket.strip()):
            noted.append(qualifier)
        elif bracket.strip():
            inner.append(strip_chinese(bracket))
    outer = strip_chinese(_BRACKETS.sub(" ", text))
    told = tuple(dict.fromkeys([*outer.qualifiers, *noted, *(q for other in inner for q in other.qualifiers)]))
    outer = replace(outer, qualifiers=told)
    named = [other for other in inner if other.words]
    if outer.words:
        beside = tuple(NameQualifier("beside", other.text()) for other in named)
        yield from find_chinese_variants(replace(outer, qualifiers=told + beside), known)
    for other in named:
        beside = (NameQualifier("beside", outer.text()),) if outer.words else ()
        worth = other.worth * (_BRACKET if outer.words else 1.0)
        done = (*outer.done, "read what is in brackets")
        yield from find_chinese_variants(replace(other, worth=worth, done=done, qualifiers=told + beside), known)


def _of_bracket(bracket: str) -> NameQualifier | None:
    """What brackets say beside names: the manufacturer, a mark of the product, how it is bought."""
    noise = chinese_rules()["noise"]
    if not bracket:
        return None
    if any(maker in bracket for maker in noise["makers"]) or bracket.endswith(tuple(noise["maker_endings"])):
        return NameQualifier("manufacturer", bracket)
    if bracket in noise["words"] or re.match(noise["marks"], bracket):
        return NameQualifier("note", bracket)
    return None
