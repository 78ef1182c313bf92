"""What a statement of a label is about: its own drug, a whole class, or another drug."""

from __future__ import annotations

from functools import cache, lru_cache

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


# A sentence is asked again for each of its mentions, so what it says is kept for a while.
@lru_cache(maxsize=512)
def _said(name: str, text: str, language: str) -> bool:
    lowered = text.lower()
    return any(rule.fits(lowered) and rule.pattern.search(text) for rule in _rules(language)[name])


@lru_cache(maxsize=4096)
def _acts(text: str, behind: int, language: str) -> bool:
    return any(pattern.match(text, behind) for _, pattern in _rules(language)["acts"])


@lru_cache(maxsize=4096)
def _with(text: str, before: int, language: str) -> bool:
    found = (pattern.search(text, 0, before) for _, pattern in _rules(language)["with"])
    return any(match and match.end() == before for match in found)


def find_subject(
    context: Context, sentence: Sentence, mention: Mention
) -> tuple[Mention | None, tuple[Qualifier, ...]]:
    """Whom the sentence says it of, and the qualifiers that follow; None where it speaks of a placebo alone.

    A statement about a class ("other NSAIDs cause ...", 同类药物) stays with the class where the class is named,
    and is marked `class_wide` where it is not, or where the label's own drug is named with it.
    """
    text, language = sentence.text, context.language
    own = any(other.own for other in sentence.mentions) or _said("own", text, language)
    if not own and _said("placebo", text, language):
        return None, ()
    actor = _actor(sentence, mention, name_of(context.subject) if context.subject else "", language)
    if actor is not None and not own:
        wide = (Qualifier("class_wide", "yes"),) if actor.kind is Kind.DRUG_CLASS else ()
        return actor, wide
    if _said("class_wide", text, language) or (actor is not None and actor.kind is Kind.DRUG_CLASS):
        return context.subject, (Qualifier("class_wide", "yes"),)
    return context.subject, ()


def _actor(sentence: Sentence, mention: Mention, own: str, language: str) -> Mention | None:
    # The other drug or class that does it: "<class> may cause <mention>", "<mention> was reported with <class>".
    for other in sentence.mentions:
        if other.own or other.kind not in (Kind.DRUG, Kind.DRUG_CLASS) or other is mention or name_of(other) == own:
            continue
        low, high = sentence.at(other)
        if other.start < mention.start and _acts(sentence.text, high, language):
            return other
        if _with(sentence.text, low, language):
            return other
    return None
