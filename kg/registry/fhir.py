"""A registry table as FHIR R4: a Questionnaire of its fields and a QuestionnaireResponse for each patient."""

from __future__ import annotations

import re
from typing import Any

import orjson

from kg.registry.build import Record
from kg.registry.cells import Cell
from kg.registry.schema import Field, Schema, Take

_NUMBER = re.compile(r"([<>]=?)?(-?\d+(?:\.\d+)?)")
_TYPES = {Take.DATE: "date", Take.COUNT: "integer", Take.DAYS: "integer"}


def write_questionnaire(schema: Schema) -> bytes:
    """The Questionnaire resource as JSON."""
    items = [{"linkId": each.name, "text": each.label or each.name, "type": _type(each)} for each in schema.fields]
    form = {"resourceType": "Questionnaire", "name": schema.name, "title": schema.name, "status": "active"}
    return orjson.dumps({**form, "subjectType": ["Patient"], "item": items}, option=orjson.OPT_INDENT_2)


def write_response(schema: Schema, record: Record) -> bytes:
    """The QuestionnaireResponse of one patient as one line of JSON; empty cells are left out."""
    asked = {each.name: each for each in schema.fields}
    items = [_item(asked[cell.field], cell) for cell in record.cells if cell.value]
    subject = {"identifier": {"system": "urn:medkg:pseudonym", "value": record.patient.pseudonym}}
    form = {"resourceType": "QuestionnaireResponse", "questionnaire": schema.name, "status": "completed"}
    return orjson.dumps({**form, "subject": subject, "item": items})


def _type(asked: Field) -> str:
    return "quantity" if asked.take is Take.VALUE and asked.unit else _TYPES.get(asked.take, "string")


def _item(asked: Field, cell: Cell) -> dict[str, Any]:
    """The answer of a cell: a quantity where it has a unit and a plain number."""
    answer: dict[str, Any] = {"valueString": cell.value}
    if asked.take in (Take.COUNT, Take.DAYS):
        answer = {"valueInteger": int(cell.value)}
    elif asked.take is Take.DATE:
        answer = {"valueDate": cell.value[:10]}
    elif _type(asked) == "quantity" and (number := _NUMBER.fullmatch(cell.value)):
        comparator = {"comparator": number[1]} if number[1] else {}
        answer = {"valueQuantity": {"value": float(number[2]), **comparator, "unit": cell.unit}}
    return {"linkId": asked.name, "answer": [answer]}
