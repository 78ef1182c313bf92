"""Codes as MIMIC writes them, ICD without its dot and NDC as a number, as their vocabularies write them."""

from __future__ import annotations

from functools import lru_cache

from extractors.events import Coding
from ontologies.code_systems import find_curie

_KEPT = 20_000
_NDC_DIGITS = 11


def dot_diagnosis(code: str, version: str) -> str:
    """An ICD diagnosis code with its dot: 4280 of ICD-9 is 428.0, E9342 is E934.2, I5023 of ICD-10 is I50.23."""
    long = version == "9" and code[:1] in {"E", "e"}
    return _dotted(code, 4 if long else 3)


def dot_procedure(code: str, version: str) -> str:
    """An ICD procedure code with its dot: 3961 of ICD-9 is 39.61; those of ICD-10-PCS have none."""
    return _dotted(code, 2) if version == "9" else code


@lru_cache(maxsize=_KEPT)
def code_diagnosis(code: str, version: str, name: str = "") -> Coding:
    """The code of a diagnosis in ICD-9-CM or ICD-10-CM."""
    system = "ICD9CM" if version == "9" else "ICD10CM"
    dotted = dot_diagnosis(code.strip(), version)
    return Coding(find_curie(system, dotted), system, code, name)


@lru_cache(maxsize=_KEPT)
def code_procedure(code: str, version: str, name: str = "") -> Coding:
    """The code of a procedure in ICD-9-CM volume 3 or ICD-10-PCS."""
    system = "ICD9Proc" if version == "9" else "ICD10PCS"
    dotted = dot_procedure(code.strip(), version)
    return Coding(find_curie(system, dotted), system, code, name)


@lru_cache(maxsize=_KEPT)
def code_package(ndc: str) -> tuple[Coding, ...]:
    """The NDC of a package in eleven digits; none where the source has 0 or no number."""
    digits = ndc.strip().removesuffix(".0")
    if not digits.isdigit() or not digits.strip("0") or len(digits) > _NDC_DIGITS:
        return ()
    return (Coding(find_curie("NDC", digits.zfill(_NDC_DIGITS)), "NDC", ndc),)


def _dotted(code: str, before: int) -> str:
    return code if "." in code or len(code) <= before else f"{code[:before]}.{code[before:]}"
