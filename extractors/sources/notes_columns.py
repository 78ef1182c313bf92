"""Which column of a table of notes holds what, and which part of a file's name: by common names, or told in a TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.errors import UnreadableError
from extractors.note_headings import note_rules
from extractors.places import Member, Place
from extractors.sources.record_files import told_why

_KEYS = {"columns", "language", "file_name"}
#: The map of all files of a folder; that of one table has the table's name and `.toml`.
FOLDER_MAP = "notes.toml"


@dataclass(frozen=True, slots=True)
class NoteMap:
    """What the user says of a table or folder of notes.

    `columns`: the head of each column by what it holds (patient, visit, text, time, ...; rules/notes.toml has all).
    `file_name`: how the names of text files are made: "{patient}_{visit}_{time}".
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    file_name: str = ""

    def fields_of_name(self, stem: str) -> dict[str, str]:
        """The fields in the name of a text file; all of it is the patient where no form is told."""
        if not self.file_name:
            return {"patient": stem}
        parts = re.split(r"\{(\w+)\}", self.file_name)
        pattern = "".join(f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
        found = re.fullmatch(pattern, stem)
        return found.groupdict() if found else {}


def read_note_map(place: Place, member: Member) -> NoteMap:
    """The map of a member: `<its name>.toml` beside it, else `notes.toml`; an empty one where there is neither.

    Raises `UnreadableError` where the map is no TOML or has a key that does not exist.
    """
    stem = member.name.rpartition("/")[2].partition(".")[0]
    by_name = {each.name.rpartition("/")[2]: each for each in place.members}
    for name in (f"{stem}.toml", FOLDER_MAP):
        if name in by_name:
            return _checked(name, _opened(by_name[name]))
        beside = Path(place.locator).with_name(name)
        if not place.whole and beside.is_file():
            return _checked(name, beside.read_bytes())
    return NoteMap()


def _opened(member: Member) -> bytes:
    with told_why(), member.open() as stream:
        return stream.read(1 << 20)


def _checked(name: str, data: bytes) -> NoteMap:
    content = _parsed(data)
    if content is None:
        raise UnreadableError(f"{name} is no TOML in UTF-8: mend the map of columns")
    columns = content.get("columns", {})
    known = note_rules()["columns"].keys()
    texts = (content.get("language", ""), content.get("file_name", ""))
    if content.keys() - _KEYS or not isinstance(columns, dict) or columns.keys() - known:
        told = f"{', '.join(sorted(_KEYS))}; in columns: {', '.join(known)}"
        raise UnreadableError(f"{name} has a key that does not exist; known are: {told}")
    if not all(isinstance(text, str) for text in (*columns.values(), *texts)):
        raise UnreadableError(f'{name} has a value that is no text; write: columns = {{ patient = "PT" }}')
    named = re.findall(r"\{([^{}]*)\}", texts[1])
    if len(set(named)) < len(named) or set(named) - known:
        raise UnreadableError(f'{name} has a file_name that is no form like "{{patient}}_{{visit}}_{{time}}"')
    return NoteMap({key: normal_column(head) for key, head in columns.items()}, *texts)


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return None


def normal_column(head: str) -> str:
    """The head of a column as it is compared."""
    return re.sub(r"[\s\-]+", "_", head.strip().strip('"\ufeff').lower())


def find_columns(heads: Iterable[str], told: NoteMap) -> dict[str, str]:
    """The normal head of the column for each thing that a table of notes can hold; what is told wins."""
    present = set(heads)
    found = {key: head for key, head in told.columns.items() if head in present}
    for key, names in note_rules()["columns"].items():
        free = [name for name in names if name in present and name not in found.values()]
        if key not in found and key not in told.columns and free:
            found[key] = free[0]
    return found
