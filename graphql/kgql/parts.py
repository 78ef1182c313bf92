"""Small GraphQL types that the larger ones are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from extractors import model as text
from kgql.described import described_type


@described_type
class Qualifier:
    """One qualifier: population, severity, frequency, rate, route, dose, effect ..."""

    name: str
    value: str

    @classmethod
    def of(cls, qualifiers: Sequence[text.Qualifier]) -> list[Self]:
        """The qualifiers of a record."""
        return [cls(name=name, value=value) for name, value in qualifiers]


@described_type
class PageInfo:
    """Where a page ends; pass `endCursor` as `after` to get the next one."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None

    @classmethod
    def of(cls, ends: Sequence[str], *, more: str | None, after: str | None) -> Self:
        """What to know of a page whose first and last row have the cursors `ends`; `more` continues it."""
        return cls(
            has_next_page=more is not None,
            has_previous_page=after is not None,
            start_cursor=ends[0] if ends else None,
            end_cursor=more or (ends[-1] if ends else None),
        )
