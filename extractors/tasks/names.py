"""The task `names`: grounding on any list of names.

The file is a TSV (also gzipped) with a header: name, expected, and where wanted kind, language, context, sort.
`expected` holds CURIEs: joined by `|` any of them is right, joined by `&` all of them are wanted; empty where the
right answer is that no concept fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from extractors.errors import CorpusError
from extractors.tasks.name_lists import Given, NameCase, NameListTask
from ontologies.curies import standard_xref
from ontologies.errors import TerminologyError
from ontologies.model import Kind
from ontologies.tables import Row, read_rows, split_list


def read_names(path: Path) -> Iterator[NameCase]:
    """The cases of a list of names; raises CorpusError for what is no such list."""
    try:
        for number, row in enumerate(read_rows(path, ("name", "expected")), start=1):
            yield _case(path, number, row)
    except TerminologyError as error:
        raise CorpusError(str(error)) from error


def _read(given: Given) -> Iterator[NameCase]:
    return read_names(given.path)


def _case(path: Path, number: int, row: Row) -> NameCase:
    kind = row.get("kind", "")
    if kind and kind not in set(Kind):
        raise CorpusError(f"{path}, row {number}: unknown kind {kind!r}; give one of {', '.join(Kind)}")
    expected = row["expected"]
    every = "&" in expected
    return NameCase(
        name=row["name"],
        expected=frozenset(map(standard_xref, split_list(expected, "&" if every else "|"))),
        kind=Kind(kind) if kind else None,
        language=row.get("language", ""),
        context=row.get("context", ""),
        every=every,
        sort=row.get("sort", ""),
    )


TASK = NameListTask("names", "grounding of a list of names: name, expected CURIEs, kind, language, context", _read)
