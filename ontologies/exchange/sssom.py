"""SSSOM TSV (mapping-commons.github.io/sssom, 1.1): decisions as mappings of names (RDF literals) or of CURIEs.

A rejection is an exactMatch with the modifier Not, "no concept" an exactMatch with sssom:NoTermFound. `confidence` is
the curator's, `similarity_score` what the program had predicted. What SSSOM has no slot for stands as JSON in `other`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from ontologies.curies import get_converter
from ontologies.exchange import LeftOut, Row, Vocabulary
from ontologies.exchange.fields import as_record, from_record, is_curie
from ontologies.model import Decision, Verdict
from ontologies.sssom import NO_TERM, SAME, MappingRow, read_mappings

COLUMNS = (
    "subject_id", "subject_label", "subject_category", "subject_type", "predicate_id", "predicate_modifier",
    "object_id", "object_label", "object_category", "object_source", "object_source_version",
    "mapping_justification", "author_id", "author_label", "mapping_date", "mapping_tool", "confidence",
    "similarity_score", "similarity_measure", "comment", "other",
)  # fmt: skip
_PREDICATES = {
    Verdict.EXACT: "skos:exactMatch",
    Verdict.NONE: "skos:exactMatch",
    Verdict.BROAD: "skos:broadMatch",
    Verdict.NARROW: "skos:narrowMatch",
    Verdict.RELATED: "skos:relatedMatch",
}
_VERDICTS = dict.fromkeys(SAME, Verdict.EXACT) | {
    "skos:broadMatch": Verdict.BROAD,
    "skos:narrowMatch": Verdict.NARROW,
    "skos:relatedMatch": Verdict.RELATED,
    "skos:closeMatch": Verdict.RELATED,
}
_LITERAL = "rdfs literal"
_OWN = {
    "name": "subject_label",
    "kind": "subject_category",
    "target": "object_label",
    "target_kind": "object_category",
    "reason": "comment",
    "author": "author_label",
    "confidence": "confidence",
    "predicted": "similarity_score",
}
"""The fields that have a slot of their own."""
_BUILT_IN = ("skos", "semapv", "sssom", "owl", "rdfs", "orcid")
_ADDRESSES = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "orcid": "https://orcid.org/",
}


@dataclass(frozen=True, slots=True)
class Sssom:
    """The format of mapping sets."""

    name: str = "sssom"

    def knows(self, head: str) -> bool:
        """True where the header has the columns that SSSOM demands."""
        lines = [line for line in head.splitlines() if not line.startswith("#")]
        return bool(lines) and {"predicate_id", "mapping_justification"} <= set(re.split(r"[\t,]", lines[0]))

    def read(self, path: Path) -> Iterator[Row | LeftOut]:
        """The mappings as decisions; a row whose predicate has no verdict is told."""
        for number, row in enumerate(read_mappings(path), start=1):
            try:
                yield Row(number, _decision(row))
            except ValueError as error:
                yield LeftOut(number, row.subject_label or row.subject_id, str(error))

    def write(self, decisions: Iterable[Decision], out: IO[str], vocabulary: Vocabulary) -> list[LeftOut]:
        """Writes a set; of 'unsure' SSSOM knows no word."""
        left_out: list[LeftOut] = []
        rows: list[dict[str, str]] = []
        versions = {info.prefix: info.version for info in vocabulary.terminologies}
        for number, decision in enumerate(decisions, start=1):
            if decision.verdict is Verdict.UNSURE:
                left_out.append(LeftOut(number, decision.name, "SSSOM has no word for 'unsure'"))
            else:
                rows.append(_row(decision, versions))
        write_set(rows, out, name="mappings", title="Decisions of curators")
        return left_out


def write_set(rows: list[dict[str, str]], out: IO[str], *, name: str, title: str) -> None:
    """Writes a mapping set: its metadata with the addresses of all prefixes, then its rows, with `COLUMNS` as keys."""
    out.writelines(f"#{line}\n" for line in _metadata(rows, name, title))
    table = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)


def _metadata(rows: list[dict[str, str]], name: str, title: str) -> Iterator[str]:
    ids = [row[column] for row in rows for column in ("subject_id", "object_id", "author_id") if row[column]]
    prefixes = sorted({*(one.partition(":")[0] for one in ids), *_BUILT_IN})
    known = {record.prefix: record.uri_prefix for record in get_converter().records} | _ADDRESSES
    yield "curie_map:"
    yield from (f"  {prefix}: {known.get(prefix, f'https://medkg.invalid/{prefix}/')}" for prefix in prefixes)
    yield "license: https://w3id.org/sssom/license/unspecified"
    yield f"mapping_set_id: https://medkg.invalid/{name}"
    yield f"mapping_set_title: {title}"
    yield "sssom_version: '1.1'"


def _row(decision: Decision, versions: dict[str, str]) -> dict[str, str]:
    record = as_record(decision)
    row = dict.fromkeys(COLUMNS, "")
    for field, column in _OWN.items():
        row[column] = plain_cell(str(record.get(field, "")))
        if row[column] == str(record.get(field, "")):
            record.pop(field, None)
    named = is_curie(decision.name)
    prefix = decision.curie.partition(":")[0]
    orcid = decision.author if decision.author.startswith("orcid:") else ""
    row |= {
        "subject_id": decision.name if named else "",
        "subject_label": "" if named else row["subject_label"],
        "subject_type": "" if named else _LITERAL,
        "predicate_id": _PREDICATES[decision.verdict],
        "predicate_modifier": "Not" if decision.verdict is Verdict.NONE and decision.curie else "",
        "object_id": decision.curie or NO_TERM,
        "object_source_version": versions.get(prefix, ""),
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_id": orcid,
        "author_label": "" if orcid else row["author_label"],
        "mapping_date": decision.time[:10],
        "mapping_tool": "medkg",
        "similarity_measure": "medkg grounding" if decision.predicted is not None else "",
    }
    for field in ("curie", "verdict"):
        record.pop(field, None)
    row["other"] = orjson.dumps(record, option=orjson.OPT_SORT_KEYS).decode() if record else ""
    return row


def plain_cell(text: str) -> str:
    """`text` as it may stand in a cell: without line breaks, tabs and bars, which part several values."""
    return " ".join(text.replace("|", " ").split())


def _decision(row: MappingRow) -> Decision:
    if row.predicate_id not in _VERDICTS:
        known = ", ".join(_VERDICTS)
        raise ValueError(f"the predicate {row.predicate_id!r} is no verdict; known are: {known}")
    verdict = _VERDICTS[row.predicate_id]
    nothing = row.object_id == NO_TERM
    if row.negated and verdict is not Verdict.EXACT:
        raise ValueError(f"'Not {row.predicate_id}' is no decision: only an exact match can be denied")
    said = {
        "name": row.subject_label if row.subject_type == _LITERAL else row.subject_id,
        "kind": row.subject_category,
        "curie": "" if nothing else row.object_id,
        "verdict": Verdict.NONE if nothing or row.negated else verdict,
        "target": row.object_label,
        "target_kind": row.object_category,
        "author": row.author_id or row.more.get("author_label", ""),
        "time": row.mapping_date,
        "reason": row.comment,
        "confidence": row.confidence,
        "predicted": row.more.get("similarity_score", ""),
    }
    return from_record({**said, **_other(row)})


def _other(row: MappingRow) -> dict[str, Any]:
    """What we wrote into `other`; another program's remarks there are none of ours."""
    try:
        other = orjson.loads(row.more.get("other", "") or "{}")
    except orjson.JSONDecodeError:
        return {}
    kept = other.items() if isinstance(other, dict) else ()
    return {key: value for key, value in kept if key not in ("curie", "verdict")}


EXCHANGE = Sssom()
