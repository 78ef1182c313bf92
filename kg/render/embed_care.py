"""What a model of care is worth, for people and machines: figures, and how many visits or codes they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.render.console import draw_line, make_console, make_table, print_json
from kg.render.embed import model_form

if TYPE_CHECKING:
    from kg.embed.care.records import Worth
    from kg.embed.care.scores import Score
    from kg.embed.trained import About


def print_worth(worth: Worth, about: About, *, as_json: bool) -> None:
    """Print a table for each question: mean, 95 % interval, and the PR-AUC above the bag of services."""
    from kg.embed.care.baselines.all import REFERENCE
    from kg.embed.care.records import describe, iter_forms

    if as_json:
        asked = list(iter_forms(worth))
        print_json({"model": model_form(about), "asked": asked, "not_asked": worth.not_asked})
        return
    console = make_console()
    for one in worth.asked:
        told = f"  {describe(one.task)}; PR-AUC by chance {one.task.chance:.3f}"
        console.print(draw_line((one.task.name, "bold"), (told, "dim")))
        table = make_table("", "PR-AUC#", "95 %#", "ROC-AUC#", "95 %#", "PR-AUC above#", "95 %#")
        for row in one.rows:
            above = row.pr_above[REFERENCE] if row.baseline != REFERENCE else None
            cells = (*_cells(row.pr), *_cells(row.roc), *(_cells(above) if above else ("", "")))
            table.add_row(row.baseline, *cells)
        console.print(table)
    for reason in worth.not_asked:
        console.print(draw_line(f"not asked: {reason}", style="dim"))
    again = "vectors were learned again by the settings of the model, with what is asked hidden"
    console.print(draw_line(f"folds share no patient; {again}", style="dim"))


def _cells(score: Score) -> tuple[str, str]:
    return f"{score.mean:.3f}", f"{score.low:.3f} to {score.high:.3f}"
