"""How inputs and places in them are told without their names: a file may be called after its patient."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from extractors.errors import InputError, UnreadableError
from extractors.events import Refused
from extractors.items import readable
from extractors.places import DAMAGE, Place, iter_places, why_unreadable
from kg.records.edges import Readers
from kg.records.inputs import Inputs

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
        except DAMAGE as error:
            raise UnreadableError(why_unreadable(error)) from None
    return digest.digest()


def hash_of_path(locator: str, *, key: bytes) -> bytes:
    """A keyed hash of where something lies (16 bytes), from whatever folder it is named."""
    path = Path(locator).absolute()
    # A link that leads nowhere now may lead somewhere else later: it stays where it is.
    return _hash_of_name(path.parent.resolve(), "/", path.name, key)


def hashes_of_members(place: Place, *, key: bytes) -> Iterator[bytes]:
    """The hashes of the paths of the files that are read as one, under which they would be known alone."""
    folder = Path(place.locator).resolve()
    between = "/" if folder.is_dir() else "!"
    yield from (_hash_of_name(folder, between, member.name, key) for member in place.members if place.whole)


def _hash_of_name(folder: Path, between: str, name: str, key: bytes) -> bytes:
    path = f"{folder}{between}{name}".removesuffix(".gz")
    return blake2b(path.encode("utf-8", "surrogatepass"), key=key, digest_size=16, person=b"path").digest()


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


def find_names(path: Path, inputs: Inputs, *, key: bytes) -> dict[bytes, str]:
    """The refused inputs that `path` names, each with how it is called: for who asks sees the names of files anyway.

    They are what lies there or below, also what lay there when it was last read, and the input that the list calls so.
    Raises `InputError` where nothing lies there and nothing on the list is called so.
    """
    refused = {row.input for row in inputs.iter_refused()}
    names = {hash_: told(hash_) for hash_ in refused if told(hash_) == str(path)}

    def note(locator: str, _: str = "") -> None:
        found = inputs.at(hash_of_path(locator, key=key)) & refused
        names.update(dict.fromkeys(found - names.keys(), locator))

    note(readable(str(path)))
    if os.path.lexists(path):
        for place in iter_places([path], Readers().claimed, on_broken=note):
            note(place.locator)
            with suppress(UnreadableError):
                names |= dict.fromkeys({hash_of(place, key=key)} & refused, place.locator)
    elif not names:
        raise InputError(
            f"{readable(str(path))}: no such file or folder, and nothing that was refused is called so; "
            "kg records quarantine shows the list"
        )
    return names
