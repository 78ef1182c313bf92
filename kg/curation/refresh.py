"""Decisions whose concept a new release changed: they hold, and wait for a curator to look again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ontologies.errors import UnknownNameError
from ontologies.lexicon import Lexicon
from ontologies.model import Decision, Verdict
from ontologies.names import prefix_of


@dataclass(frozen=True, slots=True)
class Stale:
    """A decision in force, what became of its concept in words, and the concept that replaces it, if one does."""

    decision: Decision
    why: str
    heir: str = ""


def find_stale(
    decisions: Iterable[Decision], lexicon: Lexicon, *, prefixes: frozenset[str] = frozenset()
) -> Iterator[Stale]:
    """The decisions whose concept is gone, retired, renamed or moved since they were made; of these prefixes or any.

    A rejected concept that changed is of no interest.
    """
    for one in decisions:
        if one.curie and one.verdict is not Verdict.NONE and (not prefixes or prefix_of(one.curie) in prefixes):
            stale = why_stale(one, lexicon)
            if stale is not None:
                yield stale


def why_stale(decision: Decision, lexicon: Lexicon) -> Stale | None:
    """What became of the concept of a decision, None where it is as it was."""
    now = lexicon.entry(decision.curie)
    if now is None:
        return Stale(decision, f"{decision.curie} is in no terminology any more")
    if now.deprecated:
        heir = lexicon.concept(now.replaced_by) if now.replaced_by else None
        told = f", replaced by {heir.curie} ({heir.name})" if heir else ", and nothing replaces it"
        return Stale(decision, f"{decision.curie} is retired{told}", heir.curie if heir else "")
    changes = []
    if decision.target and now.name != decision.target:
        changes.append(f"renamed from {decision.target!r} to {now.name!r}")
    if decision.target_kind and now.kind is not decision.target_kind:
        changes.append(f"{now.kind}, no longer {decision.target_kind}")
    if decision.target_kind and set(now.parents) != set(decision.target_parents):
        changes.append(f"moved from below {_listed(decision.target_parents)} to below {_listed(now.parents)}")
    return Stale(decision, f"{decision.curie} is {'; '.join(changes)}") if changes else None


def _listed(curies: Iterable[str]) -> str:
    return ", ".join(curies) or "nothing"


def prefixes_of(lexicon: Lexicon, terminology: str) -> frozenset[str]:
    """The prefix of a terminology by name, none (which is any) for a table of several.

    Raises UnknownNameError for a name that the lexicon does not have.
    """
    found = frozenset(info.prefix for info in lexicon.terminologies if terminology in (info.name, info.prefix))
    if not found:
        raise UnknownNameError("terminology", terminology, [info.name for info in lexicon.terminologies])
    return frozenset(filter(None, found))
