"""How likely it is that a name stands for something else than the graph says: audits of what was accepted."""

from __future__ import annotations

from functools import cache

from rapidfuzz.fuzz import token_sort_ratio

from kg.curation.desk import Desk
from kg.curation.items import Item
from ontologies.model import Verdict
from ontologies.normalize import normal_form

#: How far apart names count as that have no spelling to be compared by: one of them is Chinese, the other is not.
_OTHER_SCRIPT = 0.5
#: What each sign counts; they sum to 1.
_NO_SCORE, _UNLIKE, _AGAINST = 0.3, 0.4, 0.3


def suspicion(item: Item, desk: Desk) -> float:
    """From 0 to 1: the missing score, how unlike the name is to all names of its concept, a better rival.

    A name that its concept has is no suspect, whatever else has it, unless the program would choose another concept;
    a curator's decision is held against what the program thinks now.
    """
    own = item.present
    missing = 1 - own.score if own else 1.0
    best = item.candidates[0] if item.candidates else None
    against = best.score if best and best is not own else 0.0
    if own is None and any(one.verdict is Verdict.EXACT for one in item.said):
        missing = max(missing / 2, against)
    return _NO_SCORE * missing + _UNLIKE * _unlikeness(item, desk) + _AGAINST * against


def _unlikeness(item: Item, desk: Desk) -> float:
    name = normal_form(item.usage.name)
    known = [form for form in _names(desk, item.usage.node.curie) if form.isascii() == name.isascii()]
    if not known:
        return _OTHER_SCRIPT
    return 1 - max(token_sort_ratio(name, form) for form in known) / 100


@cache
def _names(desk: Desk, curie: str) -> tuple[str, ...]:
    concept = desk.lexicon.concept(curie)
    texts = (concept.name, *(synonym.text for synonym in concept.synonyms)) if concept else ()
    return tuple(normal_form(text) for text in texts)
