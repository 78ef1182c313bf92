"""What the words of foreign graphs mean, as data: every TOML file here is one graph, its keys checked when read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from extractors.errors import RulesError
from extractors.graphs.model import NODE_ROLES, ROLES, GraphRules, Identifier, Meaning, TableRules
from extractors.model import Qualifier
from ontologies.model import Kind

_QUALIFIER = "qualifier."
_WORDS = frozenset({"title", "licence", "credit", "score", "separator", "either_way"})
_KEYS = _WORDS | {"nodes", "tables", "identifiers", "kinds", "predicates", "left_out"}
_MEANING = frozenset(entry.name for entry in fields(Meaning))
_TABLE = frozenset(entry.name for entry in fields(TableRules))
_IDENTIFIER = frozenset(entry.name for entry in fields(Identifier))


def graph_names() -> list[str]:
    """The graphs that there are rules for."""
    return sorted(Path(file.name).stem for file in files(__name__).iterdir() if file.name.endswith(".toml"))


@cache
def get_graph_rules(name: str) -> GraphRules:
    """The rules of `rules/<name>.toml`; raises `RulesError` where they are not as they should be."""
    return _rules(name, files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def read_graph_rules(path: Path) -> GraphRules:
    """The rules in a file that a user wrote; raises `RulesError` with what is wrong in it."""
    try:
        return _rules(path.stem, path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{path} cannot be read ({error}): give a TOML file in UTF-8") from error


@cache
def graph_rules_stamp() -> str:
    """A hash of all rules here: what was imported under another stamp may come out differently today."""
    digest = sha256()
    for name in graph_names():
        digest.update(name.encode() + b"\0" + files(__name__).joinpath(f"{name}.toml").read_bytes())
    return digest.hexdigest()[:12]


def _rules(name: str, text: str, where: str) -> GraphRules:
    try:
        told = tomllib.loads(text)
        _check(where, "the top", told, _KEYS, needed={"title"})
        return GraphRules(
            name,
            **{key: told[key] for key in _WORDS & told.keys()},
            nodes=_table(where, told["nodes"], NODE_ROLES) if "nodes" in told else None,
            tables=tuple(_table(where, table, ROLES) for table in told.get("tables", [])),
            identifiers=tuple(_identifier(where, one) for one in told.get("identifiers", [])),
            kinds={word: Kind(kind) for word, kind in told.get("kinds", {}).items()},
            predicates={word: _meaning(where, word, one) for word, one in told.get("predicates", {}).items()},
            left_out=told.get("left_out", {}),
        )
    except (tomllib.TOMLDecodeError, TypeError, ValueError, AttributeError) as error:
        raise RulesError(f"{where}: {error}; mend the file (docs/imports.md has an example)") from error


def _check(
    where: str, place: str, table: Mapping[str, Any], known: frozenset[str], *, needed: set[str] | None = None
) -> None:
    missing, unknown = (needed or set()) - table.keys(), table.keys() - known
    if missing or unknown:
        wrong = f"missing {sorted(missing)}, unknown {sorted(unknown)}"
        raise RulesError(f"{where}, {place}: {wrong}; known are: {', '.join(sorted(known))}")


def _table(where: str, told: Mapping[str, Any], roles: tuple[str, ...]) -> TableRules:
    _check(where, "a table", told, _TABLE, needed={"name", "columns"})
    known = frozenset({*roles, *(role for role in told["columns"] if role.startswith(_QUALIFIER))})
    for part in ("columns", "fixed"):
        _check(where, f"{part} of {told['name']!r}", told.get(part, {}), known)
    columns = {role: str(column) for role, column in told["columns"].items()}
    pattern, header = told.get("pattern", ""), tuple(told.get("header", ()))
    return TableRules(told["name"], columns, told.get("fixed", {}), header, pattern)


def _identifier(where: str, told: Mapping[str, Any]) -> Identifier:
    _check(where, "an identifier", told, _IDENTIFIER, needed={"pattern", "curie"})
    return Identifier(**told)


def _meaning(where: str, word: str, told: Mapping[str, Any]) -> Meaning:
    _check(where, f"the predicate {word!r}", told, _MEANING, needed={"predicate"})
    kinds = {side: Kind(told[side]) for side in ("subject", "object") if side in told}
    qualifiers = tuple(Qualifier(name, value) for name, value in told.get("qualifiers", {}).items())
    return Meaning(**{**told, **kinds, "qualifiers": qualifiers})
