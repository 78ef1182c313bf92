"""What `kg align export` tells of what it could not write."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from kg.render.console import print_json
from kg.render.pages import count
from kg.telling import tell
from ontologies.exchange import LeftOut


def print_left_out(left_out: Sequence[LeftOut], decisions: int, file: Path | None, *, as_json: bool) -> None:
    """Tell on standard error, or as JSON on standard output, what was written and what was left out."""
    written = decisions - len(left_out)
    if as_json:
        rows = [{"name": one.what, "why": one.why} for one in left_out]
        print_json({"written": written, "file": str(file), "left_out": rows}, file=sys.stdout)
        return
    for one in left_out:
        tell(f"left out {one.what!r}: {one.why}")
    where = f" to {file}" if file else ""
    tell(f"wrote {written} of {count(decisions, 'decision')}{where}")
