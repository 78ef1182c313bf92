"""`kg embed`: what models say, never to be taken for what sources say; and what models are worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kg.embed.card import tell_newcomers, with_counting
from kg.embed.paths import Path
from kg.embed.predicting import NOTICE, Prediction, Predictions
from kg.embed.similar import Similar
from kg.embed.trained import About, Trained
from kg.forms import Form, evidence_form, fact_form, node_form
from kg.language import WIDER, prefer_language
from kg.model import Evidence, Node
from kg.predicates import PREDICATES
from kg.render.console import draw_line, draw_status, make_console, make_table, print_json
from kg.render.embed_shelf import tell_served, tell_unfinished, unfinished_form
from kg.render.quotes import draw_evidence
from kg.render.show import name_in, reference
from kg.roles import GraphReader

if TYPE_CHECKING:
    from kg.embed.evaluating import Evaluated
    from kg.embed.shelf import Unfinished

#: Facts that could not be asked, of which so many are shown.
STRANGE_SHOWN = 10


def print_similar(node: Node, found: Sequence[Similar], about: About, *, language: str, as_json: bool) -> None:
    """Print the concepts that are most like one."""
    console = make_console()
    if as_json:
        rows = [{"similarity": round(one.similarity, 6), **node_form(one.node)} for one in found]
        print_json({"concept": node_form(node), "model": model_form(about), "similar": rows})
        return
    table = make_table("like#", "CURIE", "name", "kind")
    for near, similarity in found:
        table.add_row(f"{similarity:.3f}", near.curie, name_in(near, language), near.kind.value)
    console.print(draw_line((name_in(node, language), "bold"), (f"  {node.curie} · {about.name}", "dim")))
    console.print(table)


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
    rows = graph.get_evidence(sorted(ids), first=1 + WIDER) if ids else {}
    evidence = {id_: prefer_language(found, language)[:1] for id_, found in rows.items()}
    if as_json:
        print_json(predictions_form(predictions, paths, evidence, about))
        return
    console = make_console()
    console.print(Text(_summary(predictions, about), style="dim"))
    _print_worth(about)
    for prediction in predictions.found:
        console.print()
        console.print(_draw_prediction(prediction, language))
        for path in paths.get(prediction.object.curie, ()):
            for line in _draw_path(path, evidence, language, console.width):
                console.print(line)


def _summary(predictions: Predictions, about: About) -> str:
    left_out = f"{predictions.known:,} known facts and {predictions.opposed:,} denied ones left out"
    return f"{NOTICE.upper()} · model {about.name} · {predictions.candidates:,} candidates, {left_out}"


def _print_worth(*models: About) -> None:
    """Say of models that find held-out facts no better than who only counts that they do not."""
    console = make_console()
    for worse in filter(None, (about.tell_worth() for about in models)):
        console.print(draw_line(worse, style="yellow"))


def _draw_prediction(prediction: Prediction, language: str) -> Text:
    predicate = PREDICATES[prediction.predicate]
    label = predicate.label_zh if language == "zh" else predicate.label
    text = draw_line(f"{prediction.rank:>3}. ", (name_in(prediction.subject, language), "bold"), f" {label}? ")
    text.append_text(draw_line((name_in(prediction.object, language), "bold")))
    chance = "no probability" if prediction.probability is None else f"probability {prediction.probability:.3f}"
    text.append(f"  predicted · {chance}", style="magenta")
    for fact in prediction.stated:
        text.append("\n     sources state: ", style="dim").append(PREDICATES[fact.predicate].label)
        text.append(" ").append_text(draw_status(fact.status, language))
    return text


def _draw_path(
    path: Path, evidence: Mapping[str, Sequence[Evidence]], language: str, width: int
) -> Iterator[RenderableType]:
    """The path on one line, then the best sentence of each of its facts, with where it stands."""
    text = Text("because: ", style="dim").append_text(draw_line(name_in(path.steps[0].start, language)))
    for step in path.steps:
        predicate = PREDICATES[step.fact.predicate]
        label = predicate.label_zh if language == "zh" else predicate.label
        before, after = ("—", "—") if predicate.symmetric else ("—", "→") if step.forward else ("←", "—")
        text.append(f" {before}{label}{after} ", style="blue")
        text.append_text(draw_line(name_in(step.end, language)))
    yield _indented(text, 5)
    for step in path.steps:
        for row in evidence.get(step.fact.id, ()):
            yield _indented(draw_evidence(row, step.end, width=width - 12), 9)
            yield _indented(draw_line(reference(row), style="dim"), 9)


def _indented(text: Text, columns: int) -> Padding:
    return Padding(text, (0, 0, 0, columns), expand=False)


def predictions_form(
    predictions: Predictions,
    paths: Mapping[str, Sequence[Path]],
    evidence: Mapping[str, Sequence[Evidence]],
    about: About,
) -> Form:
    """What `kg embed predict --json` prints."""
    return {
        "notice": NOTICE,
        "model": model_form(about),
        "candidates": predictions.candidates,
        "known_left_out": predictions.known,
        "denied_left_out": predictions.opposed,
        "predictions": [
            prediction_form(one) | {"paths": [_path_form(path, evidence) for path in paths.get(one.object.curie, ())]}
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


def _path_form(path: Path, evidence: Mapping[str, Sequence[Evidence]]) -> Form:
    steps = [
        {
            "from": step.start.curie,
            "to": step.end.curie,
            "forward": step.forward,
            "fact": fact_form(step.fact),
            "evidence": [evidence_form(row) for row in evidence.get(step.fact.id, ())],
        }
        for step in path.steps
    ]
    return {"score": round(path.score, 9), "steps": steps}


def model_form(about: About) -> Form:
    """What to know of the model that said something."""
    return {
        "name": about.name,
        "model": about.model,
        "graph_version": about.graph_version,
        "newcomers": asdict(about.newcomers) if about.newcomers else None,
        "trained": about.trained,
        "caveat": about.tell_worth() or None,
        "scores": {part: dict(figures) for part, figures in about.scores.items()},
        "counting": {part: dict(figures) for part, figures in about.counting.items()},
    }


def print_models(
    models: Sequence[Trained],
    damaged: Mapping[str, str],
    unfinished: Sequence[Unfinished] = (),
    *,
    current: str,
    graph_version: str,
    as_json: bool,
) -> None:
    """Print the models of a graph: which is served, of which version, how good; what is damaged, and what not done."""
    if as_json:
        rows = [
            model_form(one.about)
            | {"folder": str(one.folder), "current": one.about.name == current, "stale": one.is_stale(graph_version)}
            | {"erased": one.about.erased}
            for one in models
        ]
        rows += [{"name": name, "damaged": wrong} for name, wrong in damaged.items()]
        print_json([*rows, *map(unfinished_form, unfinished)])
        return
    console = make_console()
    if models:
        console.print(_models_table(models, current=current, graph_version=graph_version))
    elif not damaged:
        console.print("no models yet: `kg embed train` makes one")
    _print_worth(*(one.about for one in models))
    for erased in filter(None, (one.tell_erased() for one in models)):
        console.print(draw_line(erased, style="yellow"))
    for name, wrong in damaged.items():
        console.print(draw_line((name, "bold"), (f" is damaged: {wrong}", "red")))
    for one in unfinished:
        console.print(draw_line(tell_unfinished(one), style="dim"))


def _models_table(models: Sequence[Trained], *, current: str, graph_version: str) -> Table:
    table = make_table("", "name", "model", "graph version", "vectors#", "held out", "MRR#", "counting#", "trained")
    for one in models:
        about = one.about
        version = about.version[:12] + (" (old)" if one.is_stale(graph_version) else "")
        counts, arrow = f"{about.vectors:,} x {about.dimensions}", "→" if about.name == current else ""
        mrr, counting = (told.get("test", {}).get("mrr") for told in (about.scores, about.counting))
        figures = ["" if value is None else f"{value:.3f}" for value in (mrr, counting)]
        held_out = "" if mrr is None else str(about.split.get("manner", ""))
        table.add_row(arrow, about.name, about.model, version, counts, held_out, *figures, about.trained[:10])
    return table


def print_trained(trained: Trained, *, current: str, as_json: bool) -> None:
    """Print what a model that was just trained is worth, where it lies, and whether it is served: `current` is."""
    about = trained.about
    if as_json:
        served = {"served": about.name == current}
        print_json(model_form(about) | served | {"folder": str(trained.folder), "split": dict(about.split)})
        return
    console = make_console()
    console.print(draw_line((about.name, "bold"), f"  {about.vectors:,} vectors of {about.dimensions} numbers"))
    print_figures(about.scores, about.counting)
    _print_worth(about)
    for leak in about.split.get("leaks", ()):
        told = f"leak, {leak['done']}: {leak['facts']:,} of {leak['of']:,} {leak['part']} facts are {leak['kind']}"
        console.print(draw_line(told, style="dim"))
    console.print(draw_line(f"{trained.folder}: card.md says all of it", style="dim"))
    console.print(draw_line(tell_served(about, current), style="dim"))


def print_extended(trained: Trained, *, as_json: bool) -> None:
    """Print what a model was extended by."""
    about, added = trained.about, trained.about.newcomers
    if as_json or added is None:
        print_json(model_form(about) | {"folder": str(trained.folder)})
        return
    console = make_console()
    told = f"  {added.count:,} newcomers, {added.by_names_alone:,} of them by their names alone"
    console.print(draw_line((about.name, "bold"), f"{told}; {about.vectors:,} vectors in all"))
    console.print(draw_line(f"of the newcomers {tell_newcomers(added)}", style="dim"))
    unlearned = f"{added.not_learned:,} other facts of the graph are not learned from, those held out among them"
    console.print(draw_line(f"{unlearned}: where they are many, train again", style="dim"))


def print_figures(scores: Mapping[str, Mapping[str, float]], counting: Mapping[str, Mapping[str, float]]) -> None:
    """Print ranks by part of the facts, filtered, from both sides; and those of who only counts."""
    if not scores:
        return
    table = make_table("part", "facts#", "MRR#", "Hits@1#", "Hits@3#", "Hits@10#")
    for part, figures in with_counting(scores, counting).items():
        ranks = [f"{figures[name]:.4f}" for name in ("mrr", "hits1", "hits3", "hits10")]
        table.add_row(part, f"{int(figures['count']):,}", *ranks)
    make_console().print(table)


def print_evaluated(evaluated: Evaluated, about: About, *, as_json: bool) -> None:
    """Print how facts rank, which leak, and which could not be asked."""
    if as_json:
        told = {
            "model": model_form(about) | {"scores": evaluated.scores, "counting": evaluated.counting},
            "leaks": [str(leak) for leak in evaluated.leaks],
            "unknown": [list(fact) for fact in evaluated.strange],
            "repeated": evaluated.repeated,
        }
        print_json(told)
        return
    print_figures(evaluated.scores, evaluated.counting)
    console = make_console()
    if evaluated.repeated:
        console.print(draw_line(f"{evaluated.repeated:,} lines say again what another says: asked once", style="dim"))
    for leak in evaluated.leaks:
        console.print(draw_line(f"leak: {leak}", style="dim"))
    for fact in evaluated.strange[:STRANGE_SHOWN]:
        console.print(draw_line(f"no vector, left out: {' '.join(fact)}", style="dim"))
    if len(evaluated.strange) > STRANGE_SHOWN:
        console.print(draw_line(f"and {len(evaluated.strange) - STRANGE_SHOWN:,} more", style="dim"))
