"""One of a random sample that a curator judges before many names are decided at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from kg.curation.bulk import mark
from kg.curation.card import describe, find_sentences
from kg.curation.desk import Desk
from kg.curation.items import Item
from kg.curation.judging import Judgement
from kg.render.card import draw_sentences, draw_surroundings
from kg.render.console import draw_line
from kg.render.pages import count, draw_score, join_keys, lay_out, wrap
from ontologies.model import Verdict
from ontologies.printable import printable

KEYS = ("y right", "n wrong", "u unsure, which counts as not right", "z back", "q stop: nothing is decided")
#: The header of the sample as a table.
COLUMNS = ("name", "curie", "right", "concept", "parents", "reason", "sentence")
#: Lines that the question may fill.
_LINES = 4


def draw_sample_card(
    sample: Sequence[Item],
    place: int,
    said: Sequence[Judgement],
    desk: Desk,
    console: Console,
    *,
    verdict: Verdict,
    where: str,
    message: str = "",
) -> Text:
    """The page of one of the sample: what would be decided, sentences, reason, other names, parents, neighbours."""
    item, width = sample[place], console.width
    counts = " · ".join(f"{said.count(one)} {one.name.lower()}" for one in Judgement)
    body = [draw_line(f"{place + 1} of {len(sample)} · {counts} · {where}", style="dim")]
    bottom = [draw_line(message, style="yellow"), *(draw_line(keys, style="dim") for keys in join_keys(KEYS, width))]
    body += _draw_question(item, verdict, width)
    body += draw_sentences(find_sentences(item.usage, desk), item.usage.node, width)
    best = item.candidates[0]
    body += [draw_line(draw_score(best.score), f"{best.curie} · {best.kind.value}")]
    return lay_out([*body, *draw_surroundings(describe(best, desk))], bottom, console)


def sample_row(item: Item, desk: Desk) -> str:
    """One of the sample as a row of a table: name, CURIE, no verdict yet; then concept, parents, reason, a sentence."""
    best = item.candidates[0]
    sentence = next((" ".join(row.quote.split()) for row in find_sentences(item.usage, desk)), "")
    parents = "; ".join(describe(best, desk).parents)
    return "\t".join([mark(item), "", *map(printable, (best.name, parents, best.reason, sentence))])


def _draw_question(item: Item, verdict: Verdict, width: int) -> Iterator[Text]:
    says = "is" if verdict is Verdict.EXACT else "is not"
    question = f"{item.usage.name}  {says}  {item.candidates[0].name}"
    yield from (draw_line(part, style="bold") for part in wrap(question, width, lines=_LINES))
    node = item.usage.node
    now = f"now {node.name} {node.curie}" if node.aligned else "not aligned yet"
    facts = f"{count(item.usage.facts, 'fact')}, {count(item.usage.documents, 'document')}"
    yield draw_line(f"{item.kind.value} · {now} · {facts}", style="dim")
