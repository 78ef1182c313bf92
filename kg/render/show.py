"""`kg show`: what the graph says of a concept, and the sentence behind each fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.console import Group as Lines
from rich.padding import Padding
from rich.text import Text

from extractors.model import Qualifier
from kg.forms import node_form
from kg.model import Evidence, Fact, Node, Status
from kg.render.console import draw_confidence, draw_line, draw_status, make_console, make_table, print_json
from kg.render.decisions import describe_waiting
from kg.render.lookup import find_choices
from kg.render.portrait import Group, Portrait, portrait_form, read_portrait
from kg.render.quotes import draw_evidence, names_of
from kg.roles import GraphReader
from ontologies.normalize import normal_form
from ontologies.standing import Standing

#: Lines of the terminal that one quote may fill.
QUOTE_LINES = 2

#: Values of one qualifier that are shown behind a fact, and qualifiers that only repeat where it was said.
VALUES_SHOWN = 3
PLACES = frozenset({"country", "product"})


def print_show(
    graph: GraphReader,
    name: str,
    *,
    language: str = "en",
    predicates: Sequence[str] = (),
    statuses: Sequence[Status] = (),
    min_confidence: float = 0.0,
    each: int = 5,
    quotes: int = 1,
    as_json: bool = False,
    console: Console | None = None,
) -> bool:
    """Whether `name` was clear: its facts are printed, or else the concepts that it may stand for.

    `name` is a CURIE, an alias of one, or a name in any language; `language` (en, zh) is that of the labels. Raises
    `NotFoundError`, with the nearest names, where nothing fits.
    """
    console = console or make_console()
    choices = find_choices(graph, name)
    if len(choices) > 1:
        print_choices(console, name, choices, as_json=as_json)
        return False
    portrait = read_portrait(
        graph,
        choices[0],
        predicates=predicates,
        statuses=statuses,
        min_confidence=min_confidence,
        each=each,
        quotes=quotes,
        language=language,
    )
    if as_json:
        print_json(portrait_form(portrait), file=console.file)
    else:
        standing = Standing() if portrait.node.aligned else _read_standing()
        drawn = draw_portrait(
            portrait, language=language, width=console.width, bar=console.is_terminal, standing=standing
        )
        console.print(drawn)
    return True


def _read_standing() -> Standing:
    from ontologies.decided import read_standing

    return read_standing()


def draw_portrait(
    portrait: Portrait, *, language: str, width: int, bar: bool, standing: Standing | None = None
) -> RenderableType:
    """The portrait as lines: head, then each group with its facts and their quotes.

    `standing` has the decisions that say why a name has no concept.
    """
    parts: list[RenderableType] = [draw_head(portrait.node, language, standing or Standing())]
    for group in portrait.groups:
        parts += [Text(), _draw_group_head(group, language)]
        for fact in group.facts:
            rows = portrait.evidence.get(fact.id, [])
            parts += _draw_fact(group, fact, rows, language=language, width=width, bar=bar)
    if not portrait.groups:
        parts.append(Text("no facts that fit" if language != "zh" else "没有符合条件的事实", style="dim"))
    return Lines(*parts)


def name_in(node: Node, language: str) -> str:
    """The node's name in `language` where it has one, with the other in brackets."""
    first, second = (node.name_zh, node.name) if language == "zh" else (node.name, node.name_zh)
    return f"{first} ({second})" if first and second and first != second else first or second


def draw_head(node: Node, language: str, standing: Standing) -> Text:
    """Name, CURIE and kind of a node on one line, and for a name without concept why it has none."""
    waiting = "" if node.aligned else f" · {describe_waiting(node, standing)}"
    return draw_line((name_in(node, language), "bold"), (f"  {node.curie} · {node.kind.value}{waiting}", "dim"))


def _draw_group_head(group: Group, language: str) -> Text:
    label = group.predicate.label_zh if language == "zh" else group.predicate.label
    arrow = "← " if group.incoming else ""
    count = f" ({len(group.facts)}{'+' if group.more else ''})"
    return Text.assemble((f"{arrow}{label}", "bold blue"), (count, "dim"))


def _draw_fact(
    group: Group, fact: Fact, rows: Iterable[Evidence], *, language: str, width: int, bar: bool
) -> Iterator[RenderableType]:
    node = group.far_side(fact)
    told = draw_line(draw_confidence(fact.confidence, bar=bar), "  ", (name_in(node, language), "bold"))
    if fact.status is not Status.SUPPORTED:
        told.append(" ").append_text(draw_status(fact.status, language))
    told.append_text(draw_line(f"  {_support(fact, language)}", style="dim"))
    yield _indented(told, 2)
    for row in rows:
        written = row.subject_name if row.subject == node.curie else row.object_name
        yield _indented(draw_evidence(row, node, written=written, width=QUOTE_LINES * (width - 8)), 6)
        yield _indented(draw_line(reference(row) + _as_written(written, node), style="dim"), 6)


def _support(fact: Fact, language: str) -> str:
    documents = (
        f"{fact.documents} 份文件" if language == "zh" else f"{fact.documents} document{'s'[: fact.documents != 1]}"
    )
    return " · ".join([documents, *fact.countries, *describe_qualifiers(fact.qualifiers)])


def describe_qualifiers(qualifiers: Iterable[Qualifier]) -> list[str]:
    """The qualifiers by name, each with its most frequent values; those that say where, not what, are left out."""
    values: dict[str, list[str]] = {}
    for name, value in qualifiers:
        if name not in PLACES:
            values.setdefault(name, []).append(value)
    return [
        f"{name.replace('_', ' ')}: {', '.join(found[:VALUES_SHOWN])}{' …' if len(found) > VALUES_SHOWN else ''}"
        for name, found in values.items()
    ]


def _indented(text: Text, columns: int) -> Padding:
    return Padding(text, (0, 0, 0, columns), expand=False)


def reference(row: Evidence) -> str:
    """Where a quote stands: document, version, section, characters."""
    section = " ".join(part for part in (row.section, row.section_title) if part)
    denied = "" if row.assertion.value == "present" else f" · {row.assertion.value}"
    return f"{row.document} v{row.version} · {section} · {row.start}-{row.end}{denied}"


def _as_written(name: str, node: Node) -> str:
    """How the document writes a node's name, where the node has no such name."""
    known = {frozenset(normal_form(text).split()) for text in names_of(node)}
    return f" · written “{name}”" if name and frozenset(normal_form(name).split()) not in known else ""


def print_choices(console: Console, name: str, choices: Sequence[Node], *, as_json: bool) -> None:
    """Print the concepts that `name` may stand for, so that one can be asked for by its CURIE."""
    if as_json:
        print_json({"ambiguous": name, "choices": [node_form(node) for node in choices]}, file=console.file)
        return
    table = make_table("CURIE", "name", "名称", "kind")
    for node in choices:
        table.add_row(node.curie, node.name, node.name_zh, node.kind.value)
    console.print(Text(f"{name!r} may stand for several concepts; ask again with a CURIE:"))
    console.print(table)
