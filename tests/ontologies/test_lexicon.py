"""Names are found in what they are asked for and in texts, for what they are worth and no more."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontologies.compiled import write_files
from ontologies.errors import LexiconError
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.normalize import normal_form

CONCEPTS = (
    Concept(
        "mesh:D058186",
        "Acute Kidney Injury",
        Kind.DISEASE,
        synonyms=(Synonym("Kidney Failure, Acute"), Synonym("急性肾损伤", language="zh"), Synonym("AKI")),
        xrefs=("umls:C0022660",),
    ),
    Concept("HP:0001919", "Acute kidney injury", Kind.FINDING, xrefs=("umls:C0022660",)),
    Concept("mesh:D007674", "Kidney Diseases", Kind.DISEASE),
    Concept("icd10cm:N28.9", "Disorder of kidney and ureter, unspecified", Kind.DISEASE),
    Concept("drugbank:DB00682", "Warfarin", Kind.DRUG, xrefs=("unii:5Q7ZVV76EI",)),
    Concept("unii:6153CWM0CL", "warfarin sodium", Kind.DRUG, parents=("drugbank:DB00682",)),
    Concept("drugbank:DB00945", "Acetylsalicylic acid", Kind.DRUG, synonyms=(Synonym("Bayer", Scope.NARROW),)),
    Concept("mesh:D054198", "Precursor Cell Leukemia", Kind.DISEASE, synonyms=(Synonym("ALL"),)),
    Concept("mesh:D000163", "Acquired Immunodeficiency Syndrome", Kind.DISEASE, synonyms=(Synonym("AIDS"),)),
    Concept("mesh:D007251", "Influenza, Human", Kind.DISEASE, synonyms=(Synonym("flu"),)),
    Concept("drugbank:DB1", "Lead", Kind.DRUG),
    Concept("drugbank:DB2", "Tenecat", Kind.DRUG, synonyms=(Synonym("ten"),)),
    Concept("medkg:cyp3a", "CYP3A", Kind.PROTEIN),
    Concept("medkg:cyp3a4", "CYP3A4", Kind.PROTEIN, synonyms=(Synonym("细胞色素P450 3A4", language="zh"),)),
    Concept("HP:0002321", "Vertigo", Kind.FINDING, synonyms=(Synonym("眩晕", language="zh"),)),
    Concept("HP:1", "Old vertigo", Kind.FINDING, deprecated=True, replaced_by="HP:2"),
    Concept("HP:2", "Older vertigo", Kind.FINDING, deprecated=True, replaced_by="HP:0002321"),
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.of(CONCEPTS)


def curies(lexicon: Lexicon, name: str, *kinds: Kind) -> list[str]:
    return [match.curie for match in lexicon.find(name, kinds=kinds)]


def read(lexicon: Lexicon, text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.matches[0].curie) for hit in lexicon.scan(text)]


def test_preferred_name_scores_most_and_a_synonym_less(lexicon: Lexicon) -> None:
    assert lexicon.find("ACUTE KIDNEY INJURIES")[0].score == 1.0
    assert lexicon.find("急性腎損傷")[0].score == 0.95
    assert lexicon.find("Bayer")[0].score == 0.8
    assert lexicon.find("Bayer")[0].reason == "narrow synonym"


def test_inverted_heading_is_found_as_it_is_spoken(lexicon: Lexicon) -> None:
    match = lexicon.find("acute kidney failure")[0]
    assert (match.curie, match.matched, match.reason) == (
        "mesh:D058186",
        "Kidney Failure, Acute",
        "synonym, words put in order",
    )


def test_kind_gates_what_is_found(lexicon: Lexicon) -> None:
    assert curies(lexicon, "warfarin", Kind.DISEASE) == []
    assert curies(lexicon, "warfarin", Kind.DRUG) == ["drugbank:DB00682"]


def test_unknown_name_finds_nothing(lexicon: Lexicon) -> None:
    assert lexicon.find("unheard of") == [] == lexicon.find("")


def test_known_salt_is_a_concept_of_its_own(lexicon: Lexicon) -> None:
    assert curies(lexicon, "warfarin sodium") == ["unii:6153CWM0CL"]
    assert read(lexicon, "Take warfarin sodium daily") == [("warfarin sodium", "unii:6153CWM0CL")]


def test_unknown_salt_is_found_as_its_ingredient_at_a_lower_score_that_says_so(lexicon: Lexicon) -> None:
    match = lexicon.find("warfarin potassium")[0]
    assert (match.curie, match.score) == ("drugbank:DB00682", 0.6)
    assert "salt" in match.reason and "potassium" in match.reason


def test_unknown_salt_in_a_text_is_never_silently_its_ingredient(lexicon: Lexicon) -> None:
    text = "Take warfarin potassium; warfarin, potassium and warfarin."
    assert [text[hit.start : hit.end] for hit in lexicon.scan(text)] == ["warfarin potassium", "warfarin", "warfarin"]
    assert [hit.matches[0].score for hit in lexicon.scan(text)] == [0.6, 1.0, 1.0]


def test_one_concept_of_two_vocabularies_is_matched_once(lexicon: Lexicon) -> None:
    assert curies(lexicon, "acute kidney injury") == ["mesh:D058186"]
    assert lexicon.canonical("HP:0001919") == "mesh:D058186"


def test_canonical_follows_cross_references_and_leaves_the_unknown_alone(lexicon: Lexicon) -> None:
    assert lexicon.canonical("unii:5Q7ZVV76EI") == "drugbank:DB00682"
    assert lexicon.canonical("umls:C0022660") == "mesh:D058186"
    assert lexicon.canonical("ndc:0000-0000") == "ndc:0000-0000"


def test_members_are_all_ids_of_a_concept_whichever_is_asked(lexicon: Lexicon) -> None:
    members = lexicon.members("mesh:D058186")
    assert members[0] == "mesh:D058186" and {"HP:0001919", "umls:C0022660"} < set(members)
    assert lexicon.members("HP:0001919") == members == lexicon.members("umls:C0022660")
    assert lexicon.members("ndc:0000-0000") == ("ndc:0000-0000",)
    assert lexicon.members("HP:1") == lexicon.members("HP:0002321")
    assert "HP:1" not in lexicon.members("HP:1")


def test_retired_concept_answers_with_its_replacement(lexicon: Lexicon) -> None:
    replacement = lexicon.concept("HP:1")
    assert replacement is not None and replacement.curie == "HP:0002321"
    assert lexicon.canonical("HP:1") == "HP:0002321"
    assert lexicon.find("old vertigo")[0].curie == "HP:0002321"


def test_concept_comes_back_as_it_was_given(lexicon: Lexicon) -> None:
    assert lexicon.concept("mesh:D058186") == CONCEPTS[0]
    assert lexicon.concept("mesh:none") is None


def test_longest_name_is_read(lexicon: Lexicon) -> None:
    assert read(lexicon, "acute kidney injury, kidney disease") == [
        ("acute kidney injury", "mesh:D058186"),
        ("kidney disease", "mesh:D007674"),
    ]


def test_word_that_runs_on_is_not_cut(lexicon: Lexicon) -> None:
    assert read(lexicon, "CYP3A4 CYP3A5 CYP3A XCYP3A4") == [("CYP3A4", "medkg:cyp3a4"), ("CYP3A", "medkg:cyp3a")]


def test_chinese_is_read_among_latin_letters(lexicon: Lexicon) -> None:
    assert read(lexicon, "本品经细胞色素P450 3A4代谢，可致眩晕") == [
        ("细胞色素P450 3A4", "medkg:cyp3a4"),
        ("眩晕", "HP:0002321"),
    ]


def test_ordinary_word_is_never_read_but_found_when_asked_for(lexicon: Lexicon) -> None:
    assert read(lexicon, "Lead the patient to the lead nurse, ten times, all of them") == []
    assert curies(lexicon, "lead") == ["drugbank:DB1"]


def test_acronym_wants_its_capitals(lexicon: Lexicon) -> None:
    assert read(lexicon, "hearing aids; AIDS; aki; AKI") == [("AIDS", "mesh:D000163"), ("AKI", "mesh:D058186")]


def test_acronym_that_is_a_word_is_not_read_among_capitals(lexicon: Lexicon) -> None:
    assert read(lexicon, "patients with ALL who") == [("ALL", "mesh:D054198")]
    assert read(lexicon, "KEEP THIS AND ALL DRUGS OUT OF REACH") == []


def test_short_word_in_lower_case_is_read_only_where_it_is_a_word(lexicon: Lexicon) -> None:
    assert read(lexicon, "Flu or ten") == [("Flu", "mesh:D007251")]


@pytest.mark.parametrize(
    "text", ["acute; kidney injury", "acute (kidney) injury", "acute. Kidney injury", "acute, kidney injury"]
)
def test_name_does_not_reach_over_punctuation(text: str, lexicon: Lexicon) -> None:
    assert read(lexicon, text) == []


def test_lexicon_of_the_same_concepts_has_the_same_stamp() -> None:
    assert Lexicon.of(CONCEPTS).stamp == Lexicon.of(CONCEPTS).stamp != Lexicon.of(CONCEPTS[:3]).stamp


NAMES = [concept.name for concept in CONCEPTS] + [s.text for concept in CONCEPTS for s in concept.synonyms]
PIECES = st.lists(
    st.sampled_from([*NAMES, " ", ", ", "; ", "\n", "s ", "高", "x", "4", "sodium", "calcium", "(", "ALL ", "β"]),
    max_size=12,
)


@given(PIECES.map("".join) | PIECES.map(" ".join))
def test_hits_point_at_their_names_and_never_overlap(text: str) -> None:
    end = 0
    for hit in SHARED.scan(text):
        assert end <= hit.start < hit.end <= len(text)
        surface = text[hit.start : hit.end]
        assert hit.matches and surface == surface.strip()
        assert {m.curie for m in hit.matches} <= {m.curie for m in SHARED.find(surface)}
        assert list(hit.matches) == sorted(hit.matches, key=lambda match: -match.score)
        end = hit.end


@given(st.sampled_from([c for c in CONCEPTS if not c.deprecated and c.name != "Lead"]))
def test_every_name_is_read_where_it_stands_alone(concept: Concept) -> None:
    (hit,) = SHARED.scan(f"see {concept.name} here")
    assert normal_form(concept.name) == normal_form(f"see {concept.name} here"[hit.start : hit.end])
    assert SHARED.canonical(concept.curie) in {match.curie for match in hit.matches}


SHARED = Lexicon.of(CONCEPTS)


def test_compiled_lexicon_answers_as_the_one_in_memory(tmp_path: Path, lexicon: Lexicon) -> None:
    info = TerminologyInfo("given", "", "Given", "1", "", "")
    write_files(tmp_path, [(info, CONCEPTS)])
    opened = Lexicon.open(tmp_path)
    text = "急性肾损伤 and acute kidney injury under Warfarin"
    assert opened.scan(text) == lexicon.scan(text)
    assert opened.terminologies == (info,)


def test_forked_processes_read_the_same_lexicon(tmp_path: Path) -> None:
    write_files(tmp_path, [(TerminologyInfo("given", "", "Given", "1", "", ""), CONCEPTS)])
    opened = Lexicon.open(tmp_path)
    assert opened.find("warfarin")
    with multiprocessing.get_context("fork").Pool(2, initializer=_keep, initargs=(opened,)) as pool:
        found = pool.map(_find_in_child, ["vertigo", "acute kidney injury", "warfarin"])
    assert found == ["HP:0002321", "mesh:D058186", "drugbank:DB00682"]


_kept: list[Lexicon] = []


def _keep(lexicon: Lexicon) -> None:
    _kept[:] = [lexicon]


def _find_in_child(name: str) -> str:
    return _kept[0].find(name)[0].curie


def test_folder_without_lexicon_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"no compiled lexicon.*kg terminology"):
        Lexicon.open(tmp_path)


def test_damaged_lexicon_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, [(TerminologyInfo("given", "", "Given", "1", "", ""), CONCEPTS)])
    for file in tmp_path.glob("lexicon-*/lexicon.sqlite"):
        file.write_bytes(b"not a database" * 100)
    with pytest.raises(LexiconError, match="damaged"):
        Lexicon.open(tmp_path)
