"""What commands print about a graph, for people and for machines."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from kg.errors import NotFoundError
from kg.model import Node
from kg.render.lookup import find_choices, find_nearest
from kg.render.quotes import HIGHLIGHT, draw_quote
from kg.render.show import print_show
from kg.render.tables import print_conflicts, print_quarantine, print_search, print_stats
from kg.stores.sqlite import SqliteStore
from kg_command import ROOT
from ontologies.model import Kind

GOLDEN = ROOT / "tests" / "golden" / "render"
WARFARIN = "drugbank:DB00682"


def printed(show: Callable[..., Any], *arguments: Any, terminal: bool = False, width: int = 100, **options: Any) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=terminal,
        color_system="truecolor" if terminal else None,
        highlight=False,
        markup=False,
    )
    show(*arguments, console=console, **options)
    return out.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_show_prints_the_golden_page(small_store: SqliteStore, language: str) -> None:
    page = printed(print_show, small_store, "warfarin", language=language)
    lines = [line.rstrip() for line in page.splitlines()]
    golden = (GOLDEN / f"show_{language}.txt").read_text("utf-8")
    assert "\n".join(lines) + "\n" == golden


def test_a_pipe_gets_no_colours_and_a_terminal_does(small_store: SqliteStore) -> None:
    assert "\x1b[" not in printed(print_show, small_store, "warfarin")
    assert "\x1b[" in printed(print_show, small_store, "warfarin", terminal=True)


@pytest.mark.parametrize("width", [40, 60, 200])
def test_no_line_is_wider_than_the_terminal(small_store: SqliteStore, width: int) -> None:
    page = printed(print_show, small_store, "warfarin", width=width)
    assert max(len(line.rstrip()) for line in page.splitlines()) <= width


def test_show_as_json_holds_groups_facts_and_their_evidence(small_store: SqliteStore) -> None:
    form = json.loads(printed(print_show, small_store, "coumadin", as_json=True, quotes=2))
    assert form["concept"]["curie"] == WARFARIN
    groups = {(group["predicate"], group["direction"]): group for group in form["groups"]}
    assert groups[("indicated_for", "out")]["label_zh"] == "适应症"
    facts = groups[("indicated_for", "out")]["facts"]
    assert [fact["object_name"] for fact in facts] == ["atrial fibrillation", "pregnancy"]
    assert [row["country"] for row in facts[0]["evidence"]] == ["US", "CN"]
    assert facts[1]["status"] == "contested"
    assert groups[("interacts_with", "out")]["more"] is False


def test_facts_of_which_a_concept_is_the_object_are_shown_from_its_side(small_store: SqliteStore) -> None:
    form = json.loads(printed(print_show, small_store, "nausea", as_json=True))
    incoming = {group["predicate"]: group for group in form["groups"] if group["direction"] == "in"}
    assert set(incoming) == {"causes_adverse_event", "not_indicated_for"}
    assert "← causes adverse event" in printed(print_show, small_store, "nausea")


def test_facts_beyond_those_shown_are_announced(small_store: SqliteStore) -> None:
    assert "interacts with (2+)" in printed(print_show, small_store, "warfarin", each=2)


@pytest.mark.parametrize("name", [WARFARIN, "DRUGBANK:DB00682", "Warfarin", "华法令", "coumadin"])
def test_a_concept_is_meant_by_curie_alias_name_or_synonym(small_store: SqliteStore, name: str) -> None:
    assert [node.curie for node in find_choices(small_store, name)] == [WARFARIN]


def test_a_name_that_several_concepts_may_bear_gives_the_choices(small_store: SqliteStore) -> None:
    page = printed(print_show, small_store, "warf")
    assert "may stand for several concepts" in page
    assert WARFARIN in page
    assert "local:drug/warfarin_like" in page
    form = json.loads(printed(print_show, small_store, "warf", as_json=True))
    assert [choice["name"] for choice in form["choices"]] == ["warfarin", "Warfarin-like anticoagulants"]


@pytest.mark.parametrize("typo", ["warferin", "wafarin", "Clarithromicin", "nausae"])
def test_an_unknown_name_is_an_error_with_the_nearest_names(small_store: SqliteStore, typo: str) -> None:
    meant = {"w": "warfarin", "c": "clarithromycin", "n": "nausea"}[typo[0].lower()]
    assert find_nearest(small_store, typo)[0] == meant
    with pytest.raises(NotFoundError, match=f"did you mean {meant}"):
        find_choices(small_store, typo)


def test_nothing_like_it_is_an_error_that_says_where_to_look(small_store: SqliteStore) -> None:
    with pytest.raises(NotFoundError, match="`kg stats` shows what the graph holds"):
        find_choices(small_store, "zzzzzz")


def test_the_object_is_highlighted_in_its_quote() -> None:
    node = Node("HP:0001892", "abnormal bleeding", Kind.FINDING, "出血", ("bleeding",))
    text = draw_quote("Major  Bleedings\nwere seen.", node, width=80)
    assert text.plain == "Major Bleedings were seen."
    assert [(span.start, span.end, span.style) for span in text.spans] == [(6, 15, HIGHLIGHT)]
    chinese = draw_quote("可引起出血。", node, width=80)
    assert [(span.start, span.end) for span in chinese.spans] == [(3, 5)]


def test_a_name_inside_another_word_is_not_highlighted() -> None:
    node = Node("drugbank:DB00316", "ace", Kind.DRUG)
    assert draw_quote("A place for peace.", node, width=80).spans == []


def test_a_long_quote_is_cut_around_the_name() -> None:
    node = Node("HP:0002018", "nausea", Kind.FINDING)
    text = draw_quote("x " * 200 + "nausea" + " y" * 200, node, width=60)
    assert len(text.plain) <= 64
    assert text.plain.startswith("…")
    assert text.plain.endswith("…")
    assert [text.plain[span.start : span.end] for span in text.spans] == ["nausea"]


def test_search_prints_a_line_a_concept_and_json_with_scores(small_store: SqliteStore) -> None:
    lines = printed(print_search, small_store, "warf").splitlines()
    assert [WARFARIN in lines[1], "Warfarin-like" in lines[2]] == [True, True]
    found = json.loads(printed(print_search, small_store, "华法林", as_json=True))
    assert [(hit["curie"], hit["score"]) for hit in found] == [(WARFARIN, 1.0)]


def test_search_for_nothing_known_suggests_names_and_is_an_empty_list_as_json(small_store: SqliteStore) -> None:
    with pytest.raises(NotFoundError, match="did you mean warfarin"):
        printed(print_search, small_store, "warfarim")
    assert json.loads(printed(print_search, small_store, "warfarim", as_json=True)) == []


def test_stats_count_and_name_the_version(small_store: SqliteStore) -> None:
    page = printed(print_stats, small_store)
    assert "last changed 2026-02-03" in page
    assert "interacts with" in page
    form = json.loads(printed(print_stats, small_store, as_json=True))
    assert (form["nodes"], form["evidence"], form["quarantined"]) == (11, 17, 1)
    assert form["meta"]["lexicon"] == "lexicon-1"


def test_conflicts_show_both_sides_with_their_sentences(small_store: SqliteStore) -> None:
    page = printed(print_conflicts, small_store)
    assert "warfarin (华法林) contraindicated in pregnancy (妊娠)" in page
    assert "Warfarin is contraindicated in pregnant women" in page
    assert "用于预防心房颤动引起的血栓栓塞" in page
    form = json.loads(printed(print_conflicts, small_store, as_json=True))
    assert form["next"] is None
    assert all(form["conflicts"][0][side]["evidence"] for side in ("fact", "opposing"))


def test_quarantine_prints_the_reason(small_store: SqliteStore) -> None:
    assert "the file ends inside an element" in printed(print_quarantine, small_store)
    assert json.loads(printed(print_quarantine, small_store, as_json=True))[0]["locator"] == "labels/broken.xml"


def test_the_golden_pages_are_all_tested() -> None:
    assert {path.name for path in Path(GOLDEN).iterdir()} == {"show_en.txt", "show_zh.txt"}


def test_sentences_in_the_language_asked_for_come_first(small_store: SqliteStore) -> None:
    def first_quote(language: str) -> str:
        form = json.loads(printed(print_show, small_store, "warfarin", language=language, as_json=True, quotes=1))
        quote: str = form["groups"][0]["facts"][0]["evidence"][0]["quote"]
        return quote

    assert first_quote("en").startswith("Warfarin sodium tablets are indicated")
    assert first_quote("zh").startswith("用于预防心房颤动")
