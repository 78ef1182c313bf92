"""Reviewing as such: which decision a key makes, on which card, and what can be taken back. No terminal here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kg.curation.card import Card, make_card
from kg.curation.desk import Change, Desk
from kg.curation.items import Item, join_spellings
from kg.curation.uses import find_uses
from ontologies.decisions import Action, Line
from ontologies.errors import DecisionError
from ontologies.model import Match, Verdict
from ontologies.standing import form_of


@dataclass(slots=True)
class Tally:
    """What was done and what it took: keys, decisions, and seconds at the desk."""

    keys: int = 0
    decisions: int = 0
    cards: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def minutes(self) -> float:
        """Minutes since the start, never nought."""
        return max(time.monotonic() - self.started, 0.01) / 60


class Session:
    """Goes through items one card at a time; every decision is in the log before the next card is shown.

    With `again` the items are there although, or because, they were decided.
    """

    def __init__(self, desk: Desk, items: Iterator[Item], *, batch: str = "", again: bool = False) -> None:
        self.desk = desk
        self.again = again
        self.batch = batch
        self.tally = Tally()
        self.chosen = 0
        self.confidence: float | None = None
        self.reason = ""
        self.card: Card | None = None
        self.last: Change | None = None
        self._items = items
        self._done: list[tuple[Item, tuple[str, ...]]] = []
        self._seen: set[str] = set()

    @property
    def match(self) -> Match | None:
        """The candidate that is chosen on the card."""
        return self.card.matches[self.chosen] if self.card and self.chosen < len(self.card.matches) else None

    def advance(self) -> bool:
        """Whether there is another card; names decided meanwhile, here or by others, are passed over."""
        self.desk.ledger.log.refresh()
        for item in self._items:
            said = self.desk.ledger.of(item.usage.name, kind=item.kind, language=item.language)
            mark = f"{form_of(item.usage.name)} {item.usage.node.curie}"
            if mark in self._seen or (said != item.said and not self.again):
                continue
            self._seen.add(mark)
            self._show(item)
            self.tally.cards += 1
            return True
        self.card = None
        return False

    def choose(self, place: int) -> None:
        """Choose the candidate at a place, from 0."""
        if not self.card or place >= len(self.card.matches):
            raise DecisionError(f"there is no candidate {place + 1} on this card")
        self.chosen = place

    def search(self, text: str) -> None:
        """Show what the terminologies have for other words, on the same card."""
        found = make_card(self._item, self.desk, searched=text)
        if not found.matches:
            raise DecisionError(f"nothing is called {text!r} or near it; try other words, or a CURIE")
        self.card, self.chosen = found, 0

    def decide(self, verdict: Verdict) -> None:
        """Say of the name what it is to the chosen candidate, and go to the next card."""
        if self.match is None:
            raise DecisionError("there is no candidate on this card: / searches, 0 says that no concept fits")
        self._record([self._draft(verdict, self.match.curie)])
        self.advance()

    def reject(self) -> None:
        """Say that the chosen candidate is not it, and stay for the others."""
        if self.match is None:
            raise DecisionError("there is no candidate on this card to reject")
        self._record([self._draft(Verdict.NONE, self.match.curie)])
        self._show(self._fresh(self._item))

    def close(self, verdict: Verdict) -> None:
        """Say that no concept fits (none), or that somebody else should look (unsure), and go to the next card."""
        self._record([self._draft(verdict, "")])
        self.advance()

    def split(self, parts: Sequence[str]) -> None:
        """Say that the name is these names together: exact to each, in one moment."""
        drafts = []
        for part in parts:
            found = self.desk.ground(part, kind=self._item.kind).matches or self.desk.ground(part).matches
            curie = part if ":" in part else found[0].curie if found else ""
            if not curie:
                raise DecisionError(f"nothing is known as {part!r}; give its CURIE instead")
            drafts.append(self._draft(Verdict.EXACT, curie))
        if len(drafts) < 2:
            raise DecisionError("a split takes two parts or more, separated by ;")
        self._record(drafts)
        self.advance()

    def note(self, text: str) -> None:
        """Keep words about the name; they are also the reason of what is decided on this card."""
        self.desk.record([Line(Action.NOTE, self.desk.author, self._item.name_decided, text)])
        self.reason = text

    def undo(self) -> None:
        """Take the last decision of this session back, and show its card again."""
        if not self._done:
            raise DecisionError("nothing was decided in this session yet; `kg align undo` takes back earlier ones")
        item, ids = self._done.pop()
        self.last = self.desk.record([Line(Action.UNDO, self.desk.author, id_) for id_ in ids])
        self.tally.decisions -= 1
        self._show(self._fresh(item))

    @property
    def _item(self) -> Item:
        if self.card is None:
            raise DecisionError("there is no card left")
        return self.card.item

    def _show(self, item: Item) -> None:
        self.card = make_card(item, self.desk)
        self.chosen, self.confidence, self.reason = 0, None, ""

    def _draft(self, verdict: Verdict, curie: str) -> Line:
        item = self._item
        return self.desk.draft(
            item.name_decided,
            verdict,
            curie,
            kind=item.kind_decided,
            language=item.language,
            reason=self.reason,
            confidence=self.confidence,
            batch=self.batch,
            guesses=[*item.candidates, *(self.card.matches if self.card else ())],
        )

    def _record(self, drafts: Sequence[Line]) -> None:
        item = self._item
        self.last = self.desk.record(drafts)
        self._done.append((item, tuple(line.id for line in self.last.lines)))
        self.tally.decisions += 1

    def _fresh(self, item: Item) -> Item:
        """The item as it is after a decision on it."""
        name, usage = item.usage.name, item.usage
        said = self.desk.ledger.of(name, kind=item.kind, language=item.language)
        if self.desk.store is not None:
            uses = find_uses(self.desk.store, name)
            found = [one for one in join_spellings(uses) if one.node.kind == item.kind]
            usage = next((one for one in found if one.node.curie == usage.node.curie), found[0] if found else usage)
        return Item(usage, self.desk, said)
