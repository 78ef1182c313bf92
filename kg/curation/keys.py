"""What each key of the review does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from kg.curation.session import Session
from kg.errors import KGError
from ontologies.model import Verdict
from ontologies.printable import printable

DECIDING = {"e": Verdict.EXACT, "b": Verdict.BROAD, "n": Verdict.NARROW, "r": Verdict.RELATED}
CLOSING = {"0": Verdict.NONE, "u": Verdict.UNSURE}
_PARTS = re.compile(r"[;；]")
_GUESSED_PARTS = re.compile(r"[;；、,，+/与和及]| and | or ")


class Screen(Protocol):
    """Where keys come from and pages go."""

    def read_key(self) -> str:
        """The next key, "" when there are no more."""
        ...

    def ask(self, question: str) -> str:
        """A line of text."""
        ...


def review(
    session: Session, screen: Screen, show: Callable[[Session, str], None], show_help: Callable[[], None]
) -> None:
    """Goes through the cards until there are no more, or the curator or the line is gone."""
    session.advance()
    message = ""
    while session.card is not None:
        show(session, message)
        key = screen.read_key()
        if key in ("", "q", "\x04"):
            return
        session.tally.keys += 1
        if key == "?":
            show_help()
            screen.read_key()
            message = ""
            continue
        try:
            message = press(session, key, screen)
        except KGError as error:
            message = str(error)


def press(session: Session, key: str, screen: Screen) -> str:
    """What to tell the curator after the key did its work, mostly nothing."""
    if key in DECIDING:
        session.decide(DECIDING[key])
    elif key in CLOSING:
        session.close(CLOSING[key])
    elif key.isdigit():
        session.choose(int(key) - 1)
    elif key in _OTHER:
        return _OTHER[key](session, screen) or ""
    elif key.strip():
        return f"{key!r} is no key here; ? shows the keys"
    return ""


def _skip(session: Session, _screen: Screen) -> None:
    session.advance()


def _reject(session: Session, _screen: Screen) -> None:
    session.reject()


def _undo(session: Session, _screen: Screen) -> None:
    session.undo()


def _note(session: Session, screen: Screen) -> str:
    text = screen.ask("note, also the reason of what is decided on this card: ")
    if text:
        session.note(text)
    return "noted" if text else "nothing was noted"


def _search(session: Session, screen: Screen) -> None:
    if text := screen.ask("search: "):
        session.search(text)


def _split(session: Session, screen: Screen) -> None:
    assert session.card is not None
    item = session.card.item
    parts = item.grounding.parts or _GUESSED_PARTS.split(item.usage.name)
    guess = "; ".join(part.strip() for part in parts if part.strip())
    given = screen.ask(f"parts, separated by ; [{printable(guess)}]: ") or guess
    session.split([part.strip() for part in _PARTS.split(given) if part.strip()])


def _confidence(session: Session, screen: Screen) -> str:
    digit = screen.read_key()
    session.tally.keys += 1
    if digit not in "123456789" or not digit:
        return "c takes a digit from 1 (hardly) to 9 (nearly sure)"
    session.confidence = int(digit) / 10
    return ""


_OTHER: dict[str, Callable[[Session, Screen], str | None]] = {
    "s": _skip,
    "x": _reject,
    "z": _undo,
    "t": _note,
    "/": _search,
    "p": _split,
    "c": _confidence,
}
