"""`kg unlabelled`: what records say beside what labels say."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from kg.forms import Form, evidence_form, fact_form
from kg.labelling import Compared
from kg.render.console import draw_confidence, make_console, print_json
from kg.render.quotes import draw_evidence
from kg.render.show import name_in, reference
from kg.roles import GraphReader

_NOTHING = (
    "records say nothing of this kind beyond the labels in the graph; --all shows what labels do say, and drugs "
    "without a label here. `kg records publish` brings in what records say"
)


def print_compared(
    graph: GraphReader,
    compared: Iterable[Compared],
    *,
    language: str = "en",
    as_json: bool = False,
    console: Console | None = None,
) -> None:
    """Print what records say of drugs and conditions, what labels say of the same, and the figures behind it."""
    console = console or make_console()
    found = list(compared)
    evidence = graph.get_evidence([each.fact.id for each in found], first=1) if found else {}
    if as_json:
        rows = [list(map(evidence_form, evidence[each.fact.id])) for each in found]
        print_json([labelling_form(each) | {"evidence": row} for each, row in zip(found, rows, strict=True)])
        return
    for each in found:
        line = Text.assemble((name_in(each.drug, language), "bold"), " – ", (name_in(each.condition, language), "bold"))
        line.append("  ").append_text(draw_confidence(each.fact.confidence, bar=console.is_terminal))
        line.append(f"  {each.labelling.value.replace('_', ' ')}", style="bold red")
        for row in evidence[each.fact.id]:
            line.append("\n  ").append_text(draw_evidence(row, each.condition, width=3 * console.width))
            line.append(f"\n  {reference(row)}", style="dim")
        console.print(line)
    if not found:
        console.print(Text(_NOTHING, style="dim"))


def labelling_form(compared: Compared) -> Form:
    """Drug, condition, what labels say, the fact from records, and the facts from labels."""
    return {
        "drug": compared.drug.curie,
        "drug_name": compared.drug.name,
        "condition": compared.condition.curie,
        "condition_name": compared.condition.name,
        "labelling": compared.labelling.value,
        "fact": fact_form(compared.fact),
        "because": [fact_form(fact) for fact in compared.because],
    }
