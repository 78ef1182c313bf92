"""Which pairs of events become which facts: one table."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.events import EventKind
from kg.records.model import Together, Window
from ontologies.model import CONDITIONS, Kind

_DRUG = frozenset({Kind.DRUG})


@dataclass(frozen=True, slots=True)
class Side:
    """The events on one side of a pair, and the kinds that their concepts must be of."""

    events: EventKind | tuple[EventKind, ...]
    kinds: frozenset[Kind]

    @property
    def window(self) -> Window:
        """The events of this side, at any time, of which the record says that they are so."""
        return Window(frozenset({self.events} if isinstance(self.events, EventKind) else self.events))


@dataclass(frozen=True, slots=True)
class Rule:
    """Pairs of events of one patient, and the fact that enough patients with such a pair make.

    `first` and `second` are as `together` has them (a drug is the second of LINK: ordered for the first). `words` say
    in the sentence how the two stood together. `by_chance` is False where the source itself relates them.
    """

    name: str
    predicate: str
    together: Together
    first: Side
    second: Side
    words: str
    days: int = 0
    second_is_subject: bool = False
    by_chance: bool = True

    @property
    def one_sided(self) -> bool:
        """Whether both sides are the same events, so that a pair has no direction."""
        return self.first == self.second


_CONDITION = Side(EventKind.CONDITION, CONDITIONS)
_MEDICATION = Side(EventKind.MEDICATION, _DRUG)

RULES = (
    Rule(
        "prescribed-by-link",
        "prescribed_for",
        Together.LINK,
        _CONDITION,
        _MEDICATION,
        "the drug ordered for the condition",
        second_is_subject=True,
        by_chance=False,
    ),
    Rule("prescribed-in-visit", "prescribed_for", Together.VISIT, _MEDICATION, _CONDITION, "both in one visit"),
    Rule(
        "prescribed-after",
        "prescribed_for",
        Together.AFTER,
        _CONDITION,
        _MEDICATION,
        "the drug within 30 days after the condition",
        days=30,
        second_is_subject=True,
    ),
    Rule("conditions-together", "co_occurs_with", Together.PATIENT, _CONDITION, _CONDITION, "both at any time"),
    Rule(
        "condition-after-drug",
        "co_occurs_with",
        Together.AFTER,
        _MEDICATION,
        _CONDITION,
        "the condition within 30 days after the drug",
        days=30,
    ),
    Rule(
        "findings-of-disease",
        "has_phenotype",
        Together.VISIT,
        Side(EventKind.CONDITION, frozenset({Kind.DISEASE})),
        Side(EventKind.CONDITION, frozenset({Kind.FINDING})),
        "both in one visit",
    ),
    Rule(
        "tests-of-condition",
        "diagnosed_by",
        Together.VISIT,
        _CONDITION,
        Side((EventKind.TEST, EventKind.PROCEDURE), frozenset({Kind.TEST, Kind.PROCEDURE})),
        "both in one visit",
    ),
)
