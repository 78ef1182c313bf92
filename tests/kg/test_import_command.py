"""`kg import` as a user calls it: exit statuses, JSON, refused rows in a file, and the way out again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg_command import ROOT, KgHere


@pytest.fixture
def kg_here(kg_home: Path, tmp_path: Path) -> KgHere:
    return KgHere(kg_home, tmp_path)


def test_what_is_refused_is_told_and_the_rest_is_taken(kg_here: KgHere, samples: Path) -> None:
    refused = kg_here.folder / "refused.tsv"
    told = json.loads(kg_here("import", samples / "imports" / "hetionet", "--refused", refused, "--json", status=3))
    assert (told["taken"], told["refused"], told["licence"]) == (5, 3, "CC0-1.0")
    rows = [line.split("\t")[:2] for line in refused.read_text(encoding="utf-8").splitlines()]
    assert sorted(rows) == [["edges", "7"], ["edges", "8"], ["edges", "9"], ["table", "row"]]
    assert len(json.loads(kg_here("quarantine", "--json"))) == 3
    assert "import:hetionet" in kg_here("stats")


def test_an_import_that_is_taken_out_leaves_nothing(kg_here: KgHere, samples: Path) -> None:
    assert "2 documents written" in kg_here("import", samples / "imports" / "pharmacotherapydb.tsv")
    assert json.loads(kg_here("remove", "import:pharmacotherapydb", "--json"))["documents"] == 2
    assert json.loads(kg_here("stats", "--json"))["facts"] == 0


def test_a_dry_run_makes_no_graph(kg_here: KgHere, samples: Path) -> None:
    assert "would be written" in kg_here("import", samples / "imports" / "pharmacotherapydb.tsv", "--dry-run")
    assert not kg_here.graph.exists()


def test_an_export_comes_back(kg_here: KgHere, samples: Path) -> None:
    kg_here("import", samples / "imports" / "pharmacotherapydb.tsv")
    kg_here("export", kg_here.folder / "out", "--format", "kgx")
    kg_here("import", kg_here.folder / "out", "--graph", kg_here.folder / "copy")
    assert "alike" in kg_here("verify", kg_here.graph, kg_here.folder / "copy")
    assert "PharmacotherapyDB" in json.dumps(json.loads(kg_here("stats", "--json", "--graph", kg_here.folder / "copy")))


def test_what_is_no_graph_is_told_in_a_sentence(kg_here: KgHere, samples: Path) -> None:
    done = kg_here.run("import", samples / "imports" / "README.md")
    assert done.returncode == 1
    assert "--map subject=COLUMN" in done.stderr


def test_a_newer_export_may_take_out_what_it_lacks(kg_here: KgHere, tmp_path: Path) -> None:
    samples = ROOT / "kg" / "samples"
    kg_here("build", samples / "huafalin-pian.txt", samples / "buluofen-huanshijiaonang.txt", "--workers", "0")
    kg_here("export", tmp_path / "old", "--format", "parquet")
    kg_here("export", tmp_path / "lines", "--format", "jsonl")
    gone = json.loads((tmp_path / "lines" / "documents.jsonl").read_text("utf-8").splitlines()[0])["id"]
    kg_here("remove", gone)
    kg_here("export", tmp_path / "new", "--format", "parquet")
    other = ("--graph", tmp_path / "other")
    kg_here("import", tmp_path / "old", *other)
    assert "stayed, which it lacks (--prune takes them out)" in kg_here("import", tmp_path / "new", *other)
    assert f"would be removed: {gone}" in kg_here("import", tmp_path / "new", "--prune", "--dry-run", *other)
    told = json.loads(kg_here("import", tmp_path / "new", "--prune", "--json", *other))
    assert (told["removed"], [one["document"] for one in told["not_in_it"]]) == (1, [gone])
    kg_here("import", tmp_path / "old", "--licence", "MIT", *other, status=1)
    kg_here("import", tmp_path / "old", "--name", "a:b", *other, status=1)
