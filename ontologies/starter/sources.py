"""What `sources.toml` says of each terminology of the starter."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Source:
    """A terminology of the starter: its reader, its file or folder here, and whom to credit on what terms."""

    name: str
    reader: str
    file: str
    title: str
    version: str
    licence: str
    source: str
    made_from: str

    @property
    def path(self) -> Path:
        """Where the file or folder lies."""
        return HERE / self.file


def read_sources() -> list[Source]:
    """The terminologies of the starter, in the order in which they are compiled."""
    content = tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))
    return [Source(**entry) for entry in content["terminology"]]
