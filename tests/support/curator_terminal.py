"""A terminal of 80 columns and 24 lines in which a test sits before the `kg` command, as a curator does."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unicodedata import east_asian_width

_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-B0-2]|\r")
#: What outweighs the size of the terminal itself; a test runner may have set it.
_SIZES = ("COLUMNS", "LINES")
_CLEARED = "\x1b[H\x1b[2J"


class CuratorTerminal:
    """Sends keys to a running command and sees its pages; `seconds` is how long an answer may take at most."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, *, seconds: float = 60) -> None:
        self.process = process
        self._master = master
        self._seconds = seconds
        self._text = ""

    @property
    def raw(self) -> str:
        """All that came so far, with its codes."""
        return self._text

    @property
    def page(self) -> str:
        """What stands on the screen: what came since it was cleared last, without codes."""
        return _CODES.sub("", self._text.rpartition(_CLEARED)[2])

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, as it does before a program and after it."""
        flags: int = termios.tcgetattr(self._master)[3]
        return bool(flags & termios.ECHO)

    def wait_for(self, words: str) -> str:
        """The page as soon as `words` stand on it."""
        deadline = time.monotonic() + self._seconds
        while words not in self.page:
            assert time.monotonic() < deadline, f"no {words!r} came; the page is:\n{self.page}"
            if not self._read(0.05) and self.process.poll() is not None:
                assert words in self.page, f"it ended without {words!r}; the page is:\n{self.page}"
        return self.page

    def press(self, keys: str, *, until: str) -> str:
        """The page that `keys` lead to, once `until` stands on a page that came after them."""
        self._text += _CLEARED
        os.write(self._master, keys.encode())
        return self.wait_for(until)

    def end(self) -> int:
        """The exit status, once the command has ended by itself."""
        deadline = time.monotonic() + self._seconds
        while self.process.poll() is None:
            self._read(0.05)
            assert time.monotonic() < deadline, f"it does not end; the page is:\n{self.page}"
        self._read(0.05)
        return self.process.returncode

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return False
        self._text += data.decode("utf-8", errors="replace")
        return bool(data)


@contextmanager
def curator_terminal(
    *arguments: str,
    environment: Mapping[str, str],
    folder: Path,
    size: tuple[int, int] = (24, 80),
    program: tuple[str, ...] = (sys.executable, "-m", "kg"),
    term: str = "xterm-256color",
) -> Iterator[CuratorTerminal]:
    """The `kg` command in a terminal of so many lines and columns; hung up, as a lost line does, at the end."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    command = [*program, *arguments]
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={name: value for name, value in environment.items() if name not in _SIZES} | {"TERM": term},
        cwd=folder,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    try:
        yield CuratorTerminal(process, master)
    finally:
        os.close(master)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def columns(line: str) -> int:
    """How many columns a line fills: a Chinese character fills two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in line)
