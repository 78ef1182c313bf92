"""Whatever a name is made of, no command lets it steer the terminal, forge a line, or turn the text round."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise

import click
import pytest

from kg.cli import kg as kg_group
from kg.render.console import PIPED_WIDTH, make_console, make_table
from kg_command import KgHere
from odd_names import HOSTILE, make_odd_desk
from ontologies.printable import printable, printable_lines, without_controls
from ontologies.standing import form_of

#: What a shell can hand over: no byte nought.
ARGUMENT = HOSTILE.replace("\0", "")
#: By command, the calls that print what data holds as text; the files are made by `made`.
CALLS: dict[str, list[list[str]]] = {
    "build": [["build", "inputs"], ["build", "nowhere" + ARGUMENT]],
    "remove": [["remove", "no such" + ARGUMENT, "--graph", "graph"], ["remove", ARGUMENT, "--dry-run"]],
    "diff": [["diff"]],
    "quarantine": [["quarantine"]],
    "stats": [["stats"]],
    "show": [["show", "warfarin"], ["show", "warfarin", "--lang", "zh"], ["show", ARGUMENT], ["show", "evil"]],
    "search": [["search", "evil"], ["search", ARGUMENT + "x"]],
    "conflicts": [["conflicts"]],
    "export": [["export", "out"], ["export", "files" + ARGUMENT.replace("/", ""), "--format", "neo4j-admin"],
               ["export", "no", "--source", ARGUMENT], ["export", "no", "--licence", ARGUMENT],
               ["export", "no", "--format", ARGUMENT]],
    "import": [["import", "bad.tsv"], ["import", "nowhere" + ARGUMENT], ["import", "bad.tsv", "--map", ARGUMENT]],
    "sync": [["sync", "graph", "level"], ["sync", "graph", "nowhere" + ARGUMENT, "--dry-run"]],
    "verify": [["verify", "graph", "graph"], ["verify", "graph", "nowhere" + ARGUMENT]],
    "extract": [["extract", "inputs"]],
    "assemble": [["assemble", "inputs"], ["assemble", "nowhere" + ARGUMENT]],
    "embed train": [["embed", "train", "--triples", "nowhere" + ARGUMENT], ["embed", "train", "--config", ARGUMENT]],
    "embed evaluate": [["embed", "evaluate", ARGUMENT]],
    "embed extend": [["embed", "extend", ARGUMENT]],
    "embed classify": [["embed", "classify", ARGUMENT], ["embed", "classify", "kind", "--config", ARGUMENT]],
    "embed similar": [["embed", "similar", "evil name"], ["embed", "similar", ARGUMENT]],
    "embed predict": [["embed", "predict", ARGUMENT, "indicated_for"]],
    "embed export": [["embed", "export", ARGUMENT, "out" + ARGUMENT]],
    "embed list": [["embed", "list"]],
    "embed use": [["embed", "use", ARGUMENT]],
    "embed remove": [["embed", "remove", ARGUMENT]],
    "evaluate": [["evaluate", ARGUMENT]],
    "ground": [["ground", ARGUMENT], ["ground", "evil name"]],
    "doctor": [["doctor"]],
    "neo4j init": [["neo4j", "init", ARGUMENT], ["neo4j", "init", "bolt://" + ARGUMENT]],
    "neo4j start": [["neo4j", "start", "--name", ARGUMENT], ["neo4j", "start", "--heap", ARGUMENT]],
    "neo4j stop": [["neo4j", "stop", "--name", ARGUMENT]],
    "neo4j status": [["neo4j", "status", "--name", ARGUMENT], ["neo4j", "status"]],
    "neo4j admin": [["neo4j", "admin", "--name", ARGUMENT, "--", ARGUMENT]],
    "terminology list": [["terminology", "list"]],
    "terminology add": [["terminology", "add", "table", "bad.tsv"], ["terminology", "add", "table", ARGUMENT]],
    "terminology remove": [["terminology", "remove", ARGUMENT]],
    "terminology show": [["terminology", "show", "odd"], ["terminology", "show", ARGUMENT]],
    "terminology readers": [["terminology", "readers", ARGUMENT]],
    "terminology install": [],
    "align queue": [["align", "queue", "--status", "all"], ["align", "queue", "--source", ARGUMENT],
                    ["align", "queue", "--likely-wrong"], ["align", "queue", "--below", ARGUMENT]],
    "align review": [["align", "review", "--from", "verdicts.tsv"], ["align", "review", "--from", ARGUMENT]],
    "align accept": [["align", "accept", ARGUMENT, "mesh:D2"], ["align", "accept", "evil name", ARGUMENT],
                     ["align", "accept", "--where", "score > 0", "--sample", "9"]],
    "align reject": [["align", "reject", "evil name", "--why", ARGUMENT], ["align", "reject", "--where", ARGUMENT]],
    "align map": [["align", "map", "pericarditis", "mesh:D3", "--as", "broad", "--author", ARGUMENT]],
    "align undo": [["align", "undo", ARGUMENT], ["align", "undo"]],
    "align redo": [["align", "redo"]],
    "align revert": [["align", "revert", ARGUMENT], ["align", "revert", "batch" + ARGUMENT]],
    "align apply": [["align", "apply", "--dry-run"], ["align", "apply"]],
    "align log": [["align", "log"], ["align", "log", "--as-of", ARGUMENT]],
    "align blame": [["align", "blame", "evil name"], ["align", "blame", ARGUMENT]],
    "align agree": [["align", "agree", ARGUMENT, "bob"], ["align", "agree", "nobody" + ARGUMENT, "bob"]],
    "align check": [["align", "check"], ["align", "check", ARGUMENT]],
    "align export": [["align", "export", "--format", "omop", "out.csv"]],
    "align import": [["align", "import", "decisions.tsv", "--batch", "batch" + ARGUMENT],
                     ["align", "import", ARGUMENT]],
    "align conflicts": [["align", "conflicts"], ["align", "conflicts", "--prefix", ARGUMENT]],
    "align refresh": [["align", "refresh"], ["align", "refresh", ARGUMENT]],
    "records ingest": [["records", "ingest", "inputs"], ["records", "ingest", "nowhere" + ARGUMENT]],
    "records stats": [["records", "stats"]],
    "records quarantine": [["records", "quarantine"]],
    "records publish": [["records", "publish", "--cohort", ARGUMENT]],
    "records withdraw": [["records", "withdraw", ARGUMENT]],
    "records near": [["records", "near", "near" + ARGUMENT.replace("/", "")]],
    "records embed": [["records", "embed", "--model", ARGUMENT]],
    "records forget": [["records", "forget", ARGUMENT], ["records", "forget", "1", "--site", ARGUMENT]],
    "registry build": [["registry", "build", ARGUMENT, "records"], ["registry", "build", "bad.toml", "records"]],
    "unlabelled": [["unlabelled", "uses"], ["unlabelled", "reactions", "--drug", ARGUMENT]],
}  # fmt: skip
#: Commands that print no name of a user's data (the bundled samples alone, or what the web server tells), and the
#: filter, which gives a text out as it came.
OTHERS = {"deid", "demo", "serve"}


def leaves(group: click.Group, before: str = "") -> Iterator[str]:
    """All commands, those of groups with the group's name before theirs."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def steering(text: str) -> list[str]:
    """What in a text could steer a terminal."""
    categories = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return [repr(c) for c in text if c not in "\n\t" and unicodedata.category(c) in categories]


