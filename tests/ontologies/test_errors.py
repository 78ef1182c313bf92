"""What errors say."""

from __future__ import annotations

import pytest

from ontologies.errors import UnknownNameError


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (["b", "a"], "unknown licence 'x'; known are: a, b"),
        (["free, for research", "CC0-1.0"], "unknown licence 'x'; known are: CC0-1.0; free, for research"),
        ([], "unknown licence 'x'; none is known here"),
    ],
)
def test_a_name_that_nobody_claims_is_told_with_those_that_are_known(known: list[str], told: str) -> None:
    assert str(UnknownNameError("licence", "x", known)) == told
