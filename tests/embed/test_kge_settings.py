"""Settings of a training: what is checked, where they are read from."""

from __future__ import annotations

from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.embed.errors import SettingsError
from kg.embed.kge.settings import KgeSettings, list_presets, make_settings, read_preset
from kg.embed.recipes import choose_settings
from kg.embed.settings import read_table


@pytest.mark.parametrize("name", list_presets())
def test_every_preset_can_be_read(name: str) -> None:
    assert read_preset(name) != KgeSettings()


def test_there_are_presets_and_no_others() -> None:
    assert {"umls", "kinship", "codex-s", "codex-m", "wn18rr", "fb15k-237"} <= set(list_presets())
    with pytest.raises(SettingsError, match="use one of codex-m"):
        read_preset("freebase")


def test_a_file_gives_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('model = "rotate"\nlearning_rate = 1\n')
    assert make_settings(read_table(path), told_of="mine") == KgeSettings(model="rotate", learning_rate=1.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 3", "colour is no setting"),
        ('rank = "many"', "rank = 'many' must be of type int"),
        ("reciprocal = 1", "must be of type bool"),
        ("rank = ", "cannot be read"),
    ],
)
def test_what_is_wrong_in_a_file_is_told(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=told):
        make_settings(read_table(path), told_of="mine")


def test_recipes_files_and_presets_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("\ufeffrank = 7\n", encoding="utf-8")
    assert choose_settings("complex", config=str(path)) == KgeSettings(rank=7)
    assert choose_settings("complex", config="umls", values=["rank=7"]) == replace(read_preset("umls"), rank=7)
    (tmp_path / "umls").mkdir()
    with chdir(tmp_path):
        assert choose_settings("complex", config="umls") == read_preset("umls")
    with pytest.raises(SettingsError, match=r"cannot be read: there is no such file; .* there are codex-m, codex-s"):
        choose_settings("complex", config="nowhere.toml")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="name a TOML file"):
        read_table(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"model": "conve"}, "use one of complex, distmult"),
        ({"rank": 0}, "must be above 0"),
        ({"margin": -1.0}, "must not be below 0"),
        ({"table": "host"}, "goes with objective = 'negatives'"),
        ({"objective": "negatives", "relation_weight": 1.0}, "set it to 0"),
        ({"objective": "negatives", "table": "sparse", "optimizer": "adam"}, "use sparse_adam"),
        ({"optimizer": "sparse_adam"}, "use adam"),
        ({"model": "rotate", "regularizer": "dura"}, "complex or distmult"),
    ],
)
def test_settings_that_cannot_be_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        make_settings(given, told_of="a test")
