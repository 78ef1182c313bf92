"""Measures vectors of graphs: how well they rank facts, and facts a second beside PyKEEN's.

    python tests/bench/bench_kge.py reach umls kinship codex-s [--again SETTING=VALUE …]
    python tests/bench/bench_kge.py choose codex-s [SETTING=VALUE …]
    python tests/bench/bench_kge.py speed codex-s [--rank 200] [--pairs 256] [--epochs 10] [--only ours|pykeen]
    python tests/bench/bench_kge.py sampled codex-s [--rank 200] [--epochs 5]
    python tests/bench/bench_kge.py curve fb15k-237 FOLDER [SETTING=VALUE …] [--minutes 60]

- reach: trains by the preset of each data set on the whole of train and ranks valid, once. Of UMLS and Kinship the test
  part lies in PyKEEN's wheel; it is only left out of rankings, as is usual, and neither learned from nor reported. Of
  the others it is not at hand, so its facts count as wrong answers: unseen.py tells what that costs.
- choose: trains on 95 % of train and ranks the rest every few epochs: what settings are chosen by.
- speed: 1-vs-all with softmax cross entropy, reciprocal relations and Adagrad, no regulariser, the same facts a step,
  in one run on one thread. PyKEEN's LCWA is its fastest way to do this: it, too, scores each pair of subject and
  relation once. Both are ranked on valid. Further rows have the preset's regulariser and relation prediction.
- sampled: TransE (L1) with 64 negatives a fact against PyKEEN's sLCWA, self-adversarial loss, Adam.
- curve: goes on with a long training for some minutes at most; FOLDER holds the checkpoint and curve.json, and the same
  command goes on from there. At the end valid is ranked.

Seconds are CPU seconds of the process, so that other work on the machine matters less; one thread is used.
Data is looked for in the folder MEDKG_SHARED_DATA (sub-folder kg). Each figure is a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from dataclasses import asdict, replace
from functools import partial
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from kg.embed.kge.checkpoints import Point
from kg.embed.kge.settings import KgeSettings, make_settings, read_preset
from kg.embed.kge.trained import TrainedKge
from kg.embed.kge.training import train_kge
from kg.embed.ranking import Ranks, find_ranks, sum_up
from kg.embed.reading import hold_out, make_split, read_split, read_triples
from kg.embed.triples import Split
from unseen import count_above, estimate_mrr

THEIR_NAMES = {"umls": "umls", "kinship": "kinships"}


def read_data(name: str) -> Split:
    """The split of that name; its test part from PyKEEN's wheel where that has it and ours does not."""
    folder = Path(os.environ.get("MEDKG_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data") / "kg" / name
    split = read_split(folder)
    if len(split.test) or name not in THEIR_NAMES or find_spec("pykeen") is None:
        return split
    test = read_triples(Path(str(files(f"pykeen.datasets.{THEIR_NAMES[name]}") / "test.txt")))
    entities, relations = split.train.entities, split.train.relations
    train, valid = (
        [(entities[s], relations[p], entities[o]) for s, p, o in part.rows] for part in (split.train, split.valid)
    )
    return make_split(train, valid, test)


def without_steering(split: Split) -> Split:
    """The split with valid as test, so that no training sees it; test joins it where only rankings look."""
    return Split(split.train, split.valid.with_rows(split.valid.rows[:0]), split.valid)


def tell(what: str, **figures: Any) -> None:
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
    print(json.dumps({"what": what, **rounded}), flush=True)


def figures_of(ranks: Ranks) -> dict[str, float]:
    return asdict(ranks)


def rank_valid(trained: TrainedKge, split: Split) -> dict[str, float]:
    """How valid is ranked, and about how well it would be with test left out, judged without looking at test."""
    valid, model = split.valid.rows, trained.model
    known = np.concatenate((split.train.rows, valid))
    unfiltered, above = find_ranks(model, valid, known), count_above(model, valid)
    figures = {
        "test_not_left_out": float((1 / unfiltered).mean()),
        "test_left_out_at_least": estimate_mrr(unfiltered, above, 3),
        "test_left_out_about": estimate_mrr(unfiltered, above),
    }
    if not len(split.test):
        return figures
    return figures_of(sum_up(find_ranks(model, valid, np.concatenate((known, split.test.rows))))) | figures


def run_reach(args: argparse.Namespace) -> None:
    for name in args.data:
        split, settings = read_data(name), with_changes(read_preset(name), args.again)
        start = time.process_time()
        trained = train_kge(without_steering(split), settings)
        spent = time.process_time() - start
        tell("reach", data=name, cpu_seconds=spent, **rank_valid(trained, split))


def run_choose(args: argparse.Namespace) -> None:
    split, settings = read_data(args.data), with_changes(read_preset(args.data), args.settings)
    train, held = hold_out(split.train, 0.05, seed=0)
    start = time.process_time()

    def told(point: Point) -> None:
        if point.mrr is not None:
            tell("choose", data=args.data, cpu_seconds=time.process_time() - start, **asdict(point))

    # valid is left out of the rankings as true, so that a model is not blamed for it; test is not looked at.
    train_kge(Split(train, held, split.valid), settings, told=told)


def with_changes(settings: KgeSettings, changes: list[str]) -> KgeSettings:
    given: dict[str, Any] = asdict(settings)
    for change in changes:
        name, _, value = change.partition("=")
        try:
            given[name] = json.loads(value)
        except json.JSONDecodeError:
            given[name] = value
    return make_settings(given, told_of="the command line")


def run_speed(args: argparse.Namespace) -> None:
    split = without_steering(read_data(args.data))
    facts = 2 * len(split.train)
    pairs = count_pairs(split)
    batch = round(args.pairs * facts / pairs)
    tell("data", data=args.data, facts=facts, pairs=pairs, batch_pairs=args.pairs, batch_facts=batch, rank=args.rank)
    plain = KgeSettings(rank=args.rank, batch=batch, epochs=args.epochs, evaluate_every=args.epochs, regularizer="none")
    full = replace(read_preset(args.data), rank=args.rank, batch=batch, epochs=args.epochs)
    if args.only != "ours":
        train_pykeen(split, args.rank, args.pairs, args.epochs)
    if args.only != "pykeen":
        for precision in ("float32", "bfloat16"):
            train_ours(f"medkg {precision}", split, replace(plain, precision=precision))
            train_ours(f"medkg {precision}, N3, relations", split, replace(full, precision=precision))


def count_pairs(split: Split) -> int:
    """Questions: pairs of subject and relation, from both sides."""
    rows = split.train.rows
    return sum(len(np.unique(rows[:, columns], axis=0)) for columns in ([0, 1], [2, 1]))


def train_ours(what: str, split: Split, settings: KgeSettings) -> None:
    start = time.process_time()
    trained = train_kge(split, settings)
    spent = time.process_time() - start
    rate = 2 * len(split.train) * settings.epochs / spent
    tell(what, facts_per_second=rate, cpu_seconds=spent, **figures_of(trained.rank(split.test.rows)))


def train_pykeen(split: Split, rank: int, pairs: int, epochs: int) -> None:
    from pykeen.models import ComplEx
    from pykeen.training import LCWATrainingLoop

    factory = get_factory(split)
    start = partial(torch.nn.init.normal_, std=1e-3)  # ours; from its own start, a deviation of 1, it learns nothing
    model = ComplEx(
        triples_factory=factory,
        embedding_dim=rank,
        loss="crossentropy",
        regularizer=None,
        random_seed=0,
        entity_initializer=start,
        relation_initializer=start,
    )
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.1)
    loop = LCWATrainingLoop(model=model, triples_factory=factory, optimizer=optimizer)
    time_pykeen("pykeen LCWA", split, model, loop, pairs, epochs)


