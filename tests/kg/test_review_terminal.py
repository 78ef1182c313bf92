"""The review in a real terminal of 80 columns and 24 lines: one key a decision, nothing lost with the line."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from curator_terminal import columns, curator_terminal
from curators import at_the_desk, make_demo_graph
from kg_command import Kg

READY = "? keys"


@pytest.fixture(scope="module")
def demo_graph(kg_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo_graph(kg_home, tmp_path_factory.mktemp("demo"))


@pytest.fixture
def desk(kg_home: Path, demo_graph: Path, tmp_path: Path) -> Kg:
    return at_the_desk(kg_home, demo_graph, tmp_path)


def said(kg: Kg) -> list[tuple[str, str, str]]:
    lines = [line for line in json.loads(kg("align", "log", "--json")) if "decision" in line and not line["undone"]]
    return [(d["name"], d["verdict"], d["curie"]) for d in (line["decision"] for line in lines)]


def test_each_key_is_a_decision_and_undo_takes_it_back(desk: Kg) -> None:
    words = ("align", "review", "--status", "unaligned", "--language", "zh", "--author", "ann")
    with curator_terminal(*words, environment=desk.environment, folder=desk.folder) as terminal:
        first = terminal.wait_for(READY)
        assert "板蓝根" in first
        assert max(map(columns, first.splitlines())) <= 80
        assert len(first.splitlines()) <= 24
        assert "Any key goes back" in terminal.press("?", until="Any key")
        assert "板蓝根" in terminal.press(" ", until=READY)
        assert "no candidate on this card to reject" in terminal.press("x", until=READY)
        terminal.press("0", until="1 decided")
        terminal.press("z", until="took back")
        terminal.press("t", until="on this card: ")
        terminal.press("a herb\r", until=READY)
        terminal.press("/", until="search:")
        assert "Lepirudin" in terminal.press("drugbank:DB00001\r", until=READY)
        terminal.press("c8", until="0.8 sure")
        terminal.press("b", until="1 decided")
        assert "1 decision" in terminal.press("q", until="a minute")
        assert terminal.end() == 0
    decisions = said(desk)
    assert ("板蓝根", "broad", "drugbank:DB00001") in decisions
    last = json.loads(desk("align", "log", "--last", "1", "--json"))[0]
    assert (last["reason"], last["decision"]["confidence"]) == ("a herb", 0.8)


def test_a_lost_line_loses_nothing_and_the_review_goes_on(desk: Kg) -> None:
    words = ("align", "review", "--status", "unaligned", "--author", "ann")
    with curator_terminal(*words, environment=desk.environment, folder=desk.folder) as terminal:
        terminal.wait_for(READY)
        terminal.press("0", until="1 decided")
        terminal.process.send_signal(signal.SIGHUP)
    assert [verdict for _, verdict, _ in said(desk)] == ["none"]
    name = said(desk)[0][0]
    plain = {**desk.environment, "NO_COLOR": "1"}
    with curator_terminal(*words, environment=plain, folder=desk.folder) as terminal:
        assert f"\n{name}\n" not in terminal.wait_for(READY)
        assert "\x1b[3" not in terminal.raw
        terminal.press("q", until="a minute")


def test_a_card_tells_the_direction_of_facts(desk: Kg) -> None:
    words = ("align", "review", "--status", "all", "--language", "zh", "--kind", "disease")
    with curator_terminal(*words, environment=desk.environment, folder=desk.folder) as terminal:
        first = terminal.wait_for(READY)
        assert "graph: Warfarin contraindicated in this" in first
        terminal.press("q", until="a minute")
