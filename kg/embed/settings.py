"""Settings of trainings: read from TOML, with checked names, types and values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from kg.embed.errors import SettingsError

T = TypeVar("T")


def read_table(path: Path) -> dict[str, Any]:
    """What a TOML file says; raises `SettingsError` where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read ({error}); name a TOML file of settings") from error


def fill(kind: type[T], given: Mapping[str, Any], *, told_of: str) -> T:
    """A `kind` of a table of names and values, the rest as it is by default; `told_of` is where they come from.

    Raises:
        SettingsError: for a name that is no setting, or a value of another type than its default.
    """
    types = {field.name: type(field.default) for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(given.keys() - types.keys()):
        raise SettingsError(f"{told_of}: {', '.join(unknown)} is no setting; known are {', '.join(types)}")
    return kind(**{name: _checked(name, value, types[name], told_of) for name, value in given.items()})


def check_values(
    settings: object,
    *,
    choices: Mapping[str, tuple[str, ...]],
    positive: Sequence[str],
    not_negative: Sequence[str],
) -> None:
    """Raises `SettingsError` where a word is none of its choices, or a number is too small."""
    for name, known in choices.items():
        if getattr(settings, name) not in known:
            raise SettingsError(f"{name} = {getattr(settings, name)!r} is not known; use one of {', '.join(known)}")
    for name in positive:
        if getattr(settings, name) <= 0:
            raise SettingsError(f"{name} = {getattr(settings, name)} must be above 0; give a larger one")
    for name in not_negative:
        if getattr(settings, name) < 0:
            raise SettingsError(f"{name} = {getattr(settings, name)} must not be below 0; give 0 or more")


def _checked(name: str, value: object, wanted: type, told_of: str) -> object:
    if wanted is float and type(value) is int:
        return float(value)
    if wanted is tuple and isinstance(value, list) and all(type(one) is int for one in value):
        return tuple(value)
    if type(value) is not wanted:
        told = "a list of numbers" if wanted is tuple else f"of type {wanted.__name__}"
        raise SettingsError(f"{told_of}: {name} = {value!r} must be {told}; mend it")
    return value
