"""How likely it is that a name stands for something else than the graph says, and why: audits of what was accepted."""

from __future__ import annotations

from rapidfuzz.fuzz import token_sort_ratio

from kg.curation.desk import TOP, Desk, kinds_asked
from kg.curation.items import Doubt, Item
from ontologies.model import Match
from ontologies.normalize import normal_form
from ontologies.suggestions import suggest

#: How far apart names count as that have no spelling to be compared by: one of them is Chinese, the other is not.
_OTHER_SCRIPT = 0.3
#: A match of this score is a name that the concept has: nothing is suspected unless another is as good.
_KNOWN = 0.95
#: What is left of the score of such a name, so that weaker synonyms come before preferred names.
_HARDLY = 0.01
#: A match below this score is none: only then do names that share words tell anything.
_ANSWER = 0.55
#: What each sign counts; docs/accuracy.md has what they find. Chosen on seed 1 of tests/bench/bench_likely_wrong.py.
_MISSING, _NO_ANSWER, _AGAINST, _UNLIKE, _SHARED, _NEAR, _NEAREST = 0.1, 0.1, 0.25, 0.5, 0.3, 0.25, 0.1


def suspicion(item: Item, desk: Desk) -> Doubt:
    """What speaks against the concept that the graph has: the program's answer, names that are nearer, an unlike name.

    A name that its concept has is no suspect, whatever else has it, unless the program would choose another concept.
    A curator's decision is held against what the program thinks by itself; what curators rejected counts for nothing.
    """
    own, rival = _answers(item, desk)
    against = rival.score if rival else 0.0
    if own >= max(_KNOWN, against):
        return Doubt(_HARDLY * (1 - own), "")
    unlike = _unlikeness(item, desk)
    score = _MISSING * (1 - own) + _AGAINST * against + _UNLIKE * unlike
    told = [f"the program says {rival.name} ({against:.2f})"] if rival and against >= max(own, _ANSWER) else []
    if own < _ANSWER:
        nearer, shared, more = _by_words(item, desk)
        score += _NO_ANSWER + more + _SHARED * shared
        told += [f"{nearer.name} shares more words with it"] if nearer else []
    if unlike >= _OTHER_SCRIPT:
        told.append("it is like no name of its concept")
    return Doubt(min(1.0, score), "; ".join(told) or f"the program is only {own:.2f} sure")


def _answers(item: Item, desk: Desk) -> tuple[float, Match | None]:
    """The program's score for what the graph has, and its best match that is something else."""
    canonical = desk.lexicon.canonical
    here = canonical(item.usage.node.curie)
    found = [match for match in (*item.grounding.matches, *item.grounding.candidates) if not item.rejects(match.curie)]
    own = max((match.score for match in found if canonical(match.curie) == here), default=0.0)
    others = (match for match in found if canonical(match.curie) != here)
    return own, max(others, key=lambda match: match.score, default=None)


def _by_words(item: Item, desk: Desk) -> tuple[Match | None, float, float]:
    """A concept whose names share more words with the name, the likeness of the best such, and what that counts.

    Wrong acceptances are mostly near rivals: a concept that shares words with the name while another shares more is
    likelier wrong than one that shares none, which a curator chose by what he knows.
    """
    canonical = desk.lexicon.canonical
    here = canonical(item.usage.node.curie)
    found = suggest(desk.lexicon, item.usage.name, kinds=kinds_asked(item.kind), top=TOP)
    found = [match for match in found if not item.rejects(match.curie)]
    others = [match for match in found if canonical(match.curie) != here]
    best = others[0] if others else None
    shared = best.score if best else 0.0
    if len(others) == len(found):
        return None, shared, 0.0
    nearer = best if best is not None and found[0] is best else None
    return nearer, shared, _NEAR if nearer else _NEAREST


def _unlikeness(item: Item, desk: Desk) -> float:
    name = normal_form(item.usage.name)
    concept = desk.lexicon.concept(item.usage.node.curie)
    texts = (concept.name, *(synonym.text for synonym in concept.synonyms)) if concept else ()
    known = [form for form in map(normal_form, texts) if form.isascii() == name.isascii()]
    if not known:
        return _OTHER_SCRIPT
    return 1 - max(token_sort_ratio(name, form) for form in known) / 100
