"""Text that comes from data, as it may be printed: nothing in it steers a terminal, forges a line or turns it round."""

from __future__ import annotations

from unicodedata import category

#: What breaks a line, or leaps in it: a blank takes its place.
_BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
#: Controls (of terminals, and of the direction of writing), stray bytes, and breaks of lines.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Format characters that words are written with: joiners, and the hyphen that shows at the end of a line.
_HARMLESS = frozenset("\u200c\u200d\u00ad")


def printable(text: str) -> str:
    """The text as it may be printed on one line: what could steer a terminal is a visible escape, a break a blank."""
    if text.isprintable():
        return text
    return "".join(" " if character in _BREAKS else _shown(character) for character in text)


def printable_lines(text: str) -> str:
    r"""As `printable`, for text of several lines: its line breaks (\n) stay."""
    return text if text.isprintable() else "\n".join(map(printable, text.split("\n")))


def has_controls(text: str) -> bool:
    """Whether there are control characters, breaks or stray bytes in a text: what no name is written with."""
    return any(character in _BREAKS or category(character) in ("Cc", "Cs") for character in text)


def without_controls(text: str) -> str:
    """The text with a blank for each control character, break or stray byte: by its normal form still the same name."""
    return "".join(" " if has_controls(character) else character for character in text)


def _shown(character: str) -> str:
    if character in _HARMLESS or category(character) not in _STEERING:
        return character
    return character.encode("unicode_escape").decode("ascii")
