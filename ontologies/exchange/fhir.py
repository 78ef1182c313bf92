"""FHIR R4 ConceptMap (hl7.org/fhir/R4/conceptmap.html): one group for each source and target system.

A name is a code of the system of names of its kind; a CURIE is a code of its own system. What FHIR has no element for
stands as JSON in an extension of the target.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import orjson

from ontologies.code_systems import system_rules
from ontologies.curies import get_converter
from ontologies.errors import ExchangeError
from ontologies.exchange import LeftOut, Row, Vocabulary
from ontologies.exchange.fields import as_record, from_record, is_curie
from ontologies.model import Decision, Kind, Verdict

#: The address of the systems of names; the kind follows.
NAMES = "https://medkg.invalid/names/"
_ANY = "any"
_UNKNOWN = "https://medkg.invalid/system/"
_EXTENSION = "https://medkg.invalid/fhir/decision"
_EQUIVALENCE = {
    Verdict.EXACT: "equivalent",
    Verdict.BROAD: "wider",
    Verdict.NARROW: "narrower",
    Verdict.RELATED: "relatedto",
    Verdict.NONE: "disjoint",
}
_UNMATCHED = "unmatched"
_VERDICTS = {word: verdict for verdict, word in _EQUIVALENCE.items()} | {
    "equal": Verdict.EXACT,
    "subsumes": Verdict.BROAD,
    "specializes": Verdict.NARROW,
    _UNMATCHED: Verdict.NONE,
}


@dataclass(frozen=True, slots=True)
class ConceptMap:
    """The format of FHIR servers."""

    name: str = "fhir"

    def knows(self, head: str) -> bool:
        """True for a JSON object that says it is a ConceptMap."""
        return head.lstrip().startswith("{") and '"ConceptMap"' in head

    def read(self, path: Path) -> Iterator[Row | LeftOut]:
        """The targets of all elements as decisions, counted in their order."""
        for number, (group, element, target) in enumerate(_targets(path), start=1):
            try:
                yield Row(number, _decision(group, element, target))
            except (ValueError, TypeError) as error:
                yield LeftOut(number, str(element.get("code", "")), str(error))

    def write(self, decisions: Iterable[Decision], out: IO[str], vocabulary: Vocabulary) -> list[LeftOut]:
        """Writes one resource; of 'unsure' FHIR knows no word."""
        left_out: list[LeftOut] = []
        groups: dict[tuple[str, str], dict[str, list[Decision]]] = defaultdict(lambda: defaultdict(list))
        for number, decision in enumerate(decisions, start=1):
            if decision.verdict is Verdict.UNSURE:
                left_out.append(LeftOut(number, decision.name, "a ConceptMap has no word for 'unsure'"))
                continue
            target = system_of(decision.curie) if decision.curie else ""
            groups[_source(decision), target][decision.name].append(decision)
        versions = {info.prefix: info.version for info in vocabulary.terminologies}
        resource = {
            "resourceType": "ConceptMap",
            "url": "https://medkg.invalid/ConceptMap/decisions",
            "name": "CuratorsDecisions",
            "status": "active",
            "group": [_group(source, target, named, versions) for (source, target), named in sorted(groups.items())],
        }
        out.write(orjson.dumps(resource, option=orjson.OPT_INDENT_2).decode() + "\n")
        return left_out


def system_of(curie: str) -> str:
    """The address by which FHIR names the vocabulary of a CURIE."""
    prefix = curie.partition(":")[0]
    return _systems().get(prefix) or f"{_UNKNOWN}{prefix}"


def code_of(curie: str) -> str:
    """The code of a CURIE in its vocabulary."""
    prefix, _, local = curie.partition(":")
    return curie if prefix in system_rules()["codes"]["with_prefix"] else local


def curie_of(system: str, code: str) -> str:
    """The CURIE of a code; raises ValueError for a system that is not known."""
    prefix = {address: prefix for prefix, address in _systems().items()}.get(system, system.removeprefix(_UNKNOWN))
    if "://" in prefix or not prefix:
        raise ValueError(f"the system {system!r} is not known; name it in ontologies/rules/systems.toml")
    return code if code.startswith(f"{prefix}:") else f"{prefix}:{code}"


def _source(decision: Decision) -> str:
    if is_curie(decision.name):
        return system_of(decision.name)
    return NAMES + (decision.kind.value if decision.kind else _ANY)


def _group(source: str, target: str, named: dict[str, list[Decision]], versions: dict[str, str]) -> dict[str, Any]:
    group: dict[str, Any] = {"source": source}
    if target:
        group["target"] = target
    prefix = next((made.curie.partition(":")[0] for said in named.values() for made in said), "")
    if versions.get(prefix):
        group["targetVersion"] = versions[prefix]
    literal = source.startswith(NAMES)
    group["element"] = [
        {"code": name if literal else code_of(name), "target": [_target(decision) for decision in said]}
        for name, said in named.items()
    ]
    return group


def _target(decision: Decision) -> dict[str, Any]:
    target: dict[str, Any] = {}
    rest = {key: value for key, value in as_record(decision).items() if key not in ("verdict", "curie")}
    target["extension"] = [{"url": _EXTENSION, "valueString": orjson.dumps(rest, option=orjson.OPT_SORT_KEYS).decode()}]
    if decision.curie:
        target["code"] = code_of(decision.curie)
        if decision.target.strip():
            target["display"] = decision.target
    target["equivalence"] = _EQUIVALENCE[decision.verdict] if decision.curie else _UNMATCHED
    comment = decision.reason.strip() or (
        "the concept is narrower than the name" if "rr" in target["equivalence"] else ""
    )
    if comment:
        target["comment"] = comment
    return target


def _targets(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Group, element and target of every mapping; an element without targets has an empty one."""
    try:
        resource = orjson.loads(path.read_bytes())
        if resource["resourceType"] != "ConceptMap":
            raise KeyError("resourceType")
        groups = resource.get("group", [])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExchangeError(f"{path} is no ConceptMap ({error}); give one resource as JSON") from error
    for group in groups:
        for element in group.get("element", []):
            for target in element.get("target") or [{"equivalence": _UNMATCHED}]:
                yield group, element, target


