"""Tells again of populations when patients were forgotten: what enough patients no longer have leaves the graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kg.cohorts.pairs import Terms
from kg.cohorts.publish import Cohort, is_told, publish, withdraw_sentences
from kg.config import Where, may_exist, read_where
from kg.errors import KGError
from kg.records.store import RecordStore
from kg.stores import connect
from kg.stores.withholding import let_show, withhold
from ontologies.decided import open_decided
from ontologies.home import get_home


def list_derived(store: RecordStore) -> list[str]:
    """The releases that are made anew when patients are forgotten.

    Those with noise stay as they are: noise hides whether any one patient is in them, a new one would spend of the
    privacy budget, and they hold no sentences. So does the release of a graph that is no longer there.
    """
    return [name for name in store.list_releases() if _graph_of(_settings(store, name)) is not None]


def clear(store: RecordStore, name: str) -> None:
    """Takes the sentences of a release out of its graph; from the first moment on nobody sees them."""
    where = _graph_of(_settings(store, name))
    if where is None:
        return
    withhold(where, _reason(store, name))
    graph = connect(where, mode="rw")
    try:
        withdraw_sentences(graph, name)
    finally:
        graph.close()
    let_show(where, _reason(store, name))


def derive_again(store: RecordStore, name: str) -> None:
    """Makes a release anew, without its sentences where that fails; one that was withdrawn stays so."""
    settings = _settings(store, name)
    where = _graph_of(settings)
    if where is None:
        return
    graph = connect(where, mode="rw")
    try:
        if is_told(graph, name):
            publish(store, graph, open_decided(get_home() / "lexicon"), _cohort(name, settings))
    except KGError:
        withdraw_sentences(graph, name)
        raise
    finally:
        graph.close()
    let_show(where, _reason(store, name))


def _settings(store: RecordStore, name: str) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(store.get_release(name).settings or "{}")
    return settings


def _graph_of(settings: Mapping[str, Any]) -> Where | None:
    """Where the graph is; None for a release that is not made again, and where its folder is no longer there."""
    if not settings.get("graph") or settings.get("epsilon") is not None:
        return None
    where = read_where(str(settings["graph"]))
    return where if may_exist(where) else None


def _reason(store: RecordStore, name: str) -> str:
    return f"{store.folder.absolute()} {name}"


def _cohort(name: str, settings: Mapping[str, Any]) -> Cohort:
    terms = Terms(k=int(settings["k"]), q=float(settings["q"]))
    today = datetime.now(UTC).date().isoformat()
    # A release of before sentences could be given has none, and gets none because somebody was forgotten.
    sentences = int(settings.get("sentences", 0))
    return Cohort(name, today, settings["country"], terms, graph=settings["graph"], sentences=sentences)
