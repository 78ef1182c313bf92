"""Vectors of patients who came after a training on records: beside the others, by what was trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kg.embed.device import get_device

if TYPE_CHECKING:
    from kg.embed.me2vec.later import Later
    from kg.records.store import RecordStore


def embed_later_patients(
    store: RecordStore, name: str, *, key: bytes | None, device: str = "auto", say: Callable[[str], None]
) -> Later:
    """How many patients (or visits) have vectors now, by the model `name`: also those who came after its training.

    Nothing is trained. The vectors lie where they lay, encrypted; `store` is open to write, so that nobody is forgotten
    meanwhile.

    Raises:
        NotFoundError: no vectors of that name lie beside the records.
    """
    from kg.embed.me2vec.later import embed_later
    from kg.embed.me2vec.reading import read_journeys
    from kg.embed.me2vec.state import read_state
    from kg.records import patient_vectors as lying

    before = lying.read_patient_vectors(store.folder, name, key=key)
    state = lying.read_patient_state(store.folder, name, key=key)
    pooling = read_state(state, device=get_device(device))
    say("reading journeys")
    journeys = read_journeys(store)
    say("embedding")
    made_of = lying.read_made_of(store.folder, name, key=key)
    embedded = embed_later(pooling, journeys, before, made_of)
    lying.write_patient_vectors(store.folder, name, embedded.vectors, key=key, state=state, made_of=embedded.made_of)
    return embedded.counts
