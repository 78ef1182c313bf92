"""A card of the review on a terminal of 80 columns and 24 lines, or whatever there is."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from kg.curation.card import Candidate, Card, describe
from kg.curation.session import Session
from kg.render.alignment import summarize
from kg.render.console import draw_line
from kg.render.decisions import describe_line, when, who
from kg.render.quotes import draw_quote
from ontologies.decisions import Action
from ontologies.model import Match

KEYS = "e exact·b broad·n narrow·r related·0 none·x not·u unsure·s skip·z undo·? keys"
HELP = """\
A decision is one key. It is on the disk, and in the graph, before the next
card is shown: q, or a lost line, loses nothing.

  e  exact: the name is the chosen candidate
  b  broad: the candidate is broader        n  narrow: it is narrower
  r  related: near, but neither             0  none: no concept fits this name
  x  not it: the other candidates stay      u  unsure: later, or somebody else

  1-9  choose a candidate                   /  search by words or a CURIE
  p  split: the name is several concepts    t  note: words, and the reason
  c  then 1-9: how sure you are (9 = .9)    s  skip: nothing is said
  z  undo the last decision                 q  quit

Any key goes back to the card."""
_EARLIER = 2


def draw_card(session: Session, console: Console, *, message: str = "") -> Text:
    """The page of the card: cut to the terminal's width and height, its keys always on the last line."""
    width, height = console.width, max(console.height - 1, 12)
    card = session.card
    assert card is not None
    top = list(_draw_head(card, session))
    bottom = [*_draw_earlier(card), draw_line(message, style="yellow"), Text(_shortened(KEYS, width), "dim")]
    sentences = list(_draw_sentences(card, width))
    room = height - len(top) - len(bottom)
    candidates = list(_draw_candidates(card, session, room - len(sentences)))
    lines = [*top, *sentences, *candidates, *bottom]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Text("\n").join(lines)


def draw_change(session: Session) -> str:
    """What the last key that decided did to the graph, in one line."""
    change = session.last
    if change is None or not change.lines:
        return ""
    line = change.lines[0]
    told = describe_line(session.desk.ledger.line(line.of)) if line.action is Action.UNDO else ""
    what = f"took back: {told}" if told else describe_line(line)
    effect = summarize(change.graph) if change.graph.moves else "nothing moves"
    return change.note or f"{what}: {effect}"


def _draw_head(card: Card, session: Session) -> Iterator[Text]:
    usage, tally = card.item.usage, session.tally
    done = f"{tally.decisions} decided" + (f", {tally.decisions / tally.minutes:.0f}/min" if tally.decisions else "")
    up_to = "up to " if len(usage.names) > 1 else ""
    facts = f"changes {up_to}{usage.facts} facts, {usage.evidence} rows, {usage.documents} documents"
    yield Text(f"{facts} · {done}", "dim")
    spellings = f" (also {', '.join(usage.names[1:3])})" if usage.names[1:] else ""
    now = f"now {usage.node.name} {usage.node.curie}" if usage.node.aligned else "not aligned yet"
    sure = f" · you are {session.confidence:.1f} sure" if session.confidence is not None else ""
    yield draw_line((usage.name, "bold"), f"{spellings}  ", (f"{usage.node.kind.value} · {now}{sure}", "dim"))


def _draw_sentences(card: Card, width: int) -> Iterator[Text]:
    for row in card.sentences:
        quote = draw_quote(row.quote, card.item.usage.node, width=width - 4)
        yield draw_line("  “", quote, "”")


def _draw_candidates(card: Card, session: Session, room: int) -> Iterator[Text]:
    yield draw_line(f"for {card.searched!r}:" if card.searched else "", style="dim")
    if not card.matches:
        yield Text("  no candidate: / searches, 0 says that no concept fits", "yellow")
    for place, match in enumerate(card.matches[: max(room - 5, 1)]):
        chosen = place == session.chosen
        yield _draw_match(place, match, chosen=chosen)
        if chosen:
            yield from _draw_surroundings(describe(match, session.desk))


def _draw_match(place: int, match: Match, *, chosen: bool) -> Text:
    mark = "▶" if chosen else " "
    return draw_line(
        (f"{mark}{place + 1} ", "bold cyan" if chosen else "cyan"),
        _score(match.score),
        (match.name, "bold" if chosen else ""),
        (f"  {match.curie} · {match.kind.value} · {match.reason}", "dim"),
    )


def _score(score: float) -> str:
    return " –  " if not score else f"{score:.2f} ".lstrip("0") if score < 1 else "1.0 "


def _draw_surroundings(candidate: Candidate) -> Iterator[Text]:
    for label, values in (("also", candidate.names), ("in", candidate.parents), ("graph", candidate.neighbours)):
        yield draw_line(f"      {label}: {'; '.join(values) or '–'}", style="dim")


def _draw_earlier(card: Card) -> Iterator[Text]:
    for line in card.earlier[-_EARLIER:]:
        note = f"{line.of}: {line.reason}" if line.action is Action.NOTE else describe_line(line)
        yield draw_line(f"earlier: {who(line)} {when(line)[:10]} {note}", style="magenta")


def _shortened(keys: str, width: int) -> str:
    return keys if len(keys) <= width else "e b n r 0 x u s z ? keys"


def draw_end(session: Session) -> str:
    """What the session came to."""
    tally = session.tally
    per = tally.keys / tally.decisions if tally.decisions else 0
    rate = tally.decisions / tally.minutes
    return (
        f"{tally.decisions} decisions on {tally.cards} cards in {tally.minutes:.1f} min: {rate:.0f} a minute, "
        f"{per:.1f} keys a decision; all are in {session.desk.ledger.log.path}"
    )
