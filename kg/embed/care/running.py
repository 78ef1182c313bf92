"""All rows asked all tasks, over seeds; what is done is kept, so that a run that is stopped goes on where it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from kg.embed.care.model import Baseline, CodeTask, Figures, Learned, Seen, Task
from kg.embed.care.probing import choose_codes, choose_visits


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """The tasks of one data set, and what is seen in each of the views that they name."""

    data: str
    views: Mapping[str, Seen]
    tasks: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one baseline with one seed scored in one task: `pr` and `roc` of each fold; nothing where not asked.

    `seconds` are the CPU seconds of its learning.
    """

    data: str
    task: str
    baseline: str
    seed: int
    pr: tuple[float, ...]
    roc: tuple[float, ...]
    seconds: float

    @property
    def key(self) -> tuple[str, str, str, int, int]:
        """What another answer agrees in that need not be found again."""
        return self.data, self.task, self.baseline, self.seed, len(self.pr)


Tell = Callable[[Answer], None]


@dataclass(slots=True)
class Kept:
    """Answers in a file of lines of JSON, written as they come; a last line that was cut off is dropped."""

    path: Path | None = None
    known: dict[tuple[str, str, str, int, int], Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path and self.path.exists():
            whole, _, cut = self.path.read_text(encoding="utf-8").rpartition("\n")
            for line in whole.splitlines():
                self._know(_read(line))
            if cut:
                self.path.write_text(whole + "\n" if whole else "", encoding="utf-8")

    def add(self, answer: Answer) -> None:
        """Keeps it."""
        self._know(answer)
        if self.path:
            with self.path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(answer)) + "\n")

    def _know(self, answer: Answer) -> None:
        self.known[answer.key] = answer


def _read(line: str) -> Answer:
    given = json.loads(line)
    return Answer(**given | {"pr": tuple(given["pr"]), "roc": tuple(given["roc"])})


def ask_all(
    questions: Questions,
    baselines: Iterable[Baseline],
    *,
    seeds: Sequence[int],
    folds: int,
    kept: Kept,
    told: Tell = lambda _answer: None,
) -> list[Answer]:
    """The answers of every baseline, seed and task; those that are kept are not found again.

    A baseline learns once a seed for all tasks in which it sees the same.
    """
    found = []
    for baseline in baselines:
        for seed in seeds:
            shared: dict[tuple[str, frozenset[str]], tuple[list[Learned], float]] = {}
            for task in questions.tasks:
                key = (questions.data, task.name, baseline.name, seed, folds)
                if key not in kept.known:
                    kept.add(_ask(questions, task, baseline, seed, folds, shared))
                    told(kept.known[key])
                found.append(kept.known[key])
    return found


def _ask(
    questions: Questions,
    task: Task,
    baseline: Baseline,
    seed: int,
    folds: int,
    shared: dict[tuple[str, frozenset[str]], tuple[list[Learned], float]],
) -> Answer:
    sight = (task.view, task.hidden & baseline.looks_at)
    if sight not in shared:
        begun = time.process_time()
        seen = questions.views[task.view].hide(sight[1])
        learned = [learn(seen, seed) for learn in (baseline.learn, *baseline.others)]
        shared[sight] = (learned, time.process_time() - begun)
    learned, seconds = shared[sight]
    figures = _probe(learned, task, folds, seed)
    pr, roc = (tuple(column) for column in figures.T.tolist())
    return Answer(questions.data, task.name, baseline.name, seed, pr, roc, round(seconds, 2))


def _probe(learned: Sequence[Learned], task: Task, folds: int, seed: int) -> Figures:
    if isinstance(task, CodeTask):
        return choose_codes([each.codes for each in learned], task, folds=folds)
    return choose_visits([each.visits for each in learned], task, folds=folds, seed=seed)


def stack(answers: Iterable[Answer], task: str, baseline: str) -> tuple[Figures, Figures]:
    """PR-AUC and ROC-AUC of a task and baseline, shape (seeds, folds) each, by rising seed."""
    chosen = sorted((each for each in answers if (each.task, each.baseline) == (task, baseline)), key=_seed)
    return np.array([each.pr for each in chosen]), np.array([each.roc for each in chosen])


def _seed(answer: Answer) -> int:
    return answer.seed
