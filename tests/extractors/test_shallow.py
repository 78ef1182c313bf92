"""Brackets are followed over parts of a stream, and not into strings."""

from __future__ import annotations

import io
import json

import ijson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.shallow import Shallow

VALUES = st.recursive(
    st.none() | st.integers() | st.text('[]{}"\\a中', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[{"\\', max_size=3), inner, max_size=3),
    max_leaves=12,
)


def depth_of(value: object) -> int:
    """Lists and objects inside each other."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


def read_all(data: bytes, *, levels: int, at_once: int) -> bytes:
    stream = Shallow(io.BytesIO(data), levels=levels)
    return b"".join(iter(lambda: stream.read(at_once), b""))


@given(VALUES, st.integers(1, 9))
def test_what_is_as_deep_as_allowed_passes_and_deeper_does_not(value: object, at_once: int) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    deep = depth_of(value)
    assert read_all(data, levels=deep, at_once=at_once) == data
    if deep:
        with pytest.raises(ijson.JSONError, match=f"more than {deep - 1} levels"):
            read_all(data, levels=deep - 1, at_once=at_once)


def test_a_parser_is_not_given_what_would_fill_the_memory() -> None:
    with pytest.raises(ijson.JSONError, match="500 levels"):
        list(ijson.items(Shallow(io.BytesIO(b'[{"a":' * 50_000)), "item"))
