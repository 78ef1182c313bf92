"""The whole table: ME2Vec and what it is measured beside, in every task that a data set can be asked.

    python tests/bench/bench_me2vec.py --data eicu [--folder DATA] [--seeds 5] [--hours 24] [--baselines ours] [--json]

Visits have five events or more. Representations know all journeys but no labels; folds share no patient; plain logistic
regression on top. The row "ME2Vec, chosen inside" chooses among four settings in each fold, on its training patients,
since the shipped ones were chosen on the eICU demo. Each figure is the mean over folds of all seeds ± their standard
deviation, with the interval of the corrected resampled t-test; how much a row is above the bag of services and above
flat node2vec is told with the deviation of the means of seeds, and a star where the same test is sure of it (95 %),
fold by fold. What is done is kept in the file --kept: a run that is stopped goes on where it was, row by row.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

from care_outcomes import Outcomes, read_eicu_outcomes, read_mimic_outcomes
from care_tables import read_eicu, read_mimic
from kg.embed.care.baselines.all import pick_baselines
from kg.embed.care.cohort import Cohort, make_cohort
from kg.embed.care.cohort import group_of as get_planted_group
from kg.embed.care.model import Baseline, Seen, Task
from kg.embed.care.running import Answer, Kept, Questions, ask_all
from kg.embed.care.table import make_rows, write_table
from kg.embed.care.tasks import (
    WHOLE,
    ask_each,
    ask_hierarchy,
    ask_next_group,
    ask_outcome,
    ask_relatedness,
    ask_specialty,
    cut_journeys,
)
from kg.embed.me2vec.hierarchy import Parents, find_path_parents
from kg.embed.me2vec.journeys import Journeys
from kg.embed.me2vec.settings import JourneySettings
from kg.embed.me2vec.training import prepare

#: Codes of fewer events are left out for all.
_FEWEST = 2

#: The view of the first hours, where what comes next is asked.
_EARLY = "first hours"

#: Hours that are seen in it where nothing else is said.
_HOURS = 24.0

Asking = Callable[[], Task]


def read_questions(
    data: str, folder: Path, patients: int, hours: float = _HOURS
) -> tuple[Questions, tuple[Baseline, ...]]:
    """The tasks of a data set and what is seen for them; and what else is known to compare with."""
    if data == "planted":
        cohort = make_cohort(patients=patients)
        named = f"{data}-{patients}"
        return ask_cohort(named, cohort, hours=hours), (Baseline("what was planted", cohort.learn_truth),)
    if data == "eicu":
        raw, outcomes = read_eicu(folder / "eicu-demo-full"), read_eicu_outcomes(folder / "eicu-demo-full")
    else:
        raw, outcomes = read_mimic(folder / "mimic3-demo"), read_mimic_outcomes(folder / "mimic3-demo")
    parents = find_path_parents(raw.codes)
    return ask(data, raw, parents, outcomes, get_path_group, list(iter_same_system(raw)), hours=hours), ()


def ask_cohort(data: str, cohort: Cohort, *, hours: float = _HOURS) -> Questions:
    """What the generated cohort can be asked."""
    outcomes = Outcomes(cohort.readmitted, cohort.died)
    return ask(data, cohort.journeys, cohort.parents, outcomes, get_planted_group, cohort.pairs, hours=hours)


def ask(
    data: str,
    raw: Journeys,
    parents: Parents,
    outcomes: Outcomes,
    group_of: Callable[[str], str],
    pairs: Sequence[tuple[str, str]],
    *,
    hours: float = _HOURS,
) -> Questions:
    """All tasks that these journeys can be asked; `hours` of a visit are seen where what comes next is."""
    early, later = cut_journeys(raw, hours)
    kept = JourneySettings(fewest_uses=_FEWEST)
    whole, first = Seen(prepare(raw, kept), parents), Seen(prepare(early, kept), parents)
    # A demo of sixty admissions has no label that twenty of them share.
    fewest = 20 if len(whole.journeys.visits) > 500 else 8
    asked: list[Asking] = [
        lambda: ask_outcome("readmission", whole, outcomes.readmitted),
        lambda: ask_outcome("mortality", whole, outcomes.died),
        lambda: ask_next_group(first, later, group_of, view=_EARLY, fewest=fewest),
        lambda: ask_specialty(whole, fewest=fewest),
        lambda: ask_hierarchy(whole),
        lambda: ask_relatedness(whole, pairs),
    ]
    # Answers of other hours are other answers.
    named = data if hours == _HOURS else f"{data}, {hours:g} hours"
    tasks, reasons = ask_each(asked)
    print("\n".join(reasons), file=sys.stderr, end="\n" if reasons else "")
    return Questions(named, {WHOLE: whole, _EARLY: first}, tasks)


def get_path_group(code: str) -> str:
    """The first two steps of a path: an organ system and a trouble of it, or a letter and three digits of ICD-9."""
    return "" if code.startswith("admission diagnosis") else "|".join(code.split("|")[:2])


def iter_same_system(journeys: Journeys) -> Iterator[tuple[str, str]]:
    """Diagnoses and treatments of one organ system, as eICU's paths tell it."""
    by_system: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, kind in zip(journeys.codes, journeys.kinds, strict=True):
        by_system[code.partition("|")[0], kind].append(code)
    for system in sorted({system for system, _ in by_system}):
        yield from product(by_system[system, "condition"], by_system[system, "procedure"])


def show(answer: Answer) -> None:
    """How far the work is."""
    pr = sum(answer.pr) / len(answer.pr)
    print(f"{answer.baseline}, seed {answer.seed}, {answer.task}: {pr:.3f} ({answer.seconds} s)", file=sys.stderr)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=["eicu", "mimic", "planted"], default="eicu")
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("MEDKG_SHARED_DATA", "../shared/data")))
    parser.add_argument("--patients", type=int, default=2000, help="of the generated cohort")
    parser.add_argument("--hours", type=float, default=_HOURS, help="seen of a visit where what comes next is asked")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--baselines", nargs="*", default=[], metavar="PART OF A NAME")
    parser.add_argument("--tasks", nargs="*", default=[], metavar="PART OF A NAME")
    parser.add_argument("--kept", type=Path, help="file of answers; default: bench-me2vec-DATA.jsonl in this folder")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    questions, more = read_questions(given.data, given.folder, given.patients, given.hours)
    tasks = [each for each in questions.tasks if not given.tasks or any(part in each.name for part in given.tasks)]
    answers = ask_all(
        Questions(questions.data, questions.views, tasks),
        [*pick_baselines(given.baselines), *more],
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
