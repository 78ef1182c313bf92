"""Why nothing could be read of an input, in one sentence with what to do, and without a word of what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.places import Place
from extractors.sources import get_record_sources

_ZIP = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Broken(Place):
    """A folder or file that cannot be looked into, and why."""

    reason: str = ""

    @classmethod
    def of(cls, locator: str, reason: str) -> Broken:
        """What lies at `locator`."""
        return cls(locator, (), reason=reason)


def why_unknown(place: Place) -> str:
    """What is to be done with an input that is in no layout of records."""
    head = b"" if place.whole else place.members[0].head
    if head.startswith(_ZIP):
        return "is a zip that is cut off or damaged: get the file again"
    if head.startswith(_UTF16):
        return "is in no layout of records that is known, or in another encoding than it should be: save it as UTF-8"
    if not head.strip():
        return "holds nothing but blanks: export it again, or take it away"
    known = ", ".join(each.name for each in get_record_sources())
    unknown = "is in no layout of records that is known, or its beginning is missing or in another encoding"
    return f"{unknown}; known are: {known}"
