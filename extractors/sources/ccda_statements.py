"""What the clinical statements of C-CDA are: their role, and their parts (name, status, value, sig) as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.events import Coding, EventKind, Value
from extractors.model import Assertion
from extractors.sources.ccda_narrative import Narrative
from extractors.sources.ccda_xml import (
    XSI_TYPE,
    Element,
    attribute,
    ccda_rules,
    child,
    children,
    codings,
    own_text,
    template_ids,
)

#: Statements that hold statements.
STATEMENTS = frozenset(
    {"act", "observation", "organizer", "procedure", "encounter", "substanceAdministration", "supply"}
)
KINDS = {
    "problem": EventKind.CONDITION,
    "family": EventKind.CONDITION,
    "allergy": EventKind.ALLERGY,
    "medication": EventKind.MEDICATION,
    "immunization": EventKind.IMMUNIZATION,
    "procedure": EventKind.PROCEDURE,
    "test": EventKind.TEST,
}
_REACTION = ("2.16.840.1.113883.10.20.22.4.9", "2.16.840.1.113883.10.20.1.54")
_SEVERITY = ("2.16.840.1.113883.10.20.22.4.8", "2.16.840.1.113883.10.20.1.55")
_PLANNED = {"observation": EventKind.TEST, "substanceAdministration": EventKind.MEDICATION}
_PLANNING_MOODS = frozenset({"INT", "RQO", "PRMS", "ARQ", "PRP", "APT"})


@cache
def _roles() -> dict[str, str]:
    return {oid: role for role, oids in ccda_rules()["entries"].items() for oid in oids}


def role_by_template(statement: Element) -> str:
    """The role that the statement's templates give it; the more special one where there are several."""
    roles = [_roles()[oid] for oid in template_ids(statement) if oid in _roles()]
    return next((role for role in roles if role not in {"test", "problem"}), roles[0] if roles else "")


def role_by_section(statement: Element, section: str) -> str:
    """The role of a statement without a known template: by the kind of its section and its element."""
    for role, rule in ccda_rules()["elements"].items():
        if section in rule["sections"] and statement.tag in rule["elements"]:
            return str(role)
    return ""


def kind_of_event(role: str, statement: Element) -> EventKind:
    """The kind of event that a statement in this role tells of."""
    return KINDS.get(role) or _PLANNED.get(str(statement.tag), EventKind.PROCEDURE)


def text_of(element: Element | None, narrative: Narrative) -> str:
    """The text of an element (ED): its own, else what its reference points at in the narrative."""
    own = own_text(element)
    reference = attribute(child(element, "reference"), "value")
    return own or narrative.resolve(reference) or ("" if "#" in reference or "/" in reference else reference)


def name_of(code: Element | None, narrative: Narrative) -> str:
    """What a coded element is called: its name, else that of a translation, else its text in the narrative."""
    named = next((each.name for each in codings(code) if each.name), "") or attribute(code, "displayName")
    texts = (text_of(each, narrative) for each in children(code, "originalText"))
    inner = (text_of(each, narrative) for each in children(code, "translation/originalText"))
    return named or next(filter(None, (*texts, *inner)), "")


def is_over(statement: Element) -> bool:
    """Whether a status observation inside a problem says that it is resolved or inactive."""
    over = ccda_rules()["statuses"]["over"]
    for value in statement.iterfind("entryRelationship/observation/value"):
        if attribute(value, "code") in over or attribute(value, "displayName").lower() in over:
            return True
    return False


def is_planned(statement: Element) -> bool:
    """Whether a statement tells of an intent, a request or a promise and not of a thing done."""
    return attribute(statement, "moodCode") in _PLANNING_MOODS


def status_in(statement: Element, group: str) -> bool:
    """Whether the status code of a statement is of the group `undone` or `retracted`."""
    return attribute(child(statement, "statusCode"), "code").lower() in ccda_rules()["statuses"][group]


def undenied(codes: tuple[Coding, ...]) -> tuple[tuple[Coding, ...], str]:
    """The concept that codes like "no known allergy" deny, with its name; the codes as they are where they do not."""
    for coding in codes:
        denied = ccda_rules()["denials"].get(coding.code)
        if denied and coding.curie.startswith("snomedct:"):
            curie = f"snomedct:{denied['code']}"
            return (Coding(curie, coding.system, denied["code"], denied["name"]),), str(denied["name"])
    return codes, ""


def denied_part(name: str) -> str:
    """What a name like "No known drug allergies" denies; empty where it denies nothing."""
    words = ccda_rules()["words"]
    short = words["abbreviations"].get(name.lower().strip(" ."), "")
    found = re.match(words["denied"], name, re.IGNORECASE)
    return short or (name[found.end() :].strip() if found else "")


def says_nothing(name: str) -> bool:
    """Whether a name only says that nothing is known or recorded."""
    return re.fullmatch(ccda_rules()["words"]["unsaid"], name.strip(" ."), re.IGNORECASE) is not None


