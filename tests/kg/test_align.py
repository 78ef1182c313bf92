"""Decisions and new terminologies change the graph: as a rebuild would, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from extractors.extract import extract
from extractors.model import Coded, Document, Extraction, Mention, Relation, Section
from extractors.naming import ground_name
from extractors.own_drug import match_coded
from kg.align import DECISIONS, Realigned, apply_decisions, bring_up_to_date, keep_decisions, refresh_unaligned
from kg.assemble import assemble, judged
from kg.model import FactQuery, Move, Node
from kg.pipeline import contribute
from kg.render.alignment import print_realigned, realigned_form, summarize
from kg.render.console import make_console
from kg.stores.sqlite import SqliteStore, open_store
from ontologies.curies import local_curie
from ontologies.decided import lay_home_decisions
from ontologies.decisions import Action, Line, open_log
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Decision, Kind, Synonym, Verdict
from tests.graphs import contribution, evidence

DRUG = Concept("rxnorm:1", "Warfarin", Kind.DRUG)
OTHER_DRUG = Concept("rxnorm:2", "Sodium warfarin", Kind.DRUG)
BLEED = Concept("HP:1", "Bleeding", Kind.FINDING, synonyms=(Synonym("haemorrhage"),))
BRUISE = Concept("mesh:D1", "Bruise", Kind.FINDING, synonyms=(Synonym("Bleeding"),))
CYANOSIS = Concept("HP:2", "Cyanosis of the toe", Kind.FINDING)
LEXICON = Lexicon.of([DRUG, OTHER_DRUG, BLEED, BRUISE, CYANOSIS])
TEXT = "ADVERSE REACTIONS\nWarfarin may cause purple toe, bleeding and haemorrhage."


def node(concept: Concept) -> Node:
    return Node(concept.curie, concept.name, concept.kind)


PURPLE = Node("local:finding/purple_toe", "purple toe", Kind.FINDING, aligned=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A graph of one document that calls four concepts by their names."""
    with open_store(str(tmp_path / "graph"), mode="create") as made:
        said = [(BLEED, "Bleeding"), (BLEED, "haemorrhage"), (BRUISE, "bruises"), (None, "Purple toe")]
        rows = [
            evidence(
                node(DRUG), "causes_adverse_event", node(one) if one else PURPLE, quote=name, names=("warfarin", name)
            )
            for one, name in said
        ]
        made.put([contribution(*rows, nodes=(*map(node, (DRUG, BLEED, BRUISE)), PURPLE))])
        yield made


