"""Records of medkg's own exports, read back: each checked, since a file may have been through other hands."""

from __future__ import annotations

from typing import Any

from extractors.model import Assertion, Document, Qualifier
from kg.forms import Form
from kg.identity import row_ids
from kg.model import Asleep, Evidence, Node, Origin
from kg.predicates import PREDICATES
from ontologies.model import Kind


class FormError(ValueError):
    """A record is not as medkg writes it; the text says in what."""


def read_node(form: Form) -> Node:
    """The node of a record; raises `FormError`."""
    synonyms = tuple(_text(name) for name in _list(form, "synonyms"))
    kind = _member(Kind, form, "kind")
    return Node(
        _filled(form, "curie"), _filled(form, "name"), kind, _field(form, "name_zh"), synonyms, _flag(form, "aligned")
    )


def read_document(form: Form) -> Document:
    """The document of a record, which has no text; raises `FormError`."""
    return Document(
        _filled(form, "id"),
        _field(form, "title"),
        text="",
        version=_whole(form, "version"),
        effective=_field(form, "effective"),
        type=_field(form, "type"),
        source=_field(form, "source"),
        language=_field(form, "language"),
        country=_field(form, "country"),
        content_hash=_field(form, "content_hash"),
        restricted=_flag(form, "restricted"),
    )


def read_evidence(form: Form) -> Evidence:
    """The evidence row of a record, under the ids that it has; raises `FormError` where they are not of its content.

    A row whose quote was withheld keeps its id unchecked: the quote is part of what the id is made of.
    """
    row = Evidence(
        _filled(form, "id"),
        _filled(form, "fact"),
        _filled(form, "subject"),
        _filled(form, "predicate"),
        _filled(form, "object"),
        _filled(form, "document"),
        _whole(form, "version"),
        _field(form, "section"),
        _field(form, "section_title"),
        _whole(form, "start"),
        _whole(form, "end"),
        _field(form, "quote"),
        _field(form, "extractor"),
        _number(form, "score"),
        _member(Assertion, form, "assertion"),
        tuple(_qualifier(one) for one in _list(form, "qualifiers")),
        _field(form, "country"),
        _field(form, "subject_name"),
        _field(form, "object_name"),
        _origin(form.get("subject_origin")),
        _origin(form.get("object_origin")),
        None if form.get("said_score") is None else _number(form, "said_score"),
        _flag(form, "restricted"),
    )
    _check(row)
    return row


def read_asleep(form: Form) -> Asleep:
    """The sleeping row of a record, and its concept; raises `FormError`."""
    node = form.get("node")
    if not isinstance(node, dict):
        raise FormError("has no concept that both of its sides are")
    return Asleep(read_evidence(form), read_node(node))


def _check(row: Evidence) -> None:
    if row.predicate not in PREDICATES:
        raise FormError(f"says {row.predicate!r}, which is no predicate of this medkg")
    id_, fact = row_ids(row, row.subject, row.object)
    if row.fact_id != fact or (row.id != id_ and not (row.restricted and not row.quote)):
        raise FormError("has another id than its content gives: it was changed since it was exported")


def _qualifier(told: Any) -> Qualifier:
    if not isinstance(told, dict):
        raise FormError("has a qualifier without name and value")
    return Qualifier(_filled(told, "name"), _field(told, "value"))


def _origin(told: Any) -> Origin | None:
    if told is None:
        return None
    if not isinstance(told, dict):
        raise FormError("has an origin that is none")
    return Origin(_member(Kind, told, "kind"), _field(told, "curie"), _number(told, "score"), _field(told, "name"))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise FormError(f"has {str(value)[:40]!r} where a text belongs")
    return value


def _field(form: Form, name: str) -> str:
    return _text(form.get(name) or "")


def _filled(form: Form, name: str) -> str:
    if not form.get(name):
        raise FormError(f"has no {name}")
    return _text(form[name])


def _list(form: Form, name: str) -> list[Any]:
    value = form.get(name) or []
    if not isinstance(value, list):
        raise FormError(f"has no list of {name}")
    return value


def _flag(form: Form, name: str) -> bool:
    if not isinstance(form.get(name), bool):
        raise FormError(f"has {name} neither true nor false")
    return bool(form[name])


def _whole(form: Form, name: str) -> int:
    value = form.get(name)
    if not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise FormError(f"has no whole number as {name}")
    return value


def _number(form: Form, name: str) -> float:
    value = form.get(name)
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise FormError(f"has no number from 0 to 1 as {name}")
    return float(value)


def _member(kind: type[Any], form: Form, name: str) -> Any:
    value = form.get(name)
    if value not in kind.__members__.values():
        raise FormError(f"has the {name} {str(value)[:40]!r}, which this medkg does not have")
    return kind(value)
