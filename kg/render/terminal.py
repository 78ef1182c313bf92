"""A terminal read key by key and line by line, as a curator works in it over SSH."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from typing import Any

from rich.console import Console, RenderableType

from kg.errors import KGError

_ESCAPE = "\x1b"


class Terminal:
    """The terminal of standard input in a mode that gives each key at once; what is typed ahead is kept."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._input = sys.stdin.fileno()
        self._before: list[Any] = []
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode

    def __enter__(self) -> Terminal:
        try:
            import termios
            import tty
        except ImportError as error:
            raise KGError("deciding key by key needs a POSIX terminal; give decisions in a file") from error
        if not sys.stdout.isatty():
            raise KGError("standard output is no terminal, so no card can be shown on it; leave out the pipe or file")
        self._before = termios.tcgetattr(self._input)
        tty.setcbreak(self._input, termios.TCSADRAIN)
        return self

    def __exit__(self, *_: object) -> None:
        self._cooked()

    def read_key(self) -> str:
        """The next key, "" when the terminal is gone; keys that send several characters, like arrows, are left out."""
        while True:
            key = self._read()
            if key != _ESCAPE:
                return key
            self._skip_sequence()

    def ask(self, question: str) -> str:
        """A line that the curator types, with the usual editing; "" where nothing is typed."""
        with suppress(ImportError):
            # With it, a line is edited by characters whatever they fill: without it a Chinese one is erased by halves.
            import readline  # noqa: F401
        import termios
        import tty

        self._cooked()
        try:
            return input(question).strip()
        except EOFError:
            return ""
        finally:
            tty.setcbreak(self._input, termios.TCSADRAIN)

    def show(self, page: RenderableType) -> None:
        """Put a page in place of what is on the screen."""
        if self.console.is_dumb_terminal:
            self.console.print()
        else:
            self.console.file.write("\x1b[H\x1b[2J")
        self.console.print(page)
        self.console.file.flush()

    def _read(self) -> str:
        key = ""
        while not key:
            try:
                byte = os.read(self._input, 1)
            except OSError:
                return ""
            if not byte:
                return ""
            key = self._decode(byte)
        return key

    def _skip_sequence(self) -> None:
        """Reads what an arrow or function key sends behind its escape character."""
        import select

        first = True
        while select.select([self._input], [], [], 0.02)[0]:
            key = self._read()
            if not key or (not first and (key.isalpha() or key == "~")) or (first and key not in "[O"):
                return
            first = False

    def _cooked(self) -> None:
        import termios

        termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)
