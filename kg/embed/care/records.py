"""What ME2Vec's settings are worth on records of one's own, in questions whose answers the records hold themselves.

Asked is what needs no table of outcomes: which groups of diagnoses come after the first day of a visit, which specialty
cared for it, and which codes stand below the same parent. The vectors that were kept know some of that, since they were
learned from all of it; so for each question vectors are learned anew, by the same settings, with what is asked hidden.
Nothing of a patient leaves: only figures, on the card without the numbers of visits and codes that they are of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from kg.embed.care.baselines import bags, hierarchies
from kg.embed.care.baselines.all import REFERENCE
from kg.embed.care.model import GIVERS, HIERARCHY, Baseline, CareError, CodeTask, Learned, Seen, Task, VisitTask
from kg.embed.care.running import Kept, Questions, Tell, ask_all
from kg.embed.care.table import Row, make_rows
from kg.embed.care.tasks import WHOLE, ask_each, ask_hierarchy, ask_next_group, ask_specialty, cut_journeys
from kg.embed.me2vec.journeys import Journeys
from kg.embed.me2vec.settings import JourneySettings, Me2vecSettings
from kg.embed.me2vec.training import prepare
from kg.records.model import LEAST

if TYPE_CHECKING:
    import torch

    from kg.embed.me2vec.hierarchy import Parents

#: Hours of a visit that are seen where what comes next is asked, and the name of that view.
_HOURS = 24
_EARLY = "first day"

#: Events that a visit, and a code, needs to be asked about.
_EVENTS, _USES = 5, 2

#: Visits that a label needs at least: a figure of fewer is chance.
_VISITS = 20

#: To which the share of right answers is rounded on a card: one of the fewest visits asked about moves it by less.
_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what it is of, and its rows: the bag of services, then the model."""

    task: Task
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Worth:
    """The questions that the records can be asked, and why not the others."""

    asked: list[Asked]
    not_asked: list[str]


def evaluate_care(
    journeys: Journeys,
    parents: Parents,
    settings: Me2vecSettings,
    *,
    name: str,
    device: torch.device,
    seeds: int = 5,
    folds: int = 5,
    told: Tell = lambda _answer: None,
) -> Worth:
    """What the settings are worth beside a bag of services, fold by fold of patients, over as many seeds.

    Figures are of visits, also where the model's vectors are of patients.

    Raises:
        CareError: the records are too few for any question.
    """
    questions, not_asked = find_questions(journeys, parents, folds=folds)
    if not questions.tasks:
        raise CareError(f"the records are too few to tell what {name} is worth: {'; '.join(not_asked)}")
    of_visits = replace(settings, journeys=replace(settings.journeys, unit="visit"))
    learn = partial(_learn, settings=of_visits, device=device)
    rows = (Baseline(REFERENCE, bags.learn_bag), Baseline(name, learn, frozenset({GIVERS, HIERARCHY})))
    answers = ask_all(questions, rows, seeds=range(1, seeds + 1), folds=folds, kept=Kept(), told=told)
    return Worth([Asked(task, make_rows(answers, task)) for task in questions.tasks], not_asked)


def _learn(seen: Seen, seed: int, *, settings: Me2vecSettings, device: torch.device) -> Learned:
    return hierarchies.learn_by(seen, replace(settings, seed=seed), device=device)


def find_questions(journeys: Journeys, parents: Parents, *, folds: int) -> tuple[Questions, list[str]]:
    """What these journeys can be asked, and for each question that they cannot be asked the reason."""
    early, later = cut_journeys(journeys, _HOURS)
    kept = JourneySettings(fewest_events=_EVENTS, fewest_uses=_USES)
    whole, first = Seen(prepare(journeys, kept), parents), Seen(prepare(early, kept), parents)

    def group_of(code: str) -> str:
        return min(parents.get(code, ()), default="")

    asking: tuple[Callable[[], Task], ...] = (
        lambda: ask_next_group(first, later, group_of, view=_EARLY, fewest=_VISITS),
        lambda: ask_specialty(whole, fewest=_VISITS),
        lambda: ask_hierarchy(whole),
    )
    found, reasons = ask_each(partial(_ask_if_large, ask, folds) for ask in asking)
    return Questions("records", {WHOLE: whole, _EARLY: first}, found), reasons


def _ask_if_large(ask: Callable[[], Task], folds: int) -> Task:
    task = ask()
    if isinstance(task, CodeTask):
        return task
    if (patients := len(set(task.patient.tolist()))) < LEAST * folds:
        raise CareError(f"{task.name!r} needs {LEAST * folds} patients and there are {patients}")
    if task.truth.all(0).all():
        raise CareError(f"{task.name!r} has one answer only")
    return task


def get_scores(worth: Worth) -> dict[str, dict[str, float]]:
    """The figures of the model by question, then those of the bag of services, as a card has them.

    Cards leave the record room day after day, and two of them must not tell of the one patient who came or went in
    between: there are no counts, figures are rounded to hundredths, and the share of right answers to twentieths.
    """
    return {
        row.task if at else f"{row.task}, {row.baseline}": {
            "pr_auc": round(row.pr.mean, 2),
            "pr_auc_low": round(row.pr.low, 2),
            "pr_auc_high": round(row.pr.high, 2),
            "roc_auc": round(row.roc.mean, 2),
            "chance": round(round(one.task.chance / _SHARE) * _SHARE, 2),
        }
        for one in worth.asked
        for at, row in reversed([*enumerate(one.rows)])
    }


def describe(task: Task) -> str:
    """What a question is of, for people."""
    if isinstance(task, VisitTask):
        return f"{len(task.rows):,} visits, {len(task.labels)} labels"
    return f"{len(task.rows):,} codes"


def iter_forms(worth: Worth) -> Iterator[dict[str, object]]:
    """Each question with its figures, for machines."""
    for one in worth.asked:
        rows = [row.to_json() for row in one.rows]
        yield {"task": one.task.name, "of": describe(one.task), "chance": one.task.chance, "rows": rows}
