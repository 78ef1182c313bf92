"""`kg align export`, `import` and `conflicts`, as a user runs them: files go round, what cannot be taken is named."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from kg.curation.bulk import decide_pool
from kg.curation.desk import Desk, open_desk
from kg.curation.items import Item, Usage
from kg.curation.session import Session
from kg.model import Node
from kg_command import Kg
from ontologies.errors import DecisionError
from ontologies.model import Grounding, Kind, Match, Verdict
from ontologies.registry import add_terminology
from ontologies.starter.sources import read_sources

TABLE = """\
# name: small
curie\tname\tkind\tsynonyms\tparents\txrefs\treplaced_by
mesh:D1\tAsthma\tdisease\t\t\tomop:317009\t
mesh:D9\tWheeze\tfinding\t\t\t\t
HP:2\tWheeze\tfinding\t\t\tmesh:D1\t
mesh:D3\tOld gout\tdisease\t\t\t\tmesh:D4
mesh:D4\tGout\tdisease\t\t\t\t
mesh:D6\tTophus\tdisease\t\tmesh:D4\t\t
drugbank:DB1\tAsthmol\tdrug\t\t\t\t
mesh:D5\tOld plague\tdisease\t\t\t\t-
"""
ROWS = """\
name\tkind\tverdict\tcurie\tauthor\ttime\treason\tconfidence
chesty\tdisease\texact\tRXCUI:1\tli\t\t\t
bronchial asthma\tdisease\texact\tMSH:D1\tli\t2026-01-02\tas GINA says\t0.9
gouty\t\tnone\tmesh:D4\tli\t\t\t
nothing at all\t\tnone\t\tli\t\t\t
wheezy\t\tbroad\tmesh:D9\tli\t\t\t
somewhere\t\texact\tlocal:x\tli\t\t\t
old gout\t\texact\tmesh:D3\tli\t\t\t
old plague\t\texact\tmesh:D5\tli\t\t\t
mesh:D1\t\tbroad\tHP:2\tli\t\t\t
HP:2\t\tbroad\tmesh:D1\tli\t\t\t
HP:77\t\texact\tmesh:D1\tli\t\t\t
odd\t\tmaybe\tmesh:D1\tli\t\t\t
"""


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a terminology of six concepts."""
    home = tmp_path_factory.mktemp("home")
    (home / "terminologies").mkdir()
    removed = [source.name for source in read_sources()]
    (home / "terminologies" / "added.json").write_bytes(orjson.dumps({"added": [], "removed": removed}))
    table = home / "small.tsv"
    table.write_text(TABLE, encoding="utf-8")
    add_terminology("table", table, home=home)
    return home


@pytest.fixture
def small(small_home: Path, tmp_path: Path) -> Kg:
    (small_home / "decisions.jsonl").unlink(missing_ok=True)
    (small_home / "decisions.head").unlink(missing_ok=True)
    (tmp_path / "rows.tsv").write_text(ROWS, encoding="utf-8")
    return Kg(small_home, tmp_path)


def test_rows_are_taken_as_one_batch_and_the_others_named(small: Kg) -> None:
    done = orjson.loads(small("align", "import", "rows.tsv", "--batch", "b1", "--json", status=3))
    why = {row["line"]: row["why"] for row in done["refused"]}
    assert list(why) == [2, 7, 8, 9, 11, 12, 13]
    assert "no terminology here has rxnorm:1" in why[2] and "only a place for a name" in why[7]
    assert "retired, replaced by mesh:D4" in why[8] and "without replacement" in why[9]
    assert "HP:2 under mesh:D1 under HP:2 would be a circle" in why[11]
    assert "no terminology here has HP:77" in why[12] and "'maybe' is no verdict" in why[13]
    assert len(done["lines"]) == 5
    small("align", "revert", "b1")
    assert small("align", "export", "--format", "jsonl") == ""


