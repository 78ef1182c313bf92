"""What an event's own name or code says of it, whichever list its source keeps it in: of a relative, an allergy, none.

"Family history of breast cancer" on a problem list is no cancer of the patient, and "Allergy to penicillin" there is an
allergy as any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from extractors.events import Coding, Event, EventKind
from extractors.model import Assertion
from extractors.rules import check_keys, read_rules

#: Kinds of events under which sources keep what is of another kind.
_KEPT_UNDER = frozenset({EventKind.CONDITION, EventKind.TEST, EventKind.ALLERGY})


def settle_event(event: Event) -> Event | None:
    """The event as the kind and with the assertion that its name and codes say; None for what no relative has."""
    if event.kind not in _KEPT_UNDER or (event.value and event.value.number is not None):
        return event
    sort = _sort_of(event.name, event.codes)
    if not sort or event.assertion is Assertion.FAMILY:
        return event
    denied = event.value is not None and event.value.text.strip().lower() in _rules()["no_family"]["answers"]
    if sort == "no_family" or (sort == "family" and (denied or event.assertion is Assertion.NEGATED)):
        return None
    if sort == "family":
        return replace(event, kind=EventKind.CONDITION, assertion=Assertion.FAMILY)
    assertion = Assertion.NEGATED if denied or sort == "no_allergy" else event.assertion
    return replace(event, kind=EventKind.ALLERGY, assertion=assertion)


@lru_cache(maxsize=20_000)
def _sort_of(name: str, codes: Sequence[Coding]) -> str:
    """The sort of the rules that a name or a code is of, or an empty text."""
    names = [each for each in (name, *(code.name for code in codes)) if each]
    for sort in _SORTS:
        told, coded = _patterns(sort)
        if any(map(told.search, names)) or (coded and any(coded.search(code.curie) for code in codes)):
            return sort
    return ""


#: In this order: a denial holds the words of what it denies.
_SORTS = ("no_family", "family", "no_allergy", "allergy")


@cache
def _patterns(sort: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    rules = _rules()[sort]
    codes = rules.get("codes")
    return re.compile(rules["names"], re.IGNORECASE), re.compile(codes) if codes else None


@cache
def _rules() -> Any:
    rules = read_rules("event_wording")
    check_keys("event_wording", "", rules, required={"family", "no_family", "allergy", "no_allergy"})
    return rules
