"""Relations of the label's drug with conditions: indications, contraindications, warnings, adverse events.

A cue (rules/cues.toml) decides first; where none speaks, the section does (rules/relations.toml). What is only
mentioned on the way, such as the disease being treated or a risk factor, leads to no relation but may qualify one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from extractors.model import Assertion, Mention, Qualifier, Relation
from extractors.qualifiers import find_qualifiers, short
from extractors.relations.context import Context, Sentence, heading_of, name_of
from extractors.relations.cues import Sign, find_signs, govern
from extractors.relations.exceptions import LIMITED, find_exceptions, say_exceptions
from extractors.relations.expressions import compile_rule
from extractors.relations.interactions import taken_together
from extractors.relations.states import is_state, may_name_state, with_states
from extractors.relations.subjects import find_subject
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind

_PREDICATES = frozenset(
    {"indicated_for", "not_indicated_for", "contraindicated_in", "warns_of", "causes_adverse_event"}
)
_OPENED = frozenset({"contraindications", "indications"})
_HARMS = frozenset({"causes_adverse_event", "warns_of"})
_BULLET = re.compile(r"\s*(?:[•▪◦‣●■*·o–-]\s|[(（]?\d{1,2}[.)）、．]|[(（]?[a-z][.)]\s|[①-⑳])")
_BY_PATIENTS = re.compile(r"(?:with|who have)$")
_COMPOUND = re.compile(r"[-‐–](?:related|associated|mediated)(?! (?:adverse|events?|reactions?))", re.IGNORECASE)
_DENIES = re.compile(r"\bnot?\b|不|禁|忌|未|无", re.IGNORECASE)


class Reading(NamedTuple):
    """What a sentence says of one mention: a predicate, how sure, and the sign that told (None: the section did)."""

    mention: Mention
    predicate: str
    score: float
    sign: Sign | None


def find_relations(context: Context) -> Iterator[Relation]:
    """Relations of the label's drug (or of a class it speaks of) with conditions, from prose."""
    if context.subject is None:
        return
    lead: Sequence[Sign] = ()
    treated: set[str] = set()
    previous: Sentence | None = None
    begun = False
    for sentence in context.sentences:
        if previous is None or previous.section != sentence.section:
            lead, begun = (), False
        if sentence.in_table or not _watched(sentence.kind):
            continue
        opens = sentence.text.rstrip()[-1:] in ":：" or heading_of(context.document, sentence)
        carried = () if not (begun or _item(sentence)) or (opens and not lead) else lead
        if sentence.mentions or opens or sentence.kind in _OPENED or may_name_state(sentence):
            signs = find_signs(sentence, context.language)
            yield from _but_treated(_read(context, sentence, [*carried, *signs]), treated)
            begun = _ends_with_cue(sentence, signs)
            opens = opens or begun
            if opens:
                lead = _as_lead(signs, sentence)
        if not (begun or opens or _item(sentence)):
            lead = ()
        previous = sentence


def _but_treated(relations: Iterator[Relation], treated: set[str]) -> Iterator[Relation]:
    """`relations` without those that only the section tells of what the drug is for; `treated` grows on the way."""
    for relation in relations:
        if relation.predicate == "indicated_for" and relation.assertion is Assertion.PRESENT:
            treated.add(name_of(relation.object))
        told = relation.extractor != "section" or relation.predicate not in _HARMS
        if told or name_of(relation.object) not in treated or any(q.name == "rate" for q in relation.qualifiers):
            yield relation


def _ends_with_cue(sentence: Sentence, signs: Sequence[Sign]) -> bool:
    # "is indicated for the treatment of" at the end of a line opens a list as a colon does.
    ends = len(sentence.text.rstrip())
    return any(sign.cue.side == "after" and sign.cue.role in _PREDICATES and sign.end >= ends for sign in signs)


def _as_lead(signs: Sequence[Sign], sentence: Sentence) -> list[Sign]:
    shift = len(sentence.text) + 1
    return [Sign(sign.cue, sign.start - shift, sign.end - shift) for sign in signs if sign.cue.side == "after"]


def _item(sentence: Sentence) -> bool:
    return bool(_BULLET.match(sentence.text)) or len(sentence.text) < 90


@cache
def _sections() -> Mapping[str, Mapping[str, Any]]:
    rules: Mapping[str, Mapping[str, Any]] = read_rules("relations")["sections"]
    for kind, table in rules.items():
        check_keys("relations", f"sections.{kind}", table, required={"predicates", "kinds", "score", "bare", "own"})
    return rules


@cache
def _watched(kind: str) -> bool:
    return kind in read_rules("relations")["watched"]["kinds"]


def _read(context: Context, sentence: Sentence, signs: Sequence[Sign]) -> Iterator[Relation]:
    sentence = with_states(context, sentence, signs)
    governed = govern(sentence, signs, context.language)
    readings = list(_readings(context, sentence, governed))
    if not readings:
        return
    shared = find_qualifiers(context, sentence, governed)
    taken_out = find_exceptions(sentence, context.language)
    for reading in readings:
        limits = taken_out if reading.predicate in LIMITED else []
        if any(start <= reading.mention.start < end for start, end in limits):
            continue
        subject, extra = find_subject(context, sentence, reading.mention)
        if subject is None:
            continue
        if sentence.kind == "contraindications" and reading.predicate == "contraindicated_in":
            subject, extra = context.subject or subject, ()
        said = shared.of(reading.mention, reading.predicate)
        if subject is not context.subject and Qualifier("combination", short(subject.text)) in said:
            # "Use with X causes": not X alone does.
            subject = context.subject or subject
        yield _relation(
            context,
            sentence,
            reading,
            subject,
            (*said, *extra, *say_exceptions(context, limits)),
        )