def time_pykeen(what: str, split: Split, model: Any, loop: Any, batch: int, epochs: int) -> None:
    from pykeen.evaluation import RankBasedEvaluator

    start = time.process_time()
    loop.train(triples_factory=get_factory(split), num_epochs=epochs, batch_size=batch, use_tqdm=False)
    spent = time.process_time() - start
    found = RankBasedEvaluator().evaluate(
        model,
        torch.from_numpy(split.test.rows),
        additional_filter_triples=[torch.from_numpy(split.train.rows)],
        use_tqdm=False,
        batch_size=64,
    )
    names = {"mrr": "mrr", "hits1": "hits_at_1", "hits3": "hits_at_3", "hits10": "hits_at_10"}
    measures = {ours: float(found.get_metric(f"both.realistic.{theirs}")) for ours, theirs in names.items()}
    rate = 2 * len(split.train) * epochs / spent
    tell(what, facts_per_second=rate, cpu_seconds=spent, **measures)


def get_factory(split: Split, *, inverse: bool = True) -> Any:
    from pykeen.triples import CoreTriplesFactory

    return CoreTriplesFactory(
        torch.from_numpy(split.train.rows),
        num_entities=len(split.train.entities),
        num_relations=len(split.train.relations),
        create_inverse_triples=inverse,
    )


