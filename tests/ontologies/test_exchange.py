"""Decisions go out in every format and come back the same; what a format has no words for is named."""

from __future__ import annotations

import csv
import importlib.util
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontologies.errors import ExchangeError, UnknownNameError
from ontologies.exchange import LeftOut, Row, exchange_names, find_exchange, get_exchange
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Decision, Kind, Verdict

CONCEPTS = (
    Concept("mesh:D001249", "Asthma", Kind.DISEASE, xrefs=("omop:317009",)),
    Concept("HP:0002099", "Asthma", Kind.FINDING),
    Concept("rxnorm:161", "Acetaminophen", Kind.DRUG),
)
LEXICON = Lexicon.of(CONCEPTS)
DECISION = Decision(
    "1", "wheezy chest", Kind.DISEASE, Verdict.EXACT, "mesh:D001249", "Asthma", "li", "2026-11-22T10:00:00+00:00"
)

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NAMES = TEXT.filter(lambda text: text.strip() != "")
SCORES = st.none() | st.floats(0, 1)


def decisions(verdicts: Sequence[Verdict]) -> st.SearchStrategy[Decision]:
    made = st.builds(
        Decision,
        id=TEXT, name=NAMES | st.just("HP:0002099"), kind=st.none() | st.sampled_from(Kind),
        verdict=st.sampled_from(verdicts),
        curie=st.sampled_from(["mesh:D001249", "rxnorm:161", "local:x"]), target=TEXT,
        author=TEXT | st.just("orcid:0000-0001"), language=TEXT,
        time=st.sampled_from(["2026-11-22T10:00:00+00:00", "2026-11-22", ""]), reason=TEXT, predicted=SCORES,
        predicted_reason=TEXT, confidence=SCORES, batch=TEXT, stamp=TEXT, target_kind=st.none() | st.sampled_from(Kind),
        target_parents=st.lists(st.sampled_from(["mesh:D1", "HP:1"]), max_size=2).map(tuple),
    )  # fmt: skip
    return made.flatmap(lambda one: st.sampled_from([one, replace(one, curie="", verdict=Verdict.NONE)]))


def write(name: str, *made: Decision) -> tuple[str, list[LeftOut]]:
    out = io.StringIO()
    return (left := get_exchange(name).write(made, out, LEXICON)) is None or out.getvalue(), left


def read(name: str, text: str, folder: Path) -> list[Decision]:
    path = folder / "file"
    path.write_text(text, encoding="utf-8", newline="")
    assert find_exchange(path).name == name
    rows = list(get_exchange(name).read(path))
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.decision for row in rows if isinstance(row, Row)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exchange")


@pytest.mark.parametrize("name", ["sssom", "tsv", "jsonl", "fhir"])
@settings(deadline=None)  # the first example opens the tables of prefixes
@given(st.data())
def test_decisions_come_back_as_they_went_out(name: str, folder: Path, data: st.DataObject) -> None:
    verdicts = list(Verdict) if name in ("tsv", "jsonl") else [one for one in Verdict if one is not Verdict.UNSURE]
    made = data.draw(st.lists(decisions(verdicts), min_size=1, max_size=4))
    text, left_out = write(name, *made)
    assert left_out == []
    assert sorted(map(repr, read(name, text, folder))) == sorted(map(repr, made))


@pytest.mark.parametrize(
    ("verdict", "curie", "predicate", "modifier", "target"),
    [
        (Verdict.EXACT, "mesh:D001249", "skos:exactMatch", "", "mesh:D001249"),
        (Verdict.BROAD, "mesh:D001249", "skos:broadMatch", "", "mesh:D001249"),
        (Verdict.NARROW, "mesh:D001249", "skos:narrowMatch", "", "mesh:D001249"),
        (Verdict.NONE, "mesh:D001249", "skos:exactMatch", "Not", "mesh:D001249"),
        (Verdict.NONE, "", "skos:exactMatch", "", "sssom:NoTermFound"),
    ],
)
def test_direction_and_denial_are_those_of_sssom(
    verdict: Verdict, curie: str, predicate: str, modifier: str, target: str
) -> None:
    text, _ = write("sssom", replace(DECISION, verdict=verdict, curie=curie))
    header, line = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    row = dict(zip(header, line, strict=True))
    said = row["predicate_id"], row["predicate_modifier"], row["object_id"], row["subject_type"]
    assert said == (predicate, modifier, target, "rdfs literal")


