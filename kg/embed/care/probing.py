"""What plain models tell from vectors that are given: the figures of a task, fold by fold.

Of visits: logistic regression of each label. Vectors are centred and scaled by one number, so that the mean square of
a row is one, by the training rows of the fold; the penalty is chosen of a few by log loss on a quarter of the patients
of these rows. So no representation wins by the scale of its numbers. Of codes: the cosine.

Where there are several representations to choose among, a fold takes the one of the least log loss over all four
quarters of its training patients, each with its own penalty: those who are asked have no say in it. A part of codes
takes the one that is best in the other parts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kg.embed.care.folds import Fold, make_folds
from kg.embed.care.model import CodeTask, Figures, VisitTask
from kg.embed.me2vec.journeys import Mask
from kg.embed.me2vec.uses import Matrix

#: C of scikit-learn, for rows of mean square one: a bag of twenty services, C 0.1, is C 2 here.
PENALTIES = (0.2, 2.0, 20.0)

#: Labels, the commonest, that the penalty is chosen by.
_CHOOSING = 3

#: Up to so many columns, Newton's method is the quickest.
_NARROW = 400

Real = npt.NDArray[np.float64]


def probe_visits(
    vectors: Matrix, task: VisitTask, *, folds: int, seed: int, penalties: Sequence[float] = PENALTIES
) -> Figures:
    """The figures of each fold: means over the labels of which a fold has some rows with and some without."""
    return choose_visits([vectors], task, folds=folds, seed=seed, penalties=penalties)


def choose_visits(
    several: Sequence[Matrix], task: VisitTask, *, folds: int, seed: int, penalties: Sequence[float] = PENALTIES
) -> Figures:
    """The figures of each fold by the one of several representations that it chooses on its training part."""
    asked = [vectors[task.rows] for vectors in several]
    cut = make_folds(task.patient, task.truth, count=folds, seed=seed)
    return np.array([_probe_fold(asked, task, fold, penalties, seed) for fold in cut])


def _probe_fold(several: Sequence[Matrix], task: VisitTask, fold: Fold, penalties: Sequence[float], seed: int) -> Real:
    moved, penalty = _choose([_move(rows, fold) for rows in several], task, fold, penalties, seed)
    found = []
    for label in task.truth.T:
        if _is_mixed(label[fold.train]) and _is_mixed(label[fold.test]):
            guessed = _fit(moved[fold.train], label[fold.train], moved[fold.test], penalty)
            found.append(measure(label[fold.test], guessed))
    return np.mean(found, axis=0) if found else np.full(2, np.nan)


def _move(rows: Matrix, fold: Fold) -> Real:
    centred = rows.astype(np.float64) - rows[fold.train].mean(0, dtype=np.float64)
    long = float((centred[fold.train] ** 2).sum(1).mean())
    return np.asarray(centred / max(long, 1e-24) ** 0.5)


def _choose(
    several: Sequence[Real], task: VisitTask, fold: Fold, penalties: Sequence[float], seed: int
) -> tuple[Real, float]:
    """The representation and the penalty that tell most of training patients, when others of them are learned from."""
    if len(several) == len(penalties) == 1:
        return several[0], penalties[0]
    inner = make_folds(task.patient[fold.train], task.truth[fold.train], count=4, seed=seed)
    chosen = [(moved, _least(penalties, moved, task, fold, inner[:1])) for moved in several]
    if len(chosen) == 1:
        return chosen[0]
    losses = [_inner_loss(moved, task, fold, penalty, inner) for moved, penalty in chosen]
    return chosen[int(np.argmin(losses))]


def _least(penalties: Sequence[float], moved: Real, task: VisitTask, fold: Fold, inner: Sequence[Fold]) -> float:
    losses = [_inner_loss(moved, task, fold, penalty, inner) for penalty in penalties]
    return penalties[int(np.argmin(losses))]


def _inner_loss(moved: Real, task: VisitTask, fold: Fold, penalty: float, inner: Sequence[Fold]) -> float:
    """The log loss on the inner folds' tests, summed over the commonest labels."""
    common = np.argsort(-task.truth[fold.train].sum(0), kind="stable")[:_CHOOSING]
    loss = 0.0
    for part in inner:
        some, held = fold.train[part.train], fold.train[part.test]
        for label in task.truth.T[common]:
            if _is_mixed(label[some]):
                loss += _log_loss(label[held], _fit(moved[some], label[some], moved[held], penalty))
    return loss


def _fit(train: Real, label: npt.NDArray[np.bool_], test: Real, penalty: float) -> Real:
    from sklearn.linear_model import LogisticRegression

    solver = "newton-cholesky" if train.shape[1] <= _NARROW else "lbfgs"
    model = LogisticRegression(C=penalty, max_iter=500, solver=solver).fit(train, label)
    guessed: Real = model.predict_proba(test)[:, 1]
    return guessed


def _log_loss(truth: npt.NDArray[np.bool_], guessed: Real) -> float:
    sure = np.where(truth, guessed, 1 - guessed)
    return float(-np.log(np.maximum(sure, 1e-12)).mean())


def _is_mixed(label: npt.NDArray[np.bool_]) -> bool:
    return bool(label.any() and not label.all())


def measure(truth: npt.NDArray[np.bool_], guessed: npt.NDArray[np.floating]) -> tuple[float, float]:
    """PR-AUC (average precision) and ROC-AUC."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    return float(average_precision_score(truth, guessed)), float(roc_auc_score(truth, guessed))


def probe_codes(vectors: Matrix, task: CodeTask, *, folds: int) -> Figures:
    """The figures of each part of the codes: means over codes of how well their cosines find those related.

    Parts are the same for every seed, and nothing is learned from the others.
    """
    rows = vectors[task.rows].astype(np.float64)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    near = rows @ rows.T
    part = np.arange(len(rows)) % folds
    found = np.array([_probe_code(near[at], task.related[at], task.asked[at]) for at in range(len(rows))])
    known = ~np.isnan(found[:, 0])
    return np.array([_mean(found[(part == each) & known]) for each in range(folds)])


def choose_codes(several: Sequence[Matrix], task: CodeTask, *, folds: int) -> Figures:
    """The figures of each part of the codes, by the representation that has most PR-AUC in the other parts."""
    figures = np.array([probe_codes(codes, task, folds=folds) for codes in several])
    if len(several) == 1:
        return np.asarray(figures[0])
    others = ~np.eye(folds, dtype=np.bool_)
    best = [int(np.nanmean(figures[:, others[part], 0], axis=1).argmax()) for part in range(folds)]
    return np.asarray(figures[best, np.arange(folds)])


def _probe_code(near: Real, related: Mask, asked: Mask) -> tuple[float, float]:
    truth = related[asked]
    return measure(truth, near[asked]) if _is_mixed(truth) else (np.nan, np.nan)


def _mean(found: Real) -> Real:
    return np.asarray(found.mean(0)) if len(found) else np.full(2, np.nan)
