"""The decision log: nothing is lost, nothing can be changed unseen, everything can be taken back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from kg_command import ROOT
from ontologies.decisions import Action, DecisionLog, Line
from ontologies.errors import DecisionError
from ontologies.model import Decision, Kind, Verdict
from ontologies.standing import changed_forms, fold, read_time, taken_back


def decide(
    name: str, curie: str = "", verdict: Verdict = Verdict.EXACT, *, author: str = "ann", batch: str = ""
) -> Line:
    made = Decision("", name, Kind.DRUG, verdict, curie, "", author, "", batch=batch)
    return Line(Action.DECIDE, author, decision=made, batch=batch)


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    return DecisionLog(tmp_path / "decisions.jsonl")


def in_force(log: DecisionLog, **options: object) -> list[tuple[str, str, str]]:
    return [(d.name, d.verdict.value, d.curie) for d in fold(log.lines, **options)]  # type: ignore[arg-type]


def test_what_is_written_is_read_again(log: DecisionLog) -> None:
    full = Decision(
        "", "华法林", Kind.DRUG, Verdict.BROAD, "mesh:D1", "x", "ann", "", "why", "zh", 0.5, "synonym", 0.9, "b", "v",
        Kind.DRUG_CLASS, ("mesh:D0",),
    )  # fmt: skip
    made = log.append([Line(Action.DECIDE, "ann", decision=full, reason="why", batch="b")])
    assert DecisionLog(log.path).lines == made == log.lines
    assert made[0].decision is not None
    assert made[0].decision.time == made[0].time


def test_a_changed_line_is_seen(log: DecisionLog) -> None:
    log.append([decide("a", "x:1"), decide("b", "x:2")])
    log.path.write_bytes(log.path.read_bytes().replace(b"x:1", b"x:9"))
    with pytest.raises(DecisionError, match=r"line 2 .* does not follow"):
        DecisionLog(log.path)


@pytest.mark.parametrize("gone", [1, 2], ids=["the last line", "all lines"])
def test_lines_gone_from_the_end_are_seen(log: DecisionLog, gone: int) -> None:
    log.append([decide("a", "x:1"), decide("b", "x:2")])
    log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[:-gone]))
    with pytest.raises(DecisionError, match=f"{gone} lines are gone from the end"):
        DecisionLog(log.path)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_half_written_line_is_set_aside_and_nothing_else_is_lost(log: DecisionLog, share: float) -> None:
    log.append([decide("a", "x:1")])
    whole = log.path.stat().st_size
    log.append([decide("b", "x:2")])
    log.path.with_suffix(".head").unlink()
    os.truncate(log.path, whole + 1 + int(share * (log.path.stat().st_size - whole - 2)))
    again = DecisionLog(log.path)
    assert "half-written" in again.damage
    assert in_force(again) == [("a", "exact", "x:1")]
    again.append([decide("c", "x:3")])
    assert in_force(DecisionLog(log.path)) == [("a", "exact", "x:1"), ("c", "exact", "x:3")]
    assert DecisionLog(log.path).damage == ""


def test_a_killed_process_leaves_whole_lines(log: DecisionLog) -> None:
    script = (
        "import sys; from pathlib import Path; from ontologies.decisions import *; from ontologies.model import *\n"
        "log = DecisionLog(Path(sys.argv[1]))\n"
        "while True:\n"
        "    log.append([Line(Action.NOTE, 'ann', of='a')]); print(len(log.lines), flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, str(log.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        told = [next(process.stdout) for _ in range(20)]
        process.send_signal(signal.SIGKILL)
    assert len(DecisionLog(log.path).lines) >= int(told[-1])


def test_two_curators_write_at_once(log: DecisionLog) -> None:
    other = DecisionLog(log.path)
    for place in range(5):
        log.append([decide(f"mine {place}", "x:1")])
        other.append([decide(f"theirs {place}", "x:2", author="bob")])
    assert len(DecisionLog(log.path).lines) == 10
    assert log.refresh()
    assert log.stamp == other.stamp


def test_a_full_disk_is_one_sentence_and_records_nothing(tiny_disk: Path) -> None:
    log = DecisionLog(tiny_disk / "decisions.jsonl")
    log.append([decide("a", "x:1")])
    before = log.path.read_bytes()
    with pytest.raises(DecisionError, match="nothing was recorded; free some space"):
        log.append([decide("long " * 1000, f"x:{place}") for place in range(1000)])
    assert log.path.read_bytes() == before
    assert [line.id for line in DecisionLog(log.path).lines] == [line.id for line in log.lines]
    assert DecisionLog(log.path).damage == ""


def test_a_folder_that_cannot_be_written_to_is_one_sentence(read_only_disk: Path) -> None:
    with pytest.raises(DecisionError, match="mend the folder"):
        DecisionLog(read_only_disk / "decisions.jsonl").append([decide("a", "x:1")])


def test_a_clock_set_back_does_not_change_the_order(tmp_path: Path) -> None:
    times = iter(["2026-02-02T00:00:00.000000+00:00", "2026-01-01T00:00:00.000000+00:00"])
    log = DecisionLog(tmp_path / "decisions.jsonl", clock=lambda: next(times))
    log.append([decide("a", "x:1")])
    log.append([decide("a", "x:2")])
    assert log.lines[0].time < log.lines[1].time


def test_a_later_verdict_answers_an_earlier_one(log: DecisionLog) -> None:
    log.append([decide("a", "x:1")])
    log.append([decide("A", "x:2")])
    assert in_force(log) == [("A", "exact", "x:2")]
    log.append([decide("a", "x:3", Verdict.NONE)])
    assert in_force(log) == [("A", "exact", "x:2"), ("a", "none", "x:3")]
    log.append([decide("a", "", Verdict.NONE)])
    assert in_force(log) == [("a", "none", "x:3"), ("a", "none", "")]
    log.append([decide("a", "x:3")])
    assert in_force(log) == [("a", "exact", "x:3")]


def test_what_is_decided_in_one_moment_stands_together(log: DecisionLog) -> None:
    log.append([decide("a and b", "x:1"), decide("a and b", "x:2")])
    assert in_force(log) == [("a and b", "exact", "x:1"), ("a and b", "exact", "x:2")]
    log.append([decide("a and b", "x:3")])
    assert in_force(log) == [("a and b", "exact", "x:3")]


def test_undo_brings_back_what_was_there_and_can_be_undone(log: DecisionLog) -> None:
    log.append([decide("a", "x:1")])
    second = log.append([decide("a", "x:2")])[0]
    undo = log.append([Line(Action.UNDO, "ann", second.id)])[0]
    assert in_force(log) == [("a", "exact", "x:1")]
    assert taken_back(log.lines) == {second.id}
    log.append([Line(Action.UNDO, "ann", undo.id)])
    assert in_force(log) == [("a", "exact", "x:2")]


def test_a_batch_is_reverted_as_a_whole(log: DecisionLog) -> None:
    log.append([decide("a", "x:1")])
    log.append([decide("a", "x:2", batch="b1"), decide("c", "x:3", batch="b1")])
    revert = log.append([Line(Action.REVERT, "ann", "b1")])[0]
    assert in_force(log) == [("a", "exact", "x:1")]
    log.append([Line(Action.UNDO, "ann", revert.id)])
    assert in_force(log) == [("a", "exact", "x:2"), ("c", "exact", "x:3")]


def test_the_log_is_folded_as_of_a_time_and_up_to_a_line(tmp_path: Path) -> None:
    days = count(1)
    log = DecisionLog(tmp_path / "decisions.jsonl", clock=lambda: f"2026-01-0{next(days)}T10:00:00.000000+00:00")
    first = log.append([decide("a", "x:1")])[0]
    log.append([decide("a", "x:2")])
    assert in_force(log, as_of="2026-01-01") == [("a", "exact", "x:1")]
    assert in_force(log, as_of="2026-01-02T09:59:00") == [("a", "exact", "x:1")]
    assert in_force(log, until=first.hash) == [("a", "exact", "x:1")]
    assert changed_forms(fold(log.lines, until=first.hash), fold(log.lines)) == {"a"}
    with pytest.raises(DecisionError, match="'yesterday' is no date"):
        read_time("yesterday")


def test_four_eyes_want_another_author(log: DecisionLog) -> None:
    first = log.append([decide("a", "x:1")])[0]
    log.append([Line(Action.CHECK, "ann", first.id)])
    assert in_force(log, four_eyes=True) == []
    assert [d.name for d in fold(log.lines, four_eyes=True).waiting] == ["a"]
    check = log.append([Line(Action.CHECK, "bob", first.id)])[0]
    assert in_force(log, four_eyes=True) == [("a", "exact", "x:1")]
    log.append([Line(Action.UNDO, "bob", check.id)])
    assert in_force(log, four_eyes=True) == []
    log.append([decide("a", "x:1", author="bob")])
    assert in_force(log, four_eyes=True) == [("a", "exact", "x:1")]
