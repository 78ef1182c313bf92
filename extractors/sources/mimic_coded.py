"""Diagnoses, procedures, prescriptions and laboratory values of MIMIC tables; parameters are the columns read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from extractors.events import Coding, Event, EventKind, Refused, Row, Value
from extractors.sources.mimic_codes import code_diagnosis, code_package, code_procedure
from extractors.sources.mimic_stays import MimicStays, find_patient, find_visit, read_mimic_rules
from extractors.table_rows import RowError, find_bound, find_needed, find_number, find_time, need_columns
from extractors.tables import Table
from ontologies.code_systems import find_curie

#: Tables that only say what codes are called; none of them need be there.
LABEL_TABLES = ("d_icd_diagnoses", "d_icd_procedures", "d_labitems")

_BLANK = frozenset({"", "___"})


class _LabItem(NamedTuple):
    label: str
    category: str
    loinc: str


class MimicCoded:
    """Makes events of the rows of MIMIC tables; `stays` says when an admission was."""

    def __init__(self, stays: MimicStays) -> None:
        self._stays = stays
        self._flags: dict[str, str] = read_mimic_rules()["flags"]
        self._diagnoses: dict[tuple[str, str], str] = {}
        self._procedures: dict[tuple[str, str], str] = {}
        self._items: dict[str, _LabItem] = {}
        self._lab_codes = lru_cache(maxsize=5000)(self._find_lab_codes)

    def read_labels(self, tables: Mapping[str, Table], refused: list[Refused]) -> None:
        """Learn what codes are called, as far as the tables are there that say it."""
        self._diagnoses = _read_titles(tables.get("d_icd_diagnoses"), refused)
        self._procedures = _read_titles(tables.get("d_icd_procedures"), refused)
        if "d_labitems" in tables:
            need_columns(tables["d_labitems"], ("itemid", "label"))
            columns = ("itemid", "label", "category", "loinc_code")
            rows = tables["d_labitems"].select(columns, refused)
            self._items = {item: _LabItem(*rest) for item, *rest in rows}

    def diagnosis(
        self,
        subject_id: str,
        hadm_id: str,
        seq_num: str = "",
        row_id: str = "",
        icd9_code: str = "",
        icd_code: str = "",
        icd_version: str = "",
    ) -> Row:
        """A row of DIAGNOSES_ICD; they were coded after the discharge, over the whole stay."""
        code, version = _find_code(icd_code or icd9_code, icd_version)
        name = self._diagnoses.get((version, code), "")
        start, end = self._stays.get_stay(hadm_id)
        return Event(
            f"diagnoses_icd/{row_id or f'{hadm_id}-{seq_num}'}",
            find_patient(subject_id),
            EventKind.CONDITION,
            name,
            (code_diagnosis(code, version, name),),
            start,
            end,
            find_visit(hadm_id),
            category="discharge",
        )

    def procedure(
        self,
        subject_id: str,
        hadm_id: str,
        seq_num: str = "",
        row_id: str = "",
        icd9_code: str = "",
        icd_code: str = "",
        icd_version: str = "",
        chartdate: str = "",
    ) -> Row:
        """A row of PROCEDURES_ICD; MIMIC-III does not say its day."""
        code, version = _find_code(icd_code or icd9_code, icd_version)
        name = self._procedures.get((version, code), "")
        start, end = self._stays.get_stay(hadm_id)
        day = find_time(chartdate, "chartdate")
        return Event(
            f"procedures_icd/{row_id or f'{hadm_id}-{seq_num}'}",
            find_patient(subject_id),
            EventKind.PROCEDURE,
            name,
            (code_procedure(code, version, name),),
            day or start,
            "" if day else end,
            find_visit(hadm_id),
        )

    def prescription(
        self,
        row_number: str,
        subject_id: str,
        drug: str,
        hadm_id: str = "",
        row_id: str = "",
        startdate: str = "",
        enddate: str = "",
        starttime: str = "",
        stoptime: str = "",
        drug_type: str = "",
        ndc: str = "",
        dose_val_rx: str = "",
        dose_unit_rx: str = "",
        doses_per_24_hrs: str = "",
        route: str = "",
    ) -> Row:
        """A row of PRESCRIPTIONS; those of MIMIC-IV have no id but their place in the table."""
        daily = f"{doses_per_24_hrs.removesuffix('.0')} per 24 hours" if doses_per_24_hrs else ""
        return Event(
            f"prescriptions/{row_id}" if row_id else f"prescriptions/line-{row_number}",
            find_patient(subject_id),
            EventKind.MEDICATION,
            find_needed(drug.strip(), "drug"),
            code_package(ndc),
            find_time(starttime, "starttime") or find_time(startdate, "startdate"),
            find_time(stoptime, "stoptime") or find_time(enddate, "enddate"),
            find_visit(hadm_id),
            category=drug_type.lower(),
            dose=" ".join(filter(None, (dose_val_rx, dose_unit_rx, route, daily))),
        )

    def lab(
        self,
        subject_id: str,
        itemid: str,
        charttime: str,
        hadm_id: str = "",
        row_id: str = "",
        labevent_id: str = "",
        value: str = "",
        valuenum: str = "",
        valueuom: str = "",
        flag: str = "",
        ref_range_lower: str = "",
        ref_range_upper: str = "",
    ) -> Row:
        """A row of LABEVENTS."""
        item = self._items.get(itemid, _LabItem("", "", ""))
        bound, bounding = find_bound(value)
        number = bounding if bound else find_number(valuenum)
        text = value if number is None and value not in _BLANK else ""
        low, high = find_number(ref_range_lower), find_number(ref_range_upper)
        said = Value(number, valueuom, text, bound, self._flags.get(flag.lower(), ""), low, high)
        return Event(
            f"labevents/{labevent_id}" if labevent_id else f"labevents/row-{find_needed(row_id, 'row_id')}",
            find_patient(subject_id),
            EventKind.TEST,
            item.label,
            self._lab_codes(itemid),
            find_time(charttime, "charttime"),
            visit=find_visit(hadm_id),
            category=item.category.lower(),
            value=said if number is not None or text else None,
        )

    def _find_lab_codes(self, itemid: str) -> tuple[Coding, ...]:
        item = self._items.get(itemid, _LabItem("", "", ""))
        loinc = (Coding(find_curie("LOINC", item.loinc), "LOINC", item.loinc, item.label),) if item.loinc else ()
        return (*loinc, Coding("", "d_labitems", itemid, item.label))


def _find_code(code: str, version: str) -> tuple[str, str]:
    if not code.strip():
        raise RowError("the ICD code is empty")
    return code.strip(), version.removesuffix(".0") or "9"


def _read_titles(table: Table | None, refused: list[Refused]) -> dict[tuple[str, str], str]:
    """Titles by version and code; the tables of MIMIC-III know ICD-9 alone."""
    if table is None:
        return {}
    code = "icd_code" if "icd_code" in table.columns else "icd9_code"
    need_columns(table, (code, "long_title"))
    rows = table.select((code, "icd_version", "long_title"), refused)
    return {(version or "9", code.strip()): title for code, version, title in rows}
