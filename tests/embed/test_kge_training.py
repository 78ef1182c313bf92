"""Training on a small graph that hides a rule: what it reaches, going on where it stopped, in one process or two."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")

from all_scores import score_all  # noqa: E402
from kg.embed.errors import CheckpointError, TrainingError  # noqa: E402
from kg.embed.kge.checkpoints import get_fingerprint  # noqa: E402
from kg.embed.kge.settings import KgeSettings  # noqa: E402
from kg.embed.kge.trained import read_trained  # noqa: E402
from kg.embed.kge.training import train_kge  # noqa: E402
from kg_command import ROOT  # noqa: E402
from planted_relations import make_planted_split  # noqa: E402

ONE_VS_ALL = KgeSettings(rank=16, batch=64, epochs=20, evaluate_every=5, relation_weight=0.1)
SAMPLED = dataclasses.replace(
    ONE_VS_ALL, objective="negatives", relation_weight=0.0, negatives=16, loss="softmax", init=0.1, regularizer="none"
)
MODELS: dict[str, dict[str, Any]] = {
    "complex": {},
    "distmult": {},
    "rotate": {"margin": 3.0, "learning_rate": 0.05},
    "transe_l1": {"margin": 3.0, "learning_rate": 0.05},
    "transe_l2": {"margin": 1.0, "learning_rate": 0.05},
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("start", [ONE_VS_ALL, SAMPLED], ids=["one_vs_all", "negatives"])
def test_a_planted_rule_is_learned(model: str, start: KgeSettings) -> None:
    split = make_planted_split()
    if start is ONE_VS_ALL and model in ("rotate", "transe_l1", "transe_l2"):
        start = dataclasses.replace(start, init=0.1, regularizer="none", epochs=10)
    settings = dataclasses.replace(start, model=model, **MODELS[model])
    trained = train_kge(split, settings)
    assert trained.rank(split.test.rows).mrr > 0.3  # by chance .08
    assert trained.curve[-1].loss < trained.curve[0].loss


def test_equal_seeds_give_equal_vectors_and_others_do_not() -> None:
    split, settings = make_planted_split(), dataclasses.replace(ONE_VS_ALL, epochs=3)
    first, second = train_kge(split, settings), train_kge(split, settings)
    other = train_kge(split, dataclasses.replace(settings, seed=1))
    np.testing.assert_array_equal(first.entity_matrix(), second.entity_matrix())
    assert not np.array_equal(first.entity_matrix(), other.entity_matrix())


@pytest.mark.parametrize(
    "settings",
    [ONE_VS_ALL, SAMPLED, dataclasses.replace(SAMPLED, table="host", optimizer="sparse_adam", learning_rate=0.01)],
    ids=["one_vs_all", "negatives", "host"],
)
def test_a_training_that_stopped_comes_to_the_same_numbers(settings: KgeSettings, tmp_path: Path) -> None:
    split = make_planted_split()
    whole = train_kge(split, settings)
    train_kge(split, dataclasses.replace(settings, epochs=10), folder=tmp_path)
    resumed = train_kge(split, settings, folder=tmp_path)
    np.testing.assert_array_equal(whole.entity_matrix(), resumed.entity_matrix())
    np.testing.assert_array_equal(whole.relation_matrix(), resumed.relation_matrix())
    assert [(point.loss, point.mrr) for point in whole.curve] == [(point.loss, point.mrr) for point in resumed.curve]


def test_a_training_over_more_epochs_goes_on_as_if_it_had_been_ordered_so(tmp_path: Path) -> None:
    """The last epoch is looked at out of turn, of which the longer training must know nothing."""
    split, settings = make_planted_split(), dataclasses.replace(ONE_VS_ALL, epochs=15, patience=2)
    short = train_kge(split, dataclasses.replace(settings, epochs=7), folder=tmp_path)
    assert short.curve[-1].mrr is not None
    resumed, whole = train_kge(split, settings, folder=tmp_path), train_kge(split, settings)
    assert [(point.loss, point.mrr) for point in resumed.curve] == [(point.loss, point.mrr) for point in whole.curve]
    np.testing.assert_array_equal(whole.entity_matrix(), resumed.entity_matrix())
    again = train_kge(split, dataclasses.replace(settings, epochs=7), folder=tmp_path)
    np.testing.assert_array_equal(short.entity_matrix(), again.entity_matrix())


def test_what_rankings_leave_out_tells_trainings_apart() -> None:
    split = make_planted_split()
    fewer = dataclasses.replace(split, test=split.test.with_rows(split.test.rows[1:]))
    assert get_fingerprint(split, ONE_VS_ALL) != get_fingerprint(fewer, ONE_VS_ALL)
    assert get_fingerprint(split, ONE_VS_ALL) == get_fingerprint(split, dataclasses.replace(ONE_VS_ALL, epochs=3))


def test_a_checkpoint_of_other_settings_is_refused(tmp_path: Path) -> None:
    split = make_planted_split()
    train_kge(split, dataclasses.replace(ONE_VS_ALL, epochs=1), folder=tmp_path)
    with pytest.raises(CheckpointError, match="another folder"):
        train_kge(split, dataclasses.replace(ONE_VS_ALL, epochs=2, rank=8), folder=tmp_path)


def test_a_checkpoint_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    split, settings = make_planted_split(), dataclasses.replace(ONE_VS_ALL, epochs=1)
    train_kge(split, settings, folder=tmp_path)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(CheckpointError, match="cannot be read"):
        train_kge(split, settings, folder=tmp_path)


def test_training_stops_where_it_gets_no_better_and_keeps_the_best() -> None:
    split = make_planted_split()
    settings = dataclasses.replace(ONE_VS_ALL, epochs=60, evaluate_every=1, patience=2)
    trained = train_kge(split, settings)
    looks = [point.mrr or 0.0 for point in trained.curve]
    assert len(looks) < 60
    assert looks.index(max(looks)) == len(looks) - 3
    known = np.concatenate((split.train.rows, split.valid.rows, split.test.rows))
    assert trained.rank(split.valid.rows, known=known).mrr == pytest.approx(max(looks))


@pytest.mark.parametrize("model", ["complex", "rotate"])
def test_a_table_on_the_host_or_of_sparse_steps_gives_what_a_dense_one_gives(model: str) -> None:
    split = make_planted_split()
    matrices = []
    for table in ("dense", "sparse", "host"):
        settings = dataclasses.replace(SAMPLED, model=model, table=table, epochs=2, margin=3.0)
        matrices.append(train_kge(split, settings).entity_matrix())
    np.testing.assert_allclose(matrices[0], matrices[1], atol=1e-6)
    np.testing.assert_array_equal(matrices[1], matrices[2])


def test_relations_without_reciprocals_are_seen_from_both_sides() -> None:
    split = make_planted_split()
    trained = train_kge(split, dataclasses.replace(ONE_VS_ALL, reciprocal=False))
    assert len(trained.relation_matrix()) == len(split.train.relations)
    assert trained.rank(split.test.rows).mrr > 0.3


@pytest.mark.parametrize("settings", [ONE_VS_ALL, SAMPLED], ids=["one_vs_all", "negatives"])
def test_half_precision_comes_close(settings: KgeSettings) -> None:
    split = make_planted_split()
    trained = train_kge(split, dataclasses.replace(settings, precision="bfloat16"))
    assert trained.rank(split.test.rows).mrr > 0.3
    assert trained.entity_matrix().dtype == np.float32


def test_a_written_model_scores_what_it_scored(tmp_path: Path) -> None:
    split = make_planted_split()
    trained = train_kge(split, dataclasses.replace(ONE_VS_ALL, epochs=2))
    trained.write(tmp_path / "state.pt")
    again = read_trained(tmp_path / "state.pt", split)
    np.testing.assert_array_equal(again.score(split.test.rows), trained.score(split.test.rows))
    every = score_all(trained, split.test.rows)
    true = every[np.arange(len(every)), split.test.rows[:, 2]]
    np.testing.assert_allclose(true, trained.score(split.test.rows), rtol=1e-5)


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    with pytest.raises(TrainingError, match="smaller learning_rate"):
        train_kge(make_planted_split(), dataclasses.replace(ONE_VS_ALL, init=1e30, epochs=1))


def test_nothing_to_train_on_is_said() -> None:
    split = make_planted_split()
    empty = dataclasses.replace(split, train=split.train.with_rows(split.train.rows[:0]))
    with pytest.raises(TrainingError, match="no facts to train on"):
        train_kge(empty, ONE_VS_ALL)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device, and this machine has none")
@pytest.mark.parametrize("start", [ONE_VS_ALL, SAMPLED], ids=["one_vs_all", "negatives"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_gpu_learns_what_a_cpu_does(start: KgeSettings, precision: str) -> None:
    split, settings = make_planted_split(), dataclasses.replace(start, precision=precision)
    for table in ("dense", "host") if start is SAMPLED else ("dense",):
        trained = train_kge(split, dataclasses.replace(settings, table=table), device=torch.device("cuda"))
        assert trained.rank(split.test.rows).mrr > 0.3


SHARED = {"one_vs_all": ONE_VS_ALL, "negatives": SAMPLED, "host": dataclasses.replace(SAMPLED, table="host")}
TWO = """
import dataclasses, os, sys
import numpy as np, torch
from kg.embed.kge.training import train_kge
from planted_relations import make_planted_split
from test_kge_training import SHARED

torch.set_num_threads(1)
for name, settings in SHARED.items():
    trained = train_kge(make_planted_split(), dataclasses.replace(settings, epochs=2, batch=32))
    np.savez(f"{sys.argv[1]}/{name}-{os.environ['RANK']}.npz", trained.entity_matrix(), trained.curve[-1].mrr)
"""


def test_two_processes_do_what_one_does_with_batches_twice_as_large(tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text(TWO)
    paths = [ROOT, ROOT / "graphql", ROOT / "tests" / "support", ROOT / "tests" / "embed"]
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join(map(str, paths)),
        "OMP_NUM_THREADS": "1",
        "GLOO_SOCKET_IFNAME": "lo",
    }
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(tmp_path / "two.py")]
    done = subprocess.run([sys.executable, *command, str(tmp_path)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name, settings in SHARED.items():
        one = train_kge(make_planted_split(), dataclasses.replace(settings, epochs=2, batch=64))
        for rank in (0, 1):
            with np.load(tmp_path / f"{name}-{rank}.npz") as found:
                np.testing.assert_allclose(found["arr_0"], one.entity_matrix(), atol=1e-5)
                assert float(found["arr_1"]) == pytest.approx(one.curve[-1].mrr, abs=1e-3)