UNFIT = {
    "two kinds": (("drugbank:DB1", "mesh:D1", "exact"), "drug and disease"),
    "two ids": (("mesh:D1", "mesh:D4", "exact"), "two ids of mesh"),
    "a circle": (("HP:2", "mesh:D9", "broad"), "HP:2 under mesh:D9 under HP:2"),
    "a circle with a hierarchy": (("mesh:D4", "mesh:D6", "broad"), "mesh:D4 under mesh:D6 under mesh:D4"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_two_concepts_that_cannot_be_one_or_above_each_other_are_refused_with_the_proof(small: Kg, name: str) -> None:
    (one, two, verdict), why = UNFIT[name]
    if name == "a circle":
        small("align", "map", "mesh:D9", "HP:2", "--as", "broad")
    before = small("align", "export", "--format", "jsonl")
    refused = small.run("align", "map", one, two, "--as", verdict)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert why in refused.stderr and "--anyway" in refused.stderr
    (small.folder / "one.tsv").write_text(f"name\tcurie\tverdict\n{one}\t{two}\t{verdict}\n", encoding="utf-8")
    for words in (("import", "one.tsv"), ("review", "--from", "one.tsv")):
        (row,) = orjson.loads(small("align", *words, "--json", status=3))["refused"]
        assert row["line"] == 2 and why in row["why"]
    assert small("align", "export", "--format", "jsonl") == before
    assert why in small.run("align", "map", one, two, "--as", verdict, "--anyway").stderr
    followed = [one for one in orjson.loads(small("align", "conflicts", "--json"))["conflicts"] if one["followed"]]
    (ends,) = [{shown["start"], *(step["to"] for step in shown["steps"])} for shown in followed]
    assert {one, two} <= ends


def item_of(desk: Desk, name: str, curie: str) -> Item:
    """A name of a graph that waits, with one candidate."""
    concept = desk.lexicon.entry(curie)
    assert concept is not None
    item = Item(Usage((name,), Node(f"local:other/{name}", name, Kind.OTHER, aligned=False), 1, 1, 1), desk, ())
    match = Match(curie, concept.name, concept.kind, 0.9, "told", concept.name)
    item.grounding = Grounding(name, (match,))
    return item


@pytest.mark.parametrize("name", [name for name, ((_, _, verdict), _) in UNFIT.items() if verdict == "exact"])
def test_cards_and_conditions_refuse_what_single_decisions_refuse(
    small: Kg, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, two, _), why = UNFIT[name]
    monkeypatch.setenv("KG_HOME", str(small.home))
    with open_desk(small.graph, author="ann") as desk:
        pool = [item_of(desk, one, two), item_of(desk, "a name that fits", two)]
        session = Session(desk, iter(pool[:1]), batch="b")
        session.advance()
        with pytest.raises(DecisionError, match=why):
            session.decide(Verdict.EXACT)
        assert session.card is not None and session.tally.decisions == 0
        change, refused = decide_pool(desk, pool, Verdict.EXACT, batch="b", reason="")
        assert [line.decision.name for line in change.lines if line.decision] == ["a name that fits"]
        (left_out,) = refused
        assert why in left_out.why and one in left_out.why


def test_an_id_that_only_cross_references_have_finds_its_concept(small: Kg) -> None:
    (line,) = orjson.loads(small("align", "accept", "chesty", "omop:317009", "--json"))["lines"]
    assert line["decision"]["curie"] == "mesh:D1"


def test_nothing_is_written_in_a_dry_run_and_nothing_twice(small: Kg) -> None:
    small("align", "import", "rows.tsv", "--dry-run", status=3)
    assert small("align", "export", "--format", "jsonl") == ""
    small("align", "import", "rows.tsv", status=3)
    again = orjson.loads(small("align", "import", "rows.tsv", "--json", status=3))
    assert again["lines"] == []


@pytest.mark.parametrize("name", ["sssom", "fhir"])
def test_what_was_exported_comes_back_after_a_revert(name: str, small: Kg) -> None:
    small("align", "import", "rows.tsv", "--batch", "b1", status=3)
    small("align", "export", "--format", name, "out.file")
    before = said(small)
    small("align", "revert", "b1")
    assert said(small) == []
    small("align", "import", "out.file")
    assert said(small) == before and len(before) == 5


def said(kg: Kg) -> list[tuple[str, ...]]:
    lines = [orjson.loads(line) for line in kg("align", "export", "--format", "jsonl").splitlines()]
    return sorted((one["name"], one["verdict"], one.get("curie", ""), one["author"]) for one in lines)


def test_omop_export_names_what_it_leaves_out(small: Kg) -> None:
    small("align", "import", "rows.tsv", status=3)
    told = orjson.loads(small("align", "export", "--format", "omop", "map.csv", "--json", status=3))
    assert told["written"] == 2 and len(told["left_out"]) == 3
    text = (small.folder / "map.csv").read_text(encoding="utf-8")
    assert "bronchial asthma,317009,MeSH" in text and "nothing at all,0,None" in text


def test_conflict_is_told_with_its_proof_and_a_decision_settles_it(small: Kg) -> None:
    told = small("align", "conflicts")
    assert "two ids of mesh" in told and "xref of HP:2 → HP:2  Wheeze" in told
    counts = orjson.loads(small("align", "conflicts", "--prefix", "HP", "--json"))["counts"]
    assert counts == {"vocabulary": 1}
    small("align", "map", "mesh:D1", "HP:2", "--as", "none")
    assert small("align", "conflicts", "--kind", "vocabulary").strip() == "no conflicts"
    small("align", "undo")
    assert "two ids of mesh" in small("align", "conflicts")


def in_force(kg: Kg) -> list[str]:
    return [orjson.loads(line)["name"] for line in kg("align", "export", "--format", "jsonl").splitlines()]


def test_undo_takes_the_last_command_back_as_a_whole(small: Kg) -> None:
    small("align", "accept", "asthmatic", "mesh:D1")
    small("align", "import", "rows.tsv", "--batch", "b1", status=3)
    assert "took back the batch b1, 5 decisions" in small("align", "undo")
    assert in_force(small) == ["asthmatic"]
    small("align", "redo")
    assert len(in_force(small)) == 6
    small("align", "undo")
    assert in_force(small) == ["asthmatic"]
    small("align", "undo")
    assert in_force(small) == []
    small("align", "redo")
    assert in_force(small) == ["asthmatic"]


def test_undo_after_a_revert_brings_the_batch_back(small: Kg) -> None:
    small("align", "import", "rows.tsv", "--batch", "b1", status=3)
    small("align", "revert", "b1")
    small("align", "undo")
    assert len(in_force(small)) == 5
    small("align", "undo")
    assert in_force(small) == []
    small("align", "redo")
    assert len(in_force(small)) == 5


def test_an_id_that_is_too_short_takes_nothing_back(small: Kg) -> None:
    small("align", "accept", "asthmatic", "mesh:D1")
    (line,) = orjson.loads(small("align", "log", "--json"))
    assert "too short for an id" in small.run("align", "undo", line["id"][:5]).stderr
    small("align", "undo", line["id"][:6])
    assert in_force(small) == []


def test_an_imported_decision_keeps_who_made_it_and_when(small: Kg) -> None:
    small("align", "import", "rows.tsv", "--batch", "b1", "--author", "ann", status=3)
    told = small("align", "blame", "bronchial asthma")
    assert "2026-01-02 li, imported by ann" in " ".join(told.split())
    assert "li, imported by ann" in " ".join(small("align", "log", "--last", "1").split())
    lines = [orjson.loads(line) for line in small("align", "export", "--format", "jsonl").splitlines()]
    assert {line["author"] for line in lines} == {"li"}
    assert next(line["time"] for line in lines if line["name"] == "bronchial asthma") == "2026-01-02"
    small("align", "reject", "gouty", "mesh:D4", "--author", "ann")
    agreed = orjson.loads(small("align", "agree", "ann", "li", "--json"))
    assert (agreed["names"], agreed["agreed"]) == (1, 1)


def test_a_time_that_is_none_is_told(small: Kg) -> None:
    (small.folder / "odd.tsv").write_text("name\tcurie\ttime\nwheezy\tmesh:D9\tyesterday\n", encoding="utf-8")
    assert "'yesterday' is no date" in small("align", "import", "odd.tsv", status=3)


def test_control_characters_are_no_part_of_names_and_are_not_printed(small: Kg) -> None:
    assert "control characters" in small.run("align", "accept", "asth\x1b[31mma", "mesh:D1").stderr
    assert "control characters" in small("align", "import", hostile(small, "wh\\neezy", ""), status=3)
    small("align", "import", hostile(small, "wheezy", "so\x1b[2J\x07 it is"))
    for words in (["align", "log"], ["align", "blame", "wheezy"], ["ground", "wheezy"]):
        assert not {"\x1b", "\x07"} & set(small(*words))


def hostile(kg: Kg, name: str, reason: str) -> str:
    """A table of one decision."""
    (kg.folder / "odd.tsv").write_text(f"name\tcurie\treason\n{name}\tmesh:D9\t{reason}\n", encoding="utf-8")
    return "odd.tsv"


def test_an_identifier_alone_is_answered_with_a_guess(small: Kg) -> None:
    told = small.run("align", "accept", "wheezy", "D9").stderr
    assert "did you mean mesh:D9?" in told and len(told) < 150
    assert "`kg search` finds" in small.run("align", "accept", "wheezy", "D99").stderr
    wrong = small.run("align", "conflicts", "--prefix", "nosuch")
    assert (wrong.returncode, "no terminology here has the prefix 'nosuch'" in wrong.stderr) == (2, True)
