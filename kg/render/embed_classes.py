"""`kg embed classify`: what concepts are taken for, beside how often that is right."""

from __future__ import annotations

from dataclasses import asdict

from kg.embed.classes import Classes
from kg.embed.predicting import NOTICE
from kg.render.console import draw_line, make_console, make_table, print_json


def print_classes(found: Classes, *, first: int, as_json: bool) -> None:
    """Print the figures of concepts held out, then what those without a class are taken for."""
    guesses, judged = found.guesses[:first], found.judged
    if as_json:
        rows = [
            {"curie": one.node.curie, "name": one.node.name, "class": one.class_}
            | {"class_name": found.names.get(one.class_, one.class_), "score": one.score}
            for one in guesses
        ]
        figures = {name: round(value, 6) for name, value in asdict(judged).items()}
        told = {"test": figures, "learned_from": found.learned_from, "classes": list(found.classes)}
        print_json({"notice": NOTICE, **told, "without_class": len(found.guesses), "guesses": rows})
        return
    console = make_console()
    right = f"{judged.accuracy:.3f} of {judged.count:,} concepts held out are told right"
    console.print(draw_line((right, "bold"), f", mean F1 {judged.macro_f1:.3f}"))
    console.print(draw_line(f"always naming the largest of {len(found.classes)} classes: {judged.majority:.3f}"))
    if judged.accuracy <= judged.majority:
        console.print(draw_line("which is as often right, or more often: guesses are worth little", style="yellow"))
    if not guesses:
        return
    console.print(draw_line(f"{NOTICE}: {len(found.guesses):,} concepts without a class are taken for", style="dim"))
    table = make_table("CURIE", "name", "taken for", "score#")
    for one in guesses:
        called = f"{found.names[one.class_]} ({one.class_})" if one.class_ in found.names else one.class_
        table.add_row(one.node.curie, one.node.name, called, f"{one.score:.3f}")
    console.print(table)
    console.print(draw_line("a score puts these in an order; it is no probability", style="dim"))
