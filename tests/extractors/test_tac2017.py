from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.errors import CorpusError
from extractors.score import Counts
from extractors.tasks import Options, find_tasks, run
from extractors.tasks.tac2017 import split_folds
from extractors.tasks.tac_labels import TacLabel, read_folder, read_labels, spoken
from extractors.tasks.tac_score import Found, Outcome, make_errors, make_metrics
from extractors.tasks.tac_systems import Dictionary
from extractors.tasks.tac_terms import TermTable, core_of, spell
from extractors.tasks.tac_words import PhraseTable, key_of
from ontologies.errors import UnknownNameError
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind


@pytest.fixture
def folder(samples: Path) -> Path:
    return samples / "tasks" / "tac2017"


@pytest.fixture
def labels(folder: Path) -> dict[str, TacLabel]:
    return {label.id: label for label in read_folder(folder)[0]}


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon.of([Concept("x:1", "Dizziness", Kind.FINDING)])


def test_mention_offsets_point_at_what_the_corpus_says(labels: dict[str, TacLabel]) -> None:
    for label in labels.values():
        for mention in label.mentions:
            assert spoken(label.sections[mention.section][1], mention.parts) == mention.text


def test_positive_mentions_give_the_official_reaction_list(labels: dict[str, TacLabel]) -> None:
    for label in labels.values():
        assert {m.text.lower() for m in label.reaction_mentions()} == {r.text for r in label.reactions}


def test_negated_class_and_animal_reactions_do_not_count(labels: dict[str, TacLabel]) -> None:
    denied = {m.text for m in labels["ALPHAMAB"].reaction_mentions(positive=False) if not m.positive}
    assert denied == {"deaths", "seizures", "Nausea"}


def test_the_definition_holds_on_all_real_labels(shared_data: Callable[[str], Path]) -> None:
    real = read_labels(shared_data("tac2017-adr") / "train_xml")
    assert len(real) == 101
    assert sum(len(label.reactions) for label in real) == 7038
    assert all({m.text.lower() for m in x.reaction_mentions()} == {r.text for r in x.reactions} for x in real)


def test_labels_lie_in_the_folder_itself_or_in_train_xml(folder: Path) -> None:
    assert (
        len(read_labels(folder / "train_xml"))
        == len(read_folder(folder / "train_xml")[0])
        == len(read_folder(folder)[0])
    )


def test_labels_of_gold_xml_are_scored_and_those_of_train_xml_learnt_from(folder: Path, tmp_path: Path) -> None:
    for part, name in (("train_xml", "ALPHAMAB"), ("gold_xml", "BETANOL")):
        (tmp_path / part).mkdir()
        (tmp_path / part / f"{name}.xml").write_bytes((folder / "train_xml" / f"{name}.xml").read_bytes())
    scored, source = read_folder(tmp_path)
    assert ([x.id for x in scored], [x.id for x in source]) == (["BETANOL"], ["ALPHAMAB"])


def test_folder_without_labels_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no TAC 2017 label"):
        read_folder(tmp_path)


def test_no_label_is_learnt_from_and_asked_in_one_fold(labels: dict[str, TacLabel]) -> None:
    every = list(labels.values())
    asked: list[str] = []
    for known, held_out in split_folds(every, every, folds=3, seed=1):
        assert not {x.id for x in known} & {x.id for x in held_out}
        asked += [x.id for x in held_out]
    assert sorted(asked) == sorted(labels)


def test_label_among_the_source_is_never_learnt_from(labels: dict[str, TacLabel]) -> None:
    every = list(labels.values())
    pairs = list(split_folds(every[:1], every, folds=10, seed=1))
    assert [([x.id for x in known], [x.id for x in asked]) for known, asked in pairs] == [
        (["BETANOL", "GAMMAZIDE"], ["ALPHAMAB"])
    ]


def test_no_folds_means_nothing_is_learnt(labels: dict[str, TacLabel]) -> None:
    every = list(labels.values())
    assert [(known, len(asked)) for known, asked in split_folds(every, every, folds=0, seed=1)] == [([], 3)]


def test_phrases_of_a_label_are_forgotten_when_it_is_left_out(labels: dict[str, TacLabel]) -> None:
    table = PhraseTable(labels.values())
    norms = list(key_of("nausea and vomiting; hepatic failure"))
    assert [norms[h.first : h.last] for h in table.scan(norms)] == [["nausea"], ["vomiting"], ["hepatic", "failure"]]
    assert len(list(table.scan(norms, without="ALPHAMAB"))) == 2


def test_share_counts_places_where_a_string_was_not_annotated(labels: dict[str, TacLabel]) -> None:
    # "nausea" stands four times and is a positive reaction in three of them.
    assert PhraseTable(labels.values()).share(("nausea",)) == 0.75


def test_term_is_that_of_the_same_words_or_of_the_same_core(labels: dict[str, TacLabel]) -> None:
    terms = TermTable(labels.values())
    assert terms.find("Headaches") == "Headache"
    assert terms.find("failure of the kidney") == "Renal failure"
    assert terms.find("serious kidney failure") == "Renal failure"
    assert terms.find("unheard-of thing") == ""


