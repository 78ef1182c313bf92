"""Which enzymes and transporters deal with the label's drug: `metabolized_by`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from extractors.model import Assertion, Mention, Relation
from extractors.relations.context import Context, Sentence
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind


@cache
def _rules(language: str) -> Mapping[str, re.Pattern[str]]:
    table = read_rules("enzymes")[language]
    check_keys("enzymes", language, table, required={"after", "before", "ends", "others", "negated"})
    return {name: re.compile(text, re.IGNORECASE) for name, text in table.items()}


@cache
def _enzymes() -> re.Pattern[str]:
    return re.compile(read_rules("enzymes")["names"]["pattern"])


def is_enzyme(name: str) -> bool:
    """Whether `name` is one of an enzyme or transporter, though a lexicon may take it for a drug."""
    return _enzymes().fullmatch(name) is not None


def find_relations(context: Context) -> Iterator[Relation]:
    """The label's drug and each enzyme that metabolises it or transporter it is a substrate of."""
    if context.subject is None:
        return
    watched = read_rules("enzymes")["watched"]["kinds"]
    for sentence in context.sentences:
        if sentence.in_table or sentence.kind not in watched or not _enzymes().search(sentence.text):
            continue
        yield from _read(context, sentence, context.subject)


def _read(context: Context, sentence: Sentence, subject: Mention) -> Iterator[Relation]:
    rules = _rules(context.language)
    for name, assertion, low, high in _ranges(sentence, rules):
        for found in _enzymes().finditer(sentence.text, low, high):
            yield Relation(
                "metabolized_by",
                subject,
                _enzyme(context, sentence, *found.span()),
                sentence.start,
                sentence.end,
                read_rules("enzymes")["scores"][name],
                "cue",
                assertion,
                context.remembered,
            )


def _ranges(sentence: Sentence, rules: Mapping[str, re.Pattern[str]]) -> Iterator[tuple[str, Assertion, int, int]]:
    # Where the names of the enzymes stand: behind "metabolized by" to the end of the clause, or before "substrate".
    text = sentence.text
    for cue in rules["after"].finditer(text):
        if not _of_others(sentence, cue.start(), rules):
            end = rules["ends"].search(text, cue.end())
            yield "after", _assertion(text, cue, rules), cue.end(), end.start() if end else len(text)
    for cue in rules["before"].finditer(text):
        if not _of_others(sentence, cue.start(), rules):
            yield "before", _assertion(text, cue, rules), cue.start(), cue.end()


def _of_others(sentence: Sentence, position: int, rules: Mapping[str, re.Pattern[str]]) -> bool:
    if rules["others"].search(sentence.text, max(0, position - 60), position):
        return True
    before = [m for m in sentence.mentions if m.kind in (Kind.DRUG, Kind.DRUG_CLASS) and sentence.at(m)[1] <= position]
    return bool(before) and not before[-1].own and not any(m.own for m in before)


def _assertion(text: str, cue: re.Match[str], rules: Mapping[str, re.Pattern[str]]) -> Assertion:
    denied = rules["negated"].search(text, max(0, cue.start() - 25), cue.end())
    return Assertion.NEGATED if denied else Assertion.PRESENT


def _enzyme(context: Context, sentence: Sentence, low: int, high: int) -> Mention:
    start, end = sentence.start + low, sentence.start + high
    for mention in sentence.mentions:
        if mention.start <= start and end <= mention.end and mention.kind is Kind.PROTEIN:
            return mention
    name = " ".join(context.document.text[start:end].split())
    found = context.lexicon.find(name, kinds=(Kind.PROTEIN,))
    return Mention(start, end, name, Kind.PROTEIN, found[0] if found else None)
