"""Settings of a training: from the name of a model, what it is trained with by default, a file, and single values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from kg.embed.errors import EmbeddingError
from kg.embed.gnn.settings import GnnSettings, make_gnn_settings
from kg.embed.kge.settings import PACKAGE, KgeSettings, make_settings
from kg.embed.settings import read_named

#: Models that are trained on facts; transe is transe_l2 unless the settings say transe_l1.
MODELS = ("complex", "distmult", "rotate", "transe", "gnn")

_NORMS = ("transe_l1", "transe_l2")


def choose_settings(
    model: str, *, config: str = "", values: Sequence[str] = (), seed: int | None = None
) -> KgeSettings | GnnSettings:
    """The settings of a training of `model`, one of MODELS.

    `config` is a TOML file of settings, or the name of a shipped preset, and takes the place of the model's recipe;
    `values` are single settings as `rank=64`, which come last.

    Raises:
        SettingsError: the file cannot be read, or a setting is unknown, or cannot be what it is set to.
        EmbeddingError: a single value cannot be understood, or the file is of another model.
    """
    chosen = read_named(config, PACKAGE) if config else _read_recipes()[model]
    chosen |= dict(map(read_value, values))
    if seed is not None:
        chosen["seed"] = seed
    told = config or f"the recipe of {model}"
    if model == "gnn":
        return make_gnn_settings(chosen, told_of=told)
    return make_settings({**chosen, "model": _model_of(model, chosen.get("model"), told)}, told_of=told)


def _model_of(asked: str, said: object, told: str) -> str:
    """The model's name in the settings, which may say which norm; raises where they say another model."""
    if asked == "transe" and said in (None, *_NORMS):
        return str(said or _NORMS[1])
    if said not in (None, asked):
        raise EmbeddingError(f"{told} is for the model {said}, not for {asked}: train with --model {said}")
    return asked


def _read_recipes() -> Mapping[str, dict[str, Any]]:
    recipes = tomllib.loads(files("kg.embed").joinpath("recipes.toml").read_text(encoding="utf-8"))
    if recipes.keys() != set(MODELS):
        raise EmbeddingError(f"kg/embed/recipes.toml must have a table for each of {', '.join(MODELS)}; mend the file")
    return recipes


def read_value(text: str) -> tuple[str, Any]:
    """A setting as `name=value`, the value as TOML writes it, or a word."""
    name, is_set, value = (part.strip() for part in text.partition("="))
    if not is_set or not name:
        raise EmbeddingError(f"{text!r} sets nothing: write a setting and its value, as rank=64")
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value
