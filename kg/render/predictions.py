"""`kg embed predict`: what a model expects and no source says, with what speaks for and against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from kg.embed.paths import Path
from kg.embed.predicting import NOTICE, NOTICE_ZH, Prediction, Predictions
from kg.embed.trained import About
from kg.forms import Form, evidence_form, fact_form
from kg.language import WIDER, prefer_language
from kg.model import Evidence, Fact
from kg.predicates import PREDICATES
from kg.render.console import draw_line, draw_status, make_console, print_json
from kg.render.embed import model_form, print_worth
from kg.render.quotes import draw_evidence
from kg.render.show import name_in, reference
from kg.roles import GraphReader

#: Cautions of a prediction that are shown; `--json` has all.
CAUTIONS_SHOWN = 3

_WORDS = {
    "en": {
        "notice": NOTICE.upper(),
        "model": "model {} · {:,} candidates, {:,} known facts and {:,} denied ones left out",
        "predicted": "predicted",
        "probability": "probability {:.3f}",
        "no probability": "no probability",
        "stated": "sources state: ",
        "because": "because: ",
        "caution": "CAUTION, forbidden below it: ",
        "more": "and {:,} more that are forbidden below it",
    },
    "zh": {
        "notice": NOTICE_ZH,
        "model": "模型 {} · 候选 {:,} 个,已略去 {:,} 条已知事实和 {:,} 条被否定的",
        "predicted": "预测",
        "probability": "概率 {:.3f}",
        "no probability": "无概率",
        "stated": "来源已陈述:",
        "because": "依据:",
        "caution": "警示,其下位概念被禁止:",
        "more": "另有 {:,} 个下位概念被禁止",
    },
}

Rows = Mapping[str, Sequence[Evidence]]


def print_predictions(
    graph: GraphReader,
    predictions: Predictions,
    paths: Mapping[str, Sequence[Path]],
    about: About,
    *,
    language: str,
    as_json: bool,
) -> None:
    """Print predictions, each with its paths (by the CURIE of its object) and the best sentence of each fact there."""
    ids = {step.fact.id for found in paths.values() for path in found for step in path.steps}
    ids |= {fact.id for one in predictions.found for fact in one.cautions}
    rows = graph.get_evidence(sorted(ids), first=1 + WIDER) if ids else {}
    evidence = {id_: prefer_language(found, language)[:1] for id_, found in rows.items()}
    if as_json:
        print_json(predictions_form(predictions, paths, evidence, about))
        return
    drawing = _Drawing(make_console(), evidence, language)
    drawing.print_head(predictions, about)
    print_worth(about)
    for prediction in predictions.found:
        drawing.print_one(prediction, paths.get(prediction.object.curie, ()))


class _Drawing:
    """Prints predictions in one language."""

    def __init__(self, console: Console, evidence: Rows, language: str) -> None:
        self._console = console
        self._evidence = evidence
        self._language = language
        self._words = MappingProxyType(_WORDS.get(language, _WORDS["en"]))

    def print_head(self, predictions: Predictions, about: About) -> None:
        """What all of it is, of which model, and what was left out."""
        counts = predictions.candidates, predictions.known, predictions.opposed
        told = self._words["model"].format(about.name, *counts)
        self._console.print(draw_line(f"{self._words['notice']} · {told}", style="dim"))

    def print_one(self, prediction: Prediction, paths: Sequence[Path]) -> None:
        """A prediction, what is against it, then what speaks for it."""
        self._console.print()
        self._console.print(self._draw_prediction(prediction))
        for line in self._draw_cautions(prediction.cautions):
            self._console.print(line)
        for path in paths:
            for line in self._draw_path(path):
                self._console.print(line)

    def _label(self, predicate: str) -> str:
        known = PREDICATES[predicate]
        return known.label_zh if self._language == "zh" else known.label

    def _draw_prediction(self, prediction: Prediction) -> Text:
        words, label = self._words, self._label(prediction.predicate)
        text = draw_line(
            f"{prediction.rank:>3}. ", (name_in(prediction.subject, self._language), "bold"), f" {label}? "
        )
        text.append_text(draw_line((name_in(prediction.object, self._language), "bold")))
        known = prediction.probability is not None
        chance = words["probability"].format(prediction.probability) if known else words["no probability"]
        text.append(f"  {words['predicted']} · {chance}", style="magenta")
        for fact in prediction.stated:
            text.append(f"\n     {words['stated']}", style="dim").append(self._label(fact.predicate))
            text.append(" ").append_text(draw_status(fact.status, self._language))
        return text

    def _draw_cautions(self, cautions: Sequence[Fact]) -> Iterator[RenderableType]:
        """What is forbidden that lies below the object, with the sentences that say so."""
        for fact in cautions[:CAUTIONS_SHOWN]:
            sides = name_in(fact.subject, self._language), name_in(fact.object, self._language)
            text = Text(self._words["caution"], style="bold red")
            text.append_text(draw_line(f"{sides[0]} {self._label(fact.predicate)} ", (sides[1], "bold")))
            yield _indented(text, 5)
            yield from self._draw_sentences(fact, fact.object.curie)
        if len(cautions) > CAUTIONS_SHOWN:
            more = self._words["more"].format(len(cautions) - CAUTIONS_SHOWN)
            yield _indented(Text(more, style="red"), 5)

    def _draw_path(self, path: Path) -> Iterator[RenderableType]:
        """The path on one line, then the best sentence of each of its facts, with where it stands."""
        start = name_in(path.steps[0].start, self._language)
        text = Text(self._words["because"], style="dim").append_text(draw_line(start))
        for step in path.steps:
            symmetric = PREDICATES[step.fact.predicate].symmetric
            before, after = ("—", "—") if symmetric else ("—", "→") if step.forward else ("←", "—")
            text.append(f" {before}{self._label(step.fact.predicate)}{after} ", style="blue")
            text.append_text(draw_line(name_in(step.end, self._language)))
        yield _indented(text, 5)
        for step in path.steps:
            yield from self._draw_sentences(step.fact, step.end.curie)

    def _draw_sentences(self, fact: Fact, shown: str) -> Iterator[RenderableType]:
        """The best sentence of a fact, with the name of one of its sides marked, and where it stands."""
        node = fact.object if fact.object.curie == shown else fact.subject
        for row in self._evidence.get(fact.id, ()):
            yield _indented(draw_evidence(row, node, width=self._console.width - 12), 9)
            yield _indented(draw_line(reference(row), style="dim"), 9)


def _indented(text: Text, columns: int) -> Padding:
    return Padding(text, (0, 0, 0, columns), expand=False)


def predictions_form(
    predictions: Predictions,
    paths: Mapping[str, Sequence[Path]],
    evidence: Rows,
    about: About,
) -> Form:
    """What `kg embed predict --json` prints."""
    return {
        "notice": NOTICE,
        "notice_zh": NOTICE_ZH,
        "model": model_form(about),
        "candidates": predictions.candidates,
        "known_left_out": predictions.known,
        "denied_left_out": predictions.opposed,
        "predictions": [
            prediction_form(one)
            | {"cautions": [_said_form(fact, evidence) for fact in one.cautions]}
            | {"paths": [_path_form(path, evidence) for path in paths.get(one.object.curie, ())]}
            for one in predictions.found
        ],
    }


def prediction_form(prediction: Prediction) -> Form:
    """Both sides, the predicate, the status that no fact has, rank, score, probability, and what sources do state."""
    return {
        "status": prediction.status.value,
        "subject": prediction.subject.curie,
        "subject_name": prediction.subject.name,
        "predicate": prediction.predicate,
        "object": prediction.object.curie,
        "object_name": prediction.object.name,
        "rank": prediction.rank,
        "score": round(prediction.score, 6),
        "probability": None if prediction.probability is None else round(prediction.probability, 6),
        "stated": [fact_form(fact) for fact in prediction.stated],
    }


def _said_form(fact: Fact, evidence: Rows) -> Form:
    return {"fact": fact_form(fact), "evidence": [evidence_form(row) for row in evidence.get(fact.id, ())]}


def _path_form(path: Path, evidence: Rows) -> Form:
    steps = [
        {
            "from": step.start.curie,
            "to": step.end.curie,
            "forward": step.forward,
            **_said_form(step.fact, evidence),
        }
        for step in path.steps
    ]
    return {"score": round(path.score, 9), "steps": steps}
