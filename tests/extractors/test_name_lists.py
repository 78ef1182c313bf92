"""Grounding scored on lists of names."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.errors import CorpusError
from extractors.score import Counts
from extractors.tasks import run
from extractors.tasks.name_lists import NameCase, score_names
from extractors.tasks.names import read_names
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.of(
        [
            Concept("x:1", "Hypertension", Kind.DISEASE, synonyms=(Synonym("高血压", language="zh"),)),
            Concept("x:2", "Migraine", Kind.DISEASE),
            Concept("x:3", "Ketoconazole", Kind.DRUG),
        ]
    )


def test_right_wrong_and_abstained_are_counted_over_thresholds(lexicon: Lexicon) -> None:
    cases = [
        NameCase("hypertension", frozenset({"x:1"}), sort="english"),
        NameCase("高血压", frozenset({"x:1", "x:9"}), sort="chinese"),
        NameCase("migraine", frozenset({"x:3"})),
        NameCase("ketoconazole"),
        NameCase("nothing of the kind"),
        NameCase("gout", frozenset({"x:7"})),
    ]
    report = score_names("test", cases, Grounder(lexicon))
    assert report.metric("names").counts == Counts(tp=3, fp=2, fn=3)
    assert report.metric("chinese").counts == Counts(tp=1)
    lowest, highest = report.curve[0], report.curve[-1]
    assert (lowest.right, lowest.wrong, lowest.abstained) == (3, 2, 1)
    assert (highest.right, highest.wrong, highest.abstained) == (2, 2, 2)
    assert "threshold" in report.as_text()
    assert report.as_dict()["names"] == 6


def test_a_list_may_name_alternatives_or_want_all(tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    path.write_text("name\texpected\tkind\na\tMSH:D1|HP:2\tdisease\nb\tmesh:D1&HP:2\t\nc\t\t\n", encoding="utf-8")
    one, two, three = read_names(path)
    assert (one.expected, one.every, one.kind) == (frozenset({"mesh:D1", "HP:2"}), False, Kind.DISEASE)
    assert (two.expected, two.every, two.kind) == (frozenset({"mesh:D1", "HP:2"}), True, None)
    assert three.expected == frozenset()


def test_a_file_that_is_no_list_of_names_is_told(tmp_path: Path, lexicon: Lexicon) -> None:
    path = tmp_path / "names.tsv"
    path.write_text("word\tcode\na\tb\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="has no column 'name'"):
        run("names", path, lexicon=lexicon)
    path.write_text("name\texpected\tkind\na\tx:1\tillness\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="row 1: unknown kind 'illness'"):
        run("names", path, lexicon=lexicon)