def _relation(
    context: Context, sentence: Sentence, reading: Reading, subject: Mention, qualifiers: tuple[Qualifier, ...]
) -> Relation:
    return Relation(
        reading.predicate,
        subject,
        reading.mention,
        sentence.start,
        sentence.end,
        reading.score,
        "cue" if reading.sign else "section",
        assertion_of(reading.predicate, reading.mention, sentence, reading.sign),
        (*context.remembered, *qualifiers),
    )


def _readings(context: Context, sentence: Sentence, governed: Mapping[Mention, Sign]) -> Iterator[Reading]:
    promoted = _promotes_population(sentence, governed)
    together = sentence.kind == "contraindications" and taken_together(sentence.text, context.language)
    for mention in sentence.mentions:
        sign = governed.get(mention)
        if mention.own or _is_part(sentence, mention) or _names_group(sentence, mention, context.language):
            continue
        if sign is None:
            yield from _by_section(context, sentence, mention)
        elif sign.cue.role in _PREDICATES:
            if mention.kind is Kind.OTHER and sign.cue.role != "contraindicated_in" and not is_state(mention):
                continue
            for predicate in _instead(sentence.kind, sign.cue.role, mention.assertion):
                yield Reading(mention, predicate, sign.cue.score, sign)
        elif sign.cue.role == "population" and promoted and mention.assertion is not Assertion.NEGATED:
            yield Reading(mention, promoted, 0.85, sign)
        elif sign.cue.role in ("risk", "population") and _forbids(sentence, mention) and not together:
            yield Reading(mention, "contraindicated_in", _sections()["contraindications"]["score"], None)


def _forbids(sentence: Sentence, mention: Mention) -> bool:
    # A drug in a history ("bleeding after NSAIDs") is not what the label's drug must not be taken with.
    return sentence.kind == "contraindications" and mention.kind not in (Kind.DRUG, Kind.DRUG_CLASS, Kind.FOOD)


def _instead(kind: str, predicate: str, assertion: Assertion) -> Sequence[str]:
    # "If X occurs, stop" warns of X; that the drug causes it is not what it says.
    predicates: Sequence[str] = read_rules("relations")["instead"].get(kind, {}).get(predicate, [predicate])
    return [name for name in predicates if name == predicates[0] or assertion is not Assertion.HYPOTHETICAL]


def _promotes_population(sentence: Sentence, governed: Mapping[Mention, Sign]) -> str:
    # "indicated to reduce signs and symptoms in patients with RA": where nothing else is named, they are meant.
    roles = {sign.cue.role for mention, sign in governed.items() if mention.kind in (Kind.DISEASE, Kind.FINDING)}
    told = {sign for sign in governed.values() if sign.cue.role == "indicated_for"}
    if any(_BY_PATIENTS.search(sentence.text, max(sign.start, 0), max(sign.end, 0)) for sign in told):
        return "indicated_for"
    if roles & {"indicated_for", "not_indicated_for"}:
        return ""
    if sentence.kind != "indications" or "population" not in roles or sentence.text.rstrip()[-1:] in ":：":
        return ""
    return "not_indicated_for" if re.search(r"\bnot\b", sentence.text) else "indicated_for"


def _by_section(context: Context, sentence: Sentence, mention: Mention) -> Iterator[Reading]:
    table = _sections().get(sentence.kind)
    if table is None or mention.kind.value not in table["kinds"]:
        return
    score = table["score"]
    if table["bare"] and not _bare(sentence, context):
        if not (table["own"] and any(other.own for other in sentence.mentions)):
            return
        score = table["own"]
    for predicate in table["predicates"]:
        yield Reading(mention, predicate, score, None)


def _bare(sentence: Sentence, context: Context) -> bool:
    if heading_of(context.document, sentence):
        return True
    return len(sentence.text) <= 600 and not _verb(context.language).search(sentence.text)


@cache
def _verb(language: str) -> re.Pattern[str]:
    return compile_rule(read_rules("relations")["bare"][language], language).pattern


def _is_part(sentence: Sentence, mention: Mention) -> bool:
    # "asthma-related death" is a death.
    return _COMPOUND.match(sentence.text, sentence.at(mention)[1]) is not None


def _names_group(sentence: Sentence, mention: Mention, language: str) -> bool:
    if sentence.kind != "adverse_reactions":
        return False
    found = _group(language).search(sentence.text, 0, 120)
    return found is not None and sentence.at(mention)[1] <= found.end()


@cache
def _group(language: str) -> re.Pattern[str]:
    return re.compile(rf"^[^:：.;]{{0,80}}?(?i:{read_rules('relations')['groups'][language]})")


def assertion_of(predicate: str, mention: Mention, sentence: Sentence, sign: Sign | None) -> Assertion:
    """The relation's assertion: the mention's, as rules/relations.toml turns it for the predicate.

    A negation that is the cue's own ("should not be used in") is already in the predicate.
    """
    said = mention.assertion
    if said is Assertion.NEGATED and sign is not None and sign.start >= 0:
        own = _DENIES.search(sentence.text, sign.start, sign.end) and predicate != "causes_adverse_event"
        return Assertion.PRESENT if own else said
    turned = read_rules("relations")["assertions"].get(predicate, {})
    return Assertion(turned.get(said.value, said.value))
