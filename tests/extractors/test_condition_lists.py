"""The tasks on names of conditions: PubTator files, lists of Chinese and English names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from extractors.errors import CorpusError
from extractors.score import Counts
from extractors.tasks import Options, run
from extractors.tasks.bc5cdr import find_cases, learn_names, read_pubtator
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym

SAMPLES = Path(__file__).parents[1] / "samples" / "tasks"
DEV = SAMPLES / "bc5cdr" / "sample_dev.PubTator.txt"


def zh(text: str) -> Synonym:
    """A Chinese name."""
    return Synonym(text, language="zh")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.of(
        [
            Concept("mesh:D006333", "Heart Failure", Kind.DISEASE, synonyms=(zh("心力衰竭"),), xrefs=("icd10cm:I50",)),
            Concept("mesh:D009325", "Nausea", Kind.FINDING, synonyms=(zh("恶心"),)),
            Concept("mesh:D004317", "Doxorubicin", Kind.DRUG, synonyms=(zh("多柔比星"),)),
            Concept("mesh:D051437", "Renal Insufficiency", Kind.DISEASE, synonyms=(Synonym("Renal failure"),)),
            Concept("mesh:D017093", "Hepatic Failure", Kind.DISEASE),
        ]
    )


def test_mentions_are_read_with_their_ids() -> None:
    (abstract,) = read_pubtator(DEV)
    assert [mention.text for mention in abstract.mentions] == [
        abstract.text[mention.start : mention.end] for mention in abstract.mentions
    ]
    assert abstract.mentions[-1].curies == ()
    assert abstract.mentions[-2].curies == ("mesh:D051437", "mesh:D017093")


def test_a_short_form_is_asked_for_by_its_long_form() -> None:
    cases = list(find_cases(read_pubtator(DEV)))
    assert [case.name for case in cases if case.expected == {"mesh:D006333"}] == [
        "Heart failure",
        "congestive heart failure",
        "congestive heart failure",
        "congestive heart failure",
    ]
    assert [case.every for case in cases].count(True) == 1


def test_mentions_are_scored_and_what_is_left_out_is_told(lexicon: Lexicon) -> None:
    report = run("bc5cdr", DEV.parent, lexicon=lexicon)
    assert report.metric("chemical").counts == Counts(tp=1)
    assert report.metric("disease").counts == Counts(tp=6)
    assert "1 mentions without a concept (id -1) are left out" in report.notes


def test_names_of_the_training_part_count_as_decided(lexicon: Lexicon) -> None:
    standing = learn_names(find_cases(read_pubtator(DEV.with_name("sample_train.PubTator.txt"))))
    assert [decision.curie for decision in standing.of("Pump trouble")] == ["mesh:D006333"]
    report = run("bc5cdr", DEV.parent, lexicon=lexicon, options=Options(train=DEV.parent))
    assert any("training part" in note for note in report.notes)


def test_what_is_no_pubtator_is_told(tmp_path: Path, lexicon: Lexicon) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("1|t|Title\nno annotation at all\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 2"):
        run("bc5cdr", path, lexicon=lexicon)
    with pytest.raises(CorpusError, match="give the PubTator file"):
        run("bc5cdr", tmp_path, lexicon=lexicon)


@pytest.mark.parametrize(
    ("file", "to", "sort"),
    [
        ("diseases_zh_en.json", "", "diseases: Chinese as English"),
        ("diseases_zh_en.json", "", "symptoms: Chinese as English"),
        ("diseases_zh_en.json", "", "medications: Chinese as English"),
        ("diseases_zh_en.json", "icd10cm", "diseases: Chinese to code"),
        ("diseases_zh_en.json", "icd10cm", "diseases: English to code"),
        ("synonyms.tsv", "", "disease: Chinese name"),
        ("synonyms.tsv", "", "disease: abbreviation"),
        ("everyday.tsv", "icd10cm", "everyday names (zh-TW)"),
        ("labels.tsv", "", "labels with a side"),
        ("labels.tsv", "", "labels with a certainty"),
    ],
)
def test_chinese_names_mean_what_english_ones_do(lexicon: Lexicon, file: str, to: str, sort: str) -> None:
    report = run("zh-en", SAMPLES / "zh-en" / file, lexicon=lexicon, options=Options(to=to))
    assert report.metric(sort).counts == Counts(tp=1)


def test_names_whose_english_side_is_unknown_are_told(lexicon: Lexicon) -> None:
    report = run("zh-en", SAMPLES / "zh-en", lexicon=lexicon)
    assert any("Unheard of" in note for note in report.notes)


def test_a_folder_without_lists_is_told(tmp_path: Path, lexicon: Lexicon) -> None:
    (tmp_path / "other.tsv").write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="no list of Chinese and English names"):
        run("zh-en", tmp_path, lexicon=lexicon)
    with pytest.raises(CorpusError, match="it needs the columns zh and en"):
        run("zh-en", tmp_path / "other.tsv", lexicon=lexicon)


def test_bc5cdr_of_the_shared_data(shared_data: Callable[[str], Path]) -> None:
    """The published counts of the development part."""
    folder = shared_data("bc5cdr")
    abstracts = list(read_pubtator(folder / "CDR_DevelopmentSet.PubTator.txt.gz"))
    assert len(abstracts) == 500
    assert sum(mention.kind == "disease" for one in abstracts for mention in one.mentions) == 4244
