"""Measures graph neural networks beside counting and ComplEx: ranks of facts held out, and seconds of training.

    python tests/bench/bench_gnn.py reach umls kinship codex-s [--only rgcn sage gat] [SETTING=VALUE …]
    python tests/bench/bench_gnn.py medicine [--seeds 5] [SETTING=VALUE …]
    python tests/bench/bench_gnn.py leaks umls kinship nations wn18rr fb15k-237 codex-s codex-m
    python tests/bench/bench_gnn.py draw [--nodes 20000] [--edges 400000]

- reach: published facts, whose names say nothing: concepts learn 64 numbers of their own. Trained on 95 % of train,
  steered by the rest; valid is ranked once.
- medicine: PharmacotherapyDB (which of 601 drugs treats, or eases, which of 97 diseases) with the names and the
  hierarchy of the Disease Ontology of 2016: pairs held out by chance, and areas of disease of which no treatment is
  known. Mean and standard deviation over seeds, which decide the split as well as the training.
- leaks: what of valid can be read off train, by kind, and CPU seconds of the check.
- draw: edges drawn a CPU second on a graph by chance, by fanout.

Seconds are CPU seconds of the process on one thread. Data is looked for in MEDKG_SHARED_DATA. Each figure is a line of
JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from kg.embed.areas import area_sizes, find_areas
from kg.embed.facts import GraphFacts, Sources
from kg.embed.gnn.features import FeatureSettings, make_features
from kg.embed.gnn.sampling import draw_edges, make_adjacency
from kg.embed.gnn.settings import make_gnn_settings
from kg.embed.gnn.training import train_gnn
from kg.embed.kge.settings import KgeSettings
from kg.embed.kge.training import train_kge
from kg.embed.leaks import find_leaks
from kg.embed.popularity import Popularity
from kg.embed.ranking import Ranks, rank
from kg.embed.reading import hold_out, read_split
from kg.embed.splits import Division, Shares, split_by_area, split_by_chance
from kg.embed.triples import Split, number
from kg.model import Node
from ontologies.model import Kind
from ontologies.terminologies.obo import Obo

ENCODERS = ("rgcn", "sage", "gat")
DATA = Path(os.environ.get("MEDKG_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
MEANS = {"DM": "indicated_for", "SYM": "prescribed_for", "NOT": "not_indicated_for"}


def tell(**figures: object) -> None:
    print(json.dumps(figures), flush=True)


def reach(names: Iterable[str], only: Sequence[str], given: dict[str, object]) -> None:
    for name in names:
        split = read_split(DATA / "kg" / name)
        learned, steering = hold_out(split.train, 0.05, seed=0)
        steered = Split(learned, steering, split.valid)
        nodes = [Node(entity, entity, Kind.OTHER) for entity in learned.entities]
        features = make_features(nodes, learned.rows, {}, FeatureSettings(groups=("degree",)))
        known = np.concatenate([split.train.rows, split.test.rows])
        counted = rank(Popularity(learned), split.valid.rows, known)
        tell(data=name, model="counting", **asdict(counted))
        for encoder in only:
            settings = make_gnn_settings({"own": 64, **given, "encoder": encoder}, told_of="the command")
            start = time.process_time()
            trained = train_gnn(steered, features, settings, told=lambda point: tell(**asdict(point)))
            spent = round(time.process_time() - start, 1)
            figures = asdict(trained.rank(split.valid.rows))
            tell(data=name, model=encoder, epochs=len(trained.curve), seconds=spent, **figures)


def read_medicine() -> tuple[GraphFacts, dict[str, tuple[str, ...]]]:
    """Facts of drugs and diseases, and what lies above the diseases; one document a fact."""
    folder = DATA / "pharmacotherapydb"
    rows = [
        (f"drugbank:{row['drugbank_id']}", MEANS[row["category"]], row["doid_id"], row["drug"], row["disease"])
        for row in csv.DictReader((folder / "indications.tsv").open(encoding="utf-8"), delimiter="\t")
    ]
    triples = number(row[:3] for row in rows)
    named = {row[0]: (row[3], Kind.DRUG) for row in rows} | {row[2]: (row[4], Kind.DISEASE) for row in rows}
    nodes = tuple(Node(curie, *named[curie]) for curie in triples.entities)
    count = len(rows)
    sources = Sources(tuple(map(str, range(count))), ("",) * count, np.arange(count + 1), np.arange(count))
    nothing = np.zeros((0, 3), np.int64)
    concepts = Obo().read_concepts(DATA / "doid" / "doid-2016-09-01.obo.gz")
    parents = {concept.curie: concept.parents for concept in concepts if concept.parents}
    return GraphFacts(triples, nodes, np.ones(count, np.float32), sources, nothing, nothing), parents


def medicine(seeds: int, given: dict[str, object]) -> None:
    facts, parents = read_medicine()
    areas = find_areas(facts.nodes, parents, kinds={Kind.DISEASE})
    largest = list(area_sizes(areas))[:4]
    for manner in ("chance", "area"):
        found: dict[str, list[Ranks]] = {}
        for seed in range(seeds):
            if manner == "chance":
                division = split_by_chance(facts, Shares(0.1, 0.2), seed=seed)
            else:
                test, valid = largest[seed % 4], largest[(seed + 1) % 4]
                division = split_by_area(facts, areas, test=[test], valid=[valid], keep_unseen=True)
            for model, ranks in _compared(division, parents, seed, given).items():
                found.setdefault(model, []).append(ranks)
        for model, all_ranks in found.items():
            mrr, hits = [one.mrr for one in all_ranks], [one.hits10 for one in all_ranks]
            tell(split=manner, model=model, mrr=_summed(mrr), hits10=_summed(hits), count=all_ranks[0].count)


def _summed(figures: list[float]) -> str:
    return f"{np.mean(figures):.3f}±{np.std(figures):.3f}"


def _compared(
    division: Division, parents: dict[str, tuple[str, ...]], seed: int, given: dict[str, object]
) -> dict[str, Ranks]:
    split, nodes = division.split(), division.facts.nodes
    known = division.facts.triples.rows
    complex_ = KgeSettings(rank=100, batch=256, regularizer_weight=0.1, epochs=100, patience=4, seed=seed)
    found = {"counting": rank(Popularity(split.train), split.test.rows, known)}
    found["complex"] = train_kge(split, complex_).rank(split.test.rows)
    for groups in (("degree",), ("names", "hierarchy", "degree", "kind")):
        features = make_features(nodes, split.train.rows, parents, FeatureSettings(groups=groups))
        for encoder in ENCODERS:
            asked = {"width": 64, "batch": 256, "epochs": 40, **given, "encoder": encoder, "seed": seed}
            settings = make_gnn_settings(asked, told_of="the command")
            word = "names, hierarchy" if len(groups) > 1 else "structure alone"
            found[f"{encoder} ({word})"] = train_gnn(split, features, settings).rank(split.test.rows)
    return found


def leaks(names: Iterable[str]) -> None:
    for name in names:
        split = read_split(DATA / "kg" / name)
        start = time.process_time()
        found = find_leaks(split)
        spent = round(time.process_time() - start, 2)
        tell(data=name, seconds=spent, **{leak.kind: round(len(leak.rows) / leak.of, 3) for leak in found})


def draw(nodes: int, edges: int) -> None:
    generator = torch.Generator().manual_seed(0)
    rows = torch.stack([torch.randint(top, (edges,), generator=generator) for top in (nodes, 20, nodes)], dim=1)
    adjacency = make_adjacency(rows, nodes, 20)
    targets = torch.randperm(nodes, generator=generator)
    for fanout in (5, 10, 25, None):
        start, count = time.process_time(), 0
        while time.process_time() - start < 2:
            count += len(draw_edges(adjacency, targets, fanout, generator)[0])
        tell(fanout=fanout or "all", edges_per_second=round(count / (time.process_time() - start)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("reach", "medicine", "leaks", "draw"))
    parser.add_argument("names", nargs="*", help="data sets, and SETTING=VALUE")
    parser.add_argument("--only", nargs="*", default=ENCODERS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--nodes", type=int, default=20_000)
    parser.add_argument("--edges", type=int, default=400_000)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    given = {name: json.loads(value) for name, _, value in (one.partition("=") for one in asked.names if "=" in one)}
    names = [one for one in asked.names if "=" not in one]
    if asked.what == "reach":
        reach(names, asked.only, given)
    elif asked.what == "medicine":
        medicine(asked.seeds, given)
    elif asked.what == "leaks":
        leaks(names)
    else:
        draw(asked.nodes, asked.edges)


if __name__ == "__main__":
    main()
