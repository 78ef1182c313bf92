"""The log of curators' decisions: lines that are only ever appended, each with the hash of the line before.

Nothing is changed or taken out: to undo is a line too. What is in force is folded from the lines by
`ontologies.standing`. A line is on the disk before `append` returns; a line that was cut in half by a full disk or a
killed process is set aside, and nothing else is lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import apsw
import orjson

from ontologies.decision_lines import Action, Line, read_line, write_line
from ontologies.errors import DecisionError
from ontologies.home import get_home

__all__ = ["Action", "DecisionLog", "Line", "open_log", "utc_now"]

_HASH_BYTES, _ID_BYTES = 16, 6
_WAIT = 10_000
"""Milliseconds that a writer waits for another one."""


def utc_now() -> str:
    """The time as ISO 8601 in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def open_log(*, home: Path | None = None) -> DecisionLog:
    """The log under the home folder, as far as it is written; empty where there is none yet."""
    return DecisionLog(log_path(home=home))


def log_path(*, home: Path | None = None) -> Path:
    """Where the log under the home folder lies, or will lie."""
    return (home or get_home()) / "decisions.jsonl"


class DecisionLog:
    """The lines of a log file, oldest first in `lines`; several processes may append to one file.

    Raises DecisionError where a line was changed, taken out or cannot be understood. `damage` tells, in words, what
    was found wrong and could be set right: a half-written last line.
    """

    def __init__(self, path: Path, *, clock: Callable[[], str] = utc_now) -> None:
        self.path = path
        self.lines: list[Line] = []
        self.damage = ""
        self._clock = clock
        self._size = 0
        self.refresh()
        self._check_head()

    @property
    def stamp(self) -> str:
        """The hash of the last line: two logs of one stamp hold the same lines; "" for an empty log."""
        return self.lines[-1].hash if self.lines else ""

    def refresh(self) -> bool:
        """Whether there was anything new: lines that other processes appended meanwhile are read."""
        before = len(self.lines)
        if self._read() and self.path.stat().st_size > self._size:
            with suppress(DecisionError), self._locked():
                self._read()
        self.damage = self._half_line()
        return len(self.lines) > before

    def append(self, drafts: Sequence[Line]) -> list[Line]:
        """The lines as written: with id, time and hash, all of one time; on the disk when this returns.

        A decision that has a time already keeps it.

        Raises DecisionError, and leaves the log as it was, where they cannot be written.
        """
        if not drafts:
            return []
        with self._locked():
            self._read()
            made, data = self._chained(drafts)
            try:
                self._write(data)
            except OSError as error:
                remedy = "nothing was recorded; free some space or mend the folder, and decide again"
                raise DecisionError(f"the decision cannot be written to {self.path} ({error}): {remedy}") from error
            self.lines += made
            self._size += len(data)
            self._write_head()
        return made

    def rehearsed(self, drafts: Sequence[Line]) -> DecisionLog:
        """This log with the drafts at its end, in memory only: what would come of them."""
        made = copy(self)
        made.lines = [*self.lines, *self._chained(drafts)[0]]
        return made

    def _read(self) -> bool:
        """Whether anything is left unread: the lines after those that are known are read, but for a half one."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._size)
                data = file.read()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise DecisionError(f"the decisions in {self.path} cannot be read ({error}); mend the file") from error
        whole = data.rfind(b"\n") + 1
        self.lines += self._parsed(data[:whole])
        self._size += whole
        return whole < len(data)

    def _parsed(self, data: bytes) -> Iterator[Line]:
        previous = self.stamp
        number = len(self.lines)
        for raw in data.splitlines():
            number += 1
            try:
                record = orjson.loads(raw)
                line = read_line(record, _hash(raw))
            except (ValueError, KeyError, TypeError) as error:
                raise DecisionError(f"line {number} of {self.path} is damaged ({error}); {_RESTORE}") from error
            if record["previous"] != previous:
                told = f"line {number} of {self.path} does not follow from the line before: one of them was changed"
                raise DecisionError(f"{told} or a line was taken out; {_RESTORE}")
            previous = line.hash
            yield line

    def _half_line(self) -> str:
        size = self.path.stat().st_size if self.path.exists() else 0
        if size <= self._size:
            return ""
        return (
            f"the last line of {self.path} is half-written ({size - self._size} bytes; a full disk or a killed"
            f" process); it counts for nothing, and the next decision sets it aside"
        )

    def _chained(self, drafts: Sequence[Line]) -> tuple[list[Line], bytes]:
        time, previous = self._next_time(), self.stamp
        made: list[Line] = []
        parts: list[bytes] = []
        for draft in drafts:
            id_ = blake2b(repr((previous, time, draft)).encode(), digest_size=_ID_BYTES).hexdigest()
            made_at = draft.decision.time or time if draft.decision else time
            decision = replace(draft.decision, id=id_, time=made_at) if draft.decision else None
            line = replace(draft, id=id_, time=time, decision=decision)
            raw = orjson.dumps(write_line(line) | {"previous": previous})
            previous = _hash(raw)
            made.append(replace(line, hash=previous))
            parts.append(raw + b"\n")
        return made, b"".join(parts)

    def _next_time(self) -> str:
        """Now, but never before the last line: clocks are set back, the order of decisions is not."""
        now, last = self._clock(), self.lines[-1].time if self.lines else ""
        if now > last:
            return now
        return (datetime.fromisoformat(last) + timedelta(microseconds=1)).isoformat(timespec="microseconds")

    def _write(self, data: bytes) -> None:
        with self.path.open("a+b") as file:
            self._set_aside(file)
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    os.ftruncate(file.fileno(), self._size)
                raise

    def _set_aside(self, file: Any) -> None:
        """Keeps a half-written line in a file of its own, so that the next line begins on a line."""
        file.seek(self._size)
        half = file.read()
        if half:
            with self.path.with_suffix(".half").open("ab") as aside:
                aside.write(half + b"\n")
            os.ftruncate(file.fileno(), self._size)

    @property
    def _head(self) -> Path:
        return self.path.with_suffix(".head")

    def _write_head(self) -> None:
        # An old head is as good as none: it only proves that the lines up to it were there.
        with suppress(OSError):
            new = self.path.with_suffix(".head.new")
            new.write_bytes(orjson.dumps({"lines": len(self.lines), "hash": self.stamp}))
            new.replace(self._head)

    def _check_head(self) -> None:
        """Raises where lines that were there once are gone from the end, which the chain itself cannot show."""
        try:
            head = orjson.loads(self._head.read_bytes())
            lines, wanted = int(head["lines"]), str(head["hash"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        missing = lines - len(self.lines)
        if missing > 0:
            told = f"{missing} lines are gone from the end of {self.path}"
        elif lines and self.lines[lines - 1].hash != wanted:
            told = f"{self.path} is not the log that was written here: line {lines} is another"
        else:
            return
        raise DecisionError(f"{told}; restore the file, or delete {self._head} to go on with it as it is")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the right to append, waiting for whoever has it; it dies with the process."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = apsw.Connection(str(self.path.with_suffix(".lock")))
        except (OSError, apsw.Error) as error:
            raise DecisionError(f"{self.path.parent} cannot be written to ({error}); mend the folder") from error
        try:
            lock.set_busy_timeout(_WAIT)
            lock.execute("begin exclusive")
            yield
        except apsw.BusyError as error:
            raise DecisionError(f"another process has been writing to {self.path} for too long; stop it") from error
        except apsw.Error as error:
            raise DecisionError(f"{self.path.parent} cannot be written to ({error}); mend the folder") from error
        finally:
            lock.close()


_RESTORE = "restore the file from a copy: what was decided cannot be trusted otherwise"


def _hash(raw: bytes) -> str:
    return blake2b(raw, digest_size=_HASH_BYTES).hexdigest()