def run_sampled(args: argparse.Namespace) -> None:
    split = without_steering(read_data(args.data))
    own = KgeSettings(
        model="transe_l1",
        objective="negatives",
        rank=args.rank,
        batch=1000,
        epochs=args.epochs,
        optimizer="adam",
        learning_rate=0.001,
        init=1 / math.sqrt(args.rank),
        regularizer="none",
        negatives=64,
        shared_negatives=False,
    )
    train_sampled_pykeen(split, own)
    train_ours("medkg, negatives of each fact", split, own)
    train_ours("medkg, shared negatives", split, replace(own, shared_negatives=True))


def train_sampled_pykeen(split: Split, own: KgeSettings) -> None:
    from pykeen.losses import NSSALoss
    from pykeen.models import TransE
    from pykeen.training import SLCWATrainingLoop

    factory = get_factory(split)
    model = TransE(triples_factory=factory, embedding_dim=own.rank, loss=NSSALoss(margin=own.margin), random_seed=0)
    optimizer = torch.optim.Adam(model.parameters(), lr=own.learning_rate)
    loop = SLCWATrainingLoop(
        model=model,
        triples_factory=factory,
        optimizer=optimizer,
        negative_sampler="basic",
        negative_sampler_kwargs={"num_negs_per_pos": own.negatives},
    )
    time_pykeen("pykeen sLCWA", split, model, loop, own.batch, own.epochs)


class OutOfTimeError(Exception):
    """The minutes are over; what the checkpoint holds stays."""


def run_curve(args: argparse.Namespace) -> None:
    split, settings = read_data(args.data), with_changes(read_preset(args.data), args.settings)
    train, held = hold_out(split.train, args.held, seed=0)
    end = time.monotonic() + args.minutes * 60

    def told(point: Point) -> None:
        tell("curve", data=args.data, **asdict(point))
        if time.monotonic() > end:
            raise OutOfTimeError

    steered = Split(train, held, split.valid)
    try:
        trained = train_kge(steered, settings, told=told, folder=args.folder)
    except OutOfTimeError:
        done = len(json.loads((args.folder / "curve.json").read_text()))
        trained = train_kge(steered, replace(settings, epochs=max(1, done)), folder=args.folder)
    tell("reached", data=args.data, epochs=len(trained.curve), **rank_valid(trained, split))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    commands = parser.add_subparsers(required=True)
    for name, run in (("reach", run_reach), ("choose", run_choose), ("speed", run_speed), ("sampled", run_sampled)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("data", nargs="+" if name == "reach" else None)
        if name == "reach":
            command.add_argument("--again", nargs="*", default=[])
        elif name == "choose":
            command.add_argument("settings", nargs="*", default=[])
        else:
            command.add_argument("--rank", type=int, default=200)
            command.add_argument("--epochs", type=int, default=10)
            command.add_argument("--pairs", type=int, default=256)
            command.add_argument("--only", choices=("ours", "pykeen"))
    curve = commands.add_parser("curve")
    curve.set_defaults(run=run_curve)
    curve.add_argument("data")
    curve.add_argument("folder", type=Path)
    curve.add_argument("settings", nargs="*", default=[])
    curve.add_argument("--minutes", type=float, default=60)
    curve.add_argument("--held", type=float, default=0.01, help="share of train that steers")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.run(args)


if __name__ == "__main__":
    main()
