"""`kg extract` for people: the sections of a document, and what was found in it."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from extractors.model import Assertion, Extraction, Mention, Relation
from kg.predicates import PREDICATES
from kg.render.console import draw_line, make_console, make_table

#: Characters of a sentence that are shown.
SENTENCE_SHOWN = 200


def print_extraction(extraction: Extraction, *, console: Console | None = None) -> None:
    """Print title, sections with the number of mentions in each, then relations with the sentence that says them."""
    console = console or make_console()
    document = extraction.document
    facts = (
        f"{document.id} v{document.version}",
        document.source,
        document.language,
        f"{len(document.text):,} characters",
    )
    console.print(draw_line((document.title or document.id, "bold"), (f"  {' · '.join(facts)}", "dim")))
    _print_sections(extraction, console)
    for relation in extraction.relations:
        console.print(_draw_relation(relation))
        sentence = " ".join(document.text[relation.start : relation.end].split())
        console.print(Padding(draw_line(f"“{sentence[:SENTENCE_SHOWN]}”", style="dim"), (0, 0, 0, 4), expand=False))
    for note in extraction.notes:
        console.print(draw_line(note, style="yellow"))
    console.print()


def _print_sections(extraction: Extraction, console: Console) -> None:
    counts = [0] * len(extraction.document.sections)
    for mention in extraction.mentions:
        index = extraction.document.section_at(mention.start)
        if index is not None:
            counts[index] += 1
    table = make_table("code", "section", "role", "mentions#")
    for section, count in zip(extraction.document.sections, counts, strict=True):
        table.add_row(section.code, "  " * (section.level - 1) + section.title, section.kind, str(count))
    console.print(table)


def _draw_relation(relation: Relation) -> Text:
    predicate = PREDICATES.get(relation.predicate)
    text = draw_line(
        "  ", _draw_mention(relation.subject), f" {predicate.label if predicate else relation.predicate} ",
        _draw_mention(relation.object), (f"  {relation.score:.2f}", "cyan"),
    )  # fmt: skip
    if relation.assertion is not Assertion.PRESENT:
        text.append(
            f" {relation.assertion.value}", style="red" if relation.assertion is Assertion.NEGATED else "yellow"
        )
    for name, value in relation.qualifiers:
        text.append_text(draw_line(f"  {name}: {value}", style="magenta"))
    return text


def _draw_mention(mention: Mention) -> Text:
    aligned = f" [{mention.match.curie}]" if mention.match else " [not aligned]"
    return draw_line((mention.text, "bold"), (aligned, "dim"))