def test_unknown_string_is_spelled_as_a_term_where_the_lexicon_knows_it(
    labels: dict[str, TacLabel], lexicon: Lexicon
) -> None:
    assert TermTable(labels.values(), lexicon=lexicon).find("dizziness") == "Dizziness"
    assert spell(key_of("peripheral edema")) == "Peripheral oedema"


def test_core_leaves_out_words_that_say_nothing_of_what_happened() -> None:
    assert core_of(key_of("elevations in serum creatinine levels")) == core_of(key_of("Blood creatinine increased"))


def test_figures_of_a_small_outcome(labels: dict[str, TacLabel]) -> None:
    label = labels["BETANOL"]
    text = label.sections["S1"][1]
    start = text.index("nausea")
    found = [Found("S1", ((start, start + 6),), "nausea", "Nausea"), Found("S1", ((0, 4),), "Adverse", "Harm")]
    metrics = {m.name: m.counts for m in make_metrics([Outcome(label, found)])}
    assert metrics["strings"] == metrics["meddra_pt"] == metrics["mentions"] == Counts(tp=1, fp=1, fn=4)
    assert metrics["strings in adverse reactions"] == Counts(tp=1, fp=1, fn=4)


def test_errors_say_why(labels: dict[str, TacLabel]) -> None:
    label = labels["ALPHAMAB"]
    text = label.sections["S1"][1]
    rash, deaths = text.index("rash"), text.index("deaths")
    found = [Found("S1", ((rash, rash + 4),), "rash"), Found("S1", ((deaths, deaths + 6),), "deaths")]
    outcome = Outcome(label, found, {"nausea": "read as negated"}, frozenset({"headache"}))
    assert {e.name: e.count for e in make_errors([outcome])} == {
        "missed: read as negated": 1,
        "missed: in the lexicon, not found": 1,
        "missed: other boundaries": 1,
        "missed: in pieces": 1,
        "missed: not in the lexicon": 1,
        "spurious: other boundaries": 1,
        "spurious: negated, of a class or of animals": 1,
    }


def test_dictionary_knows_only_strings_of_other_labels(labels: dict[str, TacLabel]) -> None:
    system = Dictionary([labels["ALPHAMAB"], labels["BETANOL"]])
    found = {f.text.lower(): f.pt for f in system.find(labels["GAMMAZIDE"]).found}
    assert found == {"vomiting": "Vomiting", "nausea": "Nausea", "headaches": "Headache", "skin rash": "Rash"} | {
        "renal failure": "Renal failure"
    }


@pytest.mark.parametrize("system", ["dictionary", "product", "learned"])
def test_every_system_runs_and_gives_predictions(folder: Path, lexicon: Lexicon, system: str) -> None:
    report = run("tac2017", folder, lexicon=lexicon, options=Options(folds=3, system=system))
    assert report.documents == 3
    assert report.metric("strings").counts.tp >= 5
    assert {p.document for p in report.predictions} == {"ALPHAMAB", "BETANOL", "GAMMAZIDE"}
    assert all(p.as_dict()["text"] for p in report.predictions)


def test_labels_without_annotation_are_predicted_and_not_scored(folder: Path, lexicon: Lexicon, tmp_path: Path) -> None:
    bare = (folder / "train_xml" / "BETANOL.xml").read_text().split("  <Mentions>")[0] + "</Label>\n"
    (tmp_path / "BETANOL.xml").write_text(bare)
    report = run("tac2017", tmp_path, lexicon=lexicon, options=Options(train=folder, system="dictionary"))
    assert report.metric("strings").counts == Counts()
    assert "headache" in {p.text for p in report.predictions}


def test_without_folds_the_product_stands_alone(folder: Path) -> None:
    words = Lexicon.of([Concept("x:2", "Nausea", Kind.FINDING), Concept("x:3", "Vomiting", Kind.FINDING)])
    report = run("tac2017", folder, lexicon=words, options=Options(folds=0))
    assert report.settings == {"system": "product", "words from": "product only"}
    assert {p.text.lower() for p in report.predictions} <= {"nausea", "vomiting"}
    assert report.metric("strings").counts.tp >= 4


def test_nothing_can_be_learnt_without_labels(folder: Path, lexicon: Lexicon) -> None:
    with pytest.raises(CorpusError, match="needs annotated labels"):
        run("tac2017", folder, lexicon=lexicon, options=Options(folds=0, system="learned"))


def test_unknown_names_list_the_known(folder: Path, lexicon: Lexicon) -> None:
    with pytest.raises(UnknownNameError, match=r"labeledin.*tac2017"):
        run("tac2018", folder, lexicon=lexicon)
    with pytest.raises(UnknownNameError, match="dictionary, learned, product"):
        run("tac2017", folder, lexicon=lexicon, options=replace(Options(), system="magic"))


def test_tasks_are_found_by_name() -> None:
    assert set(find_tasks()) >= {"tac2017", "labeledin", "pitt-pi-ddi", "inserts-cn"}
