"""The commands that read a graph, run as users run them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg_command import Kg

WARFARIN = "drugbank:DB00682"


@pytest.fixture
def kg_small(small_graph: Path, tmp_path: Path) -> Kg:
    """The `kg` command whose graph is the small one."""
    shutil.copytree(small_graph, tmp_path / "graph")
    return Kg(tmp_path / "home", tmp_path)


def test_show_finds_a_chinese_name_and_prints_chinese_labels(kg_small: Kg) -> None:
    page = kg_small("show", "华法林", "--lang", "zh")
    assert "华法林 (warfarin)" in page
    assert "适应症" in page
    assert "\x1b[" not in page


def test_show_filters_by_predicate_and_status(kg_small: Kg) -> None:
    form = json.loads(kg_small("show", WARFARIN, "--predicate", "indicated_for", "--status", "contested", "--json"))
    assert [fact["object_name"] for group in form["groups"] for fact in group["facts"]] == ["pregnancy"]


def test_show_of_an_ambiguous_name_lists_the_choices_and_ends_with_4(kg_small: Kg) -> None:
    assert "may stand for several concepts" in kg_small("show", "warf", status=4)


def test_show_of_an_unknown_name_is_one_sentence(kg_small: Kg) -> None:
    done = kg_small.run("show", "wafarin")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == "kg: nothing in the graph is called 'wafarin': did you mean warfarin?"


def test_an_export_of_nothing_says_so(kg_small: Kg) -> None:
    done = kg_small.run("export", "none", "--format", "kgx", "--predicate", "has_strength")
    assert (done.returncode, done.stderr) == (0, "kg: nothing was written: no fact fits all that was asked\n")


def test_search_keeps_to_kinds(kg_small: Kg) -> None:
    found = json.loads(kg_small("search", "warf", "--kind", "drug_class", "--json"))
    assert [hit["curie"] for hit in found] == ["local:drug/warfarin_like"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["stats"], "interacts with"),
        (["conflicts"], "contraindicated in"),
        (["quarantine"], "labels/broken.xml"),
        (["diff"], "dailymed:52f4fd9e"),
        (["diff", "nmpa:H31022123"], "nmpa:H31022123"),
        (["diff", "--last", "1"], "nmpa:H31022123"),
    ],
    ids=" ".join,
)
def test_a_report_is_printed_for_people_and_as_json(kg_small: Kg, words: list[str], shown: str) -> None:
    assert shown in kg_small(*words)
    assert json.loads(kg_small(*words, "--json"))


def test_diff_of_an_unknown_document_is_one_sentence(kg_small: Kg) -> None:
    assert "no change of a document 'd:none'" in kg_small.run("diff", "d:none").stderr


def test_export_says_what_was_written(kg_small: Kg) -> None:
    assert "14 facts" in kg_small("export", "out")
    counts = json.loads(kg_small("export", "out2", "--format", "parquet", "--json"))["counts"]
    assert counts["evidence"] == 17
    assert sorted(path.suffix for path in (kg_small.folder / "out2").iterdir()) == [".json"] + [".parquet"] * 5
    assert "there already" in kg_small.run("export", "out").stderr
    assert "known are: arrow, conceptmap-r4" in kg_small.run("export", "out3", "--format", "rdf").stderr
