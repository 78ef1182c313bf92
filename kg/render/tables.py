"""`kg search`, `kg stats`, `kg conflicts`, `kg quarantine`: answers of a few columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.columns import Columns
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.errors import NotFoundError
from kg.forms import Form, conflict_form, evidence_form, node_form
from kg.language import WIDER, prefer_language
from kg.model import Conflict, Evidence, Fact, Stats
from kg.predicates import PREDICATES
from kg.render.console import draw_confidence, draw_line, draw_status, make_console, make_table, print_json
from kg.render.lookup import find_nearest
from kg.render.quotes import draw_evidence
from kg.render.show import name_in, reference
from kg.roles import Catalogue, GraphReader, Quarantine
from ontologies.model import Kind
from ontologies.printable import printable


def print_search(
    graph: GraphReader,
    text: str,
    *,
    kinds: Sequence[Kind] = (),
    limit: int = 25,
    as_json: bool = False,
    console: Console | None = None,
) -> None:
    """Print the concepts whose names fit `text`, best first; raises `NotFoundError` with near names for none."""
    console = console or make_console()
    found = graph.find_nodes(text, kinds=kinds, limit=limit)
    if as_json:
        print_json([{"score": score, **node_form(node)} for node, score in found], file=console.file)
        return
    if not found:
        nearest = find_nearest(graph, text)
        advice = f"did you mean {', '.join(nearest)}?" if nearest else "`kg stats` shows what the graph holds"
        raise NotFoundError(f"no concept's name fits {text!r}: {advice}")
    table = make_table("score#", "CURIE", "name", "名称", "kind")
    for node, score in found:
        table.add_row(f"{score:.2f}", node.curie, node.name, node.name_zh, node.kind.value)
    console.print(table)


def print_stats(graph: Catalogue, *, as_json: bool = False, console: Console | None = None) -> None:
    """Print what the graph holds: totals, then counts by kind, predicate, status, country and reader."""
    console = console or make_console()
    stats, meta = graph.get_stats(), graph.get_meta()
    if as_json:
        print_json({**asdict(stats), "meta": meta}, file=console.file)
        return
    version, changed = meta.get("graph_version", "")[:12] or "empty", meta.get("changed_at") or "never"
    console.print(draw_line(f"graph version {version}, last changed {changed}", style="dim"))
    console.print(Columns([_totals(stats), *_counts(stats)], padding=(1, 4)))


def _totals(stats: Stats) -> Table:
    names = ("nodes", "facts", "evidence", "documents", "conflicts", "unaligned", "quarantined")
    return _count_table("totals", {name: getattr(stats, name) for name in names})


def _counts(stats: Stats) -> list[Table]:
    names = ("kinds", "predicates", "statuses", "countries", "sources")
    return [_count_table(name, getattr(stats, name)) for name in names if getattr(stats, name)]


def _count_table(title: str, counts: dict[str, int]) -> Table:
    table = make_table(title, "#")
    for name, count in counts.items():
        table.add_row(name.replace("_", " "), f"{count:,}")
    return table


def print_conflicts(
    graph: GraphReader,
    *,
    first: int = 25,
    after: str | None = None,
    language: str = "en",
    as_json: bool = False,
    console: Console | None = None,
) -> None:
    """Print a page of facts that oppose each other, with the best sentence of either side."""
    console = console or make_console()
    conflicts, cursor = graph.find_conflicts(first=first, after=after)
    ids = [fact.id for conflict in conflicts for fact in (conflict.fact, conflict.opposing)]
    found = graph.get_evidence(ids, first=1 + WIDER) if ids else {}
    evidence = {id_: prefer_language(rows, language)[:1] for id_, rows in found.items()}
    if as_json:
        forms = [_conflict_form(conflict, evidence) for conflict in conflicts]
        print_json({"conflicts": forms, "next": cursor}, file=console.file)
        return
    for conflict in conflicts:
        for fact in (conflict.fact, conflict.opposing):
            console.print(_draw_side(fact, evidence.get(fact.id, []), language, console))
        console.print()
    more = f"more with --after {cursor}" if cursor else "no more conflicts"
    console.print(Text(more if conflicts else "no facts oppose each other", style="dim"))


def _conflict_form(conflict: Conflict, evidence: dict[str, list[Evidence]]) -> Form:
    form = conflict_form(conflict)
    for side, fact in (("fact", conflict.fact), ("opposing", conflict.opposing)):
        form[side]["evidence"] = [evidence_form(row) for row in evidence.get(fact.id, ())]
    return form


def _draw_side(fact: Fact, rows: list[Evidence], language: str, console: Console) -> Text:
    predicate = PREDICATES[fact.predicate]
    label = predicate.label_zh if language == "zh" else predicate.label
    text = draw_line(
        (name_in(fact.subject, language), "bold"), f" {label} ", (name_in(fact.object, language), "bold"), "  "
    )
    text.append_text(draw_confidence(fact.confidence, bar=console.is_terminal)).append(" ")
    text.append_text(draw_status(fact.status, language))
    for row in rows:
        text.append("\n  ").append_text(draw_evidence(row, fact.object, width=2 * console.width - 8))
        text.append(f"\n  {printable(reference(row))}", style="dim")
    return text


def print_quarantine(store: Quarantine, *, as_json: bool = False, console: Console | None = None) -> None:
    """Print the inputs that could not be read, each with the reason."""
    console = console or make_console()
    inputs = store.get_quarantine()
    if as_json:
        print_json([asdict(entry) for entry in inputs], file=console.file)
        return
    if not inputs:
        console.print("nothing in quarantine: every input was read")
        return
    table = make_table("input", "reason", "since")
    for entry in inputs:
        table.add_row(entry.locator, entry.reason, entry.time[:10])
    console.print(table)
