"""The tasks other than tac2017, each on a small corpus written in its layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.errors import CorpusError
from extractors.model import Assertion
from extractors.score import Counts
from extractors.tasks import Options, run
from extractors.tasks.assertions import read_cases
from extractors.tasks.inserts_cn import count_repeats
from extractors.tasks.labeledin import read_labels, read_markup
from extractors.tasks.pitt_pi_ddi import read_sections
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.of(
        [
            Concept("x:1", "Hypertension", Kind.DISEASE),
            Concept("x:2", "Migraine", Kind.DISEASE),
            Concept("x:3", "Ketoconazole", Kind.DRUG),
            Concept("x:4", "Simvastatin", Kind.DRUG),
        ]
    )


@pytest.fixture
def tasks(samples: Path) -> Path:
    return samples / "tasks"


def test_markup_is_taken_out_and_nothing_put_in_its_place() -> None:
    text, indications = read_markup(
        ' <div> <annotation cui="C1">Gout</annotation> </div> For <i>acute</i> gout. <br> End'
    )
    assert text == " \nGout \nFor acute gout. \nEnd"
    assert text.replace("\n", " ") == "  Gout  For acute gout.  End"
    assert [(text[i.start : i.end], i.cui) for i in indications] == [("Gout", "C1")]


def test_labeledin_scores_indications_and_leaves_out_what_is_not_indicated(tasks: Path, lexicon: Lexicon) -> None:
    report = run("labeledin", tasks / "labeledin", lexicon=lexicon)
    assert report.documents == 2
    assert report.metric("strings").counts == Counts(tp=2, fp=0, fn=0)
    texts = {label.id: label.text for label in read_labels(tasks / "labeledin")}
    assert all(texts[p.document][p.start : p.end] == p.text for p in report.predictions)


def test_labeledin_names_the_missing_file(tmp_path: Path, lexicon: Lexicon) -> None:
    with pytest.raises(CorpusError, match="LabeledIn_annotated_XML"):
        run("labeledin", tmp_path, lexicon=lexicon)


def test_pitt_offsets_point_at_the_annotated_names(tasks: Path) -> None:
    (section,) = read_sections(tasks / "pitt-pi-ddi")
    assert [(section.text[n.start : n.end], n.type) for n in section.names] == [
        ("Ketoconazole", "Active ingredient"),
        ("simvastatin", "Active ingredient"),
        ("Zocor", "Drug product"),
    ]


def test_pitt_scores_drug_names_and_says_what_is_not_annotated(tasks: Path, lexicon: Lexicon) -> None:
    report = run("pitt-pi-ddi", tasks / "pitt-pi-ddi", lexicon=lexicon)
    assert report.metric("drug names").counts == Counts(tp=2, fp=0, fn=1)
    assert report.metric("recall of active ingredient").counts == Counts(tp=2, fp=0, fn=0)
    assert report.metric("recall of drug product").counts == Counts(tp=0, fp=0, fn=1)
    assert [e.name for e in report.errors] == ["missed drug product: not found"]
    assert "not annotated" in report.notes[0]


def test_pitt_names_the_missing_text(tasks: Path, tmp_path: Path, lexicon: Lexicon) -> None:
    name = "section-1.txt.knowtator.xml"
    (tmp_path / name).write_bytes((tasks / "pitt-pi-ddi" / name).read_bytes())
    with pytest.raises(CorpusError, match=r"section-1\.txt, which is not beside it"):
        run("pitt-pi-ddi", tmp_path, lexicon=lexicon)


def test_inserts_need_the_right_kind_and_title_and_beginning(tasks: Path, lexicon: Lexicon) -> None:
    report = run("inserts-cn", tasks / "inserts-cn", lexicon=lexicon)
    assert report.metric("kinds").counts == Counts(tp=4, fp=0, fn=0)
    assert report.metric("sections").counts == Counts(tp=3, fp=1, fn=1)
    assert {e.name for e in report.errors} == {"missed: contraindications", "spurious: contraindications"}


def test_bags_count_repeats() -> None:
    assert count_repeats(["a", "a", "b"], ["a", "c"]) == Counts(tp=1, fp=1, fn=2)


def test_cmdd_scores_what_the_dialogue_says_beside_the_sentence_alone(tasks: Path, lexicon: Lexicon) -> None:
    report = run("cmdd", tasks / "cmdd", lexicon=lexicon)
    assert report.documents == 1
    assert report.metric("accuracy, dialogue").counts == Counts(tp=5, fp=0, fn=0)
    assert report.metric("accuracy, sentence").counts == Counts(tp=3, fp=2, fn=2)
    assert report.metric("mentions, strict").counts == Counts(tp=0, fp=0, fn=5)


def test_cmdd_names_the_missing_part(tasks: Path, lexicon: Lexicon) -> None:
    with pytest.raises(CorpusError, match=r"CMDD_other\.jsonl\.gz"):
        run("cmdd", tasks / "cmdd", lexicon=lexicon, options=Options(system="other"))


def test_cmedqaner_scores_names_by_type() -> None:
    names = [
        ("Hypertension", "高血压", Kind.DISEASE),
        ("Ketoconazole", "酮康唑", Kind.DRUG),
        ("Pain", "头痛", Kind.DISEASE),
    ]
    concepts = [Concept(f"x:{en}", en, kind, synonyms=(Synonym(zh, language="zh"),)) for en, zh, kind in names]
    folder = Path(__file__).parents[1] / "samples" / "tasks" / "cmedqaner"
    report = run("cmedqaner", folder, lexicon=Lexicon.of(concepts))
    assert report.metric("strict").counts == Counts(tp=2, fp=1, fn=2)
    assert report.metric("any type").counts == Counts(tp=3, fp=0, fn=1)
    assert {e.name for e in report.errors} == {
        "missed symptom: another type",
        "missed test: nothing there",
        "spurious disease: another type",
    }


def test_written_sentences_are_understood_and_each_language_has_all_assertions(samples: Path, lexicon: Lexicon) -> None:
    report = run("assertions", samples, lexicon=lexicon)
    assert report.documents > 240
    held = [report.metric(f"{language} held-out").counts for language in ("en", "zh")]
    assert all(counts.precision > 0.8 for counts in held)
    cases = read_cases(samples)
    assert all({a for c in cases if c.language == one for _, a in c.says} == set(Assertion) for one in ("en", "zh"))


def test_a_line_of_sentences_without_its_keys_is_told(tmp_path: Path, lexicon: Lexicon) -> None:
    (tmp_path / "assertions_en.jsonl").write_text('{"text": "No fever."}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="line 1: needs text, says and part"):
        run("assertions", tmp_path, lexicon=lexicon)
