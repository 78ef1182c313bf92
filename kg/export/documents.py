"""What is known of a document: asked of the store, and remembered for those asked for lately."""

from __future__ import annotations

from collections.abc import Iterable

from kg.model import LoadedDocument
from kg.roles import Store

#: Documents remembered.
_KEPT = 50_000


class Documents:
    """The documents that were learnt, without their texts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, LoadedDocument] = {}

    def learn(self, ids: Iterable[str]) -> None:
        """Learn documents; of those learnt before, any may be forgotten."""
        if len(self._known) > _KEPT:
            self._known.clear()
        if unknown := sorted({id_ for id_ in ids if id_ not in self._known}):
            self._known.update((one.id, one) for one in self._store.get_loaded(unknown) if one)

    def __getitem__(self, id_: str) -> LoadedDocument:
        return self._known[id_]
