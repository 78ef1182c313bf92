"""What the text around a name says for or against reading it there."""

from __future__ import annotations

from ontologies.normalize import spans


def runs_on(text: str, place: int) -> bool:
    """True where letters or digits of one written word stand on both sides of `place`."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def same_capitals(name: str, surface: str) -> bool:
    """True where two spellings differ in the capital of the first letter at most, or by a plural s.

    A short name in lower case has lost its capitals on the way here: it wants them in the text.
    """
    if len(name) <= 3 and name.islower():
        name = name.upper()
    if name.isupper() and len(name) > 1:
        return surface in (name, name + "s", name + "'s", name + "’s")
    return name[:1].lower() + name[1:] == surface[:1].lower() + surface[1:]


def among_capitals(text: str, start: int, end: int) -> bool:
    """True where the words beside are in capitals too, so that capitals say nothing."""
    beside = spans(text[max(0, start - 30) : start])[-1:] + spans(text[end : end + 30])[:1]
    return any(word.isupper() and len(word) > 1 for word, _, _ in beside)
