"""`kg ground`: names on the command line and in files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import partial

import pytest

from extractors.errors import InputError
from kg.batch import ground_lines
from kg.render.console import make_console
from kg.render.grounding import print_groundings
from kg_command import Kg
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym

CONCEPTS = [
    Concept("x:1", "Aspirin", Kind.DRUG, synonyms=(Synonym("阿司匹林", language="zh"),)),
    Concept("x:2", "Gastritis", Kind.DISEASE, synonyms=(Synonym("胃炎", language="zh"),)),
]


@pytest.fixture(scope="module")
def grounder() -> Grounder:
    return Grounder(Lexicon.of(CONCEPTS))


def ground(grounder: Grounder, text: str | bytes) -> tuple[list[dict[str, object]], list[str]]:
    out = io.BytesIO()
    data = text.encode() if isinstance(text, str) else text
    bad = ground_lines(io.BytesIO(data), partial(grounder.ground_all), out)
    return [json.loads(line) for line in out.getvalue().splitlines()], bad


def test_rows_come_out_in_order_whatever_the_columns(grounder: Grounder) -> None:
    found, bad = ground(grounder, "kind\tid\tname\ndrug\t7\tasprin\n\t8\tZorblax\ndisease\t9\t胃炎\r\n")
    assert bad == []
    assert [(row["name"], row["abstained"]) for row in found] == [("asprin", False), ("Zorblax", True), ("胃炎", False)]
    match = found[0]["matches"]
    assert isinstance(match, list)
    assert match[0]["curie"] == "x:1"
    assert "typo corrected" in match[0]["reason"]
    assert set(match[0]) == {"curie", "name", "kind", "score", "reason", "matched", "relation"}


def test_a_bad_row_keeps_its_place_and_is_told(grounder: Grounder) -> None:
    text = b"name\tkind\naspirin\tdrug\nfoo\tillness\na\tb\tc\n\tdrug\naspirin\n" + b"\xff\xfe\n" + b'"a ""b"""\n'
    found, bad = ground(grounder, text)
    assert len(found) == 7
    assert [("error" in row) for row in found] == [False, True, True, True, False, True, False]
    assert "row 2 (foo): unknown kind 'illness'" in bad[0]
    assert "row 3 (a|b|c): 3 values under 2 columns" in bad[1]
    assert "row 4 has no name" in bad[2]
    assert "row 6 is not in UTF-8" in bad[3]
    assert found[6]["name"] == 'a "b"'


def test_blank_lines_and_bad_rows_keep_their_line_and_name(grounder: Grounder) -> None:
    found, bad = ground(grounder, "name\tkind\n\naspirin\nfoo\tillness\n\t\n")
    assert [(row["name"], row["abstained"]) for row in found] == [
        ("", True),
        ("aspirin", False),
        ("foo", True),
        ("", True),
    ]
    assert [("error" in row) for row in found] == [False, False, True, False]
    assert len(bad) == 1


def test_what_is_odd_about_a_file_is_told_once(grounder: Grounder) -> None:
    told: list[str] = []
    ground_lines(io.BytesIO(b"id\tname\tnote\n1\taspirin\tx\n"), grounder.ground_all, io.BytesIO(), tell=told.append)
    assert told == ["columns that are passed over: id, note; known are name, kind, language, context"]
    told.clear()
    ground_lines(io.BytesIO(b"name\n"), grounder.ground_all, io.BytesIO(), tell=told.append)
    assert told == ["the file has no names below its header; give it one name a line"]
    with pytest.raises(InputError, match="the file is empty"):
        ground(grounder, "")


def test_a_file_without_names_is_an_error(grounder: Grounder) -> None:
    with pytest.raises(InputError, match="no column 'name', only: id, term"):
        ground(grounder, "id\tterm\n1\taspirin\n")


def test_a_thousand_rows_stream(grounder: Grounder) -> None:
    read = 0

    def lines() -> Iterator[bytes]:
        nonlocal read
        yield b"name\n"
        while read < 3000:
            read += 1
            yield b"aspirin\n"

    class Out(io.BytesIO):
        def flush(self) -> None:
            seen.append((read, self.getvalue().count(b"\n")))

    seen: list[tuple[int, int]] = []
    assert ground_lines(lines(), grounder.ground_all, Out()) == []
    assert seen[0][0] < 1000
    assert seen[-1][1] == 3000


def test_the_table_says_why_and_what_comes_near(grounder: Grounder) -> None:
    out = io.StringIO()
    print_groundings([grounder.ground("asprin"), grounder.ground("胃炎"), grounder.ground("Zorblax")],
                     console=make_console(file=out))  # fmt: skip
    shown = out.getvalue()
    assert "typo corrected: 'i' is missing" in shown
    assert "x:2" in shown
    assert "Zorblax: no answer; nothing comes near" in shown


def test_the_command_answers_and_says_by_its_status_whether_all_is_clear(kg: Kg) -> None:
    assert "Hypertension" in kg("ground", "hypertension", "--kind", "disease")
    found = json.loads(kg("ground", "diabets mellitus", "--json"))
    assert found[0]["matches"][0]["curie"] == "mesh:D003920"
    kg("ground", "Zorblax Industries", status=4)
    nothing = kg.run("ground")
    assert nothing.returncode == 2
    assert "give names, or --batch" in nothing.stderr
    missing = kg.run("ground", "--batch", "nowhere.tsv")
    assert missing.returncode == 2
    assert "cannot read nowhere.tsv" in missing.stderr


def test_a_batch_from_standard_input_with_a_bad_row(kg: Kg) -> None:
    (kg.folder / "names.tsv").write_text("name\tkind\naspirin\tdrug\nfoo\tillness\n", encoding="utf-8")
    kg("ground", "--batch", "names.tsv", status=3)
