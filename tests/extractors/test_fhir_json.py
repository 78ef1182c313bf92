"""Bundles of any size are cut into the entries that a parser of the whole would find."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.errors import UnreadableError
from extractors.sources.fhir_json import iter_bundle_entries, iter_lines, top_level_type

tricky = st.text(alphabet='ab{}[]"\\,: 头\n', max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | tricky,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(tricky, inner, max_size=3),
    max_leaves=8,
)
entries = st.lists(st.dictionaries(tricky, values, max_size=4), max_size=5)


class Drops(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size, self._at = data, size, 0

    def read(self, size: int = -1) -> bytes:
        taken = self._data[self._at : self._at + self._size]
        self._at += len(taken)
        return taken


@given(
    entries, st.dictionaries(tricky, values, max_size=3), st.sampled_from([None, 2]), st.integers(1, 40), st.booleans()
)
def test_entries_are_those_of_a_parser(
    expected: list[object], beside: dict[str, object], indent: int | None, size: int, last: bool
) -> None:
    rest = {name: value for name, value in beside.items() if name != "entry"}
    whole = {**rest, "entry": expected} if last else {"entry": expected, **rest}
    data = json.dumps(whole, indent=indent, ensure_ascii=False).encode() + b"\n"
    found = iter_bundle_entries(b"", Drops(data * 2, size))  # type: ignore[arg-type]
    assert [json.loads(raw) for raw in found] == expected * 2


@given(entries.filter(bool), st.data())
def test_a_cut_gives_the_entries_before_it(expected: list[object], data: st.DataObject) -> None:
    whole = json.dumps({"resourceType": "Bundle", "entry": expected}).encode()
    cut = data.draw(st.integers(1, len(whole) - 1))
    found = []
    with pytest.raises(UnreadableError):
        for raw in iter_bundle_entries(whole[:cut], io.BytesIO()):
            found.append(json.loads(raw))
    assert found == expected[: len(found)]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b'{"resourceType":"Patient","contained":[{"resourceType":"Bundle"}]}', "Patient"),
        (b'{"contained":[{"resourceType":"Organization"}],"resourceType":"Patient"}', "Patient"),
        (b' \xef\xbb\xbf{"resourceType": "Bundle", "entry": [', ""),
        (b'\xef\xbb\xbf{ "type":"searchset", "entry": [ {"resource": {"a": "', "Bundle"),
        (b'{"a": 1}', ""),
        (b"[1]", ""),
        (b"", ""),
        (b'{"resourceType": 5}', "5"),
    ],
)
def test_the_type_of_what_a_file_begins_with(head: bytes, kind: str) -> None:
    assert top_level_type(head) == kind


def test_a_line_without_end_is_no_danger() -> None:
    long = b"x" * (65 << 20)
    assert [line and len(line) for line in iter_lines(io.BytesIO(b"ab\n" + long + b"\ncd\n"))] == [3, None, 3]
