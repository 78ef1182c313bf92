"""The table: every baseline's scores in every task, and how much they are above the bag of services and node2vec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from kg.embed.care.baselines.all import REFERENCES
from kg.embed.care.model import CodeTask, Figures, Task
from kg.embed.care.running import Answer, stack
from kg.embed.care.scores import Score, summarize
from kg.embed.me2vec.journeys import Mask


@dataclass(frozen=True, slots=True)
class Row:
    """A baseline in a task: PR-AUC, ROC-AUC, and by the name of a reference how much each is above it, fold by fold.

    `seconds` is the mean of the CPU seconds that it took to learn.
    """

    task: str
    baseline: str
    pr: Score
    roc: Score
    pr_above: Mapping[str, Score]
    roc_above: Mapping[str, Score]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Plain numbers for machines."""
        return asdict(self)


def make_rows(answers: Sequence[Answer], task: Task) -> list[Row]:
    """The rows of a task, in the order of the answers; the bag of services is among them, with the same seeds."""
    names = dict.fromkeys(each.baseline for each in answers)
    beside = {name: stack(answers, task.name, name) for name in REFERENCES if name in names}
    rows = []
    for name in names:
        pr, roc = stack(answers, task.name, name)
        seconds = [each.seconds for each in answers if (each.task, each.baseline) == (task.name, name)]
        pr_above = {other: _score(pr - theirs, task) for other, (theirs, _) in beside.items()}
        roc_above = {other: _score(roc - theirs, task) for other, (_, theirs) in beside.items()}
        mean = sum(seconds) / len(seconds)
        rows.append(Row(task.name, name, _score(pr, task), _score(roc, task), pr_above, roc_above, mean))
    return rows


def _score(values: Figures, task: Task) -> Score:
    """Of codes, folds share nothing that was learned from, and are the same in every seed."""
    if not isinstance(task, CodeTask):
        return summarize(values, ratio=1 / (values.shape[1] - 1))
    of_parts = summarize(values.mean(0, keepdims=True), ratio=0.0)
    return replace(summarize(values, ratio=0.0), low=of_parts.low, high=of_parts.high)


def write_table(rows: Sequence[Row], task: Task) -> Iterator[str]:
    """Lines of text: mean ± deviation over folds and seeds with the interval, and the PR-AUC above each reference.

    Of what is above, the deviation is that of the means of seeds; a star says that the interval leaves out zero.
    """
    asked = f"{len(task.rows)} codes" if isinstance(task, CodeTask) else _describe(task.truth)
    references = rows[0].pr_above if rows else ()
    yield f"{task.name}: {asked}; PR-AUC by chance {task.chance:.3f}"
    yield f"{'':28} {'':29} {'':29} {'PR-AUC above (± of seeds, * surely)':{20 * len(references)}}"
    heads = " ".join(f"{name:19}" for name in references)
    yield f"{'':28} {'PR-AUC [95 %]':29} {'ROC-AUC [95 %]':29} {heads} {'CPU s':>7}"
    for row in rows:
        above = " ".join(f"{_difference(score):19}" for score in row.pr_above.values())
        yield f"{row.baseline:28} {_cell(row.pr):29} {_cell(row.roc):29} {above} {row.seconds:7.1f}"


def _describe(truth: Mask) -> str:
    visits, labels = truth.shape
    return f"{visits} visits, {labels} {'label' if labels == 1 else 'labels'}"


def _cell(score: Score) -> str:
    return f"{score.mean:.3f}±{score.spread:.3f} [{max(0.0, score.low):.3f}, {min(1.0, score.high):.3f}]"


def _difference(score: Score) -> str:
    sure = "*" if score.low > 0 or score.high < 0 else " "
    return f"{score.mean:+.3f}±{score.spread_of_seeds:.3f}{sure}"
