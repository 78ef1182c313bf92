"""The whole table: ME2Vec and what it is measured beside, in every task that a data set can be asked.

    python tests/bench/bench_me2vec.py --data eicu [--folder DATA] [--seeds 5] [--baselines bag ours] [--json]

Visits have five events or more. Representations know all journeys but no labels; folds share no patient; plain logistic
regression on top. Each figure is the mean over folds of all seeds ± their standard deviation, with the interval of the
corrected resampled t-test; + or - says that a row is surely (95 %) above or below the bag of services, fold by fold.
What is done is kept in the file --kept: a run that is stopped goes on where it was, row by row.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from care_outcomes import Outcomes, read_eicu_outcomes, read_mimic_outcomes
from care_tables import read_eicu, read_mimic
from kg.embed.care.baselines.all import pick_baselines
from kg.embed.care.model import CareError, Seen, Task
from kg.embed.care.running import Answer, Kept, Questions, ask_all
from kg.embed.care.table import make_rows, write_table
from kg.embed.care.tasks import WHOLE, ask_hierarchy, ask_outcome
from kg.embed.me2vec.hierarchy import find_path_parents
from kg.embed.me2vec.journeys import Journeys
from kg.embed.me2vec.settings import JourneySettings
from kg.embed.me2vec.training import prepare

#: Codes of fewer events are left out for all.
_FEWEST = 2


def read_questions(data: str, folder: Path) -> Questions:
    """The tasks of a data set and what is seen for them."""
    if data == "eicu":
        return ask_tables(data, read_eicu(folder / "eicu-demo-full"), read_eicu_outcomes(folder / "eicu-demo-full"))
    return ask_tables(data, read_mimic(folder / "mimic3-demo"), read_mimic_outcomes(folder / "mimic3-demo"))


def ask_tables(data: str, raw: Journeys, outcomes: Outcomes) -> Questions:
    """What the tables of a hospital can be asked; codes are paths."""
    whole = Seen(prepare(raw, JourneySettings(fewest_uses=_FEWEST)), find_path_parents(raw.codes))
    asked: list[Callable[[], Task]] = [
        lambda: ask_outcome("readmission", whole, outcomes.readmitted),
        lambda: ask_outcome("mortality", whole, outcomes.died),
        lambda: ask_hierarchy(whole),
    ]
    return Questions(data, {WHOLE: whole}, list(_able(asked)))


def _able(asked: list[Callable[[], Task]]) -> list[Task]:
    """The tasks that can be asked; why not, of the others."""
    tasks = []
    for ask in asked:
        try:
            tasks.append(ask())
        except CareError as error:
            print(error, file=sys.stderr)
    return tasks


def show(answer: Answer) -> None:
    """How far the work is."""
    pr = sum(answer.pr) / len(answer.pr)
    print(f"{answer.baseline}, seed {answer.seed}, {answer.task}: {pr:.3f} ({answer.seconds} s)", file=sys.stderr)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=["eicu", "mimic", "planted"], default="eicu")
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("MEDKG_SHARED_DATA", "../shared/data")))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--baselines", nargs="*", default=[], metavar="PART OF A NAME")
    parser.add_argument("--tasks", nargs="*", default=[], metavar="PART OF A NAME")
    parser.add_argument("--kept", type=Path, help="file of answers; default: bench-me2vec-DATA.jsonl in this folder")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    questions = read_questions(given.data, given.folder)
    tasks = [each for each in questions.tasks if not given.tasks or any(part in each.name for part in given.tasks)]
    answers = ask_all(
        Questions(given.data, questions.views, tasks),
        pick_baselines(given.baselines),
        seeds=range(1, given.seeds + 1),
        folds=given.folds,
        kept=Kept(given.kept or Path(f"bench-me2vec-{given.data}.jsonl")),
        told=show,
    )
    for task in tasks:
        rows = make_rows(answers, task)
        lines = [json.dumps(row.to_json()) for row in rows] if given.json else [*write_table(rows, task), ""]
        print("\n".join(lines))


if __name__ == "__main__":
    main()