def is_forged(before: str, line: str) -> bool:
    """Whether a line begins within the name: not where a line that filled the page went on."""
    return line.startswith("FORGED") and len(before) < PIPED_WIDTH - len(HOSTILE) * 2


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> KgHere:
    """A desk with hostile names in its graph, in files, and in the log of decisions."""
    desk = make_odd_desk(tmp_path_factory.mktemp("odd"))
    folder = desk.folder
    (folder / "bad.tsv").write_text(f"curie\tname\tkind\nmesh:D9\t{HOSTILE}\n", encoding="utf-8")
    (folder / "verdicts.tsv").write_text(f"name\tcurie\nevil\x1b[2Jname\tmesh:D2\nevil\x9bname\t{HOSTILE}\n")
    rows = f"evil deeds\texact\tmesh:D2\t{ONE_LINE}\t{ONE_LINE}\n{ONE_LINE}\tq\tmesh:D2\t\t\n"
    (folder / "decisions.tsv").write_text(f"name\tverdict\tcurie\tauthor\treason\n{rows}", encoding="utf-8")
    (folder / "bad.toml").write_text(f"[cohort]\nconcepts = ['{ARGUMENT[:9]}']\n".replace("\x1b", "\\x1b"))
    (folder / "inputs").mkdir()
    (folder / "inputs" / f"evil\x1b[2J{chr(0x202E)}\nFORGED.xml").write_text("<no")
    row = {"name": "evil name", "verdict": "none", "reason": HOSTILE, "curie": "mesh:D5"}
    for author in (ARGUMENT, "bob"):
        (folder / "one.jsonl").write_text(json.dumps(row) + "\n")
        desk("align", "review", "--from", "one.jsonl", "--author", author)
        row["verdict"] = "related"
    return desk


ONE_LINE = HOSTILE.replace("\n", "").replace("\r", "").replace("\u2028", "")


def test_every_command_is_walked_or_said_to_print_nothing_of_the_data() -> None:
    assert set(leaves(kg_group)) == CALLS.keys() | OTHERS


@pytest.mark.parametrize("words", [pytest.param(call, id=name) for name, calls in CALLS.items() for call in calls])
def test_no_command_prints_what_steers_a_terminal(words: list[str], made: KgHere) -> None:
    done = made.run(*words)
    for text in (done.stdout, done.stderr):
        assert steering(text) == []
        assert not [line for before, line in pairwise(["", *text.splitlines()]) if is_forged(before, line)]
    assert "Traceback" not in done.stderr


def test_the_walk_does_meet_the_hostile_name(made: KgHere) -> None:
    for words in (["align", "queue"], ["quarantine"], ["show", "warfarin"], ["align", "log"], ["align", "agree"]):
        assert "evil\\x1b[2J" in made(*words).replace("\n", ""), words


def test_what_steers_is_shown_and_what_is_written_stays() -> None:
    assert printable("a\x1b[31mb\u202ec\nd\te\ud800") == "a\\x1b[31mb\\u202ec d e\\ud800"
    assert printable_lines("a\x07\nb") == "a\\x07\nb"
    for plain in ("阿司匹林　肠溶片", "caf\u00e9 µg\u00a0½", "क्\u200dष"):
        assert printable(plain) == plain


def test_a_name_without_its_controls_is_still_the_same_name() -> None:
    assert form_of(without_controls(HOSTILE)) == form_of(HOSTILE)
    assert "\x1b" not in without_controls(HOSTILE)


def test_nothing_passes_the_console_whoever_forgets_to_ask() -> None:
    out = StringIO()
    console = make_console(file=out)
    table = make_table("name")
    table.add_row(HOSTILE)
    console.print(HOSTILE)
    console.print(table)
    assert steering(out.getvalue()) == []
    assert len(out.getvalue().splitlines()) == 2 + 1 + 1
