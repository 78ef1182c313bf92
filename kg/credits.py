"""Whom to credit: the terminologies a graph was aligned to, kept in the graph itself so that it travels with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import orjson

from kg.roles import Catalogue
from ontologies.model import TerminologyInfo

#: The word of a graph's meta data under which its terminologies stand, as JSON.
TERMINOLOGIES = "terminologies"


def keep_terminologies(store: Catalogue, terminologies: Iterable[TerminologyInfo]) -> None:
    """Write into the graph which terminologies it was aligned to; replays change nothing."""
    words = orjson.dumps([asdict(info) for info in terminologies]).decode()
    if store.get_meta().get(TERMINOLOGIES) != words:
        store.set_meta(TERMINOLOGIES, words)


def get_terminologies(meta: Mapping[str, str]) -> tuple[TerminologyInfo, ...]:
    """The terminologies that a graph with this meta data was aligned to, none where it does not say."""
    return tuple(TerminologyInfo(**entry) for entry in orjson.loads(meta.get(TERMINOLOGIES) or "[]"))


def get_attributions(meta: Mapping[str, str]) -> list[str]:
    """One line a terminology: title, version, licence and whom to credit."""
    return [f"{info.title} {info.version} ({info.licence}): {info.source}".strip() for info in get_terminologies(meta)]
