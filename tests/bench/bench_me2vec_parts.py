"""What each part of ME2Vec's vectors of patients buys on the eICU demo, beside bags of services.

    python tests/bench/bench_me2vec_parts.py eicu-demo-full [--seeds 1 2 3] [--penalty 0.1] [--rows bag care paper]

Visits are stays in units with five events or more. Readmission: another stay in a unit follows in the same stay in
hospital; death: in hospital. Plain logistic regression, ten folds that share no patient; the mean over folds of PR-AUC
and ROC-AUC, with the standard deviation over seeds (of folds, and of training). The whole journey of a stay is used, so
that nothing here predicts the future.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from care_tables import read_eicu, read_table
from kg.embed.me2vec.hierarchy import find_path_parents
from kg.embed.me2vec.journeys import NONE, Journeys, compact, drop_rare, drop_repeats
from kg.embed.me2vec.settings import read_preset
from kg.embed.me2vec.training import train_me2vec
from kg.embed.me2vec.uses import Ancestry, Matrix, Uses, find_uses

CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Labels:
    """What is to be told of visits, by their names, and whose they are."""

    readmitted: dict[str, bool]
    died: dict[str, bool]
    person: dict[str, str]


def read_labels(folder: Path) -> Labels:
    """The labels of all stays in units."""
    rows = list(read_table(folder, "patient"))
    last: dict[str, int] = {}
    for row in rows:
        stay = row["patienthealthsystemstayid"]
        last[stay] = max(last.get(stay, 0), int(row["unitvisitnumber"]))
    return Labels(
        {
            row["patientunitstayid"]: int(row["unitvisitnumber"]) < last[row["patienthealthsystemstayid"]]
            for row in rows
        },
        {row["patientunitstayid"]: row["hospitaldischargestatus"] == "Expired" for row in rows},
        {row["patientunitstayid"]: row["uniquepid"] for row in rows},
    )


def dense(uses: Uses) -> Matrix:
    """Ones where there is anything."""
    made = np.zeros((uses.rows, uses.width), np.float32)
    made[uses.row_of(), uses.columns] = 1
    return made


def make_bags(journeys: Journeys) -> dict[str, Matrix]:
    """Vectors that nothing is trained for."""
    uses = find_uses(journeys, "visit")
    lifted = Ancestry(journeys.codes, find_path_parents(journeys.codes)).lift(uses)
    ward = np.full(len(journeys.visits), NONE)
    ward[journeys.visit] = journeys.provider
    wards = np.eye(len(journeys.providers), dtype=np.float32)[ward]
    bag = dense(uses.only(uses.count_rows() >= 10))
    return {
        "bag of services": bag,
        "bag with what stands above": dense(lifted.only(lifted.count_rows() >= 5)),
        "ward alone": wards,
        "bag and ward": np.concatenate([bag, wards], axis=1),
    }


def measure(vectors: Matrix, names: tuple[str, ...], labels: Labels, *, seed: int, penalty: float) -> list[float]:
    """PR-AUC and ROC-AUC of readmission, then of death."""
    group = np.unique([labels.person[name] for name in names], return_inverse=True)[1]
    found: list[float] = []
    for told in (labels.readmitted, labels.died):
        truth = np.array([told[name] for name in names])
        found += _fold(vectors, truth, group, seed=seed, penalty=penalty)
    return found


def _fold(
    vectors: Matrix, truth: npt.NDArray[np.bool_], group: npt.NDArray[np.int64], *, seed: int, penalty: float
) -> list[float]:
    folds = StratifiedGroupKFold(10, shuffle=True, random_state=seed)
    figures = []
    for train, test in folds.split(vectors, truth, group):
        model = LogisticRegression(C=penalty, max_iter=500).fit(vectors[train], truth[train])
        guessed = model.predict_proba(vectors[test])[:, 1]
        figures.append((average_precision_score(truth[test], guessed), roc_auc_score(truth[test], guessed)))
    return [float(each) for each in np.mean(figures, axis=0)]


def show(name: str, measured: list[list[float]], seconds: float) -> None:
    """A row of the table."""
    mean, spread = np.mean(measured, axis=0), np.std(measured, axis=0)
    cells = "  ".join(f"{a:.3f}±{b:.3f}" for a, b in zip(mean, spread, strict=True))
    print(f"{name:28} {cells}  {seconds:6.1f} CPU s", flush=True)


def show_trained(raw: Journeys, preset: str, seeds: list[int], measured: Callable[..., list[float]]) -> None:
    """The rows of a preset: all of its vectors, and each part of them."""
    settings = read_preset(preset)
    rows: dict[str, list[list[float]]] = {}
    begun = time.process_time()
    for seed in seeds:
        chosen = replace(settings, seed=seed)
        trained = train_me2vec(raw, chosen, device=CPU, parents=find_path_parents(raw.codes))
        vectors, names = trained.patients.matrix, trained.patients.names
        parts = np.split(vectors, np.cumsum(list(trained.parts.values()))[:-1], axis=1)
        named = {f"{preset}: {part}": some for part, some in zip(trained.parts, parts, strict=True)}
        if "givers" in trained.parts:
            told_of = [some for part, some in zip(trained.parts, parts, strict=True) if part != "givers"]
            named[f"{preset} without givers"] = np.concatenate(told_of, axis=1)
        for name, some in {f"{preset}, all": vectors, **(named if len(named) > 1 else {})}.items():
            rows.setdefault(name, []).append(measured(some, names, seed=seed))
    for name, found in rows.items():
        show(name, found, (time.process_time() - begun) / len(seeds))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--penalty", type=float, default=0.1)
    parser.add_argument("--rows", nargs="+", default=["bag", "care", "paper"])
    given = parser.parse_args()
    torch.set_num_threads(1)
    raw, labels = drop_rare(drop_repeats(read_eicu(given.folder)), fewest_events=5), read_labels(given.folder)

    def measured(vectors: Matrix, names: tuple[str, ...], *, seed: int) -> list[float]:
        return measure(vectors, names, labels, seed=seed, penalty=given.penalty)

    print(f"{'':28} readmission PR, ROC         death PR, ROC")
    if "bag" in given.rows:
        kept = compact(raw)
        for name, vectors in make_bags(kept).items():
            begun = time.process_time()
            show(name, [measured(vectors, kept.visits, seed=seed) for seed in given.seeds], time.process_time() - begun)
    for preset in ("care", "paper"):
        if preset in given.rows:
            show_trained(raw, preset, given.seeds, measured)


if __name__ == "__main__":
    main()
