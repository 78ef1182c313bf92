"""Codes as MIMIC writes them, ICD without its dot and NDC as a number, by the CURIEs of their vocabularies."""

from __future__ import annotations

from functools import lru_cache

from extractors.events import Coding
from ontologies.code_systems import find_curie

_KEPT = 20_000
_NDC_DIGITS = 11


@lru_cache(maxsize=_KEPT)
def code_diagnosis(code: str, version: str, name: str = "") -> Coding:
    """The code of a diagnosis in ICD-9-CM or ICD-10-CM."""
    system = "ICD9CM" if version == "9" else "ICD10CM"
    return Coding(find_curie(system, code), system, code, name)


@lru_cache(maxsize=_KEPT)
def code_procedure(code: str, version: str, name: str = "") -> Coding:
    """The code of a procedure in ICD-9-CM volume 3 or ICD-10-PCS."""
    system = "ICD9Proc" if version == "9" else "ICD10PCS"
    return Coding(find_curie(system, code), system, code, name)


@lru_cache(maxsize=_KEPT)
def code_package(ndc: str) -> tuple[Coding, ...]:
    """The NDC of a package in eleven digits; none where the source has 0 or no number."""
    digits = ndc.strip().removesuffix(".0")
    if not digits.isdigit() or not digits.strip("0") or len(digits) > _NDC_DIGITS:
        return ()
    return (Coding(find_curie("NDC", digits.zfill(_NDC_DIGITS)), "NDC", ndc),)
