"""Measures vectors of entities that came after a training: held out with all their facts, then added without training.

    python tests/bench/bench_newcomers.py umls [--share 0.1] [--seeds 3] [--set SETTING=VALUE …]

A share of the entities is chosen by chance. One model is trained on all of train, by the preset of the data; the other
on the facts of train that name none of them, which then join it by the facts of train that do. Both rank the facts of
valid that name a held-out entity, filtered by all that is known, among all entities. Beside them stand who only counts
train, and the join left where it starts, at the mean of all entities. Names of these data say nothing, so none is read.

Data is looked for in the folder MEDKG_SHARED_DATA (sub-folder kg). Each figure is a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch

from kg.embed.kge.inductive import extend, learn_new
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.trained import TrainedKge
from kg.embed.kge.training import train_kge
from kg.embed.popularity import Popularity
from kg.embed.ranking import Ranks, rank
from kg.embed.reading import read_split
from kg.embed.recipes import choose_settings
from kg.embed.triples import Rows, Split, Triples

DATA = Path(os.environ.get("MEDKG_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")


def tell(what: str, **figures: object) -> None:
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
    print(json.dumps({"what": what, **rounded}), flush=True)


def known_first(split: Split, held: np.ndarray) -> Split:
    """The split with the held-out entities numbered last."""
    order = np.concatenate((np.setdiff1d(np.arange(len(split.train.entities)), held), held))
    place = np.argsort(order)
    names = tuple(split.train.entities[at] for at in order)
    parts = (
        Triples(names, part.relations, np.stack((place[part.rows[:, 0]], part.rows[:, 1], place[part.rows[:, 2]]), 1))
        for part in (split.train, split.valid, split.test)
    )
    train, valid, test = parts
    return Split(train, valid, test)


def join(split: Split, held: int, settings: KgeSettings) -> tuple[TrainedKge, TrainedKge]:
    """The model trained without the last `held` entities, with them at the mean, and fitted to their facts."""
    known = len(split.train.entities) - held
    names, rows = split.train.entities, split.train.rows
    inside = (rows[:, [0, 2]] < known).all(axis=1)
    learned = Triples(names[:known], split.train.relations, rows[inside])
    nothing = learned.with_rows(rows[:0])
    trained = train_kge(Split(learned, nothing, nothing), settings)
    mean = trained.entity_matrix().mean(0, keepdims=True).repeat(held, 0)
    start = time.process_time()
    fitted = learn_new(trained, rows[~inside], held)
    tell("joined", entities=held, facts=int((~inside).sum()), cpu_seconds=time.process_time() - start)
    return extend(trained, names[known:], mean), extend(trained, names[known:], fitted)


def compare(name: str, share: float, seed: int, changes: list[str]) -> dict[str, Ranks]:
    """The ranks of facts about held-out entities by each way."""
    given = read_split(DATA / "kg" / name)
    count = round(len(given.train.entities) * share)
    held = np.sort(np.random.default_rng(seed).permutation(len(given.train.entities))[:count])
    split = known_first(given, held)
    settings = choose_settings("complex", config=name, values=changes, seed=seed)
    assert isinstance(settings, KgeSettings)
    valid = split.valid.rows
    asked: Rows = valid[(valid[:, [0, 2]] >= len(split.train.entities) - count).any(axis=1)]
    known = np.concatenate([part.rows for part in (split.train, split.valid, split.test)])
    nothing = split.valid.with_rows(valid[:0])
    whole = train_kge(Split(split.train, nothing, nothing), settings)
    at_mean, fitted = join(split, count, settings)
    models = {"trained": whole, "joined": fitted, "joined, not fitted": at_mean}
    found = {what: model.rank(asked, known=known) for what, model in models.items()}
    return {**found, "counting": rank(Popularity(split.train), asked, known)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--set", nargs="*", default=[], dest="settings", metavar="SETTING=VALUE")
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    found: dict[str, list[Ranks]] = {}
    for seed in range(args.seeds):
        for what, ranks in compare(args.data, args.share, seed, args.settings).items():
            tell(what, data=args.data, seed=seed, mrr=ranks.mrr, hits10=ranks.hits10, count=ranks.count)
            found.setdefault(what, []).append(ranks)
    for what, all_ranks in found.items():
        mrr, hits = ([getattr(one, name) for one in all_ranks] for name in ("mrr", "hits10"))
        tell(what, data=args.data, mrr=f"{np.mean(mrr):.3f}±{np.std(mrr):.3f}", hits10=f"{np.mean(hits):.3f}")


if __name__ == "__main__":
    main()
