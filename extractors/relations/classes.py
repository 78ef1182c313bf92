"""What the label's drug is and how it works, where prose says so: class and mechanism of action."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from extractors.model import Mention, Relation
from extractors.relations.context import Context, Sentence
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind

_OBJECTS = {
    "has_pharmacologic_class": frozenset({Kind.DRUG_CLASS, Kind.MECHANISM}),
    "has_mechanism_of_action": frozenset({Kind.MECHANISM, Kind.PROTEIN, Kind.DRUG_CLASS}),
}
_NEAR_START = 90


@cache
def _rules(language: str) -> Mapping[str, re.Pattern[str]]:
    table = read_rules("classes")[language]
    check_keys("classes", language, table, required={"is_a", "acts_on", "own"})
    return {name: re.compile(text, re.IGNORECASE) for name, text in table.items()}


def find_relations(context: Context) -> Iterator[Relation]:
    """`has_pharmacologic_class` and `has_mechanism_of_action` of the label's drug, from prose."""
    if context.subject is None:
        return
    predicates: Mapping[str, str] = read_rules("classes")["watched"]
    for sentence in context.sentences:
        predicate = predicates.get(sentence.kind)
        if predicate and not sentence.in_table and len(sentence.text) < 600:
            yield from _read(context, sentence, context.subject, predicate)


def find_own_classes(context: Context) -> Iterator[Mention]:
    """The classes that the label counts its drug among: "X is a TNF blocker", "TNF blockers including X"."""
    yield from (relation.object for relation in find_relations(context))
    among = re.compile(read_rules("classes")["among"]["pattern"], re.IGNORECASE)
    for sentence in context.sentences:
        for first, second in pairwise(sentence.mentions):
            between = sentence.text[sentence.at(first)[1] : sentence.at(second)[0]]
            if second.own and first.kind is Kind.DRUG_CLASS and among.fullmatch(between):
                yield first


def _read(context: Context, sentence: Sentence, subject: Mention, predicate: str) -> Iterator[Relation]:
    rules = _rules(context.language)
    found = rules["is_a"].search(sentence.text, 0, 260)
    if found and _about_own(sentence, found.start(), rules["own"]):
        what = _named(context, sentence, *found.span("name"), predicate)
        yield _relation(context, sentence, subject, what, predicate, "is_a")
    if predicate != "has_mechanism_of_action":
        return
    for acts in rules["acts_on"].finditer(sentence.text):
        for mention in sentence.mentions:
            low, _ = sentence.at(mention)
            if mention.kind is Kind.PROTEIN and 0 <= low - acts.end() <= 30:
                yield _relation(context, sentence, subject, mention, predicate, "acts_on")


def _about_own(sentence: Sentence, position: int, own: re.Pattern[str]) -> bool:
    if any(m.own and sentence.at(m)[1] <= position and position - sentence.at(m)[1] < _NEAR_START
           for m in sentence.mentions):  # fmt: skip
        return True
    return bool(own.match(sentence.text))


def _named(context: Context, sentence: Sentence, low: int, high: int, predicate: str) -> Mention:
    start, end = sentence.start + low, sentence.start + high
    kinds = _OBJECTS[predicate]
    name = " ".join(context.document.text[start:end].split())
    for form in _forms(name):
        if found := context.lexicon.find(form, kinds=tuple(sorted(kinds))):
            return Mention(start, end, name, found[0].kind, found[0])
    inside = [m for m in sentence.mentions if start <= m.start and m.end <= end and m.kind in kinds]
    whole = max(inside, key=lambda m: m.end - m.start, default=None)
    if whole is not None and whole.end == end and (whole.end - whole.start) * 2 > end - start:
        return whole
    return Mention(start, end, name, Kind.DRUG_CLASS if "class" in predicate else Kind.MECHANISM)


def _forms(name: str) -> Iterator[str]:
    # "selective inhibitor of X" is known as "X inhibitor"; an abbreviation in brackets is in no terminology.
    yield name
    if (bare := re.sub(r"\s*\([^)]*\)", "", name)) != name:
        yield bare
    if turned := re.fullmatch(r"(?:.* )?(\w+) (?:of|at|against) (?:the )?(.+)", bare):
        yield f"{turned[2]} {turned[1]}"


def _relation(
    context: Context, sentence: Sentence, subject: Mention, what: Mention, predicate: str, rule: str
) -> Relation:
    score = read_rules("classes")["scores"][rule]
    return Relation(predicate, subject, what, sentence.start, sentence.end, score, "cue", qualifiers=context.remembered)
