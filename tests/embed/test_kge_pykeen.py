"""Scores and ranks beside PyKEEN's, on the same vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")
pytest.importorskip("pykeen", reason="needs PyKEEN: pip install 'medkg[bench]'")

from pykeen.evaluation import RankBasedEvaluator  # noqa: E402
from pykeen.models import ComplEx, DistMult, TransE  # noqa: E402
from pykeen.nn import modules  # noqa: E402
from pykeen.triples import CoreTriplesFactory  # noqa: E402

from kg.embed.kge.model import KgeModel, make_model  # noqa: E402
from kg.embed.kge.scoring import as_complex, as_real, get_scoring  # noqa: E402
from kg.embed.kge.settings import KgeSettings  # noqa: E402
from kg.embed.ranking import rank  # noqa: E402

RANK, ENTITIES, RELATIONS = 5, 31, 4
THEIRS = {
    "complex": modules.ComplExInteraction(),
    "distmult": modules.DistMultInteraction(),
    "rotate": modules.RotatEInteraction(),
    "transe_l1": modules.TransEInteraction(p=1),
    "transe_l2": modules.TransEInteraction(p=2),
}


@pytest.mark.parametrize("model", THEIRS)
def test_scores_are_those_of_pykeen(model: str) -> None:
    scoring, draw = get_scoring(model), torch.Generator().manual_seed(0)
    width, of_relation = scoring.get_widths(RANK)
    subjects, objects = torch.randn(2, 9, width, generator=draw)
    relations = torch.randn(9, of_relation, generator=draw)
    given = [subjects, relations, objects]
    if model == "complex":
        given = [as_complex(rows) for rows in given]
    if model == "rotate":
        given = [as_complex(subjects), torch.polar(torch.ones_like(relations), relations), as_complex(objects)]
    # PyKEEN's RotatE takes one norm over all numbers, whatever its p; of one number at a time it is the size, as here.
    wanted = (
        THEIRS[model](*(rows.unsqueeze(-1) for rows in given)).sum(-1) if model == "rotate" else THEIRS[model](*given)
    )
    queries = scoring.query(subjects, relations)
    torch.testing.assert_close(scoring.pairs(queries, objects), wanted)
    torch.testing.assert_close(scoring.against(queries, objects).diagonal(), wanted)
    back = scoring.query(objects, scoring.inverse(relations))
    torch.testing.assert_close(scoring.pairs(back, subjects), wanted)


@pytest.mark.parametrize(("model", "theirs"), [("complex", ComplEx), ("distmult", DistMult), ("transe_l1", TransE)])
@pytest.mark.parametrize("rounded", [False, True], ids=["as drawn", "with ties"])
def test_ranks_are_those_of_pykeen(model: str, theirs: Any, rounded: bool) -> None:
    draw = np.random.default_rng(4)
    every = np.unique(draw.integers(0, [ENTITIES, RELATIONS, ENTITIES], (400, 3)), axis=0)
    every = every[draw.permutation(len(every))]
    known, rows = torch.from_numpy(every[60:]), torch.from_numpy(every[:60])
    factory = CoreTriplesFactory(known, num_entities=ENTITIES, num_relations=RELATIONS)
    reference = theirs(triples_factory=factory, embedding_dim=RANK, random_seed=1)
    own = make_model(ENTITIES, RELATIONS, KgeSettings(model=model, rank=RANK, reciprocal=False), torch.device("cpu"))
    copy_vectors(reference, own, rounded=rounded)
    found = rank(own, rows.numpy(), known.numpy(), chunk=100)
    results = RankBasedEvaluator().evaluate(
        reference, rows, additional_filter_triples=[known], use_tqdm=False, batch_size=16
    )
    for name, value in (("mrr", found.mrr), ("hits_at_1", found.hits1), ("hits_at_10", found.hits10)):
        assert results.get_metric(f"both.realistic.{name}") == pytest.approx(value, abs=1e-5)


def copy_vectors(reference: Any, own: KgeModel, *, rounded: bool) -> None:
    """Gives both models the same vectors; rounded ones to whole numbers, so that many scores are equal."""
    for theirs, table in (
        (reference.entity_representations[0], own.entities),
        (reference.relation_representations[0], own.relations),
    ):
        with torch.no_grad():
            if rounded:
                for parameter in theirs.parameters():
                    parameter.copy_(parameter.mul(3).round())
            rows = theirs(None)
            table.values.copy_(as_real(rows) if rows.is_complex() else rows)
