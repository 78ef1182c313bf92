"""Damaged inserts and bundles are read or refused; nothing else ever comes of them."""

from __future__ import annotations

import contextlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.errors import UnreadableError
from extractors.sources.epi import SOURCE as EPI
from extractors.sources.insert_cn import SOURCE as INSERT_CN

FOLDER = Path(__file__).parent.parent / "samples" / "sources"
INSERTS = [path.read_bytes() for path in sorted((FOLDER / "insert_cn").iterdir()) if path.suffix != ".md"]
BUNDLES = [path.read_bytes() for path in sorted((FOLDER / "epi").iterdir())]
BUNDLES.append((FOLDER.parent.parent.parent / "kg" / "samples" / "epi-cordexa.json").read_bytes())
SPOILT = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"<table><tr>",
    b"{",
    b'"',
    "【".encode(),
    "】".encode(),
    b"&#0;",
    b"[[[[",
    b"\\ud800",
]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(INSERTS), st.floats(0, 1), st.floats(0, 1), st.sampled_from(SPOILT))
def test_damaged_insert_is_read_or_refused(data: bytes, start: float, end: float, spoilt: bytes) -> None:
    first, last = sorted((int(start * len(data)), int(end * len(data))))
    with contextlib.suppress(UnreadableError):
        for document in INSERT_CN.read(data[:first] + spoilt + data[last:]):
            assert all(0 <= c.start < c.end <= len(document.text) for c in document.coded)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(BUNDLES), st.floats(0, 1), st.floats(0, 0.02), st.sampled_from(SPOILT))
def test_damaged_bundle_is_read_or_refused(data: bytes, start: float, length: float, spoilt: bytes) -> None:
    first = int(start * len(data))
    with contextlib.suppress(UnreadableError):
        for document in EPI.read(data[:first] + spoilt + data[first + int(length * len(data)) :]):
            assert all(0 <= c.start < c.end <= len(document.text) for c in document.coded)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "【适应症】",
                "【禁忌】",
                "[规格]",
                "用法用量：",
                "【药品名称】",
                "示例片",
                "\n",
                "：",
                "见",
                "。",
                "0.5g",
                "口服",
            ]
        )
    )
)
def test_headings_in_any_order_are_read_or_refused(pieces: list[str]) -> None:
    with contextlib.suppress(UnreadableError):
        for document in INSERT_CN.read("".join(pieces).encode()):
            assert all(section.start <= section.end for section in document.sections)
