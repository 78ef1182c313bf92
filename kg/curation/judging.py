"""Looking at a random sample before many names are decided at once: is what would be decided right?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from kg.curation.bulk import mark
from kg.curation.items import Item
from kg.curation.keys import Screen


class Judgement(StrEnum):
    """What a curator says of one of the sample."""

    RIGHT = "y"
    WRONG = "n"
    UNSURE = "u"


def judge(
    sample: Sequence[Item], screen: Screen, show: Callable[[int, Sequence[Judgement], str], None]
) -> dict[str, Judgement] | None:
    """The judgement of each of the sample, one key each; None where the curator, or the line, is gone before the end.

    `show` puts the item at a place on the screen, with what was said of those before and a message.
    """
    said: list[Judgement] = []
    message = ""
    while len(said) < len(sample):
        show(len(said), said, message)
        key, message = screen.read_key(), ""
        if key in ("", "q", "\x04"):
            return None
        if key in tuple(Judgement):
            said.append(Judgement(key))
        elif key == "z":
            message = "" if said else "this is the first of the sample"
            said = said[:-1]
        elif key.strip():
            message = f"{key!r} is no key here: y, n, u, z or q"
    return {mark(item): one for item, one in zip(sample, said, strict=True)}
