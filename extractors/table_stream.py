"""The bytes of a CSV on their way to Arrow: whether they are UTF-8, and whether a quotation mark is never closed."""

from __future__ import annotations

import codecs
import re
from io import RawIOBase
from typing import IO, TYPE_CHECKING, Any

from extractors.errors import UnreadableError

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST_CELL = 16 << 20
#: Stands for a byte that is not UTF-8 until rows are cut: a character that no text has (Unicode 23.7, noncharacters).
_DAMAGED = "\uffff"


class Watched(RawIOBase):
    """A stream in UTF-8 that knows whether it stands inside quotation marks, where a table has them.

    What follows a mark that is never closed is one cell. What is not UTF-8 becomes a character that stands for it until
    rows are cut: given a row that has too many cells and is not UTF-8, Arrow tells its bytes on standard error.
    """

    def __init__(self, stream: IO[bytes], *, quoted: bool) -> None:
        self._stream = stream
        self._quoted = quoted
        self._since = 0
        self._raw = self._ready = b""
        self.open_mark = False
        self.damaged = False

    def readable(self) -> bool:
        """That it is: Arrow asks."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """How many bytes were read; raises `UnreadableError` where a cell is too long to be one."""
        at_end = False
        while not self._ready and not at_end:
            data = self._stream.read(len(buffer))
            at_end = not data
            if self._quoted:
                self._watch(data)
            self._ready = self._repaired(self._raw + data, at_end=at_end)
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _watch(self, data: bytes) -> None:
        marks = data.count(b'"')
        self.open_mark ^= marks % 2 == 1
        self._since = 0 if marks else self._since + len(data)
        if self.open_mark and self._since > _LONGEST_CELL:
            raise UnreadableError("a quotation mark is never closed")

    def _repaired(self, data: bytes, *, at_end: bool) -> bytes:
        """The whole characters of `data`; what may be the beginning of one waits for the rest of it."""
        try:
            _, used = codecs.utf_8_decode(data, "strict", at_end)
            ready = data[:used]
        except UnicodeDecodeError:
            self.damaged = True
            text, used = codecs.utf_8_decode(data, "surrogateescape", at_end)
            ready = re.sub("[\udc80-\udcff]", _DAMAGED, text).encode()
        self._raw = data[used:]
        return ready


def without_damage(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch in which cells that are not UTF-8 are so again."""
    import pyarrow as pa
    from pyarrow import compute

    damage = pa.array([b"\xff"], pa.binary()).view(pa.string())[0]
    columns = [
        compute.if_else(compute.fill_null(compute.match_substring(column, _DAMAGED), fill_value=False), damage, column)
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)
