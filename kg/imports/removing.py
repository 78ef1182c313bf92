"""Takes a whole import out of a graph again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.credits import keep_import
from kg.errors import NotFoundError
from kg.imports.documents import PREFIX
from kg.imports.model import Imported
from kg.roles import Store

#: Documents asked of the store at a time.
_LISTED = 1000


@dataclass(frozen=True, slots=True)
class TakenOut:
    """How many documents went, and how often a document supported a fact that it does no longer."""

    documents: int
    retracted: int


def is_import(name: str) -> bool:
    """Whether a name is that of a whole import, not of one of its documents."""
    return name.startswith(PREFIX) and "/" not in name


def take_out(store: Store, name: str) -> TakenOut:
    """What went with the import of that name (`import:hetionet`); raises `NotFoundError` where there is none.

    Killed in between, the same call goes on.
    """
    documents = retracted = 0
    for id_ in list(iter_imported(store, f"{name}/")):
        retracted += len(store.remove(id_).retracted)
        documents += 1
    if not documents:
        raise NotFoundError(f"no document of {name!r} in the graph: `kg stats` shows the sources that are there")
    keep_import(store, name, None)
    return TakenOut(documents, retracted)


def take_out_gone(store: Store, done: Imported, *, dry_run: bool) -> None:
    """Take out the documents that an import found to be in it no more."""
    for id_, _ in done.gone:
        done.removed += 1
        if not dry_run:
            done.retracted += len(store.remove(id_).retracted)


def iter_imported(store: Store, begin: str) -> Iterator[str]:
    """The ids of the documents that begin like that, in order."""
    after = begin
    while listed := store.list_documents(first=_LISTED, after=after):
        for one in listed:
            if not one.id.startswith(begin):
                return
            yield one.id
        after = listed[-1].id
