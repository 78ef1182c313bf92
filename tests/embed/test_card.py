"""The card and the pictures of a model."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from kg.embed.card import make_card, write_card
from kg.embed.pictures import COLOUR, draw_curve, draw_map, place_points, write_map_page
from kg.embed.vectors import Vectors
from ontologies.model import Kind
from small_model import ABOUT

PNG = b"\x89PNG"


def test_a_card_says_what_the_model_is_from_and_what_it_is_not_for(tmp_path: Path) -> None:
    write_card(replace(ABOUT, graph_version="abc", graph="graphs/drugs"), tmp_path)
    card = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert "graphs/drugs, version abc" in card
    assert "manner: by hand" in card
    assert "- seed: 0" in card
    assert "`kg embed train --model distmult`" in card
    assert "| part | MRR | Hits@1 | Hits@3 | Hits@10 | facts |" in card
    assert "| test | 0.5000 | 0.2500 | 0.5000 | 1 | 4 |" in card.replace("1.0000", "1")
    assert "stated by no source" in card
    assert "![curve]" not in card


def test_a_card_has_a_table_of_leaks(tmp_path: Path) -> None:
    leak = {"kind": "inverse", "part": "test", "facts": 3, "of": 1200, "done": "left out", "examples": ["a p b|c", "d"]}
    card = make_card(replace(ABOUT, split={**ABOUT.split, "leaks": [leak]}), tmp_path)
    assert "| inverse | test | 3 of 1,200 | left out | a p b\\|c; d |" in card
    assert "leaks: " not in card
    assert "None were found." in make_card(replace(ABOUT, split={"leaks": []}), tmp_path)
    assert "## Leaks" not in make_card(ABOUT, tmp_path)


def test_a_card_says_what_is_counted_where_a_fact_has_two_sides(tmp_path: Path) -> None:
    told = {"facts": 51.0, "candidates": 900.0, "brier": 0.1, "brier_of_base_rate": 0.2, "skill": 0.5, "error": 0.01}
    curves = {**ABOUT.calibrations, "treats": ABOUT.calibrations["*"]}
    judged = {"*": told, "treats": told, "harms": told}
    card = make_card(replace(ABOUT, calibrations=curves, judged=judged), tmp_path)
    assert "| of | slope | intercept | answers |" in card
    assert "asked from both its sides" in card
    assert "| all predicates | each by its own | 51 | 900 | 0.1000 | 0.2000 | 0.5000 |" in card
    assert "| treats | own | 51 |" in card
    assert "| harms | of all | 51 |" in card
    refitted = make_card(replace(ABOUT, judged=judged, refitted=True), tmp_path)
    assert "tells no probabilities" in refitted
    assert "slope" not in refitted


def test_a_card_says_in_words_why_facts_were_left_out(tmp_path: Path) -> None:
    split = {"train": 9, "not learned from": {"kind": 42, "denied": 4}, "in no part": {"unseen": 1074}}
    card = make_card(replace(ABOUT, split=split), tmp_path)
    assert "- train: 9" in card
    assert "42 with a quantity (a dose is a number, not a thing with neighbours); 4 that all their evidence" in card
    assert "1,074 that were to be asked, with a concept or predicate that train has not; true all the same" in card
    assert "- in no part: none" in make_card(replace(ABOUT, split={"in no part": {}}), tmp_path)


def test_a_card_says_where_the_model_is_no_better_than_counting(tmp_path: Path) -> None:
    counted = {"test": {"mrr": 0.51}, "valid": {"mrr": 0.1}}
    assert "no better than counting" in make_card(replace(ABOUT, counting=counted), tmp_path)
    assert "no better" not in make_card(replace(ABOUT, counting={"test": {"mrr": 0.4}}), tmp_path)
    assert ABOUT.tell_worth() == replace(ABOUT, scores={}, counting=counted).tell_worth() == ""


def test_a_card_says_what_the_model_adds_to_counting(tmp_path: Path) -> None:
    assert "counting" not in make_card(ABOUT, tmp_path)
    counted = {"test": {"mrr": 0.3, "hits1": 0.1, "hits3": 0.2, "hits10": 0.4, "count": 4.0}}
    card = make_card(replace(ABOUT, counting=counted), tmp_path)
    rows = [line for line in card.splitlines() if line.startswith("| test")]
    assert rows[1] == "| test, by counting | 0.3000 | 0.1000 | 0.2000 | 0.4000 | 4 |"
    assert "What a model finds beyond that, it has learned" in card


def test_a_card_of_what_predicts_nothing_says_so(tmp_path: Path) -> None:
    card = make_card(replace(ABOUT, model="me2vec", scoring="", calibrations={}, scores={}), tmp_path)
    assert "does not predict facts" in card
    assert "## Calibration" not in card
    assert "## Scores" not in card


def test_a_card_shows_the_pictures_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "curve.png").write_bytes(PNG)
    (tmp_path / "map.html").write_text("", encoding="utf-8")
    assert "![curve](curve.png)" in make_card(ABOUT, tmp_path)
    assert "(map.html)" in make_card(ABOUT, tmp_path)


def test_a_curve_is_drawn_also_where_nothing_was_measured(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra is missing: pip install 'medkg[train]'")
    for curve in (ABOUT.curve, ()):
        draw_curve(curve, tmp_path / "curve.png")
        assert (tmp_path / "curve.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize("count", [0, 1, 2, 10, 60])
def test_points_lie_in_a_square_and_are_the_same_each_time(count: int) -> None:
    pytest.importorskip("sklearn", reason="the extra is missing: pip install 'medkg[train]'")
    matrix = np.random.default_rng(1).normal(size=(count, 8)).astype(np.float32)
    points = place_points(matrix, seed=3)
    assert points.shape == (count, 2)
    assert ((points >= 0) & (points <= 1)).all()
    assert np.array_equal(points, place_points(matrix, seed=3))


def test_groups_lie_apart_on_the_map() -> None:
    pytest.importorskip("sklearn", reason="the extra is missing: pip install 'medkg[train]'")
    draw = np.random.default_rng(2)
    matrix = np.concatenate([draw.normal(at, 0.3, size=(30, 8)) for at in (-2, 2)]).astype(np.float32)
    points = place_points(matrix, seed=0)
    within = np.linalg.norm(points[:30] - points[:30].mean(axis=0), axis=1).max()
    assert np.linalg.norm(points[:30].mean(axis=0) - points[30:].mean(axis=0)) > within


class Page(HTMLParser):
    """The circles of a map and what it says of each."""

    def __init__(self) -> None:
        super().__init__()
        self.circles: list[dict[str, str | None]] = []
        self.titles: list[str] = []
        self.links: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag == "circle":
            self.circles.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        if self._inside == "title" and self.circles:
            self.titles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


def test_the_page_names_each_concept_and_needs_nothing_else(tmp_path: Path) -> None:
    vectors = Vectors(("x:1", "x:2"), np.eye(2, dtype=np.float32), "v", "complex", ("drug", "dosage_form"))
    names = ["<script>alert(1)</script>", 'a "b" & $c']
    write_map_page(np.array([[0, 0], [1, 1]]), vectors, names, tmp_path / "map.html", title="<b>")
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.titles == [f"{names[0]} · drug · x:1", f"{names[1]} · dosage form · x:2"]
    assert [circle["fill"] for circle in page.circles] == [COLOUR["drug"], COLOUR["dosage_form"]]
    assert page.links == []
    assert "alert(1)</script>" not in text


def test_every_kind_has_a_colour_of_its_own(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra is missing: pip install 'medkg[train]'")
    assert len(set(COLOUR.values())) == len(Kind)
    draw_map(np.array([[0.0, 1.0], [1.0, 0.0]]), ("drug", "local"), tmp_path / "map.png", title="two")
    assert (tmp_path / "map.png").read_bytes().startswith(PNG)
