"""Providers, treatments and medications of eICU tables; a function's parameters are the columns that it reads."""

from __future__ import annotations

from extractors.events import Coding, Event, EventKind, Identifier, IdentifierType, Provider, Retraction, Row
from extractors.sources.eicu_stays import EicuStays
from extractors.table_rows import RowError, find_needed

_NO_NUMBER = frozenset({"", "0", "0.0"})


class EicuCare:
    """Makes rows of the tables that say who did what."""

    def __init__(self, stays: EicuStays) -> None:
        self._stays = stays

    def hospital(self, hospitalid: str) -> Row:
        """A row of hospital; its name is its number."""
        known = Identifier(IdentifierType.ORGANIZATION, find_needed(hospitalid, "hospitalid"))
        return Provider(f"hospital/{known.value}", identifiers=(known,))

    def provider(
        self,
        cplcareprovderid: str,
        patientunitstayid: str,
        providertype: str = "",
        specialty: str = "",
        managingphysician: str = "",
    ) -> Row:
        """A row of carePlanCareProvider: a specialty in a stay; eICU does not say who it was."""
        self._stays.find(patientunitstayid)
        provider = Provider(f"provider/{find_needed(cplcareprovderid, 'cplcareprovderid')}", specialty or providertype)
        if managingphysician == "Managing":
            self._stays.add_giver(patientunitstayid, provider.id, provider.specialty)
        return provider

    def treatment(self, treatmentid: str, patientunitstayid: str, treatmentoffset: str, treatmentstring: str) -> Row:
        """A row of treatment: the last step of its path, which is the code; drugs are among them."""
        patient, visit = self._stays.find(patientunitstayid)
        name = find_needed(treatmentstring, "treatmentstring").rpartition("|")[2].strip()
        return Event(
            f"treatment/{find_needed(treatmentid, 'treatmentid')}",
            patient,
            EventKind.PROCEDURE,
            name,
            (Coding("", "eicu:treatmentstring", treatmentstring),),
            self._stays.find_time(patientunitstayid, treatmentoffset, "treatmentoffset"),
            visit=visit,
        )

    def medication(
        self,
        medicationid: str,
        patientunitstayid: str,
        drugstartoffset: str,
        drugstopoffset: str = "",
        drugname: str = "",
        drughiclseqno: str = "",
        dosage: str = "",
        routeadmin: str = "",
        frequency: str = "",
        prn: str = "",
        drugordercancelled: str = "",
    ) -> Row:
        """A row of medication; an order that was cancelled is taken back. A drug without name has its HICL number."""
        patient, visit = self._stays.find(patientunitstayid)
        key = f"medication/{find_needed(medicationid, 'medicationid')}"
        if drugordercancelled == "Yes":
            return Retraction(key, patient)
        number = "" if drughiclseqno in _NO_NUMBER else drughiclseqno.removesuffix(".0")
        if not drugname and not number:
            raise RowError("drugname and drughiclseqno are empty")
        stop = "" if drugstopoffset in _NO_NUMBER else drugstopoffset
        needed = "PRN" if prn == "Yes" and "PRN" not in frequency.upper() else ""
        return Event(
            key,
            patient,
            EventKind.MEDICATION,
            drugname,
            (Coding("", "HICL", number),) if number else (),
            self._stays.find_time(patientunitstayid, drugstartoffset, "drugstartoffset"),
            self._stays.find_time(patientunitstayid, stop, "drugstopoffset"),
            visit,
            dose=" ".join(filter(None, (dosage, routeadmin, frequency, needed))),
        )
