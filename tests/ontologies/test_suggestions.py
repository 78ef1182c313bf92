"""Names that share words with one that has no answer."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ontologies.lexicon import Lexicon, build_tries
from ontologies.model import Concept, Grounding, Kind, Match, Synonym
from ontologies.suggestions import Suggestions, suggest, widened

KEYS = ["acute ischemic stroke", "ischemic stroke", "stroke", "heart failure", "高 血 压", "低 血 压", "肺 癌", "腹 泻"]


def index(keys: list[str]) -> Suggestions:
    return Suggestions.of(build_tries(keys)[0])


def keys_found(name: str, keys: list[str] = KEYS) -> list[str]:
    return [suggestion.key for suggestion in index(keys).find(name)]


def test_most_alike_comes_first() -> None:
    assert keys_found("Acute ischaemic stroke of the brain")[:3] == [
        "acute ischemic stroke",
        "ischemic stroke",
        "stroke",
    ]


def test_chinese_is_compared_by_characters_and_pairs() -> None:
    assert keys_found("高血压3级")[:2] == ["高 血 压", "低 血 压"]


def test_inflections_of_long_words_are_alike() -> None:
    assert keys_found("ischemia") == ["ischemic stroke", "acute ischemic stroke"]


def test_shared_words_are_named() -> None:
    first = index(KEYS).find("ischemic stroke of unknown origin")[0]
    assert (first.key, first.shared) == ("ischemic stroke", ("ischemic", "stroke"))


def test_name_that_shares_nothing_finds_nothing() -> None:
    assert keys_found("xylophone") == [] == keys_found("")


def test_saved_index_answers_as_before(tmp_path: Path) -> None:
    made = index(KEYS)
    made.save(tmp_path)
    assert Suggestions.open(tmp_path, made.keys).find("ischemic heart") == made.find("ischemic heart")


def test_no_keys_no_suggestions() -> None:
    assert keys_found("stroke", []) == []


@given(st.lists(st.sampled_from(["acute", "renal", "failure", "癌", "肺"]), min_size=1, max_size=4, unique=True))
def test_a_key_is_most_like_itself(words: list[str]) -> None:
    key = " ".join(words)
    assert index([*KEYS, key]).find(key)[0].score > 0.999


def concept(curie: str, name: str, kind: Kind, *synonyms: str) -> Concept:
    return Concept(curie, name, kind, synonyms=tuple(map(Synonym, synonyms)))


def test_concepts_are_suggested_once_with_the_words_they_share() -> None:
    lexicon = Lexicon.of(
        [
            concept("x:1", "ischemic stroke", Kind.DISEASE, "ischemic brain stroke"),
            concept("x:2", "stroke unit", Kind.ORGANIZATION),
            concept("x:3", "acute stroke", Kind.DISEASE),
        ]
    )
    found = suggest(lexicon, "sudden ischemic stroke", kinds=[Kind.DISEASE])
    assert [match.curie for match in found] == ["x:1", "x:3"]
    assert found[0].reason == "shares ischemic, stroke with 'ischemic stroke'"
    assert all(match.score <= 0.5 for match in found)


def test_only_what_has_no_answer_is_given_more_candidates() -> None:
    lexicon = Lexicon.of([concept("x:1", "ischemic stroke", Kind.DISEASE), concept("x:2", "heat stroke", Kind.DISEASE)])
    near = Match("x:2", "heat stroke", Kind.DISEASE, 0.45, "typo corrected", "heat stroke")
    unclear = Grounding("sudden ischemic stroke", abstained=True, candidates=(near,))
    assert [match.curie for match in widened(lexicon, unclear).candidates] == ["x:2", "x:1"]
    answered = Grounding("heat stroke", matches=(near,))
    assert widened(lexicon, answered) == answered
