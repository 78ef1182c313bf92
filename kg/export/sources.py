"""Which reader made a document: asked of the store, and remembered for those asked for lately."""

from __future__ import annotations

from collections.abc import Iterable

from kg.roles import Store

#: Documents remembered.
_KEPT = 100_000


class Sources:
    """The source of each document that was learnt."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    def learn(self, documents: Iterable[str]) -> None:
        """Learn the sources of documents; of those learnt before, any may be forgotten."""
        asked = set(documents)
        if len(self._known) > _KEPT:
            self._known.clear()
        if unknown := [document for document in asked if document not in self._known]:
            self._known.update((one.id, one.source) for one in self._store.get_loaded(unknown) if one)

    def __getitem__(self, document: str) -> str:
        return self._known[document]