def _decision(group: dict[str, Any], element: dict[str, Any], target: dict[str, Any]) -> Decision:
    word = target.get("equivalence", "")
    if word not in _VERDICTS:
        raise ValueError(f"the equivalence {word!r} is no verdict; known are: {', '.join(_VERDICTS)}")
    source, code = str(group.get("source", "")), str(element.get("code", ""))
    kind = source.removeprefix(NAMES) if source.startswith(NAMES) else ""
    said: dict[str, Any] = {
        "name": code if source.startswith(NAMES) else _named(source, code, element),
        "kind": kind if kind in set(Kind) else "",
        "target": target.get("display", ""),
        "reason": target.get("comment", ""),
    }
    own = _extension(target)
    if own:
        said = own | {"name": said["name"]}
    said["verdict"] = _VERDICTS[word]
    said["curie"] = curie_of(str(group.get("target", "")), target["code"]) if target.get("code") else ""
    return from_record(said)


def _named(source: str, code: str, element: dict[str, Any]) -> str:
    """The CURIE of a code, or what a code of a foreign system is called."""
    try:
        return curie_of(source, code)
    except ValueError:
        return str(element.get("display") or code)


def _extension(target: dict[str, Any]) -> dict[str, Any]:
    for extension in target.get("extension", []):
        if extension.get("url") == _EXTENSION:
            own = orjson.loads(extension.get("valueString", "{}"))
            return own if isinstance(own, dict) else {}
    return {}


@cache
def _systems() -> dict[str, str]:
    """Prefix to address; one address for each prefix that medkg knows."""
    return {record.prefix: record.uri_prefix for record in get_converter().records} | dict(system_rules()["systems"])


EXCHANGE = ConceptMap()
