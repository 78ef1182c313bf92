"""`kg align` as curators use it, on the graph of the bundled samples."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from curators import at_the_desk, bare_home, make_demo_graph
from kg.curation.desk import open_desk
from kg.curation.queue import Filters, iter_queue
from kg.curation.session import Session
from kg.render.card import draw_card
from kg.render.decisions import print_lines
from kg_command import ROOT, Kg
from ontologies.decisions import open_log

HERB = "板蓝根"
STARCH = "玉米淀粉"


@pytest.fixture(scope="module")
def demo_graph(kg_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo_graph(kg_home, tmp_path_factory.mktemp("demo"))


@pytest.fixture
def desk(kg_home: Path, demo_graph: Path, tmp_path: Path) -> Kg:
    return at_the_desk(kg_home, demo_graph, tmp_path)


def read(kg: Kg, *words: str, status: int = 0) -> Any:
    return json.loads(kg("align", *words, "--json", status=status))


def facts_of(kg: Kg, name: str) -> set[str]:
    form = json.loads(kg("show", name, "--json"))
    return {fact["id"] for group in form["groups"] for fact in group["facts"]}


def test_the_queue_is_ordered_by_value_and_filtered(desk: Kg) -> None:
    items = read(desk, "queue", "--top", "500")
    assert [item["value"] for item in items] == sorted((item["value"] for item in items), reverse=True)
    assert HERB in {item["name"] for item in items}
    assert all(item["why"] for item in items)
    assert "no terminology has it" in desk("align", "queue", "--status", "unaligned", "--top", "500")
    (worst, *_) = read(desk, "queue", "--likely-wrong", "--top", "1")
    assert worst["doubt"] > 0 and worst["why"]
    assert {item["kind"] for item in items} & {"quantity", "organization"} == set()
    chinese = read(desk, "queue", "--language", "zh", "--kind", "drug", "--status", "unaligned", "--top", "500")
    assert {(item["language"], item["kind"], item["aligned"]) for item in chinese} == {("zh", "drug", False)}
    assert read(desk, "queue", "--source", "epi", "--status", "all")
    below = read(desk, "queue", "--below", "mesh:D014652", "--status", "all", "--top", "500")
    assert 0 < len(below) < len(read(desk, "queue", "--status", "all", "--top", "5000"))


def test_accept_changes_the_graph_and_undo_brings_it_back(desk: Kg) -> None:
    before = facts_of(desk, "华法林")
    told = desk("align", "accept", STARCH, "drugbank:DB00001", "--author", "ann", "--why", "a trial")
    assert "+ Warfarin has_inactive_ingredient Lepirudin" in told
    assert facts_of(desk, "华法林") != before
    assert STARCH not in {item["name"] for item in read(desk, "queue", "--top", "500")}
    desk("align", "undo", "--author", "ann")
    assert facts_of(desk, "华法林") == before
    desk("align", "redo", "--author", "ann")
    assert facts_of(desk, "华法林") != before
    history = desk("align", "blame", STARCH)
    assert "ann" in history
    assert "because a trial" in history


def test_accept_that_makes_both_sides_one_concept_is_undone_without_loss(desk: Kg) -> None:
    before = facts_of(desk, "华法林")
    desk("align", "accept", "华法林钠片", "drugbank:DB00682", "--author", "ann")
    assert facts_of(desk, "华法林") < before
    desk("align", "undo", "--author", "ann")
    assert facts_of(desk, "华法林") == before


def test_a_decision_survives_a_rebuild(desk: Kg) -> None:
    desk("align", "accept", STARCH, "drugbank:DB00001")
    again = desk.folder / "again"
    desk("build", ROOT / "kg" / "samples", "--graph", again, "--workers", "0")
    items = read(desk, "queue", "--status", "all", "--top", "9999", "--graph", str(again))
    rebuilt = {item["name"]: item["curie"] for item in items}
    assert rebuilt[STARCH] == "drugbank:DB00001"
    ids = {line["id"] for line in read_export(desk, again)}
    assert ids == {line["id"] for line in read_export(desk, desk.graph)}


def read_export(kg: Kg, graph: Path) -> list[dict[str, Any]]:
    out = kg.folder / f"out-{graph.name}"
    kg("export", out, "--graph", graph)
    return [json.loads(line) for line in (out / "facts.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_rejected_name_keeps_a_place_in_the_graph_and_after_a_rebuild(desk: Kg) -> None:
    told = desk("align", "reject", "diarrhea", "HP:0002014")
    assert "waits for a curator" in told or "→" in told
    again = desk.folder / "again"
    desk("build", ROOT / "kg" / "samples", "--graph", again, "--workers", "0")
    assert {line["id"] for line in read_export(desk, again)} == {line["id"] for line in read_export(desk, desk.graph)}


def test_a_dry_run_writes_nothing(desk: Kg) -> None:
    before = facts_of(desk, "华法林")
    told = desk("align", "accept", STARCH, "drugbank:DB00001", "--dry-run")
    assert "would record" in told
    assert "has_inactive_ingredient Lepirudin" in told
    assert facts_of(desk, "华法林") == before
    assert not (desk.home / "decisions.jsonl").exists()


def test_without_a_graph_a_decision_is_recorded_and_says_so(desk: Kg) -> None:
    told = desk("align", "map", "statins", "drugbank:DB01076", "--as", "narrow", "--graph", "nowhere")
    assert "there is no graph here" in told
    assert [line["decision"]["verdict"] for line in read(desk, "log")] == ["narrow"]


def test_a_wrong_curie_is_one_sentence(desk: Kg) -> None:
    done = desk.run("align", "accept", STARCH, "mesh:D0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no terminology here has 'mesh:D0'" in done.stderr


def test_decisions_are_taken_from_tables_and_json_lines(desk: Kg) -> None:
    (desk.folder / "a.tsv").write_text(
        f"name\tcurie\tverdict\tkind\n{STARCH}\tdrugbank:DB00001\texact\tdrug\nx\t\texact\t\ny\tmesh:D0\t\t\n"
    )
    form = read(desk, "review", "--from", "a.tsv", status=3)
    assert len(form["lines"]) == 1
    assert [row["line"] for row in form["refused"]] == [3, 4]
    (desk.folder / "b.jsonl").write_text(json.dumps({"name": HERB, "verdict": "none", "confidence": 0.8}) + "\n")
    (line,) = read(desk, "review", "--from", "b.jsonl")["lines"]
    assert (line["decision"]["confidence"], line["decision"]["verdict"]) == (0.8, "none")
    desk("align", "revert", line["batch"])
    assert [entry["undone"] for entry in read(desk, "log")] == [False, True, False]


def test_a_table_without_names_is_told(desk: Kg) -> None:
    (desk.folder / "a.tsv").write_text("term\tcurie\n")
    assert "columns are: name, curie" in desk.run("align", "review", "--from", "a.tsv").stderr


def judge(kg: Kg, words: list[str], verdict: str) -> Path:
    """A file of verdicts on the sample that the command draws."""
    rows = kg("align", *words, status=3).splitlines()
    path = kg.folder / "judged.tsv"
    assert rows[0].split("\t")[:3] == ["name", "curie", "right"]
    marks = ["\t".join(row.split("\t")[:2]) for row in rows[1:]]
    path.write_text("".join(f"{mark}\t{verdict}\n" for mark in marks), encoding="utf-8")
    return path


def test_many_names_are_accepted_if_a_sample_is_right(desk: Kg) -> None:
    words = ["accept", "--where", "score > .9 and same_kind and exact", "--sample", "5"]
    judged = judge(desk, words, "n")
    refused = desk.run("align", *words, "--verdicts", judged)
    assert (refused.returncode, "nothing was decided" in refused.stderr) == (3, True)
    assert read(desk, "log") == []
    judge(desk, words, "y")
    few = desk.run("align", *words, "--verdicts", str(judged))
    assert (few.returncode, "say too little" in few.stderr) == (3, True)
    assert read(desk, "log") == []
    judged.write_text(judged.read_text(encoding="utf-8").replace("\ty\n", "\t\n", 1), encoding="utf-8")
    assert f"{judged}, line 1: " in desk.run("align", *words, "--verdicts", str(judged)).stderr
    judge(desk, words, "y")
    told = desk("align", *words, "--verdicts", str(judged), "--lowest", "0")
    assert "5 of 5 sampled" in told
    assert told.index("as one batch: `kg align revert") < told.index("recorded ", told.index("takes all of it back"))
    batches = {line["batch"] for line in read(desk, "log")}
    assert len(batches) == 1
    desk("align", "revert", batches.pop())
    assert read(desk, "queue", "--status", "decided") == []


def test_a_condition_that_is_none_teaches(desk: Kg) -> None:
    done = desk.run("align", "accept", "--where", "scoer > .9")
    assert done.returncode == 1
    assert "'scoer' is no name here" in done.stderr
    assert "same_kind" in done.stderr


def test_two_curators_are_compared_and_confirm_each_other(desk: Kg) -> None:
    (desk.home / "config.toml").write_text("[align]\nfour_eyes = true\n")
    before = facts_of(desk, "华法林")
    (line,) = read(desk, "accept", STARCH, "drugbank:DB00001", "--author", "ann")["lines"]
    assert facts_of(desk, "华法林") == before
    assert STARCH in desk("align", "check", "--author", "bob")
    assert "ann's own decision" in desk.run("align", "check", line["id"], "--author", "ann").stderr
    desk("align", "check", line["id"], "--author", "bob")
    assert facts_of(desk, "华法林") != before
    for author, verdicts in {"ann": ("none", "none"), "bob": ("none", "unsure")}.items():
        for name, verdict in zip((HERB, "滑石粉"), verdicts, strict=True):
            desk("align", "map", name, "--as", verdict, "--author", author)
    desk("align", "reject", STARCH, "--author", "bob")
    form = read(desk, "agree", "ann", "bob")
    assert (form["names"], form["agreed"]) == (2, 1)
    assert [dispute["name"] for dispute in form["disputes"]] == [STARCH]


def test_the_second_curator_sees_what_the_first_decided(desk: Kg) -> None:
    desk("align", "reject", HERB, "--author", "ann")
    names = [item["name"] for item in json.loads(desk("align", "queue", "--status", "second", "--json"))]
    assert names == [HERB]


RELEASE = (
    "curie\tname\tkind\tparents\nndfrt:1\tzeastarch granules\tdrug\tndfrt:9\n"
    "ndfrt:2\ttalcoid dust\tdrug\t\nndfrt:9\tpowders\tdrug\t\n"
)


def test_a_new_release_requeues_what_it_changed_and_moves_nothing(desk: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.home / "lexicon").unlink()
    bare_home(desk.folder)
    release = desk.folder / "test.tsv"
    release.write_text(RELEASE)
    desk("terminology", "add", "table", release)
    for name, curie in ((STARCH, "ndfrt:1"), ("滑石粉", "ndfrt:2")):
        desk("align", "accept", name, curie, "--author", "ann")
    assert read(desk, "refresh") == []
    release.write_text(RELEASE.replace("zeastarch granules", "zeastarch grains"))
    desk("terminology", "add", "table", release)
    (stale,) = read(desk, "refresh", "test")
    assert stale["decision"]["name"] == STARCH
    assert "renamed from 'zeastarch granules' to 'zeastarch grains'" in stale["why"]
    (changed,) = json.loads(desk("align", "queue", "--status", "changed", "--json"))
    assert (changed["name"], changed["curie"]) == (STARCH, "ndfrt:1")
    assert stale["why"] in changed["why"]
    monkeypatch.setenv("KG_HOME", str(desk.home))
    with open_desk(desk.graph) as open_:
        (item,) = iter_queue(open_, open_.ledger.standing(), Filters(status="changed"))
        session = Session(open_, iter([item]), again=True)
        session.advance()
        assert "renamed from" in draw_card(session, Console(width=100, height=24)).plain
    desk("align", "accept", STARCH, "ndfrt:1", "--author", "ann")
    assert read(desk, "refresh") == []


def test_the_documented_curation_runs(desk: Kg) -> None:
    """Every command of the page runs in order; those that want what only its reader has say so."""
    (desk.folder / "labels").symlink_to(ROOT / "kg" / "samples")
    page = (ROOT / "docs" / "curation.md").read_text(encoding="utf-8")
    lines = [line for block in page.split("```sh\n")[1:] for line in block.split("```")[0].splitlines()]
    expected = {"kg align revert": 1, "kg align check": 1, "kg align agree": 1, "kg align reject --where": 3}
    for line in lines:
        words = shlex.split(line)
        if words[0] == "printf":
            (desk.folder / words[-1]).write_text(words[1].encode().decode("unicode_escape").encode("latin-1").decode())
            continue
        if "--verdicts" in words:
            judge(desk, words[2 : words.index("--verdicts")], "y")
        status = next((status for start, status in expected.items() if line.startswith(start)), 0)
        desk(*words[1:], status=status)
    assert len(lines) > 15


def test_a_decision_that_moves_nothing_says_so_and_a_dry_run_names_no_batch(desk: Kg) -> None:
    told = desk("align", "accept", "a name no label writes", "mesh:D003967")
    assert "nothing in the graph moves: it does not use the name" in told
    (desk.folder / "one.tsv").write_text(f"name\tcurie\n{STARCH}\tdrugbank:DB00001\n", encoding="utf-8")
    assert "kg align revert" not in desk("align", "review", "--from", "one.tsv", "--dry-run")
    assert "kg align revert" in desk("align", "review", "--from", "one.tsv")


def test_an_unknown_branch_is_refused(desk: Kg) -> None:
    assert "no terminology here has 'mesh:NOPE'" in desk.run("align", "queue", "--below", "mesh:NOPE").stderr


def test_a_curie_that_stands_for_nothing_is_no_name(desk: Kg) -> None:
    wrong = desk.run("align", "map", "HP:9999999", "mesh:D003967", "--as", "exact")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "'HP:9999999'" in wrong.stderr
    assert "itself" in desk.run("align", "map", "HP:0002014", "HP:0002014", "--as", "exact").stderr
    assert "blank" in desk.run("align", "reject", " ").stderr
    desk("align", "map", "rxnorm:123", "mesh:D003967", "--as", "exact")


def test_what_the_log_does_not_have_is_told_in_plain_words(desk: Kg) -> None:
    desk("align", "accept", STARCH, "drugbank:DB00001")
    assert "no line of the log fits" in desk("align", "log", "--author", "nobody")
    assert "no line of the log has an id that begins with 'zzzzzz'" in desk.run("align", "undo", "zzzzzz").stderr
    assert "too short" in desk.run("align", "undo", "").stderr


@pytest.mark.parametrize(
    "words", [["--source", "nosuch"], ["--language", "klingon"], ["--prefix", "nosuch"]], ids=lambda words: words[0]
)
def test_a_filter_that_nothing_can_fit_is_refused_with_what_there_is(words: list[str], desk: Kg) -> None:
    wrong = desk.run("align", "queue", *words)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert any(known in wrong.stderr for known in ("there are: ", "'en', 'zh'"))


def test_a_rejected_name_says_who_rejected_it_wherever_it_is_asked_for(desk: Kg) -> None:
    known = "diarrhea"
    told = desk("align", "reject", known, "--author", "ann", "--why", "too vague", "--graph", "graph")
    assert "no concept fits, says ann" in told and "waits for a curator" not in told
    shown = desk("ground", known, status=4)
    assert f"{known}: no concept fits" in shown and "too vague" in shown
    assert re.search(r"ann said on \d{4}-\d\d-\d\d", shown)
    (found,) = json.loads(desk("ground", known, "--json", status=4))
    (rejected,) = found["rejected"]
    assert (rejected["author"], rejected["reason"], rejected["curie"]) == ("ann", "too vague", "")
    assert (rejected["time"][:2], found["candidates"]) == ("20", [])
    (desk.folder / "names.tsv").write_text(f"name\n{known}\naspirin\n")
    rows = [json.loads(row) for row in desk("ground", "--batch", "names.tsv").splitlines()]
    assert [[one["author"] for one in row["rejected"]] for row in rows] == [["ann"], []]
    assert "no concept fits, says ann" in desk("show", f"local:finding/{known}")
    assert "no concept fits" not in desk("align", "undo", "--author", "ann")


def test_a_rejected_concept_is_told_and_is_no_guess(desk: Kg) -> None:
    desk("align", "reject", "diarrhea", "HP:0002014", "--author", "ann")
    (found,) = json.loads(desk("ground", "diarrhea", "--json"))
    assert [one["curie"] for one in found["rejected"]] == ["HP:0002014"]
    assert "HP:0002014" not in {match["curie"] for match in (*found["matches"], *found["candidates"])}
    assert "diarrhea is not HP:0002014" in desk("ground", "diarrhea")


def test_a_concept_of_another_kind_is_refused_without_the_kind_that_is_meant(desk: Kg) -> None:
    done = desk.run("align", "accept", STARCH, "medkg:serum-sodium")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"has {STARCH!r} as drug" in done.stderr
    assert "is test" in done.stderr
    assert "--kind" in done.stderr
    assert STARCH in {item["name"] for item in read(desk, "queue", "--top", "500")}
    assert "→" in desk("align", "accept", STARCH, "medkg:serum-sodium", "--kind", "drug", "--dry-run")
    (desk.folder / "one.tsv").write_text(f"name\tcurie\n{STARCH}\tmedkg:serum-sodium\n", encoding="utf-8")
    assert "left out line 2" in desk("align", "review", "--from", "one.tsv", status=3)


def test_what_moves_nothing_says_why(desk: Kg) -> None:
    def told(*words: str) -> str:
        return " ".join(desk("align", *words).split())

    assert f"did you mean {STARCH!r}" in told("accept", f"{STARCH}剂", "drugbank:DB00001")
    first = told("accept", STARCH, "drugbank:DB00001")
    assert "nothing in the graph moves" not in first
    assert "it is so already" in told("accept", STARCH, "drugbank:DB00001")
    assert "this counts for test alone" in told("accept", STARCH, "drugbank:DB00002", "--kind", "test")
    assert "broad is kept as a mapping alone" in told("map", HERB, "drugbank:DB00001", "--as", "broad")
    assert "unsure of stays" in told("map", HERB, "--as", "unsure")


def test_what_waits_for_a_second_curator_says_so(desk: Kg) -> None:
    (desk.home / "config.toml").write_text("[align]\nfour_eyes = true\n", encoding="utf-8")
    told = desk("align", "accept", STARCH, "drugbank:DB00001", "--author", "ann")
    assert "waits for a second curator: `kg align check " in told


def test_a_verdict_of_another_that_is_void_now_is_told(desk: Kg) -> None:
    desk("align", "accept", STARCH, "drugbank:DB00001", "--author", "ann")
    told = desk("align", "accept", STARCH, "drugbank:DB00002", "--author", "bob", "--dry-run")
    assert "void now: ann on " in told
    assert f"{STARCH} is drugbank:DB00001" in told
    assert "void now" not in desk("align", "accept", STARCH, "drugbank:DB00002", "--author", "ann")
    form = read(desk, "reject", STARCH, "--author", "bob")
    assert [(one["author"], one["curie"]) for one in form["voided"]] == [("ann", "drugbank:DB00002")]


def test_a_row_may_split_a_name_and_two_answers_to_one_name_are_refused(desk: Kg) -> None:
    rows = f"name\tcurie\tverdict\n{STARCH}\tdrugbank:DB00001;drugbank:DB00002\tsplit\nx\tmesh:D003967\tsplit\n"
    (desk.folder / "split.tsv").write_text(rows, encoding="utf-8")
    taken = read(desk, "review", "--from", "split.tsv", status=3)
    made = [line["decision"] for line in taken["lines"]]
    assert [(one["name"], one["curie"], one["verdict"]) for one in made] == [
        (STARCH, "drugbank:DB00001", "exact"),
        (STARCH, "drugbank:DB00002", "exact"),
    ]
    assert taken["refused"] == [
        {"line": 3, "why": "'x' is split into 1 parts: give two CURIEs or more, with ; between"}
    ]
    rows = f"name\tcurie\n{HERB}\tdrugbank:DB00001\n{HERB}\tdrugbank:DB00002\n{HERB}剂\tdrugbank:DB00002\n"
    (desk.folder / "twice.tsv").write_text(rows, encoding="utf-8")
    taken = read(desk, "review", "--from", "twice.tsv", status=3)
    assert [row["line"] for row in taken["refused"]] == [2, 3]
    assert "the verdict split and drugbank:DB00001;drugbank:DB00002" in taken["refused"][0]["why"]
    assert [line["decision"]["name"] for line in taken["lines"]] == [f"{HERB}剂"]


def test_the_log_says_what_was_taken_back_and_what_counts_now(desk: Kg) -> None:
    desk("align", "accept", STARCH, "drugbank:DB00001", "--author", "ann", "--graph", "nowhere")
    for word in ("undo", "redo"):
        desk("align", word, "--author", "ann", "--graph", "nowhere")
    told = " ".join(desk("align", "log").split())
    assert "in force" in told
    assert "taken back" in told
    assert [line["in_force"] for line in read(desk, "log")] == [True, None, None]
    desk("align", "accept", STARCH, "drugbank:DB00002", "--author", "ann", "--graph", "nowhere")
    assert [line["in_force"] for line in read(desk, "log")] == [False, None, None, True]
    out = io.StringIO()
    lines = open_log(home=desk.home).lines
    print_lines(lines, lines, console=Console(file=out, width=300))
    first, undo, redo, last = [row for row in out.getvalue().splitlines() if " ann " in row]
    assert "answered anew" in first
    assert f"{STARCH} is drugbank:DB00001" in undo
    assert "taken back" in undo
    assert f"{STARCH} is drugbank:DB00001" in redo
    assert redo.count("undoes") == 2
    assert "in force" in last


def test_slips_are_told_in_plain_words(desk: Kg) -> None:
    desk("align", "reject", "x", "--graph", "nowhere")
    assert json.loads(desk.run("align", "export", "--format", "fhir", "-").stdout)["resourceType"] == "ConceptMap"
    assert not (desk.folder / "-").exists()
    missing = desk.run("align", "import", "nothing.tsv")
    assert "No such file" in missing.stderr
    assert "Errno" not in missing.stderr
    assert "20,000 characters" in desk.run("align", "reject", "x" * 20_000).stderr
    assert len(read(desk, "log")) == 1
    assert "no terminology here has the prefix icd10" in desk.run("ground", "aspirin", "--to", "icd10").stderr
