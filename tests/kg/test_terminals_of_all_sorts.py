"""The review and the sample over a bad line: narrow terminals, wide and long names, kills, Ctrl-C, no terminal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from curator_terminal import columns, curator_terminal
from kg_command import Kg
from odd_names import WIDE, make_odd_desk

READY = "? keys"
SAMPLED = "q stop: nothing is decided"
REVIEW = ("align", "review", "--status", "all", "--kind", "disease", "--author", "ann")
SIZES = [(24, 80), (24, 60), (16, 60), (24, 40), (50, 200)]


@pytest.fixture
def desk(tmp_path: Path) -> Kg:
    return make_odd_desk(tmp_path)


def said(kg: Kg) -> list[tuple[str, str]]:
    lines = [line for line in json.loads(kg("align", "log", "--json")) if "decision" in line and not line["undone"]]
    return [(line["decision"]["name"], line["decision"]["verdict"]) for line in lines]


def pages_of(raw: str) -> str:
    """What came, without line ends: wrapped names in one piece."""
    return raw.replace("\r", "").replace("\n", "")


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_card_fits_and_says_which_name_it_is_about(size: tuple[int, int], desk: Kg) -> None:
    height, width = size
    seen = []
    with curator_terminal(*REVIEW, environment=desk.environment, folder=desk.folder, size=size) as terminal:
        page = terminal.wait_for(READY)
        for place in range(4):
            assert max(map(columns, page.splitlines())) <= width
            assert len(page.rstrip("\n").splitlines()) < height
            assert "\x1b" not in page and "\u202e" not in page
            seen.append(pages_of(page))
            page = terminal.press("u", until=READY if place < 3 else "4 decisions")
        assert terminal.end() == 0
    whole = "".join(seen)
    assert "the last word" in whole and "recurrent recurrent" in whole
    assert WIDE[:10] in whole and WIDE[-5:] in whole
    assert "evil\\x1b[2J" in whole
    assert len(said(desk)) == 4


def test_the_name_stands_in_its_sentence_however_wide_it_is(desk: Kg) -> None:
    words = (*REVIEW, "--language", "zh")
    with curator_terminal(*words, environment=desk.environment, folder=desk.folder, size=(24, 60)) as terminal:
        (sentence,) = [line for line in terminal.wait_for(READY).splitlines() if line.startswith("  “")]
        assert "呼吸衰竭" in sentence
        terminal.press("q", until="a minute")


def test_messages_stand_on_lines_of_their_own(desk: Kg) -> None:
    with curator_terminal(*REVIEW, environment=desk.environment, folder=desk.folder) as terminal:
        assert "t note" in terminal.wait_for(READY)
        assert "note, also the reason" in terminal.press("t", until="on this card: ")
        lines = terminal.press("seen twice\r", until=READY).splitlines()
        assert "noted" in lines
        assert "note, the reason of what you decide here: seen twice" in lines
        lines = terminal.press("0", until=READY).splitlines()
        assert [line for line in lines if line.startswith("evil") and "is no known concept" in line]
        lines = terminal.press("z", until=READY).splitlines()
        place = next(place for place, line in enumerate(lines) if line.startswith("took back: evil"))
        assert "nothing in the graph moves" in lines[place + 1 : place + 3]
        assert "took back" not in terminal.press("s", until=READY)
        terminal.press("q", until="a minute")


def test_a_line_is_edited_by_whole_characters(desk: Kg) -> None:
    with curator_terminal(*REVIEW, environment=desk.environment, folder=desk.folder) as terminal:
        terminal.wait_for(READY)
        terminal.press("t", until="on this card: ")
        lines = terminal.press("心脏病\x7f\x7f\r", until=READY).splitlines()
        assert "note, the reason of what you decide here: 心" in lines
        terminal.press("q", until="a minute")


def test_killed_in_the_middle_it_goes_on_where_it_was(desk: Kg) -> None:
    with curator_terminal(*REVIEW, environment=desk.environment, folder=desk.folder) as terminal:
        terminal.wait_for(READY)
        terminal.press("0", until="1 decided")
        terminal.press("u", until="2 decided")
        terminal.process.send_signal(signal.SIGKILL)
        terminal.process.wait()
    decided = said(desk)
    assert [verdict for _, verdict in decided] == ["none", "unsure"]
    again = ("align", "review", "--status", "open", "--kind", "disease", "--author", "ann")
    with curator_terminal(*again, environment=desk.environment, folder=desk.folder) as terminal:
        page = pages_of(terminal.wait_for(READY))
        assert not [name for name, _ in decided if f"documents · 0 decided{name[:30]}" in page]
        terminal.press("q", until="a minute")
    assert said(desk) == decided
    assert "nothing" in desk("align", "apply") or desk("align", "apply", "--dry-run")


def test_half_a_line_in_the_log_is_told_and_the_review_goes_on(desk: Kg) -> None:
    desk("align", "reject", "see below")
    log = desk.home / "decisions.jsonl"
    log.write_bytes(log.read_bytes() + b'{"action": "decide", "id": "abc')
    with curator_terminal(*REVIEW, environment=desk.environment, folder=desk.folder) as terminal:
        terminal.wait_for(READY)
        terminal.press("0", until="1 decided")
        terminal.press("q", until="a minute")
        assert "decisions.jsonl" in terminal.raw
    assert len(said(desk)) == 2


@pytest.mark.parametrize("at_a_prompt", [False, True], ids=["at a card", "at a prompt"])
def test_ctrl_c_ends_it_with_a_sentence_and_a_terminal_as_it_was(at_a_prompt: bool, desk: Kg) -> None:
    with curator_terminal(*REVIEW, environment=desk.environment, folder=desk.folder) as terminal:
        terminal.wait_for(READY)
        before = terminal.echoes
        terminal.press("0", until="1 decided")
        if at_a_prompt:
            terminal.press("/", until="search:")
            # Python's line editor does not notice a signal that comes between its prompt and its first wait for a key.
            time.sleep(0.5)
        terminal.press("\x03", until="interrupted; nothing that was committed is lost")
        assert terminal.end() == 130
        assert (before, terminal.echoes) == (False, True)
    assert len(said(desk)) == 1


def test_without_a_terminal_decisions_are_read_and_it_says_so(desk: Kg) -> None:
    command = [sys.executable, "-m", "kg", "align", "review"]
    given = {"env": desk.environment, "cwd": desk.folder, "capture_output": True, "text": True}
    done = subprocess.run(command, input="name\tcurie\nchest pain\tmesh:D3\n", **given)  # type: ignore[call-overload]
    assert (done.returncode, "recorded" in done.stdout) == (0, True)
    nothing = subprocess.run(command, input="", **given)  # type: ignore[call-overload]
    assert nothing.returncode == 0
    assert "standard input is no terminal" in nothing.stderr


def test_a_card_is_not_written_into_a_file(desk: Kg) -> None:
    words = ("-c", f'"{sys.executable}" -m kg align review > page.txt; echo status $?')
    with curator_terminal(*words, environment=desk.environment, folder=desk.folder, program=("sh",)) as terminal:
        assert "standard output is no terminal" in terminal.wait_for("status 1")
    assert (desk.folder / "page.txt").read_text() == ""


def test_a_sample_is_judged_by_keys_with_all_that_tells(desk: Kg) -> None:
    words = ("align", "accept", "--where", "score > 0", "--sample", "9", "--least", ".5", "--author", "ann")
    with curator_terminal(*words, environment=desk.environment, folder=desk.folder, size=(24, 60)) as terminal:
        first = terminal.wait_for(SAMPLED)
        while "inflamed" not in first:
            first = terminal.press("y", until=SAMPLED)
        for told in ("is  Pericarditis", "also: inflamed pericardium", "in: Heart disease", "why: ", "graph: ", "“"):
            assert told in first
        assert max(map(columns, first.splitlines())) <= 60
        assert "'k' is no key here" in terminal.press("k", until=SAMPLED)
        terminal.press("q", until="nothing was decided")
        assert terminal.end() == 3
    assert said(desk) == []


def test_a_sample_in_doubt_counts_as_not_right_and_waits(desk: Kg) -> None:
    _, *pool = desk("align", "accept", "--where", "score > 0", "--sample", "9", status=3).splitlines()
    assert [row.split("\t")[3] for row in pool].count("Pericarditis") >= 1
    words = ("align", "accept", "--where", "score > 0", "--sample", "9", "--least", "0", "--author", "ann")
    with curator_terminal(*words, environment=desk.environment, folder=desk.folder) as terminal:
        terminal.wait_for(SAMPLED)
        terminal.press("n", until=SAMPLED if len(pool) > 1 else "sampled")
        if len(pool) > 1:
            assert "0 right · 0 wrong" in terminal.press("z", until=SAMPLED)
            terminal.press("n" * (len(pool) - 1), until=f"{len(pool)} of {len(pool)}")
            terminal.press("u", until="sampled from")
        assert "of 1 you are unsure" in terminal.wait_for("one batch")
        assert terminal.end() == 0
    assert sorted(verdict for _, verdict in said(desk)) == sorted(["none"] * (len(pool) - 1) + ["unsure"])


def test_the_page_of_a_dumb_terminal_has_no_codes(desk: Kg) -> None:
    with curator_terminal(*REVIEW, environment=desk.environment, folder=desk.folder, term="dumb") as terminal:
        terminal.wait_for(READY)
        assert "\x1b[" not in terminal.raw
        terminal.press("q", until="a minute")
