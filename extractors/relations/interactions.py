"""Relations of the label's drug with other drugs, classes and foods, and which of two changes the other's exposure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from extractors.model import Assertion, Mention, Qualifier, Relation
from extractors.qualifiers import find_qualifiers, find_values
from extractors.relations.clauses import clause_rules, split_clauses
from extractors.relations.context import Context, Sentence, name_of
from extractors.relations.cues import Sign, find_signs, govern
from extractors.relations.expressions import Rule, compile_open, compile_rule
from extractors.relations.pharmacokinetics import is_enzyme
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind

PARTNERS = frozenset({Kind.DRUG, Kind.DRUG_CLASS, Kind.FOOD})
_ASIDE = frozenset({"allergen", "comparator", "treated", "aside", "risk"})
_OTHER = re.compile(r"\b(?:an)?other $|(?:其他|其它|另一种)$", re.IGNORECASE)
_DECLARED = ("interactions", "contraindications")
_NO_EFFECT = "no effect"


@cache
def _rules(language: str) -> Mapping[str, tuple[Rule, ...]]:
    table = read_rules("interactions")[language]
    check_keys(
        "interactions",
        language,
        table,
        required={"together", "exposure", "linked", "not_partner", "and", "those", "unclear", "acts"},
    )
    rules = {name: tuple(compile_rule(text, language) for text in texts) for name, texts in table.items()}
    return rules | {name: tuple(map(compile_open, table[name])) for name in ("linked", "and", "acts")}


def _says(name: str, text: str, language: str) -> bool:
    lowered = text.lower()
    return any(rule.fits(lowered) and rule.pattern.search(text) for rule in _rules(language)[name])


def taken_together(text: str, language: str) -> bool:
    """Whether `text` speaks of things taken at the same time."""
    return _says("together", text, language)


def find_relations(context: Context) -> Iterator[Relation]:
    """`interacts_with` and `affects_exposure_of`, from prose."""
    if context.subject is None:
        return
    watched = read_rules("interactions")["watched"]["kinds"]
    for sentence, following in pairwise((*context.sentences, None)):
        if sentence is None or sentence.in_table or sentence.kind not in watched:
            continue
        if any(mention.kind in PARTNERS and not mention.own for mention in sentence.mentions):
            yield from _read(context, sentence, following)


def _read(context: Context, sentence: Sentence, following: Sentence | None) -> Iterator[Relation]:
    together = taken_together(sentence.text, context.language)
    if sentence.kind != "interactions" and not together and sentence.kind != "contraindications":
        return
    governed = govern(sentence, find_signs(sentence, context.language), context.language)
    own = own_concepts(context)
    partners = [m for m in sentence.mentions if _partner(m, sentence, governed, context.language, own)]
    if sentence.kind == "contraindications" and not together:
        partners = [m for m in partners if m in governed and governed[m].cue.role == "contraindicated_in"]
    advice = _advice_after(sentence, following, context)
    if sentence.kind not in _DECLARED and not _consequence(sentence, context.language):
        return
    others = [m for m in sentence.mentions if m.kind in PARTNERS and not m.own]
    for clause in split_clauses(sentence, others, context.language):
        named = [partner for partner in partners if partner in clause.mentions]
        for partner in named:
            yield _interaction(context, clause, partner, governed, advice, together)
        if named:
            yield from find_exposures(context, clause, named)


def own_concepts(context: Context) -> frozenset[str]:
    """The label's own drug and its classes: a drug is no partner of itself."""
    names = {name_of(mention) for mention in context.classes}
    subject = context.subject
    if subject is not None:
        concept = context.lexicon.concept(subject.match.curie) if subject.match else None
        names.update((name_of(subject), *(concept.parents if concept else ())))
    return frozenset(names)


def _partner(
    mention: Mention, sentence: Sentence, governed: Mapping[Mention, Sign], language: str, own: frozenset[str]
) -> bool:
    if mention.own or mention.kind not in PARTNERS or is_enzyme(mention.text):
        return False
    if name_of(mention) in own and not _OTHER.search(sentence.text, 0, sentence.at(mention)[0]):
        return False
    low, high = sentence.at(mention)
    # "对X的药代动力学": a drug whose exposure is spoken of is no allergen, though the same word leads to it.
    measured = any(rule.match(sentence.text, high) for rule in clause_rules(language)["ahead"])
    if mention in governed and governed[mention].cue.role in _ASIDE - ({"allergen"} if measured else set()):
        return False
    return not _says("not_partner", sentence.text[max(0, low - 40) : low + len(mention.text)], language)


def _consequence(sentence: Sentence, language: str) -> bool:
    # Elsewhere, drugs named together interact only where something follows from it.
    return any(find_values(name, sentence.text, language) for name in ("effect", "management"))


def _advice_after(sentence: Sentence, following: Sentence | None, context: Context) -> tuple[Qualifier, ...]:
    # "X raises levels of Y. Avoid concomitant use." A next sentence without a drug of its own is about this one.
    if following is None or following.section != sentence.section:
        return ()
    if any(mention.kind in PARTNERS and not mention.own for mention in following.mentions):
        return ()
    values = find_values("management", following.text, context.language)
    return tuple(Qualifier("management", value) for _, _, value in values)


def _interaction(
    context: Context,
    sentence: Sentence,
    partner: Mention,
    governed: Mapping[Mention, Sign],
    advice: Sequence[Qualifier],
    together: bool,
) -> Relation:
    assert context.subject is not None
    said = find_qualifiers(context, sentence, governed).of(partner, "interacts_with")
    if not any(q.name == "management" for q in said):
        said = (*said, *advice)
    effects = {q.value for q in said if q.name == "effect"}
    scores = read_rules("interactions")["scores"]
    score = scores["effect" if effects else "together" if together else "section"]
    negated = effects == {_NO_EFFECT}
    return Relation(
        "interacts_with",
        context.subject,
        partner,
        sentence.start,
        sentence.end,
        score,
        "cue" if effects or together else "section",
        Assertion.NEGATED if negated else Assertion.PRESENT,
        (*context.remembered, *said),
    )


