"""The table: every baseline's scores in every task, and whether they differ from the bag of services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from kg.embed.care.baselines.all import REFERENCE
from kg.embed.care.model import CodeTask, Figures, Task
from kg.embed.care.running import Answer, stack
from kg.embed.care.scores import Score, summarize
from kg.embed.me2vec.journeys import Mask


@dataclass(frozen=True, slots=True)
class Row:
    """A baseline in a task: PR-AUC, ROC-AUC, and how much each is above the bag of services, fold by fold.

    `seconds` is the mean of the CPU seconds that it took to learn.
    """

    task: str
    baseline: str
    pr: Score
    roc: Score
    pr_above: Score
    roc_above: Score
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Plain numbers for machines."""
        return asdict(self)


def make_rows(answers: Sequence[Answer], task: Task) -> list[Row]:
    """The rows of a task, in the order of the answers; the bag of services is among them, with the same seeds."""
    pr_bag, roc_bag = stack(answers, task.name, REFERENCE)
    rows = []
    for name in dict.fromkeys(each.baseline for each in answers):
        pr, roc = stack(answers, task.name, name)
        seconds = [each.seconds for each in answers if (each.task, each.baseline) == (task.name, name)]
        scored = _score(pr, task), _score(roc, task), _score(pr - pr_bag, task), _score(roc - roc_bag, task)
        rows.append(Row(task.name, name, *scored, seconds=sum(seconds) / len(seconds)))
    return rows


def _score(values: Figures, task: Task) -> Score:
    """Of codes, folds share nothing that was learned from, and are the same in every seed."""
    if not isinstance(task, CodeTask):
        return summarize(values, ratio=1 / (values.shape[1] - 1))
    of_parts = summarize(values.mean(0, keepdims=True), ratio=0.0)
    return replace(summarize(values, ratio=0.0), low=of_parts.low, high=of_parts.high)


def write_table(rows: Sequence[Row], task: Task) -> Iterator[str]:
    """Lines of text: mean ± deviation over folds and seeds, the interval, and + or - where surely unlike the bag."""
    asked = f"{len(task.rows)} codes" if isinstance(task, CodeTask) else _describe(task.truth)
    yield f"{task.name}: {asked}; PR-AUC by chance {task.chance:.3f}"
    yield f"{'':28} {'PR-AUC [95 %]':31} {'ROC-AUC [95 %]':31} {'CPU s':>7}"
    for row in rows:
        pr, roc = _cell(row.pr, row.pr_above), _cell(row.roc, row.roc_above)
        yield f"{row.baseline:28} {pr:31} {roc:31} {row.seconds:7.1f}"


def _describe(truth: Mask) -> str:
    visits, labels = truth.shape
    return f"{visits} visits, {labels} {'label' if labels == 1 else 'labels'}"


def _cell(score: Score, above: Score) -> str:
    mark = "+" if above.low > 0 else "-" if above.high < 0 else " "
    return f"{score.mean:.3f}±{score.spread:.3f} [{max(0.0, score.low):.3f}, {min(1.0, score.high):.3f}] {mark}"
