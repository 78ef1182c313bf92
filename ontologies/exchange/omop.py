"""OMOP source_to_concept_map (OMOP CDM 5.4), as CSV: names that are a concept, and 0 for names that no concept fits.

The table maps and knows no other relation, so that broader, narrower, related and rejected concepts are left out. A
concept id is the cross-reference `omop:` of the concept, by any vocabulary that has it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO

from ontologies.exchange import LeftOut, Row, Vocabulary
from ontologies.exchange.fields import from_record
from ontologies.model import Decision, Verdict
from ontologies.tables import read_rows

COLUMNS = (
    "source_code", "source_concept_id", "source_vocabulary_id", "source_code_description", "target_concept_id",
    "target_vocabulary_id", "valid_start_date", "valid_end_date", "invalid_reason",
)  # fmt: skip
_VOCABULARY = "medkg"
_CODE, _DESCRIPTION = 50, 255
"""Characters that the columns hold."""
_FROM, _TO = "1970-01-01", "2099-12-31"
_VOCABULARIES = {
    "rxnorm": "RxNorm", "snomedct": "SNOMED", "mesh": "MeSH", "icd10cm": "ICD10CM", "icd10": "ICD10", "loinc": "LOINC",
    "atc": "ATC", "meddra": "MedDRA", "icd9cm": "ICD9CM", "icd10pcs": "ICD10PCS", "ndc": "NDC", "cvx": "CVX",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceToConceptMap:
    """The format of OMOP's ETL."""

    name: str = "omop"

    def knows(self, head: str) -> bool:
        """True where the header has the table's columns."""
        columns = head.partition("\n")[0].lower().replace('"', "")
        return "source_code" in columns and "target_concept_id" in columns

    def read(self, path: Path) -> Iterator[Row | LeftOut]:
        """The rows that are valid as decisions; their concepts are CURIEs of `omop:`."""
        required = ("source_code", "target_concept_id")
        for number, row in enumerate(read_rows(path, required, delimiter=","), start=1):
            name = row.get("source_code_description", "") or row["source_code"]
            if row.get("invalid_reason"):
                yield LeftOut(number, name, f"it is no longer valid ({row['invalid_reason']})")
                continue
            mapped = row["target_concept_id"].strip()
            verdict = Verdict.NONE if mapped in ("", "0") else Verdict.EXACT
            curie = "" if verdict is Verdict.NONE else f"omop:{mapped}"
            start = row.get("valid_start_date", "")
            time = "" if start == _FROM else start
            try:
                yield Row(number, from_record({"name": name, "verdict": verdict, "curie": curie, "time": time}))
            except ValueError as error:
                yield LeftOut(number, name, str(error))

    def write(self, decisions: Iterable[Decision], out: IO[str], vocabulary: Vocabulary) -> list[LeftOut]:
        """Writes the exact decisions whose concepts have an OMOP concept id, and those for no concept."""
        left_out: list[LeftOut] = []
        table = csv.writer(out, lineterminator="\n")
        table.writerow(COLUMNS)
        for number, decision in enumerate(decisions, start=1):
            try:
                table.writerow(_row(decision, vocabulary))
            except ValueError as error:
                left_out.append(LeftOut(number, decision.name, str(error)))
        return left_out


def _row(decision: Decision, vocabulary: Vocabulary) -> list[str]:
    name = " ".join(decision.name.split())
    if len(name) > _DESCRIPTION:
        raise ValueError(f"the name has {len(name)} characters, and the table holds {_DESCRIPTION}; shorten it")
    concept, target = "0", ""
    if decision.verdict is Verdict.EXACT:
        concept, target = _concept_id(decision.curie, vocabulary), decision.curie.partition(":")[0]
    elif decision.curie or decision.verdict is not Verdict.NONE:
        word = decision.verdict.value if decision.verdict is not Verdict.NONE else "not this concept"
        raise ValueError(f"source_to_concept_map has no word for {word!r}; export SSSOM")
    code = name if len(name) <= _CODE else blake2b(name.encode(), digest_size=8).hexdigest()
    target = _VOCABULARIES.get(target, target) if target else "None"
    return [code, "0", _VOCABULARY, name, concept, target, decision.time[:10] or _FROM, _TO, ""]


def _concept_id(curie: str, vocabulary: Vocabulary) -> str:
    ids = sorted(one.removeprefix("omop:") for one in (curie, *vocabulary.members(curie)) if one.startswith("omop:"))
    if not ids:
        raise ValueError(
            f"no OMOP concept id is known for {curie}; add the Athena vocabularies (kg terminology add omop)"
        )
    return ids[0]


EXCHANGE = SourceToConceptMap()
