"""Scorers: what was found against what was annotated, as counts, precision, recall and F1, with error classes.

All figures are micro-averaged: counts of all documents are added before the ratios are taken
(Manning, Raghavan and Schuetze, Introduction to Information Retrieval, 2008, sections 8.3 and 13.6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives and false negatives; ratios are 0 where nothing can be divided."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return self.tp / (self.tp + self.fp) if self.tp else 0.0

    @property
    def recall(self) -> float:
        """Share of what is annotated that was found."""
        return self.tp / (self.tp + self.fn) if self.tp else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp else 0.0


def add_counts(counts: Iterable[Counts]) -> Counts:
    """The sum of `counts`: what micro-averaging divides."""
    return sum(counts, Counts())


def count_sets(gold: Collection[Hashable], found: Collection[Hashable]) -> Counts:
    """Counts for two sets whose members are right only if equal; repeats count once."""
    wanted, got = set(gold), set(found)
    return Counts(len(wanted & got), len(got - wanted), len(wanted - got))


def count_overlaps(gold: Collection[Span], found: Collection[Span]) -> Counts:
    """Counts for spans that are right if they share a character, each span being paired at most once.

    Pairs are made from left to right, the earliest end first, which pairs as many as can be paired
    when spans of one side do not hold each other.
    """
    left = sorted(set(found), key=lambda span: (span[1], span[0]))
    right = 0
    for start, end in sorted(set(gold), key=lambda span: (span[1], span[0])):
        partner = next((span for span in left if span[0] < end and start < span[1]), None)
        if partner is not None:
            left.remove(partner)
            right += 1
    return Counts(right, len(left), len(set(gold)) - right)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its definition; a metric without `counts` is a plain number in `value`."""

    name: str
    definition: str
    counts: Counts = Counts()


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """A kind of error, how often it was made, and some examples as "document: text"."""

    name: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was found, with document and section named as in the corpus; `start`..`end` counts in that section's text.

    `parts` holds the pieces of a discontinuous mention. `pt` is a MedDRA preferred term's name, where one is known.
    """

    document: str
    section: str
    start: int
    end: int
    text: str
    kind: str = ""
    concept: str = ""
    pt: str = ""
    parts: tuple[Span, ...] = ()
    section_name: str = ""
    """The section's title, where the corpus has one beside the name that `section` gives."""

    def as_dict(self) -> dict[str, object]:
        """The prediction as one JSON object; `pt`, `parts` and `section_name` only where there are some."""
        optional = {"pt", "parts", "section_name"}
        return {name: value for name, value in asdict(self).items() if value or name not in optional}


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """How many answers would be right, wrong and not given if those below `threshold` were no answers."""

    threshold: float
    right: int
    wrong: int
    abstained: int

    def shares(self) -> tuple[float, float, float]:
        """Right, wrong and abstained as shares of all."""
        total = max(1, self.right + self.wrong + self.abstained)
        return self.right / total, self.wrong / total, self.abstained / total


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one task on one folder, its error classes, and what was found; `unit` says what is counted."""

    task: str
    documents: int
    settings: Mapping[str, str]
    metrics: tuple[Metric, ...]
    errors: tuple[ErrorClass, ...] = ()
    notes: tuple[str, ...] = ()
    predictions: tuple[Prediction, ...] = field(default=(), repr=False)
    curve: tuple[CurvePoint, ...] = ()
    unit: str = "documents"

    def metric(self, name: str) -> Metric:
        """The metric called `name`; KeyError where there is none."""
        return next((m for m in self.metrics if m.name == name), None) or _no_metric(name)

    def as_dict(self) -> dict[str, object]:
        """The report as one JSON object, without the predictions."""
        return {
            "task": self.task,
            self.unit: self.documents,
            "settings": dict(self.settings),
            "metrics": [_metric_dict(metric) for metric in self.metrics],
            "errors": [asdict(error) for error in self.errors],
            "notes": list(self.notes),
            **({"curve": [asdict(point) for point in self.curve]} if self.curve else {}),
        }

    def as_text(self) -> str:
        """The report as plain lines for people: settings, a table of figures, error classes, notes."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        settings = ", ".join(f"{name} {value}" for name, value in self.settings.items())
        yield f"{self.task}: {self.documents} {self.unit} ({settings})"
        width = max((len(metric.name) for metric in self.metrics), default=0)
        yield f"{'':{width}}  precision  recall      F1     right  spurious    missed"
        for metric in self.metrics:
            c = metric.counts
            yield (
                f"{metric.name:{width}}     {c.precision:6.4f}  {c.recall:6.4f}  {c.f1:6.4f}"
                f"  {c.tp:8}  {c.fp:8}  {c.fn:8}"
            )
        yield from self._curve_lines()
        for error in self.errors:
            yield f"{error.count:7}  {error.name}" + (f"  e.g. {'; '.join(error.examples)}" if error.examples else "")
        yield from (f"note: {note}" for note in self.notes)
        yield from (f"{metric.name}: {metric.definition}" for metric in self.metrics)

    def _curve_lines(self) -> Iterator[str]:
        if self.curve:
            yield "threshold   right   wrong  abstained"
        for point in self.curve:
            right, wrong, abstained = point.shares()
            yield f"     {point.threshold:4.2f}  {right:6.2%}  {wrong:6.2%}     {abstained:6.2%}"


def _no_metric(name: str) -> Metric:
    raise KeyError(name)


def _metric_dict(metric: Metric) -> dict[str, object]:
    c = metric.counts
    ratios = {"precision": round(c.precision, 4), "recall": round(c.recall, 4), "f1": round(c.f1, 4)}
    return {"name": metric.name, **ratios, **asdict(c), "definition": metric.definition}


class ErrorTally:
    """Counts errors by class and keeps the first few examples of each."""

    def __init__(self, *, examples: int = 4) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}
        self._keep = examples

    def add(self, name: str, example: str) -> None:
        """Count one error of class `name`."""
        self._counts[name] += 1
        kept = self._examples.setdefault(name, [])
        if len(kept) < self._keep:
            kept.append(example)

    def classes(self) -> tuple[ErrorClass, ...]:
        """The error classes, most frequent first."""
        return tuple(ErrorClass(name, n, tuple(self._examples[name])) for name, n in self._counts.most_common())
