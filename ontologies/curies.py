"""CURIEs as medkg writes them, from whatever people write: aliases, capitals, addresses. No network, no registry."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from ontologies.errors import UnknownNameError
from ontologies.normalize import normal_form
from ontologies.rules import read_rules

if TYPE_CHECKING:
    from curies import Converter

    from ontologies.model import Kind

_CURIE = re.compile(r"\s*([^\s:/]+):\s*(\S(?:.*\S)?)\s*", re.DOTALL)

_RELEASE = re.compile(r"_\d{4}(?:_\d{2}_\d{2})?$")


def parse_curie(text: str) -> tuple[str, str]:
    """Prefix and identifier of a CURIE or an address, the prefix as medkg writes it.

    Raises UnknownNameError for a prefix that the slice does not have, or where there is no prefix at all.
    """
    if "://" in text:
        found = get_converter().parse_uri(text.strip(), strict=False)
        if found is None:
            raise UnknownNameError("address of a concept", text, _known())
        return found.prefix, found.identifier
    parts = _CURIE.fullmatch(text)
    prefix = _standard_prefix(parts[1]) if parts else None
    if parts is None or prefix is None:
        raise UnknownNameError("CURIE prefix in", text, _known())
    return prefix, _identifier(prefix, parts[2])


def standard_curie(text: str) -> str:
    """`text` with the prefix as medkg writes it ("RXCUI:11289" gives "rxnorm:11289"); errors as of `parse_curie`."""
    return ":".join(parse_curie(text))


def standard_xref(text: str) -> str:
    """As `standard_curie`, but `text` itself where its prefix is not known: foreign files refer to many things."""
    parts = _CURIE.fullmatch(text)
    prefix = _standard_prefix(parts[1]) if parts else None
    return f"{prefix}:{_identifier(prefix, parts[2])}" if parts and prefix else text


@cache
def local_curie(name: str, kind: Kind) -> str:
    """The CURIE under which a name that no terminology knows keeps its place in the graph."""
    return f"local:{kind}/{normal_form(name).strip().replace(' ', '_') or name.strip()}"


def curie_address(curie: str) -> str | None:
    """The web address of a CURIE, or None where its prefix has none."""
    return get_converter().expand(curie if "://" in curie else standard_xref(curie), passthrough="://" in curie)


@cache
def get_converter() -> Converter:
    """The `curies` converter over the slice, for code that wants more of that library."""
    from curies import Converter, Record

    return Converter(
        [
            Record(prefix=prefix, uri_prefix=entry["uri"], prefix_synonyms=entry["also"])
            for prefix, entry in _prefixes().items()
        ]
    )


def _identifier(prefix: str, identifier: str) -> str:
    """The identifier without its prefix said twice ("HP:HP:0001250", "HP:HP_0001250")."""
    again = re.match(rf"{re.escape(prefix)}[:_](?=\S)", identifier, re.IGNORECASE)
    return identifier[again.end() :] if again else identifier


@lru_cache(maxsize=1000)
def _standard_prefix(prefix: str) -> str | None:
    """The prefix as medkg writes it; that of a release (SNOMEDCT_US_2025_09_01) is that of its vocabulary."""
    known = _by_alias()
    return known.get(prefix.lower()) or known.get(_RELEASE.sub("", prefix).lower())


@cache
def _by_alias() -> dict[str, str]:
    named = {also.lower(): prefix for prefix, entry in _prefixes().items() for also in entry["also"]}
    return named | {prefix.lower(): prefix for prefix in _prefixes()}


def _known() -> list[str]:
    return list(_prefixes())


def _prefixes() -> dict[str, dict[str, Any]]:
    prefixes: dict[str, dict[str, Any]] = read_rules("prefixes", keys=frozenset({"prefixes"}))["prefixes"]
    return prefixes
