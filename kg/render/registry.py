"""What `kg registry build` says: how far each field is filled."""

from __future__ import annotations

from pathlib import Path

from kg.cohorts.disclosure import DEFAULT_K, is_small
from kg.registry.schema import Schema
from kg.registry.write import Coverage
from kg.render.console import make_console, make_table, print_json


def print_coverage(coverage: Coverage, schema: Schema, out: Path, *, as_json: bool) -> None:
    """Print the coverage of each field; counts of few patients are not told on screen, where others may look."""
    names = [each.name for each in schema.fields]
    if as_json:
        fields = {
            name: [_told(counts.get(name, 0)) for counts in (coverage.filled, coverage.doubtful)] for name in names
        }
        forms = {name: {"filled": filled, "to_review": doubtful} for name, (filled, doubtful) in fields.items()}
        print_json({"registry": schema.name, "patients": _told(coverage.patients), "fields": forms, "folder": str(out)})
        return
    table = make_table("field", "filled#", "share#", "to review#")
    for name in names:
        filled = coverage.filled.get(name, 0)
        share = "" if _told(filled) is None or not coverage.patients else f"{filled / coverage.patients:.0%}"
        table.add_row(name, _shown(filled), share, _shown(coverage.doubtful.get(name, 0)))
    console = make_console()
    console.print(table)
    console.print(f"{_shown(coverage.patients)} patients of {schema.name!r} by {len(names)} fields: {out}")


def _told(count: int) -> int | None:
    return None if is_small(count, DEFAULT_K) else count


def _shown(count: int) -> str:
    return f"<{DEFAULT_K}" if is_small(count, DEFAULT_K) else f"{count:,}"
