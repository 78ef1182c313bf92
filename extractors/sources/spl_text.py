"""A document's text while it is laid out: white space made regular, and every mark knowing its offsets at once."""

from __future__ import annotations

import re

#: What may stand between two pieces of text; a higher one wins over a lower one that was asked for beside it.
NOTHING, BLANK, LINE, PARAGRAPH = range(4)

_GAPS = ("", " ", "\n", "\n\n")
_UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_CLOSING = frozenset(")],;")
_BULLETS = "•●▪■◦· "
_NO_STOP_NEEDED = frozenset(".,;:!?…。，；：！？、")


def regular(text: str) -> str:
    """`text` as `TextWriter` writes it: without invisible characters, every run of white space one blank."""
    return " ".join((text if text.isascii() else _UNSEEN.sub("", text)).split())


class Mark:
    """A range of the text being laid out; empty until text is written, and then as long as it."""

    __slots__ = ("end", "start")

    def __init__(self) -> None:
        self.start = self.end = -1


class TextWriter:
    """Lays text out: runs of white space become one blank, breaks asked for twice are made once, none ends the text.

    Inside a table cell (`flat`) a line break becomes a blank and a paragraph break "; ", so that a row is one line.
    """

    def __init__(self) -> None:
        self.length = 0
        self.flat = False
        self._parts: list[str] = []
        self._gap = NOTHING
        self._row_gap = NOTHING
        self._bars = 0
        self._bullet = False
        self._waiting: list[Mark] = []

    @property
    def text(self) -> str:
        """All that was written so far."""
        return "".join(self._parts)

    @property
    def last(self) -> str:
        """The last piece that was written, or an empty string where white space or a break follows it."""
        return self._parts[-1] if self._parts and self._gap == NOTHING and not self._bars else ""

    def write(self, text: str) -> None:
        """Write `text`; white space at its ends separates it from what stands beside it."""
        if not text.isascii():
            text = _UNSEEN.sub("", text)
        words = " ".join(text.split())
        if words:
            if text[0].isspace():
                self.gap(BLANK)
            self._put(words)
            if text[-1].isspace():
                self._gap = BLANK
        elif text:
            self.gap(BLANK)

    def gap(self, kind: int) -> None:
        """Let what comes next stand apart by at least a gap of this kind."""
        if kind > self._gap:
            self._gap = kind

    def begin_row(self) -> None:
        """Begin a table row on a line of its own."""
        self._row_gap = max(self._gap, self._row_gap, LINE)
        self._gap, self.flat = NOTHING, True

    def begin_cell(self) -> None:
        """Begin a further cell of a row; a bar will stand before its text."""
        self._bars += 1

    def end_row(self) -> None:
        """End a table row; bars with nothing behind them are not written."""
        self.flat = False
        self._gap = max(self._row_gap, LINE)
        self._bars = self._row_gap = NOTHING

    def bullet(self) -> None:
        """Begin a list item: the next text stands behind a bullet, on a line of its own."""
        self.gap(LINE)
        self._bullet = True

    def open(self) -> Mark:
        """A mark that begins where the next text will."""
        mark = Mark()
        self._waiting.append(mark)
        return mark

    def close(self, mark: Mark) -> tuple[int, int]:
        """The range of `mark`, which ends with the last text written."""
        if mark.start < 0:
            self._waiting.remove(mark)
            mark.start = self.length
        mark.end = self.length
        return mark.start, mark.end

    def text_of(self, mark: Mark) -> str:
        """The text of a closed mark; quick for the one closed last."""
        tail: list[str] = []
        size = 0
        for part in reversed(self._parts):
            if size >= self.length - mark.start:
                break
            tail.append(part)
            size += len(part)
        from_start = "".join(reversed(tail))[size - (self.length - mark.start) :]
        return from_start[: mark.end - mark.start]

    def _put(self, words: str) -> None:
        if self._bullet:
            words = words.lstrip(_BULLETS)
            if not words:
                return
            words = "• " + words
            self._bullet = False
        lead = "" if self._gap == BLANK and words[0] in _CLOSING else self._lead()
        start = self.length + len(lead)
        for mark in self._waiting:
            mark.start = start
        self._waiting.clear()
        self._parts.append(lead + words)
        self.length = start + len(words)
        self._gap = self._row_gap = self._bars = NOTHING

    def _lead(self) -> str:
        if not self.length:
            return "| " * self._bars
        if self._row_gap or self._bars:
            return (_GAPS[self._row_gap] or " ") + "| " * self._bars
        if self.flat and self._gap > BLANK:
            return " " if self._gap == LINE or self._parts[-1][-1] in _NO_STOP_NEEDED else "; "
        return _GAPS[self._gap]
