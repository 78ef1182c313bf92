"""`kg embed`: what is alike, which models there are, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table

from kg.embed.card import tell_newcomers, with_counting
from kg.embed.similar import Similar
from kg.embed.trained import About, Trained
from kg.forms import Form, node_form
from kg.model import Node
from kg.render.console import draw_line, make_console, make_table, print_json
from kg.render.embed_shelf import tell_served, tell_unfinished, unfinished_form
from kg.render.show import name_in

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
    heads = ("相似度#", "CURIE", "名称", "类别") if language == "zh" else ("like#", "CURIE", "name", "kind")
    table = make_table(*heads)
    for near, similarity in found:
        table.add_row(f"{similarity:.3f}", near.curie, name_in(near, language), near.kind.value)
    console.print(draw_line((name_in(node, language), "bold"), (f"  {node.curie} · {about.name}", "dim")))
    console.print(table)


def print_worth(*models: About) -> None:
    """Say of models that find held-out facts no better than who only counts that they do not."""
    console = make_console()
    for worse in filter(None, (about.tell_worth() for about in models)):
        console.print(draw_line(worse, style="yellow"))


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
    print_worth(*(one.about for one in models))
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
    print_worth(about)
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
