"""Decisions laid over a lexicon: what curators said goes before every score."""

from __future__ import annotations

from pathlib import Path

import pytest

from ontologies.decided import lay_decisions, open_decided
from ontologies.decisions import Action, DecisionLog, Line
from ontologies.errors import DecisionError
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Decision, Kind, Scope, Synonym, Verdict
from ontologies.registry import open_lexicon
from ontologies.settings import read_settings
from ontologies.standing import fold

CONCEPTS = [
    Concept("mesh:D1", "renal tubular acidosis", Kind.DISEASE, synonyms=(Synonym("RTA", Scope.RELATED),)),
    Concept("mesh:D2", "road traffic accident", Kind.FINDING, synonyms=(Synonym("RTA"),)),
    Concept("mesh:D3", "warfarin", Kind.DRUG, synonyms=(Synonym("华法林", language="zh"),)),
    Concept("mesh:D4", "old warfarin", Kind.DRUG, deprecated=True, replaced_by="mesh:D3"),
    Concept("HP:1", "dizziness", Kind.FINDING),
    Concept("atc:B01", "anticoagulants", Kind.DRUG_CLASS),
]


def decided(*made: Decision) -> Lexicon:
    """The lexicon under decisions made one after the other."""
    lines = [
        Line(
            Action.DECIDE,
            one.author,
            decision=_timed(one, place),
            id=str(place),
            time=f"2026-01-0{place}",
            hash=str(place),
        )
        for place, one in enumerate(made, start=1)
    ]
    return lay_decisions(Lexicon.of(CONCEPTS), fold(lines))


def _timed(one: Decision, place: int) -> Decision:
    kept = {field: getattr(one, field) for field in Decision.__dataclass_fields__}
    return Decision(**kept | {"id": str(place), "time": f"2026-01-0{place}T00:00:00.000000+00:00"})


def say(
    name: str, verdict: Verdict, curie: str = "", kind: Kind | None = None, *, language: str = "", reason: str = ""
) -> Decision:
    return Decision("", name, kind, verdict, curie, "as it was called", "ann", "", reason, language)


def curies(lexicon: Lexicon, name: str, **options: object) -> list[str]:
    return [match.curie for match in lexicon.find(name, **options)]  # type: ignore[arg-type]


def test_an_exact_decision_is_the_one_match_and_says_who_decided() -> None:
    lexicon = decided(say("RTA", Verdict.EXACT, "mesh:D1", reason="ward jargon"))
    assert curies(Lexicon.of(CONCEPTS), "RTA") == ["mesh:D2", "mesh:D1"]
    (match,) = lexicon.find("RTA")
    assert (match.curie, match.score, match.reason) == ("mesh:D1", 1.0, "decided by ann on 2026-01-01: ward jargon")
    assert lexicon.decisions == "1"


def test_a_rejected_concept_is_gone_and_the_next_best_stays() -> None:
    assert curies(decided(say("RTA", Verdict.NONE, "mesh:D2")), "RTA") == ["mesh:D1"]


def test_a_name_that_no_concept_fits_has_no_match() -> None:
    assert curies(decided(say("RTA", Verdict.NONE)), "RTA") == []


@pytest.mark.parametrize("verdict", [Verdict.BROAD, Verdict.NARROW, Verdict.RELATED])
def test_a_concept_that_is_not_exactly_the_name_is_no_match_and_others_stay(verdict: Verdict) -> None:
    assert curies(decided(say("RTA", verdict, "mesh:D1")), "RTA") == ["mesh:D2"]
    assert curies(decided(say("RTA", verdict, "mesh:D2")), "RTA") == ["mesh:D1"]
    assert curies(decided(say("RTA", verdict, "HP:1")), "RTA") == ["mesh:D2", "mesh:D1"]
    assert curies(decided(say("RTA", Verdict.EXACT, "mesh:D1"), say("RTA", verdict, "HP:1")), "RTA") == ["mesh:D1"]
    alone = Grounder(decided(say("dizziness", verdict, "HP:1"))).ground("dizziness")
    assert (alone.matches, alone.abstained) == ((), True)


def test_what_is_unsure_stays_as_it_was() -> None:
    assert curies(decided(say("RTA", Verdict.UNSURE, "mesh:D1")), "RTA") == ["mesh:D2", "mesh:D1"]


def test_matches_found_otherwise_are_judged_too() -> None:
    lexicon = decided(say("wafarin", Verdict.NONE, "mesh:D3"))
    guessed = lexicon.find("warfarin")
    assert lexicon.judge("wafarin", guessed) == []
    assert lexicon.judge("warfarine", guessed) == guessed


