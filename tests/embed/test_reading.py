"""Facts to learn from, out of files."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kg.embed.reading import SplitError, hold_out, make_split, read_split, read_triples

NAMED = [("aspirin", "treats", "pain"), ("pain", "seen in", "gout"), ("ibuprofen", "treats", "gout")]


def as_lines(named: list[tuple[str, str, str]]) -> str:
    return "".join("\t".join(fact) + "\n" for fact in named)


def test_a_folder_of_names_is_a_split(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text(as_lines(NAMED[:2]))
    with gzip.open(tmp_path / "test.tsv.gz", "wt") as out:
        out.write(as_lines(NAMED[2:]))
    split = read_split(tmp_path)
    assert split.train.entities == ("aspirin", "gout", "ibuprofen", "pain") == split.test.entities
    assert split.train.rows.tolist() == [[0, 1, 3], [3, 0, 1]]
    assert split.test.rows.tolist() == [[2, 1, 1]]
    assert split.valid.rows.shape == (0, 3)


def test_a_folder_of_openke_has_its_columns_in_another_order(tmp_path: Path) -> None:
    (tmp_path / "entity2id.txt").write_text("3\naspirin\t0\npain\t1\ngout\t2\n")
    (tmp_path / "relation2id.txt").write_text("2\ntreats\t0\nseen in\t1\n")
    (tmp_path / "train2id.txt").write_text("2\n0 1 0\n1 2 1\n")
    split = read_split(tmp_path)
    entities, relations = split.train.entities, split.train.relations
    assert [(entities[s], relations[p], entities[o]) for s, p, o in split.train.rows] == NAMED[:2]


def test_a_folder_without_facts_is_told(tmp_path: Path) -> None:
    with pytest.raises(SplitError, match=r"needs train\.txt or train2id\.txt"):
        read_split(tmp_path)


@pytest.mark.parametrize("line", ["aspirin treats pain", "aspirin\ttreats", "aspirin\t\tpain"])
def test_a_line_of_another_form_is_told_with_its_number(line: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text(as_lines(NAMED[:1]) + "\n" + line + "\n")
    with pytest.raises(SplitError, match="line 3"):
        read_triples(path)


def test_a_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt.gz"
    path.write_bytes(gzip.compress(as_lines(NAMED).encode())[:-9])
    with pytest.raises(SplitError, match="cannot be read"):
        read_triples(path)


def test_held_out_facts_are_left_out() -> None:
    split = make_split([(f"n{at}", "next", f"n{at + 1}") for at in range(40)], [], [])
    left, held = hold_out(split.train, 0.1, seed=3)
    assert (len(left), len(held)) == (36, 4)
    both = np.concatenate((left.rows, held.rows))
    assert sorted(map(tuple, both.tolist())) == sorted(map(tuple, split.train.rows.tolist()))


@pytest.mark.parametrize(
    ("name", "train", "valid", "entities"),
    [("umls", 5216, 652, 135), ("codex-s", 32888, 1827, 2034), ("fb15k-237", 272115, 17535, 14541)],
)
def test_shared_splits_are_read_whole(
    name: str, train: int, valid: int, entities: int, shared_data: Callable[[str], Path]
) -> None:
    split = read_split(shared_data("kg") / name)
    assert (len(split.train), len(split.valid)) == (train, valid)
    assert entities - 100 < len(split.train.entities) <= entities
