"""A split whose test facts can be read off the facts learned from does not go on."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from few_facts import facts_of
from kg.embed.background import Background, learn_background, read_background
from kg.embed.facts import read_facts
from kg.embed.leaks import Leak, LeakError, LeakKind, LeakSettings, check_leaks, divide, drop_leaks, find_leaks
from kg.embed.splits import Part, Shares, split_by_chance, split_by_document
from kg.embed.triples import Split, number
from kg.export.view import View
from kg.stores import connect
from kg_command import ROOT, Kg
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind
from ontologies.registry import open_lexicon

Named = tuple[str, str, str]


def split_of(train: Iterable[Named], test: Iterable[Named], valid: Iterable[Named] = ()) -> Split:
    parts = [list(train), list(valid), list(test)]
    triples = number([row for part in parts for row in part])
    ends = np.cumsum([len(part) for part in parts])
    one, two, three = np.split(triples.rows, ends[:-1])
    return Split(triples.with_rows(one), triples.with_rows(two), triples.with_rows(three))


def kinds(leaks: Iterable[Leak]) -> dict[str, list[int]]:
    return {leak.kind.value: leak.rows.tolist() for leak in leaks if leak.part is Part.TEST}


MARRIED = [(f"p{at}", "spouse", f"q{at}") for at in range(20)]
PARENTS = [(f"p{at}", "parent", f"c{at}") for at in range(20)]
CHILDREN = [(f"c{at}", "child", f"p{at}") for at in range(20)]
LIKED = [(f"p{at}", "likes", f"x{at}") for at in range(20)]


def turned(rows: Sequence[Named], relation: str) -> list[Named]:
    return [(object_, relation, subject) for subject, _, object_ in rows]


def test_a_fact_that_is_learned_from_is_repeated() -> None:
    assert kinds(find_leaks(split_of(LIKED, [LIKED[3], ("p1", "likes", "x2")]))) == {"repeated": [0]}
    both = split_of(LIKED, [("p1", "likes", "x2")], valid=[("p1", "likes", "x2")])
    assert kinds(find_leaks(both)) == {"repeated": [0]}, "valid steers, so test may not repeat it"


def test_a_relation_that_holds_both_ways_is_symmetric() -> None:
    train = [*MARRIED, *turned(MARRIED[:19], "spouse"), *LIKED]
    found = kinds(find_leaks(split_of(train, [*turned(MARRIED[19:], "spouse"), ("x3", "likes", "p3")])))
    assert found == {"symmetric": [0]}, "likes is not mutual but once"


def test_a_relation_that_another_turns_round_is_inverse() -> None:
    found = kinds(find_leaks(split_of([*PARENTS, *CHILDREN[:18], *LIKED], [*CHILDREN[18:], ("p1", "likes", "x9")])))
    assert found == {"inverse": [0, 1]}


def test_a_relation_that_goes_with_another_is_its_duplicate() -> None:
    adores = [(subject, "adores", object_) for subject, _, object_ in LIKED]
    found = kinds(find_leaks(split_of([*LIKED, *adores[:18]], adores[18:])))
    assert found == {"duplicate": [0, 1]}


def test_what_few_pairs_show_means_nothing() -> None:
    few = [("p1", "knows", "p2"), ("p2", "knows", "p1")]
    assert kinds(find_leaks(split_of([few[0], *LIKED], [few[1]]))) == {}
    assert kinds(find_leaks(split_of([few[0], *LIKED], [few[1]]), settings=LeakSettings(support=1))) == {
        "symmetric": [0]
    }


def test_a_predicate_that_is_declared_symmetric_needs_no_share() -> None:
    assert kinds(find_leaks(split_of([("a", "interacts_with", "b")], [("b", "interacts_with", "a")]))) == {
        "symmetric": [0]
    }


def test_a_fact_of_the_same_concepts_under_other_names_is_told() -> None:
    train = [("a", "indicated_for", "c"), ("a", "same_as", "b"), ("b", "same_as", "e"), ("c", "indicated_for", "a")]
    test = [("e", "indicated_for", "c"), ("a", "same_as", "e"), ("c", "same_as", "a")]
    assert kinds(find_leaks(split_of(train, test))) == {"same_as": [0, 1]}
    known = Background(same={"z": "c"})
    assert kinds(find_leaks(split_of(train, [("a", "indicated_for", "z")]), background=known)) == {"same_as": [0]}


def test_what_follows_from_the_hierarchy_is_told() -> None:
    known = Background(
        parents={"t2dm": ("dm",), "dm": ("endocrine",), "metformin": ("biguanide",), "cirrhosis": ("liver",)}
    )
    train = [
        ("metformin", "indicated_for", "t2dm"),
        ("biguanide", "causes_adverse_event", "nausea"),
        ("metformin", "contraindicated_in", "liver"),
        ("aspirin", "interacts_with", "biguanide"),
        ("aspirin", "indicated_for", "endocrine"),
        ("aspirin", "contraindicated_in", "cirrhosis"),
        ("dm", "diagnosed_by", "test"),
    ]
    follows = [
        ("metformin", "indicated_for", "endocrine"),
        ("metformin", "causes_adverse_event", "nausea"),
        ("metformin", "contraindicated_in", "cirrhosis"),
        ("metformin", "interacts_with", "aspirin"),
    ]
    open_ = [("aspirin", "indicated_for", "t2dm"), ("aspirin", "contraindicated_in", "liver")]
    found = kinds(find_leaks(split_of(train, [*follows, *open_]), background=known))
    assert found == {"subclass_of": [0, 1, 2, 3]}


def test_a_place_in_the_hierarchy_that_several_steps_give_is_told() -> None:
    train = [("a", "subclass_of", "b"), ("b", "subclass_of", "c"), ("e", "subclass_of", "c")]
    leaks = find_leaks(split_of(train, [("a", "subclass_of", "c"), ("e", "subclass_of", "b")]))
    assert kinds(leaks) == {"subclass_of": [0]}
    assert "by several steps" in str(leaks[0])


def test_background_is_read_from_vocabularies_and_from_facts() -> None:
    lexicon = Lexicon.of(
        [
            Concept("mesh:D1", "one", Kind.DISEASE, parents=("mesh:D2",)),
            Concept("mesh:D2", "two", Kind.DISEASE, parents=("mesh:D3",)),
            Concept("mesh:D3", "three", Kind.DISEASE),
        ]
    )
    read = read_background(["mesh:D1"], lexicon)
    assert read.parents == {"mesh:D1": ("mesh:D2",), "mesh:D2": ("mesh:D3",)}
    learned = learn_background(number([("b", "same_as", "a"), ("b", "same_as", "c"), ("a", "subclass_of", "e")]), read)
    assert learned.same == {"b": "a", "c": "a"}
    assert learned.parents["a"] == ("e",)
    assert learned.parents["mesh:D1"] == ("mesh:D2",)


def test_the_error_says_what_leaks_how_much_and_what_to_do() -> None:
    split = split_of([("a", "interacts_with", "b"), *LIKED], [("b", "interacts_with", "a"), ("p1", "likes", "x2")])
    leaks = find_leaks(split)
    told = r"1 of 2 test facts are symmetric \(b interacts_with a, since a .* b\).*--drop-leaks.*--allow symmetric"
    with pytest.raises(LeakError, match=told):
        check_leaks(leaks)
    check_leaks(leaks, LeakSettings(allow=frozenset({"symmetric"})))
    assert len(drop_leaks(split, leaks).test) == 1
    with pytest.raises(LeakError, match="'mirrored' is no kind of leak"):
        LeakSettings(allow=frozenset({"mirrored"}))


def test_a_graph_divided_by_chance_leaks_by_its_documents() -> None:
    facts = facts_of([(f"a{at % 9}", "treats", f"c{at % 7}", (at % 5,)) for at in range(60)])
    division = split_by_chance(facts, Shares(0.1, 0.2))
    with pytest.raises(LeakError, match="12 of 12 test facts are document"):
        divide(division)
    with pytest.raises(LeakError, match="nothing is left to ask"):
        divide(division, drop=True)
    split, leaks = divide(division, settings=LeakSettings(allow=frozenset({"document"})))
    assert len(split.test) == len(leaks[-1].rows) == 12


def test_the_bundled_labels_divided_by_document_leak_by_the_hierarchy_alone(kg: Kg, kg_home: Path) -> None:
    kg("build", str(ROOT / "kg" / "samples"), "--graph", "graph", "--workers", "0")
    with closing(connect(kg.folder / "graph")) as store:
        facts = read_facts(View(store))
    background = read_background(facts.triples.entities, open_lexicon(home=kg_home))
    division = split_by_document(facts, Shares(0.1, 0.2), keep_unseen=True)
    with pytest.raises(LeakError, match="subclass_of"):
        divide(division, background=background)
    split, leaks = divide(division, background=background, drop=True)
    assert {leak.kind for leak in leaks} == {LeakKind.SUBCLASS_OF}
    assert len(split.valid) + len(split.test) == sum(division.parts > 0) - sum(len(leak.rows) for leak in leaks)


def read_benchmark(folder: Path) -> Split:
    """Train and valid; OpenKE's ids stand as head, tail, relation under a first line with their number."""
    parts = []
    for part in ("train", "valid"):
        path = next(folder.glob(f"{part}*"))
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            words = [line.split() for line in lines]
        parts.append([(h, r, t) for h, t, r in words[1:]] if "2id" in path.name else [(h, r, t) for h, r, t in words])
    return split_of(parts[0], [], valid=parts[1])


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("fb15k-237", {}),
        ("wn18rr", {"symmetric": 0.345}),
        ("umls", {"duplicate": 0.123, "inverse": 0.044, "symmetric": 0.012}),
        ("codex-s", {"symmetric": 0.156}),
    ],
)
def test_benchmarks_leak_as_they_are_known_to(
    shared_data: Callable[[str], Path], name: str, shares: dict[str, float]
) -> None:
    """FB15k-237 was freed of pairs with a link in train; WN18RR keeps its symmetric relations."""
    leaks = find_leaks(read_benchmark(shared_data("kg") / name))
    assert {leak.kind.value: round(len(leak.rows) / leak.of, 3) for leak in leaks} == shares
