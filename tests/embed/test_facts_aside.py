"""Facts that are true, and neither learned from nor asked, are no wrong answers: in training, after, in curves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from few_facts import facts_of
from kg.embed.compacting import compact
from kg.embed.leaks import drop_leaks, find_leaks
from kg.embed.reading import make_split
from kg.embed.shelf import Shelf
from kg.embed.split_files import read_written, read_written_split, write_split
from kg.embed.splits import split_by_document
from kg.embed.trained import SPLIT
from kg.embed.triples import Rows, Split
from kg_command import Kg, KgHere

pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")

#: `q` says what `p` says; of s20 train has `q` alone.
TRAIN = [(f"s{at}", kind, "o") for at in range(21) for kind in "pq" if (at, kind) != (20, "p")]
TRAIN += [("s0", "r", "x"), ("s1", "r", "y"), ("s2", "p", "y")]
LEAKED, ASKED = ("s20", "p", "o"), ("s20", "p", "x")
QUICK = ("--set", "rank=4", "--set", "epochs=2", "--no-pictures")


@pytest.fixture
def here(kg_home: Path, tmp_path: Path) -> Kg:
    return KgHere(kg_home, tmp_path)


def write_parts(folder: Path, **parts: list[tuple[str, str, str]]) -> Path:
    folder.mkdir()
    for name, facts in parts.items():
        (folder / f"{name}.txt").write_text("".join("\t".join(fact) + "\n" for fact in facts), encoding="utf-8")
    return folder


def train(here: Kg, folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    order = ("embed", "train", "--triples", folder, "--name", folder.name, "--drop-leaks", "--graph", here.graph)
    told: dict[str, dict[str, dict[str, float]]] = json.loads(here(*order, *QUICK, "--json"))
    return told


def named(split: Split, rows: Rows) -> set[tuple[str, str, str]]:
    names = split.train.entities, split.train.relations
    return {(names[0][one], names[1][kind], names[0][other]) for one, kind, other in rows.tolist()}


def test_leaks_that_are_dropped_stand_aside_once() -> None:
    split = make_split(TRAIN, [LEAKED], [TRAIN[0], LEAKED, ASKED])
    left = drop_leaks(split, find_leaks(split))
    assert (len(left.valid), named(left, left.test.rows)) == (0, {ASKED})
    assert len(left.known) == len(split.known)
    kept = compact(left).split
    assert named(kept, kept.aside) == {LEAKED}


def test_what_has_no_vector_is_kept_by_name(tmp_path: Path) -> None:
    said = [("a", "p", "c1", (0,)), ("a", "p", "c2", (0,)), ("b", "p", "c1", (0,)), ("b", "p", "c9", (1,))]
    divided = split_by_document(facts_of(said)).split()
    # Documents are dealt by chance; what matters is that one of them alone knows c9.
    split = Split(divided.train.with_rows(divided.known[:2]), *(divided.train.with_rows(divided.known[:0]),) * 2)
    split = Split(split.train, split.valid, split.test, divided.known[2:])
    kept = compact(split)
    write_split(kept.split, tmp_path / "split.parquet", outside=kept.outside)
    again = read_written(tmp_path / "split.parquet")
    assert again.split.train.entities == kept.split.train.entities
    assert named(again.split, again.split.aside) == named(kept.split, kept.split.aside)
    assert again.outside.entities == kept.outside.entities
    assert len(again.split.known) + len(again.outside) == len(said)


def test_a_file_of_before_has_none(tmp_path: Path) -> None:
    split = compact(make_split(TRAIN, [], [ASKED])).split
    path = tmp_path / "split.parquet"
    write_split(Split(split.train, split.valid, split.test, split.train.rows[:0]), path)
    table = pq.read_table(path)
    pq.write_table(table.set_column(3, "part", pc.cast(table["part"], "string")), path)
    again = read_written(path)
    assert (len(again.split.aside), len(again.outside)) == (0, 0)
    assert np.array_equal(again.split.train.rows, split.train.rows)


def test_they_are_left_out_of_rankings_in_training_and_after(here: Kg, tmp_path: Path) -> None:
    with_leak = train(here, write_parts(tmp_path / "leaking", train=TRAIN, test=[LEAKED, ASKED]))
    without = train(here, write_parts(tmp_path / "bare", train=TRAIN, test=[ASKED]))
    assert with_leak["scores"]["test"]["count"] == without["scores"]["test"]["count"]
    # Only `o` is counted more often than what is asked: where it is known to be true as well, none is.
    assert with_leak["counting"]["test"]["mrr"] > without["counting"]["test"]["mrr"]
    again = json.loads(here("embed", "evaluate", "leaking", "--json"))["model"]
    assert (again["scores"], again["counting"]) == (with_leak["scores"], with_leak["counting"])
    split = read_written_split(Shelf(here.graph).open("leaking").folder / SPLIT)
    assert named(split, split.aside) == {LEAKED}


def test_leaked_lines_of_a_file_do_not_compete_with_the_others(here: Kg, tmp_path: Path) -> None:
    train(here, write_parts(tmp_path / "bare", train=TRAIN))
    found = []
    for facts in ([LEAKED, ASKED], [ASKED]):
        (tmp_path / "mine.tsv").write_text("".join("\t".join(fact) + "\n" for fact in facts), encoding="utf-8")
        order = ("embed", "evaluate", "bare", "--test", tmp_path / "mine.tsv", "--drop-leaks", "--json")
        found.append(json.loads(here(*order))["model"]["counting"]["mine.tsv"])
    assert found[0]["count"] == found[1]["count"]
    assert found[0]["mrr"] > found[1]["mrr"]


def test_they_are_no_candidates_where_probabilities_are_learned() -> None:
    from kg.embed.fitting import judge_part
    from kg.embed.scorer import Scorer
    from kg.embed.vectors import Vectors

    split = compact(drop_leaks(found := make_split(TRAIN, [], [LEAKED, ASKED]), find_leaks(found))).split
    draw = np.random.default_rng(0)
    concepts, relations = (
        Vectors(names, draw.normal(size=(len(names), 4)).astype(np.float32), "", "distmult")
        for names in (split.train.entities, split.train.relations)
    )
    ((one,),) = judge_part(Scorer(concepts, relations, "distmult"), split, split.test, seed=0).values()
    # All but the subject and `o`, of which x is the fact.
    assert (one.weights.sum(), one.facts.sum()) == (len(split.train.entities) - 2, 1)
