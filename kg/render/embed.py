"""`kg embed`: what is alike, which models there are, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table

from kg.embed.card import with_counting
from kg.embed.similar import Similar
from kg.embed.trained import About, Trained
from kg.forms import Form, node_form
from kg.model import Node
from kg.render.console import draw_line, make_console, make_table, print_json
from kg.render.show import name_in

if TYPE_CHECKING:
    from kg.embed.evaluating import Evaluated

#: Facts that could not be asked, of which so many are shown.
STRANGE_SHOWN = 10


def print_similar(node: Node, found: Sequence[Similar], about: About, *, language: str, as_json: bool) -> None:
    """Print the concepts that are most like one."""
    console = make_console()
    if as_json:
        rows = [{"similarity": round(one.similarity, 6), **node_form(one.node)} for one in found]
        print_json({"concept": node_form(node), "model": model_form(about), "similar": rows})
        return
    heads = ("相似度#", "CURIE", "名称", "类别") if language == "zh" else ("like#", "CURIE", "name", "kind")
    table = make_table(*heads)
    for near, similarity in found:
        table.add_row(f"{similarity:.3f}", near.curie, name_in(near, language), near.kind.value)
    console.print(draw_line((name_in(node, language), "bold"), (f"  {node.curie} · {about.name}", "dim")))
    console.print(table)


def model_form(about: About) -> Form:
    """What to know of the model that said something."""
    return {
        "name": about.name,
        "model": about.model,
        "graph_version": about.graph_version,
        "newcomers": asdict(about.newcomers) if about.newcomers else None,
        "trained": about.trained,
        "scores": {part: dict(figures) for part, figures in about.scores.items()},
        "counting": {part: dict(figures) for part, figures in about.counting.items()},
    }


def print_models(
    models: Sequence[Trained], damaged: Mapping[str, str], *, current: str, graph_version: str, as_json: bool
) -> None:
    """Print the models of a graph: which is served, of which version of the graph, how good; and what is damaged."""
    if as_json:
        rows = [
            model_form(one.about)
            | {"folder": str(one.folder), "current": one.about.name == current, "stale": one.is_stale(graph_version)}
            | {"erased": one.about.erased}
            for one in models
        ]
        print_json([*rows, *({"name": name, "damaged": wrong} for name, wrong in damaged.items())])
        return
    console = make_console()
    if models:
        console.print(_models_table(models, current=current, graph_version=graph_version))
    elif not damaged:
        console.print("no models yet: `kg embed train` makes one")
    for erased in filter(None, (one.tell_erased() for one in models)):
        console.print(draw_line(erased, style="yellow"))
    for name, wrong in damaged.items():
        console.print(draw_line((name, "bold"), (f" is damaged: {wrong}", "red")))


def _models_table(models: Sequence[Trained], *, current: str, graph_version: str) -> Table:
    table = make_table("", "name", "model", "graph version", "vectors#", "test MRR#", "trained")
    for one in models:
        about = one.about
        version = about.version[:12] + (" (old)" if one.is_stale(graph_version) else "")
        mrr = about.scores.get("test", {}).get("mrr")
        counts = f"{about.vectors:,} x {about.dimensions}"
        told = "" if mrr is None else f"{mrr:.3f}"
        table.add_row(
            "→" if about.name == current else "", about.name, about.model, version, counts, told, about.trained[:10]
        )
    return table


def print_trained(trained: Trained, *, as_json: bool) -> None:
    """Print what a model that was just trained is worth, and where it lies."""
    about = trained.about
    if as_json:
        print_json(model_form(about) | {"folder": str(trained.folder), "split": dict(about.split)})
        return
    console = make_console()
    console.print(draw_line((about.name, "bold"), f"  {about.vectors:,} vectors of {about.dimensions} numbers"))
    print_figures(about.scores, about.counting)
    for leak in about.split.get("leaks", ()):
        told = f"leak, {leak['done']}: {leak['facts']:,} of {leak['of']:,} {leak['part']} facts are {leak['kind']}"
        console.print(draw_line(told, style="dim"))
    console.print(draw_line(f"{trained.folder}: card.md says all of it", style="dim"))


def print_extended(trained: Trained, *, as_json: bool) -> None:
    """Print what a model was extended by."""
    about, added = trained.about, trained.about.newcomers
    if as_json or added is None:
        print_json(model_form(about) | {"folder": str(trained.folder)})
        return
    console = make_console()
    told = f"  {added.count:,} newcomers, {added.by_names_alone:,} of them by their names alone"
    console.print(draw_line((about.name, "bold"), f"{told}; {about.vectors:,} vectors in all"))
    unlearned = f"{added.not_learned:,} facts of the graph are not learned from"
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
