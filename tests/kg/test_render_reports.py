"""What commands print that need no graph: terminologies, findings, extractions, scores."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from extractors.model import Assertion, Document, Extraction, Mention, Qualifier, Relation, Section
from extractors.score import Counts, Metric, Prediction, Report
from kg.doctor import Finding, Health
from kg.render.doctor import print_findings
from kg.render.extraction import print_extraction
from kg.render.report import print_report, write_predictions
from kg.render.terminologies import print_reader, print_readers, print_terminologies, print_terminology
from ontologies.contents import Contents
from ontologies.model import Kind, Match, TerminologyInfo
from ontologies.registry import Installed


def printed(show: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    show(*arguments, console=Console(file=out, width=120, highlight=False, markup=False), **options)
    return out.getvalue()


def installed(*, starter: bool) -> Installed:
    info = TerminologyInfo("hpo", "HP", "Human Phenotype Ontology", "2026-01-08", "HPO [licence]", "hpo.jax.org")
    held = Contents(
        19_000, 42_000, 450, 357, 18_900, {"finding": 19_000}, {"en": 23_000, "zh": 19_000}, {"umls": 9_000}
    )
    return Installed(info, "hpo", held, Path("hp.obo"), time.time() - 3 * 86400, starter)


def test_terminologies_show_version_counts_origin_and_licence() -> None:
    page = printed(print_terminologies, [installed(starter=True), installed(starter=False)])
    assert "19,000" in page
    assert "HPO [licence]" in page
    assert ["starter" in line for line in page.splitlines()[1:]] == [True, False]
    assert "you, 3 days ago" in page


def test_terminologies_as_json_are_a_list() -> None:
    entry = json.loads(printed(print_terminologies, [installed(starter=True)], as_json=True))[0]
    assert (entry["name"], entry["concepts"], entry["age_days"]) == ("hpo", 19_000, 3.0)


def test_terminology_shows_what_it_holds() -> None:
    page = printed(print_terminology, installed(starter=False))
    for part in ("HPO [licence]", "read as hpo: hp.obo", "450, of which 357", "en 23,000, zh 19,000", "umls 9,000"):
        assert part in page
    entry = json.loads(printed(print_terminology, installed(starter=False), as_json=True))
    assert (entry["retired"], entry["kinds"], entry["path"]) == (450, {"finding": 19_000}, "hp.obo")


def test_readers_are_told_by_their_first_sentence() -> None:
    told = {"hpo": "HPO: the [file]\nhp.obo.\n\nMore of it."}
    assert "HPO: the [file] hp.obo." in printed(print_readers, told)
    assert "More of it" not in printed(print_readers, told)
    assert "More of it" in printed(print_reader, "hpo", told["hpo"])
    assert json.loads(printed(print_readers, told, as_json=True)) == {"hpo": "HPO: the [file] hp.obo."}


def test_no_terminology_says_how_to_get_some() -> None:
    assert "kg terminology install" in printed(print_terminologies, [])


def test_findings_end_with_what_to_type_next() -> None:
    findings = [
        Finding("Python", Health.OK, "3.12"),
        Finding("graph", Health.BAD, "damaged [page 3]", "kg build LABELS"),
        Finding("extra nlp", Health.NOTE, "not installed", "pip install 'medkg[nlp]'"),
    ]
    page = printed(print_findings, findings)
    assert "damaged [page 3]" in page
    assert page.split("what to type next")[1].split("\n")[1:3] == ["  kg build LABELS", "  pip install 'medkg[nlp]'"]


def test_an_extraction_shows_sections_relations_and_what_is_denied() -> None:
    text = "WARNINGS\nDrug X did not cause rash.\n"
    drug = Mention(9, 15, "Drug X", Kind.DRUG)
    rash = Mention(30, 34, "rash", Kind.FINDING, Match("HP:0000988", "skin rash", Kind.FINDING, 1.0, "name", "rash"))
    said = Relation(
        "causes_adverse_event", drug, rash, 9, 35, 0.8, "cues", Assertion.NEGATED, (Qualifier("severity", "mild"),)
    )
    section = Section("34071-1", "WARNINGS", 0, len(text), "warnings")
    page = printed(
        print_extraction, Extraction(Document("d:1", "X", text, (section,)), (drug, rash), (said,), ("a note",))
    )
    assert "34071-1" in page
    assert "Drug X [not aligned] causes adverse event rash [HP:0000988]  0.80 negated  severity: mild" in page
    assert "“Drug X did not cause rash.”" in page
    assert "a note" in page


def test_a_report_is_printed_and_its_predictions_are_lines(tmp_path: Path) -> None:
    found = Prediction("doc", "S1", 0, 4, "rash", pt="Rash")
    report = Report(
        "task", 1, {"system": "cues"}, (Metric("strings", "micro-F1", Counts(3, 1, 1)),), predictions=(found,)
    )
    assert "0.7500" in printed(print_report, report)
    assert json.loads(printed(print_report, report, as_json=True))["task"] == "task"
    write_predictions(report, tmp_path / "found.jsonl")
    line = json.loads((tmp_path / "found.jsonl").read_text("utf-8"))
    assert (line["text"], line["pt"], line["start"]) == ("rash", "Rash", 0)
