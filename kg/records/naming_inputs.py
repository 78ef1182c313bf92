"""How inputs and places in them are told without their names: a file may be called after its patient."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812

from extractors.errors import UnreadableError
from extractors.events import Refused
from extractors.places import Place, iter_places
from kg.records.edges import Readers

_CHUNK = 1 << 20
_WHERE = re.compile(
    r"\b(?:lines?|rows?|entry|entries|records?|index|resources?|items?|documents?|sections?|notes?) ?#?(\d{1,12})", re.I
)
_NUMBER = re.compile(r"\s*[:#!](\d{1,12})\s*")


def hash_of(place: Place, *, key: bytes) -> bytes:
    """A keyed hash of the content of a place (16 bytes), and of the names of its files where several belong together.

    Raises `UnreadableError` where a file cannot be read.
    """
    digest = blake2b(key=key, digest_size=16)
    for member in place.members:
        if place.whole:
            digest.update(f"\0{member.name}\0".encode("utf-8", "surrogatepass"))
        try:
            with member.open() as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
        except (OSError, EOFError, BadZipFile, ZlibError, NotImplementedError, RuntimeError) as error:
            raise UnreadableError(f"cannot be read to its end: {type(error).__name__}") from None
    return digest.digest()


def told(hash_: bytes) -> str:
    """How an input is called on the screen and in the quarantine."""
    return hash_.hex()[:12]


def place_in(refused: Refused, place: Place, number: int) -> str:
    """Where in its input a record was refused: which file of several, and the line, row or index there.

    What the locator says besides is left out, names of files first of all.
    """
    locator = refused.locator.replace(place.locator, " ")
    alone = _NUMBER.fullmatch(locator)
    said = [f"number {alone[1]}"] if alone else []
    for index, member in enumerate(place.members, start=1):
        if member.name and member.name in locator:
            locator = locator.replace(member.name, " ")
            said = [f"file {index} of {len(place.members)}"] if place.whole else said
            break
    said += [found.group() for found in _WHERE.finditer(locator)]
    return ", ".join(said) or f"record {number}"


def find_names(paths: Sequence[Path], wanted: Collection[bytes], *, key: bytes) -> dict[bytes, str]:
    """Where inputs lie among `paths`, by their hashes: for whom asks for it, who can see their names anyway."""
    names: dict[bytes, str] = {}
    for place in iter_places(paths, Readers().claimed):
        with suppress(UnreadableError):
            hash_ = hash_of(place, key=key)
            if hash_ in wanted:
                names.setdefault(hash_, place.locator)
    return names
