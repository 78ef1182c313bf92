"""The bundled records: made by their script, and enough of them that something may be told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg_command import ROOT, Kg
from sample_cohort import PATH, write_cohort


def test_the_bundled_cohort_is_what_its_script_makes(tmp_path: Path) -> None:
    write_cohort(tmp_path / "made.gz")
    assert (tmp_path / "made.gz").read_bytes() == PATH.read_bytes(), "run: python tests/support/sample_cohort.py"


def test_samples_become_facts_beside_those_of_labels(kg: Kg) -> None:
    pytest.importorskip("scipy")
    kg("build", ROOT / "kg" / "samples" / "metformin-tablets.xml", "--workers", "0")
    folder = kg.folder / "records"
    kg("records", "ingest", "--samples", "--records", folder, "--workers", "0")
    told = json.loads(kg("records", "publish", "--records", folder, "--cohort", "marlpit", "--json"))
    assert told["pairs"]["prescribed-by-link"] >= 3
    (use,) = json.loads(kg("unlabelled", "uses", "--drug", "metformin", "--json"))
    assert (use["condition_name"], use["labelling"]) == ("Polycystic Ovary Syndrome", "unlabelled")
    (reaction,) = json.loads(kg("unlabelled", "reactions", "--drug", "metformin", "--json"))
    assert reaction["condition_name"] == "Hiccup"
    (folder.parent / "schema.toml").write_text(
        '[cohort]\nconcepts = ["polycystic ovary syndrome"]\n[[field]]\nname = "metformin"\nconcepts = ["metformin"]\n'
        'take = "yes_no"\n'
    )
    out = kg.folder / "table"
    table = json.loads(kg("registry", "build", folder.parent / "schema.toml", folder, "--out", out, "--json"))
    assert table["fields"]["metformin"]["filled"] == table["patients"]