def test_sssom_py_finds_no_fault_with_what_is_written(tmp_path: Path) -> None:
    if importlib.util.find_spec("sssom") is None:
        pytest.skip("needs sssom-py: pip install 'medkg[bench]'")
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    made = [replace(DECISION, verdict=verdict, predicted=0.5, confidence=0.9, reason="a | b\nc") for verdict in Verdict]
    text, left_out = write(
        "sssom", *made, replace(DECISION, curie="", verdict=Verdict.NONE),
        replace(DECISION, name="HP:0002099", author="orcid:0000-0001"),
    )  # fmt: skip
    assert [one.why for one in left_out] == ["SSSOM has no word for 'unsure'"]
    path = tmp_path / "decisions.sssom.tsv"
    path.write_text(text, encoding="utf-8")
    table = parse_sssom_table(str(path))
    assert len(table.df) == 7
    for kind, report in validate(table).items():
        assert report.results == [], kind


def test_sssom_row_of_no_verdict_is_told(tmp_path: Path) -> None:
    text, _ = write("sssom", DECISION)
    path = tmp_path / "other.tsv"
    path.write_text(text.replace("skos:exactMatch", "rdfs:seeAlso"), encoding="utf-8")
    (row,) = get_exchange("sssom").read(path)
    assert isinstance(row, LeftOut) and "rdfs:seeAlso" in row.why


def test_omop_has_the_concept_id_that_a_cross_reference_gives(folder: Path) -> None:
    text, left_out = write(
        "omop", DECISION, replace(DECISION, curie="rxnorm:161"), replace(DECISION, verdict=Verdict.BROAD)
    )
    assert "wheezy chest" in text and ",317009," in text
    assert [one.why.split(";")[0] for one in left_out] == [
        "no OMOP concept id is known for rxnorm:161",
        "source_to_concept_map has no word for 'broad'",
    ]
    (back,) = read("omop", text, folder)
    assert (back.name, back.verdict, back.curie, back.time) == (
        "wheezy chest",
        Verdict.EXACT,
        "omop:317009",
        "2026-11-22",
    )


def test_omop_zero_is_no_concept(folder: Path) -> None:
    text, _ = write("omop", replace(DECISION, curie="", verdict=Verdict.NONE))
    (back,) = read("omop", text, folder)
    assert (back.verdict, back.curie) == (Verdict.NONE, "")


def test_concept_map_is_what_fhir_demands() -> None:
    made = [replace(DECISION, verdict=verdict) for verdict in Verdict if verdict is not Verdict.UNSURE]
    text, _ = write(
        "fhir", *made, replace(DECISION, curie="", verdict=Verdict.NONE), replace(DECISION, curie="HP:0002099")
    )
    resource = orjson.loads(text)
    assert resource["resourceType"] == "ConceptMap" and resource["status"] == "active"
    systems = {(group["source"], group.get("target")) for group in resource["group"]}
    assert ("https://medkg.invalid/names/disease", "http://human-phenotype-ontology.org") in systems
    for group in resource["group"]:
        for element in group["element"]:
            for target in element["target"]:
                check_target(target)
    words = {target["equivalence"] for g in resource["group"] for e in g["element"] for target in e["target"]}
    assert words == {"equivalent", "wider", "narrower", "relatedto", "disjoint", "unmatched"}


def check_target(target: dict[str, object]) -> None:
    """R4, ConceptMap.group.element.target: required equivalence; cmd-1: narrower and inexact want a comment."""
    assert target["equivalence"] in {
        "relatedto", "equivalent", "equal", "wider", "subsumes", "narrower", "specializes", "inexact", "unmatched",
        "disjoint",
    }  # fmt: skip
    assert target["equivalence"] not in ("narrower", "inexact") or target["comment"]
    assert (target["equivalence"] == "unmatched") == ("code" not in target)


def test_unknown_format_and_unknown_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="sssom"):
        get_exchange("xml")
    path = tmp_path / "file"
    path.write_text("nothing of the kind", encoding="utf-8")
    with pytest.raises(ExchangeError, match="none of"):
        find_exchange(path)


def test_broken_rows_are_left_out_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("name\tverdict\tcurie\nx\tperhaps\tmesh:D1\n\texact\tmesh:D1\ny\tbroad\t\n", encoding="utf-8")
    rows = [row for row in find_exchange(path).read(path) if isinstance(row, LeftOut)]
    assert [row.line for row in rows] == [2, 3, 4]
    assert "'perhaps' is no verdict" in rows[0].why and "names nothing" in rows[1].why and "to nothing" in rows[2].why


def test_every_format_is_found_by_its_name() -> None:
    assert set(exchange_names()) == {"sssom", "omop", "fhir", "tsv", "jsonl"}


@pytest.mark.parametrize("name", ['"cold" sore', '"', '"sore"', 'a "cold" sore', '"" sore'])
def test_a_name_that_begins_with_a_quotation_mark_survives_spreadsheets(name: str, tmp_path: Path) -> None:
    decision = replace(DECISION, name=name)
    text, _ = write("tsv", decision)
    (row,) = csv.DictReader(io.StringIO(text), dialect="excel-tab")
    assert row["name"] == name
    assert read("tsv", text, tmp_path) == [decision]
