from __future__ import annotations

import pytest

from extractors.score import Counts, ErrorTally, Metric, Prediction, Report, add_counts, count_overlaps, count_sets


def test_ratios_follow_from_counts() -> None:
    counts = Counts(tp=6, fp=2, fn=4)
    assert (counts.precision, counts.recall) == (0.75, 0.6)
    assert counts.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_ratios_are_zero_where_nothing_was_found() -> None:
    assert (Counts(fn=3).precision, Counts(fn=3).recall, Counts().f1) == (0.0, 0.0, 0.0)


def test_micro_average_adds_counts_before_dividing() -> None:
    total = add_counts([Counts(tp=1, fp=0, fn=0), Counts(tp=1, fp=3, fn=0)])
    assert total.precision == 0.4


def test_sets_count_equal_members_once() -> None:
    assert count_sets(["a", "b", "b", "c"], ["b", "c", "d"]) == Counts(tp=2, fp=1, fn=1)


def test_overlap_needs_a_shared_character() -> None:
    assert count_overlaps([(0, 5)], [(5, 8)]) == Counts(tp=0, fp=1, fn=1)
    assert count_overlaps([(0, 5)], [(4, 8)]) == Counts(tp=1, fp=0, fn=0)


def test_overlapping_span_is_paired_once() -> None:
    assert count_overlaps([(0, 20)], [(0, 4), (10, 14)]) == Counts(tp=1, fp=1, fn=0)
    assert count_overlaps([(0, 4), (10, 14)], [(0, 20)]) == Counts(tp=1, fp=0, fn=1)


def test_tally_counts_all_and_keeps_few_examples() -> None:
    tally = ErrorTally(examples=1)
    for name, example in (("missed", "a"), ("spurious", "b"), ("missed", "c")):
        tally.add(name, example)
    assert [(e.name, e.count, e.examples) for e in tally.classes()] == [("missed", 2, ("a",)), ("spurious", 1, ("b",))]


def test_report_says_figures_in_words_and_in_json() -> None:
    report = Report("toy", 2, {"folds": "10"}, (Metric("strings", "unique strings", Counts(3, 1, 1)),))
    assert report.as_dict()["metrics"] == [
        {"name": "strings", "precision": 0.75, "recall": 0.75, "f1": 0.75, "tp": 3, "fp": 1, "fn": 1}
        | {"definition": "unique strings"}
    ]
    assert "0.7500" in report.as_text()
    assert "strings: unique strings" in report.as_text()
    assert report.metric("strings").counts.tp == 3
    with pytest.raises(KeyError, match="mentions"):
        report.metric("mentions")


def test_prediction_leaves_out_what_it_does_not_have() -> None:
    prediction = Prediction("LABEL", "S1", 3, 9, "nausea", kind="AdverseReaction")
    assert "pt" not in prediction.as_dict()
    assert prediction.as_dict()["concept"] == ""
