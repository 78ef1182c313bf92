"""Rules of language and medicine as data: every TOML file here is read through `read_rules`, which checks its keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from extractors.errors import RulesError


@cache
def read_rules(name: str) -> Mapping[str, Any]:
    """The content of `rules/<name>.toml`."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def check_keys(
    name: str, where: str, table: Mapping[str, Any], *, required: Set[str], optional: Set[str] = frozenset()
) -> None:
    """Raise `RulesError` unless `table` has all `required` keys and none but these and the `optional` ones."""
    missing, unknown = required - table.keys(), table.keys() - required - optional
    if missing or unknown:
        raise RulesError(f"rules/{name}.toml [{where}]: missing {sorted(missing)}, unknown {sorted(unknown)}")


@cache
def rules_stamp() -> str:
    """A hash of all rules files: what was extracted under another stamp may come out differently today."""
    digest = sha256()
    for file in sorted(files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
