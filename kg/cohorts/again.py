"""Tells again of populations when patients were forgotten: what enough patients no longer have leaves the graph."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from kg.cohorts.pairs import Terms
from kg.cohorts.publish import Cohort, publish
from kg.records.model import Forgotten
from kg.records.store import RecordStore
from kg.stores import connect
from ontologies.decided import open_decided
from ontologies.home import get_home


def after_forget(store: RecordStore, gone: Forgotten) -> None:
    """Makes every release anew that told of the patients who are gone.

    Releases with noise stay as they are: each figure hides whether any one patient is in it, and a new one would spend
    of the privacy budget. So does the release of a graph that is no longer there.
    """
    if not gone.patients:
        return
    for name in store.list_releases():
        settings = json.loads(store.get_release(name).settings)
        if settings["epsilon"] is None and Path(settings["graph"]).is_dir():
            _tell_again(store, name, settings)


def _tell_again(store: RecordStore, name: str, settings: dict[str, str]) -> None:
    terms = Terms(k=int(settings["k"]), q=float(settings["q"]))
    today = datetime.now(UTC).date().isoformat()
    cohort = Cohort(name, today, settings["country"], terms, graph=settings["graph"])
    graph = connect(settings["graph"], mode="rw")
    try:
        publish(store, graph, open_decided(get_home() / "lexicon"), cohort)
    finally:
        graph.close()
