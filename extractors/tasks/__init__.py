"""Evaluation tasks: one file each, found by its module-level `TASK`; `run` is the door of `kg evaluate`."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from extractors.errors import CorpusError
from extractors.score import Report
from ontologies.errors import UnknownNameError

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Options:
    """How a task is run.

    `folds` of cross-validation where the task takes words from the annotated documents themselves (0: never does,
    only the product's own lexicon counts); `train` is another folder to take them from instead. `system` names what
    is measured, where a task knows several; empty means the best one. `terminologies` are the (reader, release) pairs
    that the lexicon was made of for this run alone, none where it is the installed one; `to` is the CURIE prefix of
    the vocabulary that names are to be grounded in, empty for the one that speaks.
    """

    folds: int = 10
    seed: int = 2017
    train: Path | None = None
    system: str = ""
    terminologies: tuple[tuple[str, Path], ...] = ()
    to: str = ""


def find_part(folder: Path, pattern: str, part: str) -> Path:
    """The file of a part of a corpus in `folder`, or `folder` itself where it is the file.

    `pattern` is the name of the file with `{}` for the part. Raises `CorpusError` where it is not there.
    """
    path = folder if folder.is_file() else folder / pattern.format(part)
    if not path.exists():
        raise CorpusError(f"{path} is not there; give the folder with {pattern.format('dev')}, or --system train")
    return path


class Task(Protocol):
    """An evaluation task: reads a corpus, runs the product over it and scores what comes out."""

    name: str
    description: str

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """The report for the corpus in `folder`; raises `CorpusError` where there is none."""
        ...


@cache
def find_tasks() -> dict[str, Task]:
    """All tasks by name."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return {module.TASK.name: module.TASK for module in modules if hasattr(module, "TASK")}


def run(task_name: str, folder: Path, *, lexicon: Lexicon, options: Options | None = None) -> Report:
    """The report of the task called `task_name` on `folder`; `UnknownNameError` lists the known tasks."""
    tasks = find_tasks()
    if task_name not in tasks:
        raise UnknownNameError("task", task_name, list(tasks))
    if not folder.exists():
        raise CorpusError(f"{folder} is not there; give the folder or file that holds the corpus {task_name!r}")
    return tasks[task_name].run(folder, lexicon=lexicon, options=options or Options())
