"""The events store: what patients had, by pseudonym, apart from the graph; nothing that identifies anyone is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.records.store import RecordStore


def open_records(folder: Path, *, key: bytes | None, mode: str = "r") -> RecordStore:
    """The events store in `folder`; `mode` is r (read), rw (change) or create (change, made where it is not there).

    With a `key` (32 bytes, `Keys.store`) the file is encrypted; None is for a store that was made without one.
    Readers see the state of when a question began, also while another process writes; one process writes at a time.
    Raises `RecordsError` with one sentence where it cannot be opened: missing, locked, another key, not writable.
    """
    from kg.records.store import RecordStore

    return RecordStore.open(folder, key=key, mode=mode)
