"""What a statement of a label is about: its own drug, a whole class, or another drug."""

from __future__ import annotations

from functools import cache

from extractors.model import Mention, Qualifier
from extractors.relations.context import Context, Sentence, name_of
from extractors.relations.expressions import Rule, compile_open, compile_rule
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind

_OPEN = ("acts", "with")


@cache
def _rules(language: str) -> dict[str, tuple[Rule, ...]]:
    table = read_rules("subjects")[language]
    check_keys("subjects", language, table, required={"class_wide", "acts", "with", "placebo", "own"})
    return {
        name: tuple(compile_open(t) if name in _OPEN else compile_rule(t, language) for t in texts)
        for name, texts in table.items()
    }


def _said(rules: tuple[Rule, ...], text: str, lowered: str) -> bool:
    return any(rule.fits(lowered) and rule.pattern.search(text) for rule in rules)


def find_subject(
    context: Context, sentence: Sentence, mention: Mention
) -> tuple[Mention | None, tuple[Qualifier, ...]]:
    """Whom the sentence says it of, and the qualifiers that follow; None where it speaks of a placebo alone.

    A statement about a class ("other NSAIDs cause ...", 同类药物) stays with the class where the class is named,
    and is marked `class_wide` where it is not, or where the label's own drug is named with it.
    """
    rules, lowered = _rules(context.language), sentence.text.lower()
    own = any(other.own for other in sentence.mentions) or _said(rules["own"], sentence.text, lowered)
    if not own and _said(rules["placebo"], sentence.text, lowered):
        return None, ()
    actor = _actor(sentence, mention, name_of(context.subject) if context.subject else "", rules)
    if actor is not None and not own:
        wide = (Qualifier("class_wide", "yes"),) if actor.kind is Kind.DRUG_CLASS else ()
        return actor, wide
    if _said(rules["class_wide"], sentence.text, lowered) or (actor is not None and actor.kind is Kind.DRUG_CLASS):
        return context.subject, (Qualifier("class_wide", "yes"),)
    return context.subject, ()


def _actor(sentence: Sentence, mention: Mention, own: str, rules: dict[str, tuple[Rule, ...]]) -> Mention | None:
    # The other drug or class that does it: "<class> may cause <mention>", "<mention> was reported with <class>".
    for other in sentence.mentions:
        if other.own or other.kind not in (Kind.DRUG, Kind.DRUG_CLASS) or other is mention or name_of(other) == own:
            continue
        low, high = sentence.at(other)
        if other.start < mention.start and any(p.match(sentence.text, high) for _, p in rules["acts"]):
            return other
        if any((found := p.search(sentence.text, 0, low)) and found.end() == low for _, p in rules["with"]):
            return other
    return None
