"""The questions: what happened to a visit, who cared for it, what comes next in it, and which codes belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from kg.embed.care.model import GIVERS, HIERARCHY, CareError, CodeTask, Seen, Task, VisitTask
from kg.embed.me2vec.journeys import NONE, Journeys, Mask, Numbers
from kg.embed.me2vec.service_graph import settle

#: Codes that a question about codes needs at least, for its figure to mean anything.
FEWEST_CODES = 30

#: The view of whole journeys.
WHOLE = "whole"


def ask_each(asking: Iterable[Callable[[], Task]]) -> tuple[list[Task], list[str]]:
    """The questions that can be asked, and why not the others."""
    found: list[Task] = []
    reasons: list[str] = []
    for ask in asking:
        try:
            found.append(ask())
        except CareError as error:
            reasons.append(str(error))
    return found, reasons


def ask_outcome(name: str, seen: Seen, outcome: Mapping[str, bool], *, view: str = WHOLE) -> VisitTask:
    """Whether visits ended so, by their names; visits that nothing is said of are left out."""
    journeys = seen.journeys
    rows = [at for at, visit in enumerate(journeys.visits) if visit in outcome]
    truth = [[outcome[journeys.visits[at]]] for at in rows]
    return _ask(name, view, journeys, np.array(rows, np.int64), np.array(truth, np.bool_).reshape(-1, 1), (name,))


def ask_specialty(seen: Seen, *, most: int = 8, fewest: int = 20, view: str = WHOLE) -> VisitTask:
    """Which specialty cared for a visit, of the `most` common ones that at least `fewest` visits have.

    Who gave what is hidden: where wards or doctors are known, so is their specialty.
    """
    journeys = seen.journeys
    told = np.full(len(journeys.visits), NONE, np.int64)
    told[journeys.visit] = journeys.specialty
    counts = np.bincount(told[told != NONE], minlength=len(journeys.specialties))
    common = np.array([at for at in np.argsort(-counts, kind="stable")[:most] if counts[at] >= fewest], np.int64)
    rows = np.flatnonzero(np.isin(told, common))
    labels = tuple(journeys.specialties[at] for at in common)
    truth = told[rows][:, None] == common[None, :]
    return _ask("specialty", view, journeys, rows, truth, labels, frozenset({GIVERS}))


def cut_journeys(journeys: Journeys, hours: float) -> tuple[Journeys, Journeys]:
    """What came up to `hours` after the first known time of each visit, and what came later; both keep all names."""
    seconds = settle(journeys)
    first = np.full(len(journeys.visits), np.iinfo(np.int64).max)
    np.minimum.at(first, journeys.visit, seconds)
    early: Mask = seconds - first[journeys.visit] <= 3600 * hours
    return journeys.where(early), journeys.where(~early)


def ask_next_group(
    seen: Seen, later: Journeys, group_of: Callable[[str], str], *, view: str, most: int = 10, fewest: int = 20
) -> VisitTask:
    """Which groups of diagnoses `later` has of a visit and what was seen of it has not; `later` may number otherwise.

    The `most` commonest groups are asked, of those that are new to at least `fewest` visits; of all seen visits of
    which `later` has any diagnosis. `group_of` gives the group of a code, empty where it has none.
    """
    journeys = seen.journeys
    new, after = _groups(later, group_of), _groups(journeys, group_of)
    there = [at for at, name in enumerate(journeys.visits) if name in new]
    fresh = [new[journeys.visits[at]] - after.get(journeys.visits[at], set()) for at in there]
    counts: dict[str, int] = {}
    for groups in fresh:
        for group in groups:
            counts[group] = counts.get(group, 0) + 1
    kept = sorted((group for group in counts if counts[group] >= fewest), key=lambda each: (-counts[each], each))
    labels = tuple(kept[:most])
    truth = np.array([[label in groups for label in labels] for groups in fresh], np.bool_).reshape(
        len(fresh), len(labels)
    )
    return _ask("next diagnosis group", view, journeys, np.array(there, np.int64), truth, labels)


def _groups(journeys: Journeys, group_of: Callable[[str], str]) -> dict[str, set[str]]:
    """The groups of the diagnoses of each visit that has one."""
    group = [
        group_of(code) if kind == "condition" else "" for code, kind in zip(journeys.codes, journeys.kinds, strict=True)
    ]
    found: dict[str, set[str]] = {}
    pairs = np.unique(np.stack([journeys.visit, journeys.code]), axis=1)
    for visit, code in pairs.T.tolist():
        if group[code]:
            found.setdefault(journeys.visits[visit], set()).add(group[code])
    return found


def _ask(
    name: str,
    view: str,
    journeys: Journeys,
    rows: Numbers,
    truth: Mask,
    labels: tuple[str, ...],
    hidden: frozenset[str] = frozenset(),
) -> VisitTask:
    owner = journeys.patient_of_visit()[rows]
    known = owner != NONE
    if not truth[known].any():
        raise CareError(f"no visit has any label of {name!r}: these journeys cannot be asked that")
    return VisitTask(name, view, hidden, rows[known], owner[known], truth[known], labels)


def ask_hierarchy(seen: Seen, *, fewest: int = 10, codes: int = FEWEST_CODES, view: str = WHOLE) -> CodeTask:
    """Which codes of at least `fewest` events stand right below the same parent, of those of the same kind.

    The hierarchy is hidden. Raises `CareError` where fewer than `codes` codes can be asked.
    """
    rows = _common_codes(seen, fewest)
    above = [frozenset(seen.parents.get(seen.journeys.codes[at], ())) for at in rows]
    related = np.array([[bool(one & other) for other in above] for one in above], np.bool_)
    kinds = np.array([seen.journeys.kinds[at] for at in rows])
    return _ask_codes("code hierarchy", rows, related, kinds[:, None] == kinds[None, :], view, codes)


def ask_relatedness(
    seen: Seen, pairs: Iterable[tuple[str, str]], *, fewest: int = 10, codes: int = FEWEST_CODES, view: str = WHOLE
) -> CodeTask:
    """Which codes are paired, of those of the kinds that are paired with each other; the hierarchy is hidden.

    Raises `CareError` where fewer than `codes` codes can be asked.
    """
    rows = _common_codes(seen, fewest)
    place = {seen.journeys.codes[at]: number for number, at in enumerate(rows)}
    kinds = np.array([seen.journeys.kinds[at] for at in rows])
    related = np.zeros((len(rows), len(rows)), np.bool_)
    asked = np.zeros_like(related)
    for first, second in pairs:
        if first in place and second in place:
            one, other = place[first], place[second]
            related[one, other] = related[other, one] = True
    for one, other in {(kinds[a], kinds[b]) for a, b in np.argwhere(related)}:
        asked |= (kinds == one)[:, None] & (kinds == other)[None, :]
    return _ask_codes("code relatedness", rows, related, asked, view, codes)


def _common_codes(seen: Seen, fewest: int) -> Numbers:
    uses = np.bincount(seen.journeys.code, minlength=len(seen.journeys.codes))
    return np.flatnonzero(uses >= fewest)


def _ask_codes(name: str, rows: Numbers, related: Mask, asked: Mask, view: str, least: int) -> CodeTask:
    asked = asked & ~np.eye(len(rows), dtype=np.bool_)
    useful = np.asarray((related & asked).any(1) & (asked & ~related).any(1))
    if (count := int(useful.sum())) < max(1, least):
        raise CareError(
            f"{count} codes are of use for {name!r}, and a figure of fewer than {least} means nothing: these journeys "
            "cannot be asked that"
        )
    asked = asked & useful[:, None]
    return CodeTask(name, view, frozenset({HIERARCHY}), rows, related & asked, asked)
