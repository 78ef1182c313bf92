"""What a curator set for all commands: `config.toml` under the home folder."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ontologies.errors import DecisionError
from ontologies.home import get_home

_KNOWN: dict[str, dict[str, type]] = {"align": {"four_eyes": bool, "author": str}, "serve": {"restricted_tokens": list}}
_TOLD = {
    "align": 'four_eyes = true or false, author = "name"',
    "serve": 'restricted_tokens = ["SHA-256 of a token, 64 hexadecimal digits"]',
}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Settings:
    """`four_eyes`: a decision counts once another curator confirmed it; `author`: who decides where nothing says."""

    four_eyes: bool = False
    author: str = ""


@dataclass(frozen=True, slots=True)
class Serving:
    """`restricted_tokens`: SHA-256, in hexadecimal, of the tokens whose bearers see what is restricted."""

    restricted_tokens: tuple[str, ...] = ()


def read_settings(*, home: Path | None = None) -> Settings:
    """The settings of the table `[align]`, each as it is by default where the file does not give it."""
    return Settings(**_read("align", home))


def read_serving(*, home: Path | None = None) -> Serving:
    """The settings of the table `[serve]`; raises `DecisionError` where a token is no SHA-256, and never shows it."""
    tokens = _read("serve", home).get("restricted_tokens", [])
    if not all(isinstance(token, str) and _SHA256.fullmatch(token) for token in tokens):
        path = (home or get_home()) / "config.toml"
        raise DecisionError(
            f"{path}: restricted_tokens holds what is no SHA-256; known are, under [serve]: {_TOLD['serve']}"
        )
    return Serving(tuple(tokens))


def _read(table: str, home: Path | None) -> dict[str, Any]:
    path = (home or get_home()) / "config.toml"
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DecisionError(f"{path} cannot be read ({error}); mend or remove it") from error
    _check(path, given)
    found: dict[str, Any] = given.get(table, {})
    return found


def _check(path: Path, given: dict[str, Any]) -> None:
    wrong = {name for name in given if name not in _KNOWN or not isinstance(given[name], dict)}
    for name in given.keys() - wrong:
        known = _KNOWN[name]
        wrong |= {key for key, value in given[name].items() if not isinstance(value, known.get(key, _Nothing))}
    if wrong:
        told = "; ".join(f"under [{name}]: {words}" for name, words in _TOLD.items())
        raise DecisionError(f"{path}: unknown or wrong: {', '.join(sorted(wrong))}; known are, {told}")


class _Nothing:
    """What no setting is: the type of unknown keys."""
