"""A card of the review on a terminal of 80 columns and 24 lines, or whatever there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from kg.curation.card import Candidate, Card, describe
from kg.curation.desk import Change, Desk
from kg.curation.session import Session
from kg.curation.standstill import why_nothing_moves
from kg.model import Evidence, Node
from kg.render.alignment import summarize
from kg.render.console import draw_line
from kg.render.decisions import describe_line, describe_voided, when, who
from kg.render.pages import count, cut, draw_score, join_keys, lay_out, wrap
from kg.render.quotes import draw_quote
from ontologies.decisions import Action
from ontologies.model import Match

KEYS = (
    "e exact", "b broad", "n narrow", "r related", "0 none", "x not this", "u unsure", "1-9 choose", "/ search",
    "p split", "t note", "c how sure", "s skip", "z undo", "q quit", "? keys",
)  # fmt: skip
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
#: Earlier lines of the log that are shown, lines that a name may fill, and lines around the chosen candidate.
_EARLIER, _NAME_LINES, _AROUND = 2, 3, 4
#: Lines for what a new release changed.
_STALE_LINES = 2


def draw_card(session: Session, console: Console, *, messages: Sequence[str] = ()) -> Text:
    """The page of the card: cut to the terminal's width and height, its keys always at its end."""
    card, width = session.card, console.width
    assert card is not None
    top = [*_draw_head(card, session, width), *draw_sentences(card.sentences, card.item.usage.node, width)]
    told = [draw_line(part, style="yellow") for message in messages for part in wrap(message, width, lines=2)]
    bottom = [*_draw_earlier(card), *_draw_note(session), *told]
    bottom += [draw_line(keys, style="dim") for keys in join_keys(KEYS, width)]
    room = max(console.height - 1, 12) - len(top) - len(bottom)
    return lay_out([*top, *_draw_candidates(card, session, room, width)], bottom, console)


def describe_change(change: Change | None, desk: Desk) -> list[str]:
    """What the last key that decided said, whose verdicts it made void, and what it did to the graph, a line each."""
    if change is None or not change.lines:
        return []
    back = change.lines[0].action is Action.UNDO
    said = [describe_line(desk.ledger.line(line.of) if back else line) for line in change.lines]
    what = ("took back: " if back else "") + "; ".join(said)
    effect = summarize(change.graph) if change.graph.moves else why_nothing_moves(change, desk)
    return [what, *describe_voided(change.voided), change.note or effect]


def _draw_head(card: Card, session: Session, width: int) -> Iterator[Text]:
    usage, tally = card.item.usage, session.tally
    done = f"{tally.decisions} decided" + (f", {tally.decisions / tally.minutes:.0f}/min" if tally.decisions else "")
    up_to = "up to " if len(usage.names) > 1 else ""
    parts = ((usage.facts, "fact"), (usage.evidence, "row"), (usage.documents, "document"))
    counts = ", ".join(count(*part) for part in parts)
    yield draw_line(f"changes {up_to}{counts} · {done}", style="dim")
    yield from (draw_line(part, style="bold") for part in wrap(usage.name, width, lines=_NAME_LINES))
    now = f"now {usage.node.name} {usage.node.curie}" if usage.node.aligned else "not aligned yet"
    sure = f" · you are {session.confidence:.1f} sure" if session.confidence is not None else ""
    spellings = f" · also {', '.join(usage.names[1:3])}" if usage.names[1:] else ""
    yield draw_line(f"{usage.node.kind.value} · {now}{sure}{spellings}", style="dim")
    if card.item.stale:
        yield from (draw_line(part, style="yellow") for part in wrap(card.item.stale, width, lines=_STALE_LINES))


def draw_sentences(rows: Iterable[Evidence], node: Node, width: int) -> Iterator[Text]:
    """Each sentence on one line, cut around the name."""
    for row in rows:
        written = row.subject_name if row.subject == node.curie else row.object_name
        yield draw_line("  “", draw_quote(row.quote, node, written=written, width=width - 4), "”")


def _draw_candidates(card: Card, session: Session, room: int, width: int) -> Iterator[Text]:
    yield draw_line(f"for {card.searched!r}:" if card.searched else "", style="dim")
    if not card.matches:
        yield draw_line("  no candidate: / searches, 0 says that no concept fits", style="yellow")
    for place, match in enumerate(card.matches[: max(room - 2 - _AROUND, 1)]):
        chosen = place == session.chosen
        yield _draw_match(place, match, width, chosen=chosen)
        if chosen:
            yield from draw_surroundings(describe(match, session.desk))


def _draw_match(place: int, match: Match, width: int, *, chosen: bool) -> Text:
    mark = "▶" if chosen else " "
    told = f"  {match.curie} · {match.kind.value}" + ("" if chosen else f" · {match.reason}")
    # The CURIE is never pushed off the line, however long the name.
    name = cut(match.name, max(width - 9 - cell_len(match.curie), 12))
    return draw_line(
        (f"{mark}{place + 1} ", "bold cyan" if chosen else "cyan"),
        draw_score(match.score),
        (name, "bold" if chosen else ""),
        (told, "dim"),
    )


def draw_surroundings(candidate: Candidate) -> Iterator[Text]:
    """Why the candidate was found, its other names, what stands above it, what the graph says of it."""
    names, parents, neighbours = (
        "; ".join(values) or "–" for values in (candidate.names, candidate.parents, candidate.neighbours)
    )
    reason = candidate.match.reason
    for label, told in (("why", reason), ("also", names), ("in", parents), ("graph", neighbours)):
        yield draw_line(f"      {label}: {told}", style="dim")


def _draw_earlier(card: Card) -> Iterator[Text]:
    for line in card.earlier[-_EARLIER:]:
        told = f"noted: {line.reason}" if line.action is Action.NOTE else describe_line(line)
        yield draw_line(f"earlier: {who(line)} {when(line)[:10]} {told}", style="magenta")


def _draw_note(session: Session) -> Iterator[Text]:
    if session.reason:
        yield draw_line(f"note, the reason of what you decide here: {session.reason}", style="magenta")


def draw_end(session: Session) -> Text:
    """What the session came to."""
    tally = session.tally
    per = tally.keys / tally.decisions if tally.decisions else 0
    rate = tally.decisions / tally.minutes
    return draw_line(
        f"{count(tally.decisions, 'decision')} on {count(tally.cards, 'card')} in {tally.minutes:.1f} min: "
        f"{rate:.0f} a minute, {per:.1f} keys a decision; all are in {session.desk.ledger.log.path}"
    )
