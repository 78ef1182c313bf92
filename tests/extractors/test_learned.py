"""The small learned parts: the tagger and the ranker."""

from __future__ import annotations

from extractors.ranker import Ranker
from extractors.ranker import train as train_ranker
from extractors.tagger import BEGIN, INSIDE, OUTSIDE, train
from extractors.tasks.tac_learned import iter_runs


def _sequences() -> list[tuple[list[list[int]], list[int]]]:
    # Feature 1 begins, feature 2 goes on only after something began, feature 3 is never inside.
    return [
        ([[3], [1], [2], [3]], [OUTSIDE, BEGIN, INSIDE, OUTSIDE]),
        ([[2], [3], [1]], [OUTSIDE, OUTSIDE, BEGIN]),
        ([[1], [2], [2], [3]], [BEGIN, INSIDE, INSIDE, OUTSIDE]),
    ] * 5


def test_tagger_learns_to_look_at_the_tag_before() -> None:
    tagger = train(_sequences(), epochs=10)
    assert tagger.tag([[3], [2], [1], [2]]) == [OUTSIDE, OUTSIDE, BEGIN, INSIDE]


def test_training_twice_gives_the_same_tagger() -> None:
    sequence = [[1], [2], [3]]
    assert train(_sequences()).tag(sequence) == train(_sequences()).tag(sequence)


def test_reach_finds_more() -> None:
    tagger = train(_sequences(), epochs=10)
    assert tagger.tag([[3]]) == [OUTSIDE]
    assert tagger.tag([[3]], reach=1000.0) != [OUTSIDE]


def test_runs_begin_at_begin_or_at_inside_after_something_else() -> None:
    assert list(iter_runs([BEGIN, INSIDE, BEGIN, OUTSIDE, INSIDE])) == [(0, 2), (2, 3), (4, 5)]


def test_ranker_learns_which_candidate_is_right_and_when_none_is() -> None:
    groups = [([["near", "known"], ["far"]], {0}), ([["far"], ["near", "new"]], set[int]())] * 10
    ranker = train_ranker(groups)
    assert ranker.choose([["far"], ["near", "known"]]) == 1
    assert ranker.choose([["near", "new"]]) is None


def test_ranker_with_reach_takes_doubtful_ones() -> None:
    ranker = Ranker({"doubtful": -1.0})
    assert ranker.choose([["doubtful"]]) is None
    assert ranker.choose([["doubtful"]], reach=2.0) == 0
    assert ranker.choose([]) is None
