"""A load numbers its words in the order in which they come, whatever is still in memory."""

from __future__ import annotations

import apsw
from hypothesis import given
from hypothesis import strategies as st

from extractors.graphs.scratch import open_scratch
from kg.stores.sqlite.vocabulary import Vocabulary


def words() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute("create table words (id integer primary key, text text not null)")
    return connection


@given(st.lists(st.lists(st.text(max_size=3), max_size=8), max_size=12), st.integers(1, 20))
def test_each_word_has_one_number_and_one_row(chunks: list[list[str]], kept: int) -> None:
    connection = words()
    vocabulary = Vocabulary(connection, kept=kept)
    told = [vocabulary.numbers(chunk) for chunk in chunks]
    order = dict.fromkeys(word for chunk in chunks for word in chunk if word)
    numbers = {"": 0} | {word: number for number, word in enumerate(order, 1)}
    assert told == [[numbers[word] for word in chunk] for chunk in chunks]
    assert connection.execute("select text, id from words order by id").fetchall() == [*numbers.items()][1:]


class AsOne(str):
    """A text whose hash is that of all its like, as two may have by chance; their second hashes differ."""

    __slots__ = ()

    def __hash__(self) -> int:
        return 7


def test_two_words_of_one_hash_are_told_apart() -> None:
    vocabulary = Vocabulary(words(), kept=2)
    for _ in range(2):
        assert [vocabulary.number(AsOne(word)) for word in ("a", "b")] == [1, 2]
        assert vocabulary.numbers(["x", "y", "z"]) == [3, 4, 5]


def test_what_is_scratched_down_is_not_held_in_memory() -> None:
    scratch = open_scratch()
    scratch.execute("create table scratch.things (thing blob)")
    before = apsw.memory_used()
    scratch.executemany("insert into things values (?)", ((bytes(1_000_000),) for _ in range(64)))
    assert apsw.memory_used() - before < 32 << 20
