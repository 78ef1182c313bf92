"""From which side a fact is looked at, whatever the store."""

from __future__ import annotations

from dataclasses import replace

from kg.model import Fact, FactQuery
from kg.predicates import PREDICATES


def facing(fact: Fact, query: FactQuery) -> Fact:
    """The fact, a symmetric one with the side that was asked for in its place."""
    asked_subject = query.subject is not None and fact.subject.curie != query.subject
    asked_object = query.object is not None and fact.object.curie != query.object
    known = PREDICATES.get(fact.predicate)
    if known is None or not known.symmetric or not (asked_subject or asked_object):
        return fact
    return replace(fact, subject=fact.object, object=fact.subject)