class Curator:
    """Decides in a home of its own, and gives the lexicon with what was decided."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def decide(self, name: str, verdict: Verdict, curie: str = "", *, kind: Kind | None = None) -> Line:
        made = Decision("", name, kind, verdict, curie, "", "ann", "")
        return open_log(home=self.home).append([Line(Action.DECIDE, "ann", decision=made)])[0]

    def undo(self, line: Line) -> None:
        open_log(home=self.home).append([Line(Action.UNDO, "ann", of=line.id)])

    @property
    def lexicon(self) -> Lexicon:
        return lay_home_decisions(LEXICON, home=self.home)

    def apply(self, store: SqliteStore, *, dry_run: bool = False) -> Realigned:
        return apply_decisions(store, self.lexicon, home=self.home, dry_run=dry_run)


@pytest.fixture
def curator(tmp_path: Path) -> Curator:
    return Curator(tmp_path / "home")


def objects(store: SqliteStore) -> dict[str, int]:
    return {fact.object.curie: fact.evidence_count for fact in store.find_facts(FactQuery(), first=50).facts}


AS_BUILT = {"HP:1": 2, "mesh:D1": 1, PURPLE.curie: 1}


def test_a_name_that_waited_goes_over_to_what_a_curator_says_in_all_its_spellings(
    store: SqliteStore, curator: Curator
) -> None:
    line = curator.decide("purple toe", Verdict.EXACT, "HP:2")
    done = curator.apply(store)
    assert objects(store) == {"HP:1": 2, "mesh:D1": 1, "HP:2": 1}
    assert [(move.names, move.curie, move.node.curie) for move in done.moves] == [
        (("Purple toe",), PURPLE.curie, "HP:2")
    ]
    assert store.get_nodes([PURPLE.curie]) == [None]
    curator.undo(line)
    curator.apply(store)
    assert objects(store) == AS_BUILT


def test_what_the_graph_reflects_is_not_done_again(store: SqliteStore, curator: Curator) -> None:
    curator.decide("purple toe", Verdict.EXACT, "HP:2")
    curator.apply(store)
    before = store.get_meta()
    assert before[DECISIONS] == curator.lexicon.decisions
    assert curator.apply(store) == Realigned()
    assert store.get_meta() == before


def test_a_rejected_concept_gives_way_to_the_next_best(store: SqliteStore, curator: Curator) -> None:
    curator.decide("bleeding", Verdict.NONE, "HP:1")
    curator.apply(store)
    assert objects(store) == {"HP:1": 1, "mesh:D1": 2, PURPLE.curie: 1}


def test_a_name_without_any_concept_keeps_a_local_one(store: SqliteStore, curator: Curator) -> None:
    curator.decide("haemorrhage", Verdict.NONE)
    curator.apply(store)
    assert objects(store) == {"HP:1": 1, "mesh:D1": 1, local_curie("haemorrhage", Kind.FINDING): 1, PURPLE.curie: 1}
    (local,) = store.get_nodes([local_curie("haemorrhage", Kind.FINDING)])
    assert local == Node(local_curie("haemorrhage", Kind.FINDING), "haemorrhage", Kind.FINDING, aligned=False)


def test_what_context_chose_stays_while_it_is_allowed(store: SqliteStore, curator: Curator) -> None:
    """ "bruises" stands at a concept that the lexicon would not give for it by name alone."""
    line = curator.decide("bruises", Verdict.NONE, "HP:1")
    curator.apply(store)
    assert objects(store) == AS_BUILT
    curator.undo(line)
    curator.decide("bruises", Verdict.EXACT, "HP:2")
    curator.apply(store)
    assert objects(store) == {"HP:1": 2, "HP:2": 1, PURPLE.curie: 1}


def test_two_concepts_that_a_curator_calls_one_are_one_until_it_is_undone(store: SqliteStore, curator: Curator) -> None:
    line = curator.decide("HP:1", Verdict.EXACT, "mesh:D1")
    curator.apply(store)
    speaker = curator.lexicon.canonical("HP:1")
    assert speaker == curator.lexicon.canonical("mesh:D1")
    assert objects(store) == {speaker: 3, PURPLE.curie: 1}
    curator.undo(line)
    curator.apply(store)
    assert (objects(store)["HP:1"], objects(store)["mesh:D1"]) == (2, 1)


def test_a_name_that_was_split_hangs_on_both_concepts(store: SqliteStore, curator: Curator) -> None:
    decisions = [Decision("", "purple toe", None, Verdict.EXACT, curie, "", "ann", "") for curie in ("HP:2", "mesh:D1")]
    log = open_log(home=curator.home)
    lines = log.append([Line(Action.DECIDE, "ann", decision=one) for one in decisions])
    done = curator.apply(store)
    assert objects(store) == {"HP:1": 2, "mesh:D1": 2, "HP:2": 1}
    assert {move.node.curie for move in done.moves} == {"HP:2", "mesh:D1"}
    curator.undo(lines[0])
    curator.apply(store)
    assert objects(store) == {"HP:1": 2, "mesh:D1": 2}
    curator.undo(lines[1])
    curator.apply(store)
    assert objects(store) == AS_BUILT


def test_a_decision_on_what_a_decision_made_of_a_name_counts(store: SqliteStore, curator: Curator) -> None:
    """The graph shows the name as a drug by then, though documents mention a finding."""
    curator.decide("purple toe", Verdict.EXACT, "rxnorm:2", kind=Kind.FINDING)
    curator.decide("purple toe", Verdict.EXACT, "HP:2", kind=Kind.DRUG)
    curator.apply(store)
    assert objects(store)["HP:2"] == 1


def test_rows_of_an_older_graph_go_back_to_what_their_names_have_by_themselves(
    store: SqliteStore, curator: Curator
) -> None:
    lines = [curator.decide("purple toe", Verdict.EXACT, "HP:2"), curator.decide("haemorrhage", Verdict.NONE)]
    curator.apply(store)
    store._db.connection.execute("update evidence set subject_origin = 0, object_origin = 0, said = null")
    for line in lines:
        curator.undo(line)
    curator.apply(store)
    assert objects(store) == AS_BUILT
    assert curator.apply(store) == Realigned()


def test_a_curators_word_is_not_less_sure_than_a_guess(store: SqliteStore, curator: Curator) -> None:
    drug, name = Mention(0, 0, "Warfarin", Kind.DRUG, LEXICON.find("Warfarin")[0]), "Cyanosis of the toee"
    relation = Relation("warns_of", drug, Mention(0, 4, name, Kind.FINDING), 0, 4, 0.8, "test")
    extraction = Extraction(Document("d:2", "", "text"), (), (relation,))
    store.put([assemble(extraction, LEXICON)])
    (guessed,) = assemble(extraction, LEXICON).evidence
    line = curator.decide(name, Verdict.EXACT, "HP:2")
    curator.apply(store)
    assert store.get_evidence([guessed.fact_id], first=1)[guessed.fact_id][0].score == 0.8 > guessed.score
    curator.undo(line)
    curator.apply(store)
    assert store.get_evidence([guessed.fact_id], first=1)[guessed.fact_id] == [guessed]


def test_what_was_read_while_a_decision_held_wakes_when_it_is_undone(tmp_path: Path, curator: Curator) -> None:
    document = Document("d:1", "Warfarin", TEXT, (Section("34084-4", "", 0, len(TEXT), "adverse_reactions"),))
    line = curator.decide("bleeding", Verdict.EXACT, "rxnorm:1", kind=Kind.FINDING)
    with (
        open_store(str(tmp_path / "read"), mode="create") as read,
        open_store(str(tmp_path / "built"), mode="create") as built,
    ):
        curator.apply(read)
        read.put([contribute(document, curator.lexicon)])
        built.put([contribute(document, LEXICON)])
        assert read.get_stats().evidence < built.get_stats().evidence
        curator.undo(line)
        curator.apply(read)
        assert list(read.iter_facts()) == list(built.iter_facts())
        assert sorted(read.iter_evidence(), key=str) == sorted(built.iter_evidence(), key=str)


def test_a_dry_run_tells_all_and_writes_nothing(store: SqliteStore, curator: Curator) -> None:
    curator.decide("haemorrhage", Verdict.EXACT, "HP:2")
    before = store.get_meta(), objects(store)
    rehearsed = curator.apply(store, dry_run=True)
    assert (store.get_meta(), objects(store)) == before
    added = {fact for diff in rehearsed.diffs for fact in diff.added}
    assert {rehearsed.names[fact] for fact in added} == {("Warfarin", "causes_adverse_event", "Cyanosis of the toe")}
    done = curator.apply(store)
    assert {fact for diff in done.diffs for fact in diff.added} == added


def test_four_eyes_count_in_the_graph_as_soon_as_they_are_asked_for(store: SqliteStore, curator: Curator) -> None:
    curator.decide("purple toe", Verdict.EXACT, "HP:2")
    curator.apply(store)
    decided = objects(store)
    config = curator.home / "config.toml"
    for setting, found in (("true", AS_BUILT), ("false", decided)):
        config.write_text(f"[align]\nfour_eyes = {setting}\n")
        curator.apply(store)
        assert objects(store) == found
        assert curator.apply(store) == Realigned()


def test_decisions_of_another_computer_count_for_nothing_known(store: SqliteStore, curator: Curator) -> None:
    store.set_meta(DECISIONS, "a log that is not here")
    curator.decide("haemorrhage", Verdict.EXACT, "HP:2")
    curator.apply(store)
    assert objects(store)["HP:2"] == 1


def test_a_new_terminology_moves_names_that_waited_and_nothing_else(store: SqliteStore) -> None:
    toes = Concept("mondo:1", "Purple toe", Kind.FINDING)
    newer = Lexicon.of([DRUG, toes, Concept("mesh:D9", "haemorrhage", Kind.FINDING)])
    (move,) = refresh_unaligned(store, newer).moves
    assert (move.names, move.node.curie) == (("Purple toe",), "mondo:1")
    assert objects(store) == {"HP:1": 2, "mesh:D1": 1, "mondo:1": 1}
    assert refresh_unaligned(store, newer) == Realigned()


def test_a_graph_without_changes_is_left_alone(store: SqliteStore, curator: Curator) -> None:
    bring_up_to_date(store, LEXICON, home=curator.home)
    before = store.get_meta()
    assert bring_up_to_date(store, LEXICON, home=curator.home) == []
    assert store.get_meta() == before


def test_a_stamp_is_kept_only_by_a_graph_that_reflected_all_before_it(store: SqliteStore) -> None:
    keep_decisions(store, "", "one")
    assert store.get_meta()[DECISIONS] == "one"
    keep_decisions(store, "zero", "two")
    assert store.get_meta()[DECISIONS] == "one"


def test_the_moved_graph_is_the_one_that_a_build_with_the_decisions_makes(tmp_path: Path, curator: Curator) -> None:
    document = Document("d:1", "Warfarin", TEXT, (Section("34084-4", "", 0, len(TEXT), "adverse_reactions"),))
    with (
        open_store(str(tmp_path / "moved"), mode="create") as moved,
        open_store(str(tmp_path / "built"), mode="create") as built,
    ):
        moved.put([contribute(document, LEXICON)])
        assert moved.get_stats().facts
        curator.decide("bleeding", Verdict.EXACT, "HP:2")
        curator.decide("haemorrhage", Verdict.NONE, "HP:1")
        curator.apply(moved)
        built.put([contribute(document, curator.lexicon)])
        assert list(moved.iter_nodes()) == list(built.iter_nodes())
        assert list(moved.iter_facts()) == list(built.iter_facts())
        assert sorted(row.id for row in moved.iter_evidence()) == sorted(row.id for row in built.iter_evidence())


@pytest.mark.parametrize(("name", "told"), [("pruritus", True), ("pruritus, unspecified", False)])
def test_a_move_to_a_residual_class_says_what_the_name_does_not(store: SqliteStore, name: str, told: bool) -> None:
    node = Node("icd10cm:L29.9", "Pruritus, unspecified", Kind.FINDING)
    out = StringIO()
    print_realigned(Realigned(moves=(Move((name,), "HP:1", node),)), store, console=make_console(file=out))
    assert ("which the name does not say" in out.getvalue()) is told


def test_the_diff_is_told_in_words(store: SqliteStore, curator: Curator) -> None:
    curator.decide("bleeding", Verdict.EXACT, "HP:2")
    curator.decide("haemorrhage", Verdict.EXACT, "HP:2")
    out = StringIO()
    rehearsed = curator.apply(store, dry_run=True)
    print_realigned(rehearsed, store, dry_run=True, console=make_console(file=out))
    done = curator.apply(store)
    assert out.getvalue().splitlines() == [
        "Bleeding, haemorrhage  HP:1 → Cyanosis of the toe (HP:2)",
        "  + Warfarin causes_adverse_event Cyanosis of the toe  1 document",
        "  - Warfarin causes_adverse_event Bleeding  1 document",
        "2 names would be aligned anew in 1 document: 1 fact gained, 1 lost",
    ]
    assert summarize(done) == "2 names aligned anew in 1 document: 1 fact gained, 1 lost"
    form = realigned_form(done, store)
    assert form["moves"] == [
        {"names": ["Bleeding", "haemorrhage"], "from": "HP:1", "to": "HP:2", "name": "Cyanosis of the toe"}
    ]
    assert form["changes"][0]["added"][0]["object"] == "Cyanosis of the toe"


def test_a_name_that_a_code_aligned_moves_and_comes_back(store: SqliteStore, curator: Curator) -> None:
    """The code says a salt, the name alone would give the ingredient; a decision outweighs both."""
    coded = Coded("has_active_ingredient", "rxnorm:2", "WARFARIN SODIUM", Kind.DRUG, 0, 15)
    match = match_coded(coded, LEXICON)
    assert match and (match.curie, match.reason) == ("rxnorm:2", "coded as rxnorm:2")
    found = Mention(0, 8, "Bleeding", Kind.FINDING, LEXICON.find("Bleeding")[0])
    relation = Relation("warns_of", Mention(0, 15, coded.name, Kind.DRUG, match), found, 0, 15, 0.8, "test")
    extraction = Extraction(Document("d:2", "", "WARFARIN SODIUM"), (), (relation,))
    store.put([assemble(extraction, LEXICON)])
    line = curator.decide("warfarin sodium", Verdict.NONE, "rxnorm:2")
    for concept in ("rxnorm:1", "rxnorm:2"):
        curator.apply(store)
        (row,) = assemble(extraction, curator.lexicon).evidence
        assert (row.subject, row in list(store.iter_evidence())) == (concept, True)
        curator.undo(line)


def test_a_name_that_comes_near_is_aligned_as_surely_as_it_comes_near() -> None:
    drug, said = Mention(0, 0, "Warfarin", Kind.DRUG, LEXICON.find("Warfarin")[0]), "Cyanosis of the toee"
    relation = Relation("warns_of", drug, Mention(0, 4, said, Kind.FINDING), 0, 4, 0.8, "test")
    (row,) = assemble(Extraction(Document("d:1", "", "text"), (), (relation,)), LEXICON).evidence
    assert (row.object, row.object_name) == ("HP:2", said)
    assert 0.8 * 0.8 <= row.score < 0.8


def test_an_extraction_is_shown_with_what_curators_made_of_it(curator: Curator) -> None:
    document = Document("d:1", "Warfarin", TEXT, (Section("34084-4", "", 0, len(TEXT), "adverse_reactions"),))
    curator.decide("bleeding", Verdict.EXACT, "HP:2")
    curator.decide("haemorrhage", Verdict.NONE)
    shown = judged(extract(document, LEXICON), curator.lexicon)
    meant = {mention.text: mention.match.curie if mention.match else "" for mention in shown.mentions}
    assert meant["bleeding"] == "HP:2"
    assert meant["haemorrhage"] == ""
    assert {one.object.text: one.object.match for one in shown.relations}["haemorrhage"] is None


def test_a_product_is_not_its_ingredient() -> None:
    assert ground_name(LEXICON, "Warfarin 5 mg tablets", Kind.DRUG).abstained
