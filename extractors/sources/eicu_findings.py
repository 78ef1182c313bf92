"""Diagnoses, history, allergies and laboratory values of eICU tables; parameters are the columns that are read."""

from __future__ import annotations

import re
from functools import lru_cache

from extractors.events import Coding, Event, EventKind, Row, Value
from extractors.model import Assertion
from extractors.sources.eicu_stays import EicuStays, read_eicu_rules
from extractors.table_rows import find_bound, find_needed, find_number
from ontologies.code_systems import find_curie

#: ICD-9-CM: numbers, E and three digits, V and two; all else in icd9code is ICD-10-CM, which the tables mix in.
_ICD9 = re.compile(r"\d{3}(\.\d{1,2})?|E\d{3}(\.\d)?|V\d{2}(\.\d{1,2})?|\d{2}\.\d{1,2}", re.IGNORECASE)


class EicuFindings:
    """Makes events of the tables that say what patients had."""

    def __init__(self, stays: EicuStays) -> None:
        self._stays = stays
        self._rules = read_eicu_rules()
        self._name = lru_cache(maxsize=20_000)(self._find_name)

    def admission_diagnosis(
        self,
        admissiondxid: str,
        patientunitstayid: str,
        admitdxenteredoffset: str,
        admitdxpath: str,
        admitdxname: str,
    ) -> Row:
        """A row of admissionDx: a diagnosis, or the answer to another question of the admission form."""
        patient, visit = self._stays.find(patientunitstayid)
        diagnosed = self._rules["admission"]["diagnoses"] in admitdxpath
        question = admitdxpath.rpartition("|")[0].rpartition("|")[2]
        return Event(
            f"admissiondx/{find_needed(admissiondxid, 'admissiondxid')}",
            patient,
            EventKind.CONDITION if diagnosed else EventKind.TEST,
            admitdxname if diagnosed else question,
            (Coding("", "eicu:admitdxpath", admitdxpath),),
            self._stays.find_time(patientunitstayid, admitdxenteredoffset, "admitdxenteredoffset"),
            visit=visit,
            category="admission",
            value=None if diagnosed else Value(text=admitdxname),
        )

    def diagnosis(
        self,
        diagnosisid: str,
        patientunitstayid: str,
        diagnosisoffset: str,
        diagnosisstring: str,
        icd9code: str = "",
        diagnosispriority: str = "",
    ) -> Row:
        """A row of diagnosis, with all its codes; its path is one of them."""
        patient, visit = self._stays.find(patientunitstayid)
        name, assertion = self._name(find_needed(diagnosisstring, "diagnosisstring"))
        return Event(
            f"diagnosis/{find_needed(diagnosisid, 'diagnosisid')}",
            patient,
            EventKind.CONDITION,
            name,
            (*_read_icd(icd9code), Coding("", "eicu:diagnosisstring", diagnosisstring)),
            self._stays.find_time(patientunitstayid, diagnosisoffset, "diagnosisoffset"),
            visit=visit,
            category=diagnosispriority.lower(),
            assertion=assertion,
        )

    def past_history(
        self,
        pasthistoryid: str,
        patientunitstayid: str,
        pasthistoryoffset: str,
        pasthistorypath: str,
        pasthistoryvalue: str = "",
        pasthistoryvaluetext: str = "",
    ) -> Row:
        """A row of pastHistory: a condition of the past, or how the history was taken."""
        patient, visit = self._stays.find(patientunitstayid)
        rules = self._rules["past"]
        was = rules["conditions"] in pasthistorypath and pasthistoryvalue not in rules["nothing"]
        question, _, last = pasthistorypath.rpartition("/")
        said = pasthistoryvaluetext or pasthistoryvalue
        return Event(
            f"pasthistory/{find_needed(pasthistoryid, 'pasthistoryid')}",
            patient,
            EventKind.CONDITION if was else EventKind.TEST,
            (pasthistoryvalue or last) if was else question.rpartition("/")[2],
            (Coding("", "eicu:pasthistorypath", pasthistorypath),),
            self._stays.find_time(patientunitstayid, pasthistoryoffset, "pasthistoryoffset"),
            visit=visit,
            category="past history",
            assertion=Assertion.HISTORICAL if was else Assertion.PRESENT,
            value=None if was else Value(text=said),
        )

    def allergy(
        self,
        allergyid: str,
        patientunitstayid: str,
        allergyoffset: str,
        allergyname: str = "",
        drugname: str = "",
        allergytype: str = "",
        drughiclseqno: str = "",
    ) -> Row:
        """A row of allergy."""
        patient, visit = self._stays.find(patientunitstayid)
        number = drughiclseqno.removesuffix(".0")
        return Event(
            f"allergy/{find_needed(allergyid, 'allergyid')}",
            patient,
            EventKind.ALLERGY,
            find_needed(allergyname or drugname, "allergyname"),
            (Coding("", "HICL", number),) if number not in ("", "0") else (),
            self._stays.find_time(patientunitstayid, allergyoffset, "allergyoffset"),
            visit=visit,
            category=allergytype.lower(),
        )

    def lab(
        self,
        labid: str,
        patientunitstayid: str,
        labresultoffset: str,
        labname: str,
        labtypeid: str = "",
        labresult: str = "",
        labresulttext: str = "",
        labmeasurenamesystem: str = "",
    ) -> Row:
        """A row of lab."""
        patient, visit = self._stays.find(patientunitstayid)
        bound, bounding = find_bound(labresulttext)
        number = bounding if bound else find_number(labresult)
        text = labresulttext if number is None else ""
        return Event(
            f"lab/{find_needed(labid, 'labid')}",
            patient,
            EventKind.TEST,
            find_needed(labname, "labname"),
            (Coding("", "eicu:labname", labname),),
            self._stays.find_time(patientunitstayid, labresultoffset, "labresultoffset"),
            visit=visit,
            category=self._rules["labs"].get(labtypeid.removesuffix(".0"), ""),
            value=Value(number, labmeasurenamesystem, text, bound) if number is not None or text else None,
        )

    def _find_name(self, path: str) -> tuple[str, Assertion]:
        """What a path names, and whether it only may be so."""
        rules = self._rules["diagnosis"]
        *before, last = (step.strip() for step in path.split("|"))
        possible = last.lower() in rules["possible"] and bool(before)
        if possible:
            *before, last = before
        bare = last.lower() in rules["bare"] or last.lower().startswith(tuple(rules["bare_begins"]))
        name = f"{before[-1]}, {last}" if bare and before else last
        return name, Assertion.POSSIBLE if possible else Assertion.PRESENT


@lru_cache(maxsize=20_000)
def _read_icd(codes: str) -> tuple[Coding, ...]:
    """The codes of a cell such as "428.9, I50.9": of ICD-9-CM and of ICD-10-CM, told by their form."""
    found = (code for each in codes.split(",") if (code := each.strip()))
    return tuple(_code_icd("ICD9CM" if _ICD9.fullmatch(code) else "ICD10CM", code) for code in found)


def _code_icd(system: str, code: str) -> Coding:
    return Coding(find_curie(system, code), system, code)
