"""Grounding scored on lists of names: right, wrong and abstained, over all thresholds."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.score import Counts, CurvePoint, ErrorTally, Metric, Prediction, Report
from extractors.tasks import Options
from ontologies.ground import Ask, Grounder
from ontologies.model import Grounding, Kind, Match

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

_THRESHOLDS = (0.0, 0.3, 0.4, *(round(0.5 + 0.05 * step, 2) for step in range(11)))
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_DEFINITION = (
    "right: an expected concept, or no answer where none is expected; spurious: answered, but wrong; "
    "missed: not right, wrong answers among them; recall is the share of right names"
)


@dataclass(frozen=True, slots=True)
class NameCase:
    """A name and the concepts that are right for it: any one of `expected`, or all of them where `every` is said.

    Nothing expected means that the right answer is none. `sort` parts the figures (sorts of typo, of noise ...).
    """

    name: str
    expected: frozenset[str] = frozenset()
    kind: Kind | None = None
    language: str = ""
    context: str = ""
    every: bool = False
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What the cases of a task are made from: the file or folder, the lexicon to be measured, the options."""

    path: Path
    lexicon: Lexicon
    options: Options


@dataclass(frozen=True, slots=True)
class NameListTask:
    """A task over names: `read_cases` makes them from what the user gave."""

    name: str
    description: str
    read_cases: Callable[[Given], Iterable[NameCase]]
    notes: tuple[str, ...] = ()

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """The figures of the default grounder on the cases that `folder` (a file or folder) gives."""
        cases = list(self.read_cases(Given(folder, lexicon, options)))
        return score_names(self.name, cases, Grounder(lexicon), to=options.to, notes=self.notes)


@dataclass(frozen=True, slots=True)
class Answer:
    """What grounding said to a case: the concepts it would give at thresholds up to `score`."""

    case: NameCase
    grounding: Grounding
    curies: frozenset[str]
    score: float
    right: bool

    def outcome(self, threshold: float) -> str:
        """Right, wrong or abstained, if answers below `threshold` were no answers."""
        if not self.curies or self.score < threshold:
            return "abstained" if self.case.expected else "right"
        return "right" if self.right else "wrong"


def score_names(
    task: str,
    cases: Sequence[NameCase],
    grounder: Grounder,
    *,
    kinds: Collection[Kind] = (),
    to: str = "",
    notes: Sequence[str] = (),
    tell: Callable[[Sequence[Answer]], Iterable[str]] = lambda _: (),
) -> Report:
    """The figures of `grounder` on `cases`: at its threshold by sort of case, the curve over others, errors.

    `kinds` are asked for where a case names no kind. What `tell` says of the answers is noted besides.
    """
    start = time.process_time()
    asks = (Ask(case.name, case.kind, case.language, case.context) for case in cases)
    groundings = list(grounder.ground_all(asks, kinds=kinds, to=to))
    rate = len(cases) / max(time.process_time() - start, 1e-9)
    answers = [_answer(case, found, grounder.lexicon) for case, found in zip(cases, groundings, strict=True)]
    return Report(
        task=task,
        documents=len(cases),
        settings={"threshold": f"{grounder.threshold:g}", "names a CPU second": f"{rate:.0f}"},
        metrics=tuple(_metrics(answers, grounder.threshold)),
        errors=_errors(answers, grounder.threshold).classes(),
        notes=(*notes, *tell(answers)),
        predictions=tuple(_prediction(answer) for answer in answers),
        curve=tuple(_point(answers, threshold) for threshold in _THRESHOLDS),
        unit="names",
    )


def _answer(case: NameCase, grounding: Grounding, lexicon: Lexicon) -> Answer:
    given = _given(grounding)
    curies = frozenset(lexicon.canonical(match.curie) for match in given)
    expected = frozenset(lexicon.canonical(curie) for curie in case.expected)
    right = bool(curies) and (curies == expected if case.every else curies <= expected)
    return Answer(case, grounding, curies, min((match.score for match in given), default=0.0), right)


def _given(grounding: Grounding) -> tuple[Match, ...]:
    """The answer: the best match, or the best of each part; what falls short of the threshold where there is none."""
    matches = grounding.matches or grounding.candidates
    return matches if len(grounding.parts) > 1 and grounding.matches else matches[:1]


def _metrics(answers: Sequence[Answer], threshold: float) -> Iterator[Metric]:
    sorts: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.case.sort:
            sorts[answer.case.sort].append(answer)
    yield Metric("names", _DEFINITION, _counts(answers, threshold))
    for sort, some in sorts.items():
        yield Metric(sort, f"the same for {sort}", _counts(some, threshold))


def _counts(answers: Sequence[Answer], threshold: float) -> Counts:
    outcomes = [answer.outcome(threshold) for answer in answers]
    right = outcomes.count("right")
    return Counts(right, outcomes.count("wrong"), len(outcomes) - right)


def _point(answers: Sequence[Answer], threshold: float) -> CurvePoint:
    outcomes = [answer.outcome(threshold) for answer in answers]
    return CurvePoint(threshold, outcomes.count("right"), outcomes.count("wrong"), outcomes.count("abstained"))


def _errors(answers: Iterable[Answer], threshold: float) -> ErrorTally:
    tally = ErrorTally()
    for answer in answers:
        outcome = answer.outcome(threshold)
        if outcome == "wrong":
            found = _given(answer.grounding)[0]
            tally.add(f"wrong: {_tier(found)}", f"{answer.case.name} → {found.curie} {found.name}")
        elif outcome == "abstained":
            given = _given(answer.grounding)
            near = f" (near: {given[0].name}, {given[0].score:.2f})" if given else ""
            tally.add("abstained: " + _why(answer), f"{answer.case.name}{near}")
    return tally


def _tier(match: Match) -> str:
    """What the first part of the reason says was done, without the names in it."""
    return _QUOTED.sub("…", match.reason.partition(";")[0])


def _why(answer: Answer) -> str:
    if not answer.curies:
        return "nothing found"
    whose = "the right concept" if answer.right else "another concept"
    return f"{whose} below the threshold, {_tier(_given(answer.grounding)[0])}"


def _prediction(answer: Answer) -> Prediction:
    case = answer.case
    concept = "|".join(match.curie for match in _given(answer.grounding)) if answer.grounding.matches else ""
    return Prediction("", case.sort, 0, len(case.name), case.name, case.kind or "", concept)
