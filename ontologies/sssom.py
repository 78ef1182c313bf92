"""SSSOM mapping sets (mapping-commons.github.io/sssom, 1.0 and 1.1): what a file says of itself, and its rows.

Tab- or comma-separated, plain or gzipped. The metadata are YAML in `#` lines at the top, or in a `.yml` file beside it;
of YAML only what SSSOM writes is read: scalars, lists, and maps of one level.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from ontologies.curies import standard_xref
from ontologies.errors import TerminologyError
from ontologies.tables import find_delimiter, open_text, read_rows

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
SAME = frozenset({"skos:exactMatch", "owl:sameAs", "owl:equivalentClass"})
"""Predicates that say that two concepts are one, where they are not negated."""
NO_TERM = "sssom:NoTermFound"
"""What stands in place of a concept where the other side has none."""
_LITERAL = "rdfs literal"
_ADDRESSES = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
}
_PROPAGATED = ("mapping_date", "mapping_tool", "subject_source", "object_source", "subject_type", "object_type")
"""What the set may say once for all its rows (SSSOM, propagation of mapping set slots)."""
_ENTRY = re.compile(r"([\w./-]+)\s*:(?:\s+(.*))?")
_ITEM = re.compile(r"-\s+(.*)")

Metadata = Mapping[str, str | list[str] | dict[str, str]]


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One mapping: identifiers as medkg writes CURIEs, everything else as the file has it, empty where it is silent.

    A literal (`subject_type` "rdfs literal") has a label and no id. `more` has the file's further columns by name.
    """

    subject_id: str
    subject_label: str
    predicate_id: str
    predicate_modifier: str
    object_id: str
    object_label: str
    mapping_justification: str
    confidence: float | None = None
    author_id: str = ""
    mapping_date: str = ""
    comment: str = ""
    reviewer_id: str = ""
    mapping_tool: str = ""
    subject_source: str = ""
    object_source: str = ""
    subject_category: str = ""
    object_category: str = ""
    subject_type: str = ""
    object_type: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def negated(self) -> bool:
        """True where the row says that the mapping does not hold."""
        return bool(self.predicate_modifier)

    @property
    def says_same(self) -> bool:
        """True where the row says that subject and object are one concept; broad, narrow and negated ones never do."""
        named = self.subject_id and self.object_id and NO_TERM not in (self.subject_id, self.object_id)
        return bool(named) and self.predicate_id in SAME and not self.negated


_OWN = frozenset(entry.name for entry in fields(MappingRow)) - {"more"}


def read_metadata(path: Path) -> Metadata:
    """What the set says of itself: `mapping_set_id`, `license`, `curie_map` (prefix to address) and so on."""
    with open_text(path) as text:
        lines = list(_header(text))
    beside = path.with_name(path.name.removesuffix(".gz")).with_suffix(".yml")
    if not lines and beside.is_file():
        with open_text(beside) as text:
            lines = [line for line in text if not line.lstrip().startswith("#")]
    return _parse(path, lines)


def read_mappings(path: Path) -> Iterator[MappingRow]:
    """The mappings of the file at `path`, streamed.

    Raises TerminologyError for a missing column, a broken row, an identifier that is missing, or a confidence that is
    no number between 0 and 1.
    """
    metadata = read_metadata(path)
    addresses = metadata.get("curie_map", {})
    ids = _Identifiers(addresses if isinstance(addresses, dict) else {})
    given = {key: value for key in _PROPAGATED if isinstance(value := metadata.get(key), str)}
    for number, row in enumerate(read_rows(path, REQUIRED, delimiter=find_delimiter(path)), start=1):
        filled = given | {key: value for key, value in row.items() if value}
        try:
            yield _mapping(filled, ids)
        except ValueError as error:
            raise TerminologyError(f"{path}, row {number}: {error}; mend the row") from error


class _Identifiers(dict[str, str]):
    """CURIEs of a file as medkg writes them, kept; a prefix of the file's own is looked up by its address."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        super().__init__()
        self._addresses = addresses

    def __missing__(self, text: str) -> str:
        written = self[text] = self._written(text)
        return written

    def _written(self, text: str) -> str:
        from ontologies.curies import get_converter

        own = standard_xref(text)
        prefix, _, local = text.partition(":")
        address = text if "://" in text else self._addresses.get(prefix, "") + local
        if own != text or "://" not in address or prefix in _ADDRESSES:
            return own
        for known, start in _ADDRESSES.items():
            if address.startswith(start):
                return f"{known}:{address.removeprefix(start)}"
        found = get_converter().parse_uri(address, strict=False)
        return f"{found.prefix}:{found.identifier}" if found else text


def _mapping(row: Mapping[str, str], ids: _Identifiers) -> MappingRow:
    said = {key: row.get(key, "") for key in _OWN - {"confidence"}}
    for side in ("subject", "predicate", "object"):
        given = said[f"{side}_id"]
        literal = side != "predicate" and said[f"{side}_type"] == _LITERAL and said[f"{side}_label"]
        if ":" not in given and not (literal and not given):
            raise ValueError(f"{given!r} is no {side}_id: a CURIE is wanted")
        said[f"{side}_id"] = ids[given] if given else ""
    if said["predicate_modifier"] not in ("", "Not"):
        raise ValueError(f"{said['predicate_modifier']!r} is no predicate_modifier: 'Not' is the only one")
    more = {key: value for key, value in row.items() if key not in _OWN}
    return MappingRow(**said, confidence=_confidence(row.get("confidence", "")), more=more)


def _confidence(text: str) -> float | None:
    if not text:
        return None
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(f"{text!r} is no confidence between 0 and 1")
    return value


def _header(text: Iterable[str]) -> Iterator[str]:
    for line in text:
        if not line.startswith("#"):
            return
        yield line[1:]


def _parse(path: Path, lines: Iterable[str]) -> Metadata:
    """The keys of a block of YAML; raises TerminologyError for a line that is none."""
    metadata: dict[str, str | list[str] | dict[str, str]] = {}
    lines = [line.rstrip() for line in lines if line.strip()]
    margin = min((_indent(line) for line in lines), default=0)
    key = ""
    for line in lines:
        entry, item = _ENTRY.fullmatch(line.strip()), _ITEM.fullmatch(line.strip())
        under = metadata.get(key)
        if item and key:
            metadata[key] = [*(under if isinstance(under, list) else []), _scalar(item[1])]
        elif entry and _indent(line) > margin and key:
            metadata[key] = {**(under if isinstance(under, dict) else {}), entry[1]: _scalar(entry[2] or "")}
        elif entry:
            key = entry[1]
            metadata[key] = _scalar(entry[2] or "")
        elif isinstance(under, str) and _indent(line) > margin:
            metadata[key] = f"{under} {line.strip()}".strip()
        else:
            raise TerminologyError(f"{path}: {line.strip()[:60]!r} in its head is no 'key: value'; mend the metadata")
    return metadata


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _scalar(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text
