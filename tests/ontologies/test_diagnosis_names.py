"""What is read in names of conditions: cases from medical knowledge, in `samples/names/diagnosis_names.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontologies.diagnosis_names import find_readings, find_signs
from ontologies.diagnosis_rules import everyday_names, language_rules
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Reading

SAMPLES = Path(__file__).parents[1] / "samples" / "names" / "diagnosis_names.toml"
CASES = tomllib.loads(SAMPLES.read_text(encoding="utf-8"))["case"]


def found(case: dict[str, Any]) -> list[Reading]:
    """The readings whose names are those of the case and that carry its qualifiers."""
    names = tuple(case["reads"].split(" + "))
    wanted = set(case.get("with", ()))
    return [
        reading
        for reading in find_readings(case["name"])
        if reading.names == names and wanted <= {f"{one.name}={one.value}" for one in reading.qualifiers}
    ]


@pytest.mark.parametrize("case", [case for case in CASES if "reads" in case], ids=lambda case: case["name"])
def test_what_is_read(case: dict[str, Any]) -> None:
    """The name is read as the concept's, and what was taken off is kept."""
    readings = found(case)
    said = [(r.names, r.worth, [f"{q.name}={q.value}" for q in r.qualifiers]) for r in find_readings(case["name"])]
    assert readings, said
    assert readings[0].worth <= case.get("worth", 1.0)


@pytest.mark.parametrize("case", [case for case in CASES if "never" in case], ids=lambda case: case["name"])
def test_what_is_never_affirmed(case: dict[str, Any]) -> None:
    """No reading gives the name as if it were meant: negated ones say so."""
    for reading in find_readings(case["name"]):
        negated = any(one.name == "negated" for one in reading.qualifiers)
        affirmed = set() if negated and reading.names[0] in case["never"] and _all_negated(case) else set(reading.names)
        assert not affirmed & set(case["never"]), reading


def _all_negated(case: dict[str, Any]) -> bool:
    """Whether the case says that the whole name is negated, not a member of a list."""
    return any(one.startswith("negated=") and one.removeprefix("negated=") in case["name"][:20] for one in case["with"])


def test_enough_cases() -> None:
    """The table holds what was promised."""
    assert len(CASES) >= 120


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_readings_are_well_formed(case: dict[str, Any]) -> None:
    """Every reading has names, a worth, a reason in words, and is of conditions; none is given twice."""
    readings = list(find_readings(case["name"]))
    assert len({reading.names for reading in readings}) == len(readings)
    for reading in readings:
        assert all(reading.names), reading
        assert 0 < reading.worth < 1
        assert reading.reason
        assert reading.kinds == {Kind.DISEASE, Kind.FINDING}


def test_nothing_is_dropped_silently() -> None:
    """What is taken off a name is in the qualifiers: the pieces put together hold all its characters."""
    for case in CASES:
        if "reads" not in case or not case["name"].isascii():
            continue
        for reading in find_readings(case["name"]):
            if reading.reason.endswith("taken off: left"):
                assert "left" in {one.value for one in reading.qualifiers}


def test_lazy() -> None:
    """The first reading comes without the others being made."""
    readings = find_readings("右肺癌术后伴高血压3级")
    assert next(readings).names


def test_too_long_or_too_short_for_a_name() -> None:
    """A sentence of many words and a single letter have no reading."""
    assert list(find_readings("肺" * 201)) == []
    assert list(find_readings("A")) == []
    assert list(find_readings("")) == []


def test_language_by_script() -> None:
    """A short form in Latin letters is written out in both languages."""
    names = [reading.names[0] for reading in find_readings("COPD", language="zh")]
    assert {"慢性阻塞性肺疾病", "chronic obstructive pulmonary disease"} <= set(names)


def test_rules_can_be_read() -> None:
    """The rules of both languages compile, and each everyday name stands for something else."""
    assert language_rules("zh").tag == "zh"
    assert language_rules("en").tag == "en"
    assert all(name for name, _ in everyday_names().values())


@pytest.mark.parametrize(
    ("name", "qualifier"),
    [("肺癌？", "certainty"), ("肺癌?", "certainty"), ("pneumonia?", "certainty"), ("高血压(-)", "negated"),
     ("高血压：-", "negated")],
)  # fmt: skip
def test_signs_that_names_are_compared_without_are_kept(name: str, qualifier: str) -> None:
    """A name that is known but for its question mark is no certain one: the lexicon does not see the mark."""
    lexicon = Lexicon.of(
        [
            Concept("x:1", "肺癌", Kind.DISEASE, "zh"),
            Concept("x:2", "pneumonia", Kind.DISEASE),
            Concept("x:3", "高血压", Kind.DISEASE, "zh"),
            Concept("x:4", "epicatechin (-)", Kind.DRUG),
        ]
    )
    grounding = Grounder(lexicon).ground(name)
    assert grounding.matches
    assert qualifier in {one.name for one in grounding.qualifiers}
    assert find_signs("肺癌") == ()
    assert Grounder(lexicon).ground("epicatechin (-)").qualifiers == ()


def test_traps_of_grounding() -> None:
    """A suspected class is no answer, a substance is not the disease it causes, one organ is not another."""
    names = ["冠心病", "可疑冠心病观察", "阿司匹林哮喘", "肾恶性肿瘤", "皮肤癌"]
    grounder = Grounder(Lexicon.of(Concept(f"x:{name}", name, Kind.DISEASE, "zh") for name in names))
    assert [match.name for match in grounder.ground("冠心病").matches] == ["冠心病"]
    suspected = grounder.ground("可疑冠心病")
    assert suspected.matches[0].name == "冠心病"
    assert suspected.qualifiers[0].name == "certainty"
    for stranger in ("阿司匹林", "脑恶性肿瘤", "皮肤痒"):
        assert grounder.ground(stranger).matches == (), stranger


@given(st.text(alphabet="右左双侧肺癌炎高血压伴合并、，()（）术后史无否认可疑？?3期级急性 abc/.1", max_size=24))
def test_any_text_is_read(text: str) -> None:
    """Any text gives well-formed readings or none, and a negated one never an affirmed reading of the whole."""
    for reading in find_readings(text):
        assert reading.names
        assert 0 < reading.worth <= 1
