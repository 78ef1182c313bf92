"""Names that look alike are kept apart."""

from __future__ import annotations

import pytest

from ontologies.confusable import are_confusable, confusable_with


@pytest.mark.parametrize(
    ("name", "other"),
    [("hydrOXYzine", "HydrALAzine"), ("Celebrex", "Celexa"), ("阿糖胞苷", "阿糖腺苷"), ("去甲腎上腺素", "肾上腺素")],
)
def test_the_known_pairs_are_kept_apart_both_ways(name: str, other: str) -> None:
    assert are_confusable(name, other)
    assert are_confusable(other, name)


def test_a_name_is_not_confused_with_itself_nor_with_what_is_unlike() -> None:
    assert not are_confusable("metformin", "Metformin")
    assert not are_confusable("metformin", "warfarin")
    assert confusable_with("no such drug") == frozenset()
