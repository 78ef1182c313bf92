"""The fields of a decision as text and as JSON, in the order in which our own formats have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from ontologies.curies import get_converter, standard_xref
from ontologies.model import Decision, Kind, Verdict

FIRST = ("name", "kind", "language", "verdict", "curie", "author", "time", "reason", "confidence")
"""What people and scripts fill in; only the name must be there."""
COLUMNS = (*FIRST, *(entry.name for entry in fields(Decision) if entry.name not in FIRST))
_NUMBERS = frozenset({"confidence", "predicted"})
_KINDS = frozenset({"kind", "target_kind"})


def as_record(decision: Decision) -> dict[str, Any]:
    """The fields by name, those that are empty left out."""
    record = asdict(decision)
    return {key: record[key] for key in COLUMNS if record[key] not in ("", None, ())}


def from_record(record: Mapping[str, Any]) -> Decision:
    """The decision of some fields; raises ValueError for what is none, with the remedy."""
    given = {key: value for key, value in record.items() if key in COLUMNS and value not in ("", None)}
    made: dict[str, Any] = {entry.name: "" for entry in fields(Decision) if entry.default is not None} | {
        "kind": None, "target_parents": (),
    }  # fmt: skip
    for key, value in given.items():
        if key in _NUMBERS:
            made[key] = _number(key, value)
        elif key in _KINDS:
            made[key] = _one_of(Kind, value)
        elif key == "target_parents":
            made[key] = tuple(value)
        else:
            made[key] = str(value)
    made["verdict"] = _one_of(Verdict, given.get("verdict", Verdict.EXACT if given.get("curie") else Verdict.NONE))
    made["curie"] = standard_xref(made["curie"]) if made["curie"] else ""
    return checked(Decision(**made))


def is_curie(name: str) -> bool:
    """True for a name that is a CURIE, of a prefix that medkg knows and as medkg writes it."""
    prefix, colon, local = name.partition(":")
    known = bool(colon and local) and name.isascii() and not re.search(r"[\s|]", name)
    return known and prefix in get_converter().prefix_map and standard_xref(name) == name


def checked(decision: Decision) -> Decision:
    """The decision itself; raises ValueError where it says nothing."""
    if not decision.name.strip():
        raise ValueError("it names nothing; fill in the name")
    if not decision.curie and decision.verdict not in (Verdict.NONE, Verdict.UNSURE):
        raise ValueError(f"{decision.name!r} is {decision.verdict} to nothing; give a CURIE or the verdict none")
    return decision


def _number(key: str, value: object) -> float:
    number = float(str(value))
    if not 0 <= number <= 1:
        raise ValueError(f"the {key} {value} is not between 0 and 1")
    return number


def _one_of(words: type[Kind] | type[Verdict], value: object) -> Any:
    try:
        return words(str(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is no {words.__name__.lower()}; give one of {', '.join(words)}") from error
