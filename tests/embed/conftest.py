"""What tests of embeddings share: the small graph, open, and the model whose vectors were written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.embed.shelf import Shelf
from kg.embed.trained import Trained
from kg.roles import Store
from kg.stores import connect


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Torch on one thread, where the same seed gives the same numbers; also, several tests run at a time."""
    try:
        import torch
    except ImportError:
        yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def modelled_store(modelled_graph: Path) -> Iterator[Store]:
    """That graph, open to read."""
    store = connect(modelled_graph)
    yield store
    store.close()


@pytest.fixture
def hand_model(modelled_graph: Path) -> Trained:
    """The model of that graph."""
    return Shelf(modelled_graph).open()
