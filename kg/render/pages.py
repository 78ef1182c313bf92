"""Pages of a terminal: text cut, wrapped and laid out by columns, of which a Chinese character fills two."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from rich.cells import cell_len, get_character_cell_size
from rich.console import Console
from rich.text import Text

from ontologies.printable import printable

_MORE = "…"
#: What stands between two keys on one line.
_BETWEEN = " · "


def count(number: int, word: str) -> str:
    """The number with its word, in the plural unless it is one: "1 fact", "2 facts"."""
    return f"{number:,} {word if number == 1 else f'{word}s'}"


def cut(text: str, width: int) -> str:
    """The text on one line of `width` columns: its end gives way to an ellipsis."""
    text = printable(text)
    return text if cell_len(text) <= width else text[: _fitting(text, width - 1)] + _MORE


def wrap(text: str, width: int, *, lines: int) -> list[str]:
    """The text on so many lines at most, broken at blanks where there are any; what is too long loses its middle."""
    text = printable(text)
    found = list(_broken(text, width))
    if len(found) <= lines:
        return found
    if lines == 1:
        return [cut(text, width)]
    tail = text[len(text) - _fitting(text[::-1], width - 1) :]
    return [*found[: lines - 1], _MORE + tail]


def join_keys(keys: Iterable[str], width: int) -> list[str]:
    """The keys on as few lines as they need."""
    lines: list[str] = []
    for key in keys:
        if lines and cell_len(lines[-1] + _BETWEEN + key) <= width:
            lines[-1] += _BETWEEN + key
        else:
            lines.append(key)
    return lines


def lay_out(body: Sequence[Text], bottom: Sequence[Text], console: Console) -> Text:
    """The page: lines cut to the width; where it is too high for the terminal, the end of the body is left out."""
    room = max(console.height - 1, 1) - len(bottom)
    lines = [*body[: max(room, 1)], *bottom]
    for line in lines:
        line.truncate(console.width, overflow="ellipsis")
    return Text("\n").join(lines)


def draw_score(score: float) -> str:
    """The score in four columns; a line where there is none."""
    return " –  " if not score else f"{score:.2f} ".lstrip("0") if score < 1 else "1.0 "


def window(text: str, place: tuple[int, int] | None, width: int) -> tuple[int, int]:
    """The range of a text to show: all of it, its beginning, or `width` columns around a place."""
    ends = list(accumulate(map(get_character_cell_size, text), initial=0))
    if ends[-1] <= width:
        return 0, len(text)
    middle = (ends[place[0]] + ends[place[1]]) // 2 if place else 0
    start = bisect_left(ends, max(0, min(middle - width // 2, ends[-1] - width)))
    return start, bisect_right(ends, ends[start] + width) - 1


def _fitting(text: str, width: int) -> int:
    """How many characters of the beginning fit into so many columns."""
    return window(text, None, width)[1]


def _broken(text: str, width: int) -> Iterator[str]:
    while text:
        end = _fitting(text, width)
        if end < len(text) and text[end] != " " and " " in text[:end].strip():
            end = text[:end].rindex(" ")
        yield text[:end].rstrip()
        text = text[max(end, 1) :].lstrip()
