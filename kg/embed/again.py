"""What happens to models that were learned from records when patients are forgotten.

Vectors of services know a little of every patient that they were learned from, and nothing takes that out of them but
another training. So a model is marked, and everything that shows it says to train it again. What it tells of are codes
of at least `LEAST` patients: those that may be of fewer by now leave it at once, and each patient that is gone is taken
to have had all of them. Were only the codes counted that a patient had, whoever compares a model with the one of the
day before would learn what that was. Whose codes they were, how many patients are gone: nothing of it is written there.

Locks: forgetting holds the records, as whoever keeps a model of them does at the end of a training. Of the shelf it
holds no name (see `keep_only`), only the moment in which folders are moved.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from kg.embed.card import write_card
from kg.embed.errors import EmbeddingError
from kg.embed.places import replacing_if
from kg.embed.trained import Trained, open_trained, write_about, write_matrices
from kg.records.learned import LearnedModel, narrow
from kg.records.model import LEAST
from kg.records.store import RecordStore
from ontologies.locks import alone_in


def list_derived(store: RecordStore) -> list[str]:
    """The places of the models that were learned from the records."""
    return list(store.get_models())


def clear(store: RecordStore, name: str) -> None:
    """Marks the model at a place, and takes out what may be of too few patients when those who are to go are gone."""
    model = store.get_models().get(name)
    if model is None:
        return
    told = model.list_told(store.count_erased() + _count_coming(store), least=LEAST)
    trained = _open(model)
    if trained is not None and not (trained.about.erased and set(trained.vectors.names) <= set(told)):
        try:
            keep_only(trained, told)
        except OSError as error:
            raise EmbeddingError(f"{name} cannot be changed ({error}): delete it with `kg embed remove`") from error
    store.keep_model(narrow(model, told))


def derive_again(store: RecordStore, name: str) -> None:
    """As `clear`: training again takes minutes and a choice of settings, and is left to who trained."""
    clear(store, name)


def keep_only(trained: Trained, names: Collection[str]) -> None:
    """Writes a model anew with vectors of `names` only, and marked; without any it goes. Not where another took over.

    The map goes as well: it shows what is no longer there. The name is not held for it: a training may hold it for
    hours, and at its end waits for the records, which are open here. What it makes takes this one's place then.
    """
    kept = frozenset(names)
    rows = np.array([at for at, name in enumerate(trained.vectors.names) if name in kept], np.int64)
    if not len(rows):
        with alone_in(trained.folder.parent):
            if _is_there(trained):
                shutil.rmtree(trained.folder)
        return
    vectors = trained.vectors.take(rows)
    about = replace(trained.about, vectors=len(rows), erased=True)
    with replacing_if(trained.folder, lambda: _is_there(trained)) as folder:
        write_matrices(folder, vectors)
        write_about(about, folder)
        write_card(about, folder)


def _is_there(trained: Trained) -> bool:
    """Whether the model still lies where it was read."""
    try:
        return open_trained(trained.folder).about.trained == trained.about.trained
    except EmbeddingError:
        return False


def iter_marked(store: RecordStore) -> Iterator[Trained]:
    """The models that were learned from patients who were erased since."""
    for model in store.get_models().values():
        trained = _open(model)
        if trained is not None and trained.about.erased:
            yield trained


def _count_coming(store: RecordStore) -> int:
    """How many patients are about to be erased."""
    return sum(store.find_patient(pseudonym) is not None for pseudonym in store.get_pending().patients)


def _open(model: LearnedModel) -> Trained | None:
    """The model, or None where it is gone, or where another lies in its place."""
    try:
        trained = open_trained(Path(model.place))
    except EmbeddingError:
        return None
    return trained if trained.about.trained == model.trained else None