def find_exposures(context: Context, sentence: Sentence, partners: Sequence[Mention]) -> Iterator[Relation]:
    """`affects_exposure_of`: from the drug that acts to the one whose concentration changes, in either direction."""
    drugs = [m for m in sentence.mentions if m.own or m in partners]
    whole = context.document.text[sentence.start : sentence.end]
    for start, end, value in find_values("effect", sentence.text, context.language):
        ahead = value == _NO_EFFECT and _ahead(sentence, drugs, start, context.language)
        if not ahead and not _about_exposure(value, whole, start, end, context.language):
            continue
        victims = _victims(sentence, drugs, (start, end), context.language)
        for victim in victims:
            for actor in _actors(sentence, drugs, victims, start):
                yield from _exposure(context, sentence, actor, victim, value)


def _about_exposure(value: str, text: str, start: int, end: int, language: str) -> bool:
    if value.endswith("exposure"):
        return True
    return value == _NO_EFFECT and _says("exposure", text[start : end + 60], language)


def _ahead(sentence: Sentence, drugs: Sequence[Mention], start: int, language: str) -> Mention | None:
    """The drug whose exposure is named just before the words at `start`, which say that it does not change."""
    rules = clause_rules(language)["ahead"]
    gaps = ((drug, sentence.at(drug)[1]) for drug in reversed(drugs) if sentence.at(drug)[1] < start)
    return next((drug for drug, end in gaps if any(rule.fullmatch(sentence.text, end, start) for rule in rules)), None)


def _victims(
    sentence: Sentence, drugs: Sequence[Mention], effect: tuple[int, int], language: str
) -> list[Mention | None]:
    """The drugs whose exposure the words at `effect` speak of; None stands for the label's own."""
    start, end = effect
    ahead = _ahead(sentence, drugs, start, language)
    if named := ahead or _victim(sentence, drugs, start, end, language):
        return [*_listed_with(sentence, drugs, named, language)]
    before = [drug for drug in drugs if sentence.at(drug)[1] <= start]
    around = sentence.text[max(0, start - 20) : end + 20]
    own = any(drug.own for drug in before)
    if _says("those", around, language):
        return [drug for drug in before if own and not drug.own]
    if own and _says("unclear", around, language):
        return []
    # "X raises the levels of ..." without a name that we know: whose levels is not said, but not those of X.
    if before and before[-1].own and _says("acts", sentence.text[sentence.at(before[-1])[1] : end], language):
        return []
    return [None]


def _victim(sentence: Sentence, drugs: Sequence[Mention], start: int, end: int, language: str) -> Mention | None:
    rules = _rules(language)
    linked = [pattern for _, pattern in rules["linked"]]
    onto = next((found for rule in clause_rules(language)["onto"] if (found := rule.match(sentence.text, end))), None)
    end = onto.end() if onto else end
    noun_first = any(pattern.match(sentence.text, start) for _, pattern in rules["exposure"])
    for drug in drugs:
        low, high = sentence.at(drug)
        inside = start <= low and high <= end
        after = low >= end and any(p.fullmatch(sentence.text, end, low) for p in linked)
        before = noun_first and 0 <= start - high <= 2
        if inside or after or before:
            return drug
    return None


def _listed_with(sentence: Sentence, drugs: Sequence[Mention], first: Mention, language: str) -> Iterator[Mention]:
    """`first` and the drugs that stand with it in a list, on both of its sides."""
    yield first
    low, high = sentence.at(first)
    for drug in drugs:
        start, end = sentence.at(drug)
        if start >= high and _listed(sentence.text[high:start], language):
            yield drug
            high = end
    for drug in reversed(drugs):
        start, end = sentence.at(drug)
        if end <= low and not drug.own and _listed(sentence.text[end:low], language):
            yield drug
            low = start


def _listed(gap: str, language: str) -> bool:
    return any(rule.pattern.fullmatch(gap) for rule in _rules(language)["and"])


def _actors(
    sentence: Sentence, drugs: Sequence[Mention], victims: Sequence[Mention | None], start: int
) -> list[Mention | None]:
    changed = {name_of(victim) for victim in victims if victim is not None}
    others = [drug for drug in drugs if not drug.own and name_of(drug) not in changed]
    if any(victim is None or victim.own for victim in victims):
        return [*others]
    before = [drug for drug in others if sentence.at(drug)[1] <= start]
    named = any(drug.own for drug in drugs)
    return [None] if named or not before else [*before[-1:]]


def _exposure(
    context: Context, sentence: Sentence, actor: Mention | None, victim: Mention | None, value: str
) -> Iterator[Relation]:
    subject = actor or context.subject
    target = context.subject if victim is None or victim.own else victim
    if subject is None or target is None or Kind.FOOD in (subject.kind, target.kind):
        return
    said = [
        Qualifier(name, found)
        for name in ("mechanism", "management")
        for _, _, found in find_values(name, sentence.text, context.language)
    ]
    yield Relation(
        "affects_exposure_of",
        subject,
        target,
        sentence.start,
        sentence.end,
        read_rules("interactions")["scores"]["exposure"],
        "cue",
        Assertion.NEGATED if value == _NO_EFFECT else Assertion.PRESENT,
        (*context.remembered, Qualifier("effect", value), *sorted(set(said))),
    )
