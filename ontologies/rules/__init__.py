"""Rules of names as data: every TOML file here is read through `read_rules`, which checks its keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from functools import cache
from importlib.resources import files
from typing import Any

from ontologies.errors import LexiconError


@cache
def read_rules(name: str, *, keys: Set[str]) -> Mapping[str, Any]:
    """The content of `rules/<name>.toml`, which must have exactly these top-level `keys`."""
    rules = tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    if rules.keys() != keys:
        wrong = sorted(rules.keys() ^ keys)
        raise LexiconError(f"ontologies/rules/{name}.toml: keys missing or unknown: {wrong}; mend the file")
    return rules
