"""What a client asks for, checked and put in the words of the store."""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import FactQuery, Status
from kgql.errors import RequestError
from kgql.limits import Limits
from kgql.names import Predicate
from ontologies.curies import standard_xref


def fact_query(
    *,
    about: str | None = None,
    subject: str | None = None,
    object: str | None = None,  # noqa: A002
    document: str | None = None,
    predicates: Sequence[Predicate] | None = None,
    statuses: Sequence[Status] | None = None,
    min_confidence: float = 0.0,
) -> FactQuery:
    """The store's query for a client's arguments, ids as the graph has them.

    Raises `RequestError` for a confidence outside 0..1.
    """
    if not 0.0 <= min_confidence <= 1.0:
        raise RequestError("BAD_CONFIDENCE", f"`minConfidence` is {min_confidence}: it must lie between 0 and 1")
    return FactQuery(
        about=about,
        subject=subject,
        object=object,
        document=document,
        predicates=tuple(predicate.value for predicate in predicates or ()),
        statuses=tuple(statuses or ()),
        min_confidence=min_confidence,
    )


def check_ids(ids: Sequence[str], limits: Limits) -> list[str]:
    """The ids as CURIEs of the graph; raises `RequestError` where there are more than `limits` allow."""
    if len(ids) > limits.ids:
        raise RequestError("TOO_MANY_IDS", f"{len(ids)} ids were given: send at most {limits.ids} at a time")
    return [standard_xref(id_) for id_ in ids]


def check_text(text: str, limits: Limits) -> str:
    """The words to search for; raises `RequestError` where there are none, or too many."""
    words = text.strip()
    if not words or len(words) > limits.text_characters:
        advice = f"give between 1 and {limits.text_characters} characters"
        raise RequestError("BAD_TEXT", f"`text` has {len(words)} characters: {advice}")
    return words
