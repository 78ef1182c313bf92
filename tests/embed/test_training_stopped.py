"""Trainings that cannot end, or that end beside a model that is served: what is told, and what stays."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.commands.embed.progress import levels_shown
from kg.embed.errors import EmbeddingError, SettingsError
from kg.embed.kge.settings import KgeSettings
from kg.embed.reading import SplitError, read_split
from kg.embed.recipes import choose_settings
from kg.embed.shelf import Shelf
from kg_command import Kg, KgHere
from planted_labels import make_planted_graph

pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")

from kg.embed.me2vec.training import Told

QUICK = ("--set", "rank=200", "--set", "epochs=2", "--no-pictures")

#: Bytes of the largest file that may be written; a model of QUICK has larger ones.
LARGEST = 50_000


@pytest.fixture(scope="module")
def trained(kg_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Kg, dict[str, Any]]:
    """The planted graph with a model, and what training it printed."""
    kg = KgHere(kg_home, tmp_path_factory.mktemp("stopped"))
    make_planted_graph(kg.graph)
    return kg, json.loads(kg("embed", "train", *QUICK, "--json"))


def read_all(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run_limited(kg: Kg, *words: str) -> subprocess.CompletedProcess[str]:
    """The command where files may not be large: as on a full disk, each write of more fails."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({LARGEST}, {LARGEST}))"
    program = f"{limit}; from kg.cli import main; main()"
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(command, env=kg.environment, cwd=kg.folder, capture_output=True, text=True)


@pytest.mark.parametrize("words", [("train", *QUICK), ("train", *QUICK, "--seed", "3"), ("extend",)])
def test_a_full_disk_is_one_sentence_and_loses_nothing(
    words: tuple[str, ...], trained: tuple[Kg, dict[str, Any]]
) -> None:
    kg, _ = trained
    shelf = Shelf(kg.graph)
    before = read_all(shelf.place("complex"))
    done = run_limited(kg, "embed", *words)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("kg: the disk is full, fails, or limits the size of files: ")
    assert str(shelf.folder) in last
    assert "Traceback" not in done.stderr
    assert read_all(shelf.place("complex")) == before
    assert [path.name for path in shelf.folder.iterdir() if path.name.startswith(".")] == []
    assert shelf.current() == "complex"


def test_a_small_disk_is_one_sentence_too(tiny_disk: Path, kg_home: Path) -> None:
    kg = KgHere(kg_home, tiny_disk)
    make_planted_graph(kg.graph)
    with pytest.raises(OSError, match="No space"), (tiny_disk / "much").open("wb", buffering=0) as file:
        while file.write(b"0" * 4096):
            pass
    with (tiny_disk / "much").open("rb+") as file:
        file.truncate((tiny_disk / "much").stat().st_size - 100_000)
    done = kg.run("embed", "train", *QUICK)
    assert done.returncode == 1
    assert "Free some space and type the same command again" in done.stderr
    (tiny_disk / "much").unlink()
    kg("embed", "train", *QUICK)


def test_which_model_is_served_changes_by_its_name_alone(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, first = trained
    assert first["served"] is True
    shown = " ".join(kg("embed", "train", *QUICK, "--name", "second").split())
    assert "not served, complex is: `kg embed use second` serves it" in shown
    assert Shelf(kg.graph).current() == "complex"
    assert json.loads(kg("embed", "train", *QUICK, "--name", "second", "--json"))["served"] is False
    assert json.loads(kg("embed", "train", *QUICK, "--json"))["served"] is True
    kg("embed", "remove", "complex")
    assert json.loads(kg("embed", "train", *QUICK, "--no-serve", "--json"))["served"] is False
    assert "served: it is asked" in " ".join(kg("embed", "train", *QUICK).split())
    kg("embed", "remove", "second")


def test_a_log_has_the_first_epoch_the_looks_and_the_last_once(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, _ = trained
    one = kg.run("embed", "train", "--set", "rank=4", "--set", "epochs=1", "--no-pictures", "--name", "log").stderr
    assert [("epoch 1 of 1" in line, "validation MRR" in line) for line in one.splitlines() if "epoch" in line] == [
        (True, True)
    ]
    many = kg.run("embed", "train", "--set", "rank=4", "--set", "epochs=40", "--set", "patience=0", "--name", "log")
    lines = [line for line in many.stderr.splitlines() if "epoch" in line]
    assert [line.split()[2] for line in lines] == ["1", "2", "4", "8", "16", "32", "40"]
    assert ["validation MRR" in line for line in lines] == [False] * 3 + [True] * 4
    kg("embed", "remove", "log")


def test_a_log_of_levels_has_each_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    with levels_shown() as (told, say):
        say("reading journeys")
        for level, epochs in (("services", 1), ("providers", 3), ("patients", 5)):
            for epoch in range(1, epochs + 1):
                told(Told(level, epoch, 0.5))
    shown = [line.removeprefix("kg: ").partition(", loss")[0] for line in capsys.readouterr().err.splitlines()]
    levels = [f"{level}, epoch {at}" for level, at in (("services", 1), ("providers", 1), ("providers", 2))]
    assert shown[:4] == ["reading journeys", *levels]
    assert shown[4:] == ["providers, epoch 3", *(f"patients, epoch {at}" for at in (1, 2, 4, 5))]


def test_what_is_no_number_or_no_folder_is_told_before_the_training(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, _ = trained
    with pytest.raises(SettingsError, match="learning_rate = nan is no number"):
        choose_settings("complex", values=["learning_rate=nan"])
    with pytest.raises(SettingsError, match="margin = inf is no number to compute with"):
        KgeSettings(margin=float("inf"))
    with pytest.raises(SplitError, match="there is no folder nosuch"):
        read_split(Path("nosuch"))
    for form in ("parquet", "word2vec", "pyg"):
        told = kg.run("embed", "export", "complex", kg.folder / "nosuch" / "out", "--format", form).stderr
        assert "out cannot be written (no such folder)" in told
        assert "making" not in told


def test_a_name_that_is_none_is_refused_before_facts_are_read(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, _ = trained
    refused = kg.run("embed", "train", "--name", "../x").stderr
    assert refused.startswith("kg: '../x' is no name of a model")
    with pytest.raises(EmbeddingError, match="being trained already"), Shelf(kg.graph).claim("complex"):
        Shelf(kg.graph).remove("complex")
