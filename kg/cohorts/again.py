"""Tells again of populations when patients were forgotten: what enough patients no longer have leaves the graph."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kg.cohorts.pairs import Terms
from kg.cohorts.publish import Cohort, publish, withdraw_sentences
from kg.errors import KGError
from kg.records.model import Forgotten
from kg.records.store import RecordStore
from kg.stores import connect
from ontologies.decided import open_decided
from ontologies.home import get_home


def after_forget(store: RecordStore, gone: Forgotten) -> None:
    """Makes every release anew that told of the patients who are gone; with them goes any sentence of their notes.

    Releases with noise stay as they are: each figure hides whether any one patient is in it, and a new one would spend
    of the privacy budget; they hold no sentences. So does the release of a graph that is no longer there. Where a
    release cannot be made, its sentences leave the graph all the same, the others are made, and then the error is
    raised.
    """
    failed: list[str] = []
    for name in store.list_releases() if gone.patients else ():
        settings = json.loads(store.get_release(name).settings or "{}")
        if settings.get("epsilon") is None and settings.get("graph") and Path(settings["graph"]).is_dir():
            try:
                _tell_again(store, name, settings)
            except KGError as error:
                failed.append(f"{name!r} in {settings['graph']} ({error})")
    if failed:
        raise KGError(
            "the patients are gone from the records, and what was told of them could not be told again of "
            f"{', '.join(failed)}: mend that and run `kg records publish` for it, or `kg records withdraw`"
        )


def _tell_again(store: RecordStore, name: str, settings: dict[str, Any]) -> None:
    terms = Terms(k=int(settings["k"]), q=float(settings["q"]))
    today = datetime.now(UTC).date().isoformat()
    # A release of before sentences could be given has none, and gets none because somebody was forgotten.
    sentences = int(settings.get("sentences", 0))
    cohort = Cohort(name, today, settings["country"], terms, graph=settings["graph"], sentences=sentences)
    graph = connect(settings["graph"], mode="rw")
    try:
        publish(store, graph, open_decided(get_home() / "lexicon"), cohort)
    except KGError:
        withdraw_sentences(graph, name)
        raise
    finally:
        graph.close()
