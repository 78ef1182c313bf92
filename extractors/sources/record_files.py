"""The content of a file of records, with limits, and errors that quote nothing of it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager

from extractors.errors import UnreadableError
from extractors.places import DAMAGE, Member, why_unreadable

#: A single record larger than this is none: the largest known C-CDA document has 25 MB.
MAX_RECORD_BYTES = 64 << 20
_PART = 1 << 20
#: A line longer than this is no row of a table of notes.
MAX_LINE_CHARS = 16 << 20

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_whole(member: Member) -> bytes:
    """All bytes of a member; raises `UnreadableError` where it is damaged or larger than a record can be."""
    parts: list[bytes] = []
    size = 0
    with told_why(), member.open() as stream:
        # One read of the largest size would set aside as much memory for each small file.
        while size <= MAX_RECORD_BYTES and (part := stream.read(_PART)):
            parts.append(part)
            size += len(part)
    data = b"".join(parts)
    if len(data) > MAX_RECORD_BYTES:
        raise UnreadableError(f"has more than {MAX_RECORD_BYTES >> 20} MiB, which no record has: split the file")
    if not data.strip():
        raise UnreadableError("is empty")
    return data


def read_byte_lines(member: Member) -> Iterator[bytes]:
    """The lines of a member, one by one; raises `UnreadableError` where it is damaged or a line is too long."""
    with told_why(), member.open() as stream:
        while line := stream.readline(MAX_LINE_CHARS + 1):
            if len(line) > MAX_LINE_CHARS:
                raise UnreadableError(f"has a line of more than {MAX_LINE_CHARS >> 20} MB: split the file")
            yield line


def encoding_of(head: bytes) -> str:
    """The encoding of a text by its first bytes: a byte order mark, UTF-8, GB18030 where Chinese, else Windows-1252.

    What is mostly UTF-8 with some damage is UTF-8: it is refused and not read as something else.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return "utf-16" if name.startswith("utf-16") else "utf-8"
    if _decodes(head, "utf-8"):
        return "utf-8"
    if _decodes(head, "gb18030") and _looks_chinese(head.decode("gb18030", "ignore")):
        return "gb18030"
    text = head.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return "utf-8" if sum(not c.isascii() for c in text) > 2 * damaged else "cp1252"


def decode_text(data: bytes) -> str:
    """The characters of a text file; raises `UnreadableError` where its encoding cannot be told or it is cut off."""
    text, cut = decode_cut_text(data)
    if cut:
        raise UnreadableError("is cut off within its last character: get the file again")
    return text


def decode_cut_text(data: bytes) -> tuple[str, bool]:
    """The whole characters of a text file, and whether the last one is not whole; errors as of `decode_text`."""
    decoder = codecs.getincrementaldecoder(encoding_of(data))()
    with quiet("is not in one encoding: save it as UTF-8", UnicodeDecodeError):
        text = decoder.decode(data).removeprefix("\ufeff")
    if "\0" in text[:4096]:
        raise UnreadableError("is no text: it holds zero bytes")
    return text, bool(decoder.getstate()[0])


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(text: str) -> bool:
    """Whether at least two in three characters beyond ASCII are common Chinese ones: random bytes are not."""
    beyond = re.findall(r"[^\x00-\x7f]", text)
    return bool(beyond) and len(re.findall(r"[\u4e00-\u9fa5\u3000-\u303f\uff00-\uffef]", text)) * 3 >= len(beyond) * 2


@contextmanager
def told_why() -> Iterator[None]:
    """Turns what reading a damaged file raises into `UnreadableError`, which says why, without a cause."""
    reason = ""
    try:
        yield
    except DAMAGE as error:
        reason = why_unreadable(error)
    if reason:
        raise UnreadableError(reason)


@contextmanager
def quiet(reason: str, *kinds: type[Exception]) -> Iterator[None]:
    """Turns errors of these kinds, which quote what they read, into `UnreadableError(reason)` without a cause."""
    failed = False
    try:
        yield
    except kinds:
        failed = True
    if failed:
        raise UnreadableError(reason)