@pytest.mark.parametrize("curie", ["", "mesh:D3"])
def test_a_rejected_correction_of_spelling_is_gone(curie: str) -> None:
    assert [match.curie for match in Grounder(Lexicon.of(CONCEPTS)).ground("wafarin").matches] == ["mesh:D3"]
    found = Grounder(decided(say("wafarin", Verdict.NONE, curie))).ground("wafarin")
    assert (found.matches, found.candidates, found.abstained) == ((), (), True)


def test_a_decision_counts_for_its_kind_and_language_alone() -> None:
    lexicon = decided(say("RTA", Verdict.NONE, "", Kind.FINDING, language="en"))
    assert curies(lexicon, "RTA") == []
    assert curies(lexicon, "RTA", kinds=(Kind.DRUG,)) == []
    assert curies(lexicon, "RTA", language="zh") == ["mesh:D2", "mesh:D1"]
    drug = decided(say("RTA", Verdict.EXACT, "atc:B01", Kind.DRUG))
    assert curies(drug, "RTA", kinds=(Kind.DISEASE, Kind.FINDING)) == ["mesh:D2", "mesh:D1"]
    assert curies(drug, "RTA", kinds=(Kind.DRUG,)) == ["atc:B01"]


def test_a_name_that_only_a_decision_knows_is_read_in_texts() -> None:
    lexicon = decided(say("blood thinner pills", Verdict.EXACT, "mesh:D3"), say("脑子晕", Verdict.EXACT, "HP:1"))
    text = "Take blood thinner pills; 患者脑子晕。"
    assert [(text[h.start : h.end], h.matches[0].curie) for h in lexicon.scan(text)] == [
        ("blood thinner pills", "mesh:D3"),
        ("脑子晕", "HP:1"),
    ]


def test_an_acronym_that_a_curator_gave_wants_its_capitals() -> None:
    lexicon = decided(say("MAP", Verdict.EXACT, "HP:1"))
    assert lexicon.scan("a map of it") == []
    assert [hit.matches[0].curie for hit in lexicon.scan("MAP was low")] == ["HP:1"]


def test_a_name_that_lost_its_concept_keeps_a_place_in_texts() -> None:
    (hit,) = decided(say("dizziness", Verdict.NONE, "", Kind.FINDING)).scan("It causes dizziness.")
    assert [match.curie for match in hit.matches] == ["local:finding/dizziness"]


def test_a_rejected_ingredient_is_not_found_through_its_salt() -> None:
    assert curies(Lexicon.of(CONCEPTS), "warfarin sodium") == ["mesh:D3"]
    assert curies(decided(say("warfarin", Verdict.NONE, "mesh:D3")), "warfarin sodium") == []


def test_a_decision_holds_when_its_target_is_retired() -> None:
    lexicon = decided(say("coumadin", Verdict.EXACT, "mesh:D4"))
    assert curies(lexicon, "coumadin") == ["mesh:D4"]
    assert lexicon.canonical("mesh:D4") == "mesh:D4"
    found = lexicon.concept("mesh:D4")
    assert found is not None
    assert found.name == "old warfarin"
    assert Lexicon.of(CONCEPTS).canonical("mesh:D4") == "mesh:D3"


def test_a_target_that_is_gone_keeps_its_name() -> None:
    (match,) = decided(say("coumadin", Verdict.EXACT, "rxnorm:1", Kind.DRUG)).find("coumadin")
    assert (match.curie, match.name, match.kind) == ("rxnorm:1", "as it was called", Kind.DRUG)


def test_concepts_are_joined_by_decision() -> None:
    assert decided(say("mesh:D2", Verdict.EXACT, "mesh:D1")).canonical("mesh:D2") == "mesh:D1"


def test_the_decisions_of_the_home_are_laid_over_by_default(kg_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "lexicon").symlink_to(kg_home / "lexicon")
    log = DecisionLog(home / "decisions.jsonl")
    made = say("my own word for it", Verdict.EXACT, "HP:0001250")
    log.append([Line(Action.DECIDE, "ann", decision=made)])
    assert curies(open_lexicon(home=home), "my own word for it") == ["HP:0001250"]
    assert curies(open_decided(home / "lexicon"), "my own word for it") == ["HP:0001250"]
    assert curies(open_lexicon(home=home, decided=False), "my own word for it") == []
    (home / "config.toml").write_text("[align]\nfour_eyes = true\n")
    assert curies(open_lexicon(home=home), "my own word for it") == []


def test_a_wrong_setting_is_told_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[align]\nfour_eye = true\n")
    with pytest.raises(DecisionError, match="four_eye; known are"):
        read_settings(home=tmp_path)
