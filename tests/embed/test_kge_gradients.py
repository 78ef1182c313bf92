"""Gradients by hand and by differentiation, and optimisers beside those of torch."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")

from kg.embed.kge.batches import Part, Queries, add_reciprocal, start_epoch  # noqa: E402
from kg.embed.kge.fused import FusedOneVsAll  # noqa: E402
from kg.embed.kge.model import make_model  # noqa: E402
from kg.embed.kge.objectives import OneVsAll, regularize  # noqa: E402
from kg.embed.kge.scoring import get_scoring  # noqa: E402
from kg.embed.kge.settings import KgeSettings  # noqa: E402

CPU = torch.device("cpu")


@pytest.mark.parametrize("model", ["complex", "distmult"])
@pytest.mark.parametrize("relation_weight", [0.0, 0.5])
@pytest.mark.parametrize("regularizer", ["none", "n3"])
def test_gradients_by_hand_are_those_of_differentiation(model: str, relation_weight: float, regularizer: str) -> None:
    settings = KgeSettings(
        model=model, rank=6, init=0.5, relation_weight=relation_weight, regularizer=regularizer, regularizer_weight=0.1
    )
    rows = np.random.default_rng(1).integers(0, [9, 3, 9], (40, 3))
    trained = make_model(9, 3, settings, CPU)
    (batch,) = Queries(add_reciprocal(rows, 3, CPU), 6).iter_batches(start_epoch(0, 1, CPU), 1000, Part())
    by_hand = FusedOneVsAll(settings).get_gradients(batch, trained.entities, trained.relations)
    wanted = OneVsAll(trained.scoring, settings).get_gradients(batch, trained.entities, trained.relations)
    for name in ("loss", "entities", "relations"):
        torch.testing.assert_close(
            getattr(by_hand, name), getattr(wanted, name), msg=lambda told, name=name: f"{name}: {told}"
        )


def test_n3_of_rotate_is_of_complex_numbers_and_leaves_angles_alone() -> None:
    settings = KgeSettings(model="rotate", regularizer="n3", regularizer_weight=0.5)
    scoring = get_scoring("rotate")
    entities = torch.tensor([[3.0, 4.0, 0.0, 1.0]], requires_grad=True)
    angles = torch.tensor([[1.0, 2.0]], requires_grad=True)
    told = regularize(scoring, settings, (entities, angles, entities))
    turns = torch.polar(torch.ones_like(angles), angles).abs().pow(3).sum().item()
    assert told.item() == pytest.approx(0.5 * (2 * (5.0**3 + 1.0) + turns))
    # The same sizes turned: the regulariser must not tell them apart.
    turned = scoring.query(entities, angles)
    assert regularize(scoring, settings, (turned, angles, turned)).item() == pytest.approx(told.item(), rel=1e-5)
    assert torch.autograd.grad(told, angles, allow_unused=True) == (None,)