def assertion_of(statement: Element, role: str, *, denied: bool) -> Assertion:
    """What a statement says of its concept."""
    negated = attribute(statement, "negationInd") == "true" or status_in(statement, "undone")
    if negated or denied:
        return Assertion.NEGATED
    if role == "family":
        return Assertion.FAMILY
    if role == "planned" or (role != "medication" and is_planned(statement)):
        return Assertion.HYPOTHETICAL
    if role == "problem" and is_over(statement) and not attribute(child(statement, "effectiveTime/high"), "value"):
        return Assertion.HISTORICAL
    return Assertion.PRESENT


def product_of(statement: Element) -> Element | None:
    """The material of a medication, a vaccine or a supply."""
    for path in ("consumable", "product"):
        for material in ("manufacturedMaterial", "manufacturedLabeledDrug"):
            if (found := child(statement, f"{path}/manufacturedProduct/{material}")) is not None:
                return found
    return None


def sig_of(statement: Element, narrative: Narrative, name: str) -> str:
    """The sig line of a medication: the free text where there is one, else dose, route and timing put in words."""
    free = (
        each
        for each in statement.iterfind("entryRelationship/substanceAdministration")
        if attribute(child(each, "code"), "code") == "76662-6"
    )
    texts = [text_of(child(each, "text"), narrative) for each in (*free, statement)]
    written = next((text for text in texts if text and text.lower() != name.lower()), "")
    return written or ", ".join(
        filter(None, (" ".join(filter(None, _dose_parts(statement, narrative))), *_timing(statement)))
    )


def _dose_parts(statement: Element, narrative: Narrative) -> Iterator[str]:
    dose = child(statement, "doseQuantity")
    amount = attribute(dose, "value") or "-".join(
        filter(None, (attribute(child(dose, bound), "value") for bound in ("low", "high")))
    )
    unit = attribute(dose, "unit")
    yield amount
    yield "" if unit == "1" else unit
    yield attribute(child(statement, "administrationUnitCode"), "displayName") if amount and not unit else ""
    yield name_of(child(statement, "routeCode"), narrative)


def _timing(statement: Element) -> Iterator[str]:
    for time in children(statement, "effectiveTime"):
        period = child(time, "period")
        bounds = [attribute(child(period, bound), "value") for bound in ("low", "high")]
        every = attribute(period, "value") or "-".join(filter(None, bounds))
        unit = attribute(period, "unit") or attribute(child(period, "low"), "unit")
        if every:
            yield f"every {every} {unit}".strip()
        if event := attribute(child(time, "event"), "code"):
            yield event


def value_of(statement: Element, narrative: Narrative) -> Value | None:
    """What a test gave, with its flag and range; None where it says nothing."""
    element = child(statement, "value")
    flag = next((code for each in children(statement, "interpretationCode") if (code := attribute(each, "code"))), "")
    low, high = _range(statement)
    number, unit, comparator, text = _quantity(element)
    if number is None and not text:
        text = (
            text_of(element, narrative)
            if attribute(element, XSI_TYPE) in {"ST", "ED", ""}
            else name_of(element, narrative)
        )
    if number is None and not text:
        return None
    return Value(number, unit, text, comparator, flag, low, high)


def reaction_of(statement: Element, narrative: Narrative) -> Value | None:
    """How the patient reacted to what an allergy is of: "Hives (severe)"; None where that is not said."""
    reactions: list[str] = []
    severity = ""
    for inner in statement.iterfind("entryRelationship/observation"):
        name = name_of(child(inner, "value"), narrative) or text_of(child(inner, "text"), narrative)
        templates = template_ids(inner)
        if any(oid in templates for oid in _SEVERITY):
            severity = name
        elif any(oid in templates for oid in _REACTION) and name:
            grave = next((each for each in inner.iterfind("entryRelationship/observation/value")), None)
            reactions.append(f"{name} ({name_of(grave, narrative)})" if grave is not None else name)
    text = "; ".join(reactions) + (f" ({severity})" if severity and "(" not in "".join(reactions) else "")
    return Value(text=text.strip()) if text else None


def _quantity(element: Element | None) -> tuple[float | None, str, str, str]:
    """Number, unit, comparator and words of a PQ, INT, REAL or a bound of an IVL_PQ; a range is words."""
    number = read_number(attribute(element, "value"))
    if number is not None:
        return number, attribute(element, "unit"), "", ""
    low, high = child(element, "low"), child(element, "high")
    bottom, top = read_number(attribute(low, "value")), read_number(attribute(high, "value"))
    if bottom is not None and top is not None:
        return None, attribute(low, "unit"), "", f"{bottom:g}-{top:g}"
    if bottom is None and top is None:
        return None, attribute(element, "unit"), "", attribute(element, "value")
    bound = low if top is None else high
    closed = attribute(bound, "inclusive") != "false"
    sign = (">" if top is None else "<") + ("=" if closed else "")
    return bottom if top is None else top, attribute(bound, "unit"), sign, ""


def _range(statement: Element) -> tuple[float | None, float | None]:
    value = child(statement, "referenceRange/observationRange/value")
    bounds = [read_number(attribute(child(value, bound), "value")) for bound in ("low", "high")]
    return bounds[0], bounds[1]


def read_number(text: str) -> float | None:
    """The number that `text` is, or None."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None
