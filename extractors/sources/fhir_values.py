"""Results of Observations and their components, and doses, from the data types of FHIR."""

from __future__ import annotations

from typing import Any

from extractors.events import Value
from extractors.rules import read_rules
from extractors.sources.fhir_codes import names_at
from extractors.sources.fhir_paths import Resource, codes_at, each, first_number, first_text, text_of, time_of

_UCUM = "http://unitsofmeasure.org"
_NUMBERS = ("valueInteger", "valueDecimal", "valueInteger64")
_WORDS = ("valueString", "valueBoolean", "valueTime", "valueReference.display")


def read_value(node: Resource) -> Value | None:
    """What an Observation or a component of one gave, with its flag and limits; None where it says nothing of these."""
    low, high = _limits(node)
    number, text = _number(node), ""
    if number is None:
        text = _words(node)
    quantity: Any = next(iter(each(node, "valueQuantity")), {})
    value = Value(number, _unit(quantity), text, first_text(quantity, "comparator"), _flag(node), low, high)
    return value if value != Value() else None


def quantity_text(node: Any) -> str:
    """A Quantity as it is said: `<5 mg`."""
    words = (first_text(node, "comparator") + first_text(node, "value"), first_text(node, "unit") or _unit(node))
    return " ".join(filter(None, words))


def dose_text(node: Any) -> str:
    """A Dosage as its sig line has it, else put together from its parts; also the Quantity of an immunization."""
    if not isinstance(node, dict):
        return text_of(node)
    if said := first_text(node, "text", "patientInstruction"):
        return said
    amounts = [*each(node, "doseAndRate.doseQuantity"), *each(node, "doseQuantity"), *each(node, "dose")]
    ranges = [*each(node, "doseAndRate.doseRange"), *each(node, "doseRange")]
    dose = next((text for amount in [*amounts, node] if (text := quantity_text(amount))), "")
    dose = dose or next((text for each_one in ranges if (text := _range(each_one))), "")
    timing = names_at(node, "timing.code") or _repeat(node)
    return ", ".join(filter(None, [dose, names_at(node, "route"), timing]))


def _repeat(node: Resource) -> str:
    often, period = first_text(node, "timing.repeat.frequency"), first_text(node, "timing.repeat.period")
    return f"{often} / {period} {first_text(node, 'timing.repeat.periodUnit')}" if often and period else ""


def _number(node: Resource) -> float | None:
    paths = ("valueQuantity.value", *_NUMBERS)
    return next((number for path in paths if (number := first_number(node, path)) is not None), None)


def _words(node: Resource) -> str:
    if said := names_at(node, "valueCodeableConcept", "valueCodeableReference"):
        return said
    if said := first_text(node, *_WORDS):
        return said
    for found in each(node, "valueRange"):
        return _range(found)
    for found in each(node, "valueRatio"):
        return ":".join(quantity_text(part) for name in ("numerator", "denominator") for part in each(found, name))
    for found in each(node, "valuePeriod"):
        return " – ".join(time_of(first_text(found, name)) for name in ("start", "end"))
    return time_of(first_text(node, "valueDateTime"))


def _range(node: Any) -> str:
    return "–".join(filter(None, (quantity_text(part) for name in ("low", "high") for part in each(node, name))))


def _unit(quantity: Any) -> str:
    code = first_text(quantity, "code")
    return code if code and first_text(quantity, "system") == _UCUM else first_text(quantity, "unit", "code")


def _flag(node: Resource) -> str:
    words = read_rules("fhir")["flags"]
    found = codes_at(node, "interpretation") or [first_text(node, "interpretation.text")]
    return next((words.get(code, code) for code in found if code), "")


def _limits(node: Resource) -> tuple[float | None, float | None]:
    """The limits of the first range that is the normal one: neither of a type of its own nor for others."""
    ranges = [found for found in each(node, "referenceRange") if isinstance(found, dict)]
    normal = [found for found in ranges if "normal" in codes_at(found, "type") or not found.get("type")]
    found = next(iter([*normal, *ranges]), {})
    return first_number(found, "low.value"), first_number(found, "high.value")
