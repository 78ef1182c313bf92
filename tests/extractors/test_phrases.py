from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from extractors.phrases import phrase_pattern


def test_the_longest_phrase_is_found_at_word_ends_only() -> None:
    pattern = phrase_pattern(["no", "no evidence of", "without"], words=True)
    assert [m[0] for m in pattern.finditer("No evidence  of it, nor no one, without")] == [
        "No evidence  of",
        "no",
        "without",
    ]


def test_chinese_phrases_need_no_word_ends() -> None:
    pattern = phrase_pattern(["无", "无明显诱因"], words=False)
    assert [m[0] for m in pattern.finditer("无明显诱因，无发热")] == ["无明显诱因", "无"]


def test_no_phrases_match_nothing() -> None:
    assert phrase_pattern([], words=True).search("anything") is None


@given(st.lists(st.text(alphabet="ab.(", min_size=1, max_size=4), min_size=1), st.text(alphabet="ab.( ", max_size=30))
def test_a_tree_of_phrases_finds_what_a_plain_list_finds(phrases: list[str], text: str) -> None:
    plain = re.compile("|".join(map(re.escape, sorted(phrases, key=len, reverse=True))))
    found = phrase_pattern(phrases, words=False, flags=0)
    assert [m.span() for m in found.finditer(text)] == [m.span() for m in plain.finditer(text)]
