"""A database on the disk for what one pass over a graph has to hold, and memory may not."""

from __future__ import annotations

import apsw

# A nameless database is opened as `temp_store` says, and nobody can say it before the first one is open: that the
# SQLite of encrypted files keeps in memory, whatever it grows to. So tables go into a second one.
_ON_DISK = """
pragma temp_store=file; attach '' as scratch;
pragma scratch.journal_mode=off; pragma scratch.synchronous=off; pragma scratch.cache_size=-16384
"""


def open_scratch() -> apsw.Connection:
    """An empty database `scratch` in a file that nobody sees and that goes with its connection, or its process.

    Its tables are made as `scratch.NAME`; asked by their name alone they are found.
    """
    connection = apsw.Connection("")
    connection.execute(_ON_DISK).fetchall()
    return connection
