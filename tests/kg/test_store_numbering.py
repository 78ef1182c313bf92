"""Nodes are numbered by the hashes of their CURIEs, whatever those hashes are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.stores.sqlite.numbering import NodeNumbers


@given(st.lists(st.text(), unique=True, min_size=1), st.data())
def test_each_curie_has_its_number(curies: list[str], data: st.DataObject) -> None:
    numbers = NodeNumbers(lambda: list(enumerate(curies)))
    asked = data.draw(st.lists(st.sampled_from(curies)))
    assert numbers.find(asked) == [curies.index(curie) for curie in asked]


@pytest.mark.parametrize("known", [[], ["A:1", "B:2"]])
def test_a_curie_without_a_node_is_named(known: list[str]) -> None:
    with pytest.raises(KeyError, match="X:9"):
        NodeNumbers(lambda: list(enumerate(known))).find([*known, "X:9"])


class AlikeAtFirst(str):
    """A text whose hash is that of another one the first time that both are hashed, as may be by chance."""

    __slots__ = ("_asked",)

    def __hash__(self) -> int:
        first, self._asked = not hasattr(self, "_asked"), True
        return 7 if first else super().__hash__()


def test_two_curies_of_one_hash_are_hashed_otherwise() -> None:
    curies = [AlikeAtFirst("A:1"), AlikeAtFirst("B:2")]
    numbers = NodeNumbers(lambda: list(enumerate(curies)))
    assert numbers.find(["B:2", "A:1"]) == [1, 0]
