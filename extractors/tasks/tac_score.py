"""Scores adverse reactions found in TAC 2017 labels, and says what kind each error is of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from extractors.score import Counts, ErrorClass, ErrorTally, Metric, Span, count_sets
from extractors.tasks.tac_labels import TacLabel, TacMention

_STRINGS = (
    "unique lower-case strings of positive adverse reactions, label by label (TAC 2017 task 3): the gold is the label's"
    " reaction list, which leaves out what is negated or hypothetical by a drug class or an animal; micro-averaged"
)
_TERMS = "unique MedDRA preferred terms, label by label (TAC 2017 task 4), gold from the reaction list; micro-averaged"
_MENTIONS = (
    "mentions of positive adverse reactions with exactly the same characters, pieces included (as TAC 2017 task 1, but"
    " without those the reaction lists leave out); micro-averaged"
)


@dataclass(frozen=True, slots=True)
class Found:
    """An adverse reaction found in a section; `text` as the corpus writes strings, `pt` a preferred term or empty."""

    section: str
    parts: tuple[Span, ...]
    text: str
    pt: str = ""
    concept: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in one label.

    `dropped` says of strings that were seen but not kept why they were not; `known` holds those strings of the gold
    that the system could have known from elsewhere. Both only serve to tell errors apart.
    """

    label: TacLabel
    found: list[Found]
    dropped: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


def make_metrics(outcomes: Iterable[Outcome]) -> tuple[Metric, ...]:
    """The figures over all labels and by kind of section."""
    strings = terms = mentions = Counts()
    by_section: dict[str, list[Counts]] = defaultdict(lambda: [Counts(), Counts(), Counts()])
    for outcome in outcomes:
        label = outcome.label
        strings += count_sets({r.text for r in label.reactions}, {f.text.lower() for f in outcome.found})
        terms += count_sets(_gold_terms(label), {f.pt for f in outcome.found if f.pt})
        for key, (name, _) in label.sections.items():
            gold = [m for m in label.reaction_mentions() if m.section == key]
            found = [f for f in outcome.found if f.section == key]
            exact = count_sets({m.parts for m in gold}, {f.parts for f in found})
            mentions += exact
            counts = (_count_strings(gold, found), _count_terms(label, gold, found), exact)
            by_section[name] = [a + b for a, b in zip(by_section[name], counts, strict=True)]
    total = (Metric("strings", _STRINGS, strings), Metric("meddra_pt", _TERMS, terms))
    return (*total, Metric("mentions", _MENTIONS, mentions), *_section_metrics(by_section))


def _section_metrics(by_section: Mapping[str, list[Counts]]) -> list[Metric]:
    names = (("strings", _STRINGS), ("meddra_pt", _TERMS), ("mentions", _MENTIONS))
    return [
        Metric(f"{name} in {section}", f"the same within this section: {definition}", counts)
        for section in sorted(by_section)
        for (name, definition), counts in zip(names, by_section[section], strict=True)
    ]


def _gold_terms(label: TacLabel) -> set[str]:
    return {term.pt for reaction in label.reactions for term in reaction.terms}


def _count_strings(gold: list[TacMention], found: list[Found]) -> Counts:
    return count_sets({m.text.lower() for m in gold}, {f.text.lower() for f in found})


def _count_terms(label: TacLabel, gold: list[TacMention], found: list[Found]) -> Counts:
    terms = {reaction.text: {term.pt for term in reaction.terms} for reaction in label.reactions}
    wanted = {pt for mention in gold for pt in terms.get(mention.text.lower(), ())}
    return count_sets(wanted, {f.pt for f in found if f.pt})


def make_errors(outcomes: Iterable[Outcome]) -> tuple[ErrorClass, ...]:
    """Classes of the errors in strings, with counts and examples."""
    tally = ErrorTally()
    for outcome in outcomes:
        gold = {reaction.text for reaction in outcome.label.reactions}
        found = {f.text.lower() for f in outcome.found}
        for text in sorted(gold - found):
            tally.add(f"missed: {_why_missed(outcome, text)}", f"{outcome.label.id}: {text}")
        for text in sorted(found - gold):
            tally.add(f"spurious: {_why_spurious(outcome, text)}", f"{outcome.label.id}: {text}")
    return tally.classes()


def _why_missed(outcome: Outcome, text: str) -> str:
    places = [m for m in outcome.label.reaction_mentions() if m.text.lower() == text]
    if text in outcome.dropped:
        return outcome.dropped[text]
    if places and all(len(m.parts) > 1 for m in places):
        return "in pieces"
    if any(_touches(f.section, f.parts, m) for m in places for f in outcome.found):
        return "other boundaries"
    return "in the lexicon, not found" if text in outcome.known else "not in the lexicon"


def _why_spurious(outcome: Outcome, text: str) -> str:
    places = [f for f in outcome.found if f.text.lower() == text]
    touched = [
        m for f in places for m in outcome.label.mentions if m.section == f.section and _touches(f.section, f.parts, m)
    ]
    reactions = [m for m in touched if m.type == "AdverseReaction"]
    if any(m.positive for m in reactions):
        return "other boundaries"
    if reactions:
        return "negated, of a class or of animals"
    return "annotated as something else" if touched else "not annotated"


def _touches(section: str, parts: tuple[Span, ...], mention: TacMention) -> bool:
    return mention.section == section and parts[0][0] < mention.end and mention.start < parts[-1][1]
