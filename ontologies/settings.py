"""What a curator set for all commands: `config.toml` under the home folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ontologies.errors import DecisionError
from ontologies.home import get_home

_KNOWN = {"align": {"four_eyes": bool, "author": str}}


@dataclass(frozen=True, slots=True)
class Settings:
    """`four_eyes`: a decision counts once another curator confirmed it; `author`: who decides where nothing says."""

    four_eyes: bool = False
    author: str = ""


def read_settings(*, home: Path | None = None) -> Settings:
    """The settings of the table `[align]`, each as it is by default where the file does not give it."""
    path = (home or get_home()) / "config.toml"
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise DecisionError(f"{path} cannot be read ({error}); mend or remove it") from error
    table = given.get("align", {})
    _check(path, given, table)
    return Settings(**table)


def _check(path: Path, given: dict[str, Any], table: Any) -> None:
    known = _KNOWN["align"]
    wrong = [*(given.keys() - _KNOWN.keys()), *(table.keys() - known.keys())]
    wrong += [key for key, value in table.items() if key in known and not isinstance(value, known[key])]
    if wrong:
        told = 'four_eyes = true or false, author = "name"'
        raise DecisionError(f"{path}: unknown or wrong: {', '.join(sorted(wrong))}; known are, under [align]: {told}")
