"""The typo index and its rules: whatever one edit makes of a name is found, and exact beats typo."""

from __future__ import annotations

import pickle
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ontologies.compiled import write_files
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, TerminologyInfo
from ontologies.normalize import normal_form
from ontologies.typo_hashes import EDGE, hash_deletions, hash_neighbours, hash_run
from ontologies.typo_rules import find_typo
from ontologies.typos import TypoIndex

LETTERS = st.text("abcdefghijklmnopqrtuvwxyz", min_size=8, max_size=20)
CHINESE = st.text("心肝脾肺肾胃肠脑骨血炎癌瘤疝痛", min_size=6, max_size=14)
WORDS = st.one_of(LETTERS, CHINESE)


def index_of(*names: str) -> TypoIndex:
    return TypoIndex.of((normal_form(name), name) for name in names)


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=6))
def test_hashes_are_those_of_the_name_without_each_character(names: list[str]) -> None:
    hashes, owners = hash_deletions(names)
    for place, name in enumerate(names):
        shorter = [name[:at] + name[at + 1 :] for at in range(len(name))]
        expected = {hash_run(one) for one in [name, *shorter]} if name else set()
        assert {int(one) for one, owner in zip(hashes, owners, strict=True) if owner == place} == expected


def test_neighbours_count_the_edges_and_want_a_chinese_character() -> None:
    hashes = {int(one) for one in hash_neighbours(["胃炎", "abc"], size=2)}
    assert hashes == {hash_run(f"{EDGE}胃"), hash_run("胃炎"), hash_run(f"炎{EDGE}")}


@settings(max_examples=60, deadline=None)
@given(WORDS, st.data())
def test_whatever_one_edit_makes_of_a_name_is_found(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 2))
    other = data.draw(st.sampled_from("kw肛"))
    edits = {
        "lost": name[:at] + name[at + 1 :],
        "added": name[:at] + other + name[at:],
        "other": name[:at] + other + name[at + 1 :],
        "swap": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    }
    index = index_of(name, "something else", "另外一个名称")
    for typed, near in zip(edits.values(), index.find(list(edits.values())), strict=True):
        assert normal_form(name) in [one.key for one in near], typed


@settings(max_examples=40, deadline=None)
@given(LETTERS, st.integers(0, 7))
def test_a_deletion_from_a_long_unique_name_is_grounded(name: str, at: int) -> None:
    typed = name[:at] + name[at + 1 :]
    grounding = Grounder(Lexicon.of([Concept("x:1", f"{name} syndrome", Kind.DISEASE)])).ground(f"{typed} syndrome")
    if normal_form(f"{typed} syndrome") == normal_form(f"{name} syndrome"):
        return
    typo = find_typo(normal_form(typed), normal_form(name))
    refused = grounding.candidates and "but" in grounding.candidates[0].reason
    assert refused or grounding.matches[0].curie == "x:1", (typo, grounding)


@settings(max_examples=40, deadline=None)
@given(WORDS, st.integers(0, 5))
def test_exact_beats_typo(name: str, at: int) -> None:
    other = name[:at] + name[at + 1 :]
    lexicon = Lexicon.of([Concept("x:1", name, Kind.DRUG), Concept("x:2", other, Kind.DRUG)])
    for asked in (name, other):
        grounding = Grounder(lexicon).ground(asked, kinds=[Kind.DRUG])
        exact = {match.curie for match in lexicon.find(asked)}
        assert grounding.matches[0].curie in exact
        assert grounding.matches[0].score == 1.0


def test_sorts_of_typos() -> None:
    def sort(typed: str, meant: str) -> tuple[str, int, int]:
        typo = find_typo(typed, meant)
        return typo.sort, typo.start, typo.end

    assert sort("gastrtis", "gastritis") == ("lost", 5, 5)
    assert sort("gasttritis", "gastritis")[0] == "added"
    assert sort("gasrtitis", "gastritis") == ("swap", 3, 5)
    assert sort("gasxritis", "gastritis") == ("other", 3, 4)
    assert sort("gas tritis", "gastritis") == ("blank", 0, 0)
    assert find_typo("胃灸", "胃炎").told() == "typo corrected: '灸' for '炎'"


def test_spellings_that_the_normal_form_changes_are_found() -> None:
    index = index_of("haemolytic anaemia", "kidney stones")
    assert [near.key for near in index.find(["haemolytic anaebmia"])[0]] == ["hemolytic anemia"]
    assert [near.key for near in index.find(["kidny stones"])[0]] == ["kidney stone"]


def test_a_compiled_lexicon_has_the_index_beside_it(tmp_path: Path) -> None:
    info = TerminologyInfo("made", "x", "Made", "1", "", "")
    write_files(tmp_path, [(info, [Concept("x:1", "Glioblastoma", Kind.DISEASE)])])
    lexicon = Lexicon.open(tmp_path)
    assert [near.key for near in lexicon.typos.find(["gliobastoma"])[0]] == ["glioblastoma"]
    assert lexicon.typos.knows("glioblastoma")
    assert not lexicon.typos.knows("gliobastoma")


def test_an_index_is_the_same_in_another_process() -> None:
    index = pickle.loads(pickle.dumps(index_of("glioblastoma", "肝性脑病")))
    assert [near.key for near in index.find(["gliobastoma"])[0]] == ["glioblastoma"]
    assert index.knows("脑病")
