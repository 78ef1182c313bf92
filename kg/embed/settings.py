"""Settings of trainings: read from TOML, with checked names, types and values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from enum import StrEnum
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from kg.embed.errors import SettingsError

T = TypeVar("T")


def read_table(path: Path) -> dict[str, Any]:
    """What a TOML file says; raises `SettingsError` where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read ({error}); name a TOML file of settings") from error


def list_presets(package: str) -> list[str]:
    """The names of the files of settings that are shipped in the folder `presets` of a package."""
    names = (file.name for file in (files(package) / "presets").iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def read_preset_table(package: str, name: str) -> dict[str, Any]:
    """What a shipped file of settings says; raises `SettingsError` where there is none of that name."""
    if name not in list_presets(package):
        raise SettingsError(f"{name!r} is no preset; use one of {', '.join(list_presets(package))}")
    return tomllib.loads((files(package) / "presets" / f"{name}.toml").read_text(encoding="utf-8"))


def read_named(config: str, package: str) -> dict[str, Any]:
    """What the file `config` says, or where there is no such file the preset of that name, of a package.

    Raises:
        SettingsError: it is neither.
    """
    path = Path(config)
    # A folder of facts may be called as the preset for it is.
    if path.is_file():
        return read_table(path)
    if config in list_presets(package):
        return read_preset_table(package, config)
    raise SettingsError(
        f"{config} cannot be read: there is no such file; name a TOML file of settings, or a preset, of which there "
        f"are {', '.join(list_presets(package))}"
    )


def fill(kind: type[T], given: Mapping[str, Any], *, told_of: str) -> T:
    """A `kind` of a table of names and values, the rest as it is by default; `told_of` is where they come from.

    A setting may be a table of settings of its own.

    Raises:
        SettingsError: for a name that is no setting, or a value of another type than it has.
    """
    types = get_type_hints(kind)
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
    """Raises `SettingsError` where a word is none of its choices, or a number is too small, or none at all."""
    for name, known in choices.items():
        if getattr(settings, name) not in known:
            raise SettingsError(f"{name} = {getattr(settings, name)!r} is not known; use one of {', '.join(known)}")
    for name in (*positive, *not_negative):
        if not isfinite(getattr(settings, name)):
            raise SettingsError(f"{name} = {getattr(settings, name)} is no number to compute with; give a finite one")
    for name in positive:
        if getattr(settings, name) <= 0:
            raise SettingsError(f"{name} = {getattr(settings, name)} must be above 0; give a larger one")
    for name in not_negative:
        if getattr(settings, name) < 0:
            raise SettingsError(f"{name} = {getattr(settings, name)} must not be below 0; give 0 or more")


def _checked(name: str, value: object, wanted: Any, told_of: str) -> object:
    if is_dataclass(wanted) and isinstance(wanted, type):
        if not isinstance(value, Mapping):
            raise SettingsError(f"{told_of}: {name} is a table of settings; write [{name}] above them")
        return fill(wanted, value, told_of=f"{told_of}, {name}")
    if get_origin(wanted) is tuple:
        return _checked_list(name, value, get_args(wanted)[0], told_of)
    if wanted is float and type(value) is int:
        return float(value)
    if isinstance(wanted, type) and issubclass(wanted, StrEnum) and value in set(wanted):
        return wanted(str(value))
    if value != value:
        raise SettingsError(f"{told_of}: {name} = {value} is no number; give one")
    if type(value) is not wanted:
        told = f"one of {', '.join(wanted)}" if issubclass(wanted, StrEnum) else f"of type {wanted.__name__}"
        raise SettingsError(f"{told_of}: {name} = {value!r} must be {told}; mend it")
    return value


def _checked_list(name: str, value: object, wanted: type, told_of: str) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise SettingsError(f"{told_of}: {name} = {value!r} must be a list; mend it")
    return tuple(_checked(f"{name}[{at}]", one, wanted, told_of) for at, one in enumerate(value))
