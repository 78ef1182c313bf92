"""Rich Release Format, in which NLM gives out the UMLS and RxNorm (UMLS Reference Manual, chapter 3)."""

from __future__ import annotations

from collections.abc import Iterator

from ontologies.errors import TerminologyError
from ontologies.tables import File, open_text


def read_rrf(path: File, columns: int) -> Iterator[list[str]]:
    """The rows of a file of RRF, `columns` values closed by a bar each (so that each row has an empty last value).

    Raises TerminologyError with the number of the line where one is broken.
    """
    with open_text(path, encoding="utf-8") as text:
        for number, line in enumerate(text, start=1):
            row = line.rstrip("\r\n").split("|")
            if len(row) != columns + 1:
                raise TerminologyError(f"{path}, line {number}: {len(row) - 1} values, not {columns}; is it whole?")
            yield row
