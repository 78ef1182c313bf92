"""Recommended doses of the label's drug, from the section of dosage: `has_dose`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from extractors.model import Mention, Qualifier, Relation
from extractors.qualifiers import find_qualifiers
from extractors.relations.context import Context, Sentence
from extractors.relations.cues import find_signs, govern
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind


@cache
def _rules(language: str) -> Mapping[str, re.Pattern[str]]:
    table = read_rules("doses")[language]
    check_keys("doses", language, table, required={"quantity", "cue", "not_dose", "starting", "maintenance", "maximum"})
    return {name: re.compile(text, re.IGNORECASE) for name, text in table.items()}


def find_relations(context: Context) -> Iterator[Relation]:
    """Each dose that the label recommends, with what it is (starting, maintenance, maximum) and for whom."""
    if context.subject is None:
        return
    for sentence in context.sentences:
        if sentence.kind == "dosage" and not sentence.in_table and _speaks_of_dose(sentence, context.language):
            yield from _read(context, sentence, context.subject)


def _speaks_of_dose(sentence: Sentence, language: str) -> bool:
    rules = _rules(language)
    return bool(rules["cue"].search(sentence.text)) and not rules["not_dose"].search(sentence.text)


def _read(context: Context, sentence: Sentence, subject: Mention) -> Iterator[Relation]:
    quantities = find_quantities(context.document.text, sentence.start, sentence.end, context.language)
    if not quantities:
        return
    governed = govern(sentence, find_signs(sentence, context.language), context.language)
    qualifiers = find_qualifiers(context, sentence, governed)
    for start, end, text in quantities:
        dose = Mention(start, end, text, Kind.QUANTITY)
        sort = _sort(sentence.text, start - sentence.start, context.language)
        said = (*context.remembered, *qualifiers.of(dose, "has_dose"), *sort)
        yield Relation("has_dose", subject, dose, sentence.start, sentence.end, 0.8, "cue", qualifiers=said)


def find_quantities(text: str, start: int, end: int, language: str) -> list[tuple[int, int, str]]:
    """Amounts with a unit (and how often) in `text[start:end]`: range and normal form."""
    found = _rules(language)["quantity"].finditer(text, start, end)
    return [(match.start(), match.end(), normal_dose(match[0])) for match in found]


def _sort(text: str, position: int, language: str) -> tuple[Qualifier, ...]:
    # The nearest word before the quantity tells which dose it is.
    rules = _rules(language)
    last = {
        name: max((found.start() for found in rules[name].finditer(text, 0, position)), default=-1)
        for name in ("starting", "maintenance", "maximum")
    }
    name = max(last, key=lambda key: last[key])
    return (Qualifier("dose", name),) if last[name] >= 0 else ()


def normal_dose(text: str) -> str:
    """`text` with one space between words and number and unit, ranges with a hyphen, in lower case units."""
    flat = " ".join(text.split()).rstrip(" ,;，；")
    flat = re.sub(r"\s*(?:–|—|～|~|至)\s*", "-", flat)
    return re.sub(r"(?<=\d)(?=(?:mg|mcg|g|mL|IU|units?)\b)", " ", flat)
