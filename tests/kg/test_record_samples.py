"""The bundled records: made by their script, and enough of them that something may be told."""

from __future__ import annotations

import json
import shlex
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from kg_command import ROOT, Kg, KgHere
from sample_cohort import PATH, make_resources, write_cohort
from service_process import serving


def test_the_bundled_cohort_is_what_its_script_makes(tmp_path: Path) -> None:
    write_cohort(tmp_path / "made.gz")
    assert (tmp_path / "made.gz").read_bytes() == PATH.read_bytes(), "run: python tests/support/sample_cohort.py"


def test_samples_become_facts_beside_those_of_labels(kg_home: Path, tmp_path: Path) -> None:
    kg = KgHere(kg_home, tmp_path)
    pytest.importorskip("scipy")
    kg("build", ROOT / "kg" / "samples" / "metformin-tablets.xml", "--workers", "0")
    folder = kg.folder / "records"
    kg("records", "ingest", "--samples", "--records", folder, "--workers", "0")
    told = json.loads(kg("records", "publish", "--records", folder, "--cohort", "marlpit", "--json"))
    assert told["pairs"]["prescribed-by-link"] >= 3
    assert told["sentences"] > 0
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


QUERY = """{
  facts(first: 9, object: "mesh:D011085", predicates: [PRESCRIBED_FOR]) {
    edges { evidenceCount evidence(first: 9) { restricted quote } }
  }
}"""


def ask(url: str, token: str = "") -> list[tuple[bool, str]]:
    """Whether each row behind the fact is restricted, and its quote."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = httpx.post(url, json={"query": QUERY}, headers=headers, timeout=30).json()
    (edge,) = answer["data"]["facts"]["edges"]
    return [(row["restricted"], row["quote"]) for row in edge["evidence"]]


def test_sentences_of_the_sample_notes_are_shown_with_the_scope_alone(kg_home: Path, tmp_path: Path) -> None:
    pytest.importorskip("scipy")
    home = tmp_path / "home"
    home.mkdir()
    (home / "lexicon").symlink_to(kg_home / "lexicon")
    (home / "config.toml").write_text(f'[serve]\nrestricted_tokens = ["{sha256(b"a token").hexdigest()}"]\n')
    kg = Kg(home, tmp_path)
    kg("records", "ingest", "--samples", "--workers", "0")
    kg("records", "publish", "--cohort", "marlpit")
    withheld = kg("show", "metformin", "--predicate", "prescribed_for", "--quotes", "9")
    assert "Takes metformin" not in withheld
    assert withheld.count("a sentence of a patient's note, restricted") == 1
    shown = kg("show", "metformin", "--predicate", "prescribed_for", "--quotes", "9", "--restricted")
    assert shown.count("Takes metformin for polycystic ovary syndrome") == 5
    assert "类风湿关节炎" in kg("show", "methotrexate", "--quotes", "9", "--restricted")
    with serving(kg.graph) as (url, _):
        rows = ask(url)
        assert [quote for restricted, quote in rows if restricted] == [""]
        rows = ask(url, "a token")
        assert [quote.partition(",")[0] for restricted, quote in rows if restricted] == [
            "Takes metformin for polycystic ovary syndrome"
        ] * 5
    families = {each["name"][0]["family"] for each in make_resources() if each["resourceType"] == "Patient"}
    assert not any(name in shown for name in families)


def test_the_readme_session_on_records_runs(kg_home: Path, tmp_path: Path) -> None:
    """Its commands in order, on the bundled records, as they stand there."""
    pytest.importorskip("scipy")
    home = tmp_path / "home"
    home.mkdir()
    (home / "lexicon").symlink_to(kg_home / "lexicon")
    kg = KgHere(home, tmp_path)
    (tmp_path / "kg").symlink_to(ROOT / "kg")
    part = (ROOT / "README.md").read_text("utf-8").partition("## Medical records")[2].partition("```sh\n")[2]
    lines = part.partition("```")[0].splitlines()
    said = [kg(*shlex.split(line, comments=True)[1:]) for line in lines]
    assert len(lines) == 6
    assert "Polycystic Ovary Syndrome" in said[3]
    assert "Polycystic" in said[4]
    assert "erased: 1 patient" in said[5]
