"""What records say is compared with what labels say, through the hierarchy of conditions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.model import Document, Extraction, Mention, Relation, Section
from kg.assemble import assemble
from kg.cohorts.association import Counts
from kg.cohorts.pairs import Told
from kg.cohorts.rules import RULES
from kg.cohorts.summary import write_summaries
from kg.labelling import Compared, Labelling, Question, compare, find_unlabelled
from kg.records.model import UsedConcept
from kg.roles import Store
from kg.stores.sqlite import open_store
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

CONCEPTS = [
    Concept("mesh:D1", "pain", Kind.FINDING),
    Concept("mesh:D2", "neuropathic pain", Kind.FINDING, parents=("mesh:D1",)),
    Concept("mesh:D3", "trigeminal neuralgia", Kind.DISEASE, parents=("mesh:D2",)),
    Concept("mesh:D4", "seizures", Kind.DISEASE),
    Concept("mesh:D5", "myasthenia", Kind.DISEASE),
    Concept("mesh:D6", "weight gain", Kind.FINDING),
    Concept("mesh:D7", "rash", Kind.FINDING),
    Concept("drugbank:DB1", "gabapentin", Kind.DRUG),
    Concept("drugbank:DB2", "nolabelumab", Kind.DRUG),
]
BY_NAME = {concept.name: concept for concept in CONCEPTS}
RULE = {rule.name: rule for rule in RULES}


def mention(text: str, name: str, lexicon: Lexicon) -> Mention:
    start = text.index(name)
    return Mention(start, start + len(name), name, BY_NAME[name].kind, lexicon.find(name)[0])


def label(lexicon: Lexicon, *says: tuple[str, str]) -> Extraction:
    text = "\n".join(f"gabapentin {predicate} {name}." for predicate, name in says)
    drug = mention(text, "gabapentin", lexicon)
    relations = [
        Relation(predicate, drug, mention(text, name, lexicon), 0, len(text), 0.9, "test") for predicate, name in says
    ]
    document = Document("dailymed:1", "Gabapentin", text, (Section("", "Label", 0, len(text)),))
    return Extraction(document, (), tuple(relations))


def told(rule: str, drug: str, condition: str) -> Told:
    pytest.importorskip("scipy")
    from kg.cohorts.association import measure_all

    (found,) = measure_all([Counts(1000, 100, 100, 40)])
    return Told(RULE[rule], used(drug), used(condition), found)


def used(name: str) -> UsedConcept:
    return UsedConcept(0, BY_NAME[name].curie, name, BY_NAME[name].kind, aligned=True)


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon.of(CONCEPTS)


@pytest.fixture
def store(tmp_path: Path, lexicon: Lexicon) -> Iterator[Store]:
    pairs = [
        *(told("prescribed-by-link", "gabapentin", name) for name in ("pain", "trigeminal neuralgia", "seizures")),
        told("prescribed-by-link", "gabapentin", "myasthenia"),
        told("prescribed-by-link", "nolabelumab", "seizures"),
        *(told("condition-after-drug", "gabapentin", name) for name in ("weight gain", "rash", "seizures")),
    ]
    said = label(
        lexicon,
        ("indicated_for", "neuropathic pain"),
        ("contraindicated_in", "myasthenia"),
        ("causes_adverse_event", "rash"),
    )
    extractions = [said, *write_summaries("all", pairs, version=1, date="2026-01-01", country="US")]
    with open_store(str(tmp_path / "graph"), mode="create") as made:
        made.put([assemble(extraction, lexicon) for extraction in extractions])
        yield made


def ask(store: Store, lexicon: Lexicon, question: Question) -> dict[tuple[str, str], Compared]:
    found = compare(store, question, ancestors=lexicon.hierarchy.ancestors)
    return {(each.drug.name, each.condition.name): each for each in found}


def test_uses_are_compared_with_indications_up_and_down_the_hierarchy(store: Store, lexicon: Lexicon) -> None:
    uses = {pair: each.labelling for pair, each in ask(store, lexicon, Question.USES).items()}
    assert uses == {
        ("gabapentin", "pain"): Labelling.NARROWER,
        ("gabapentin", "trigeminal neuralgia"): Labelling.LABELLED,
        ("gabapentin", "seizures"): Labelling.UNLABELLED,
        ("gabapentin", "myasthenia"): Labelling.CONTRAINDICATED,
        ("nolabelumab", "seizures"): Labelling.NO_LABEL,
    }


def test_each_answer_names_the_label_facts_that_it_rests_on(store: Store, lexicon: Lexicon) -> None:
    (fact,) = ask(store, lexicon, Question.USES)["gabapentin", "trigeminal neuralgia"].because
    assert (fact.predicate, fact.object.name) == ("indicated_for", "neuropathic pain")


def test_what_a_drug_is_given_for_is_no_reaction(store: Store, lexicon: Lexicon) -> None:
    reactions = {pair: each.labelling for pair, each in ask(store, lexicon, Question.REACTIONS).items()}
    assert reactions == {
        ("gabapentin", "weight gain"): Labelling.UNLABELLED,
        ("gabapentin", "rash"): Labelling.LABELLED,
    }


def test_of_one_drug_only_what_no_label_states(store: Store, lexicon: Lexicon) -> None:
    above = lexicon.hierarchy.ancestors
    found = find_unlabelled(store, Question.USES, ancestors=above, drug="drugbank:DB1")
    assert {each.condition.name for each in found} == {"seizures", "myasthenia"}


def test_the_sentence_behind_a_fact_holds_its_figures(store: Store, lexicon: Lexicon) -> None:
    fact = ask(store, lexicon, Question.USES)["gabapentin", "seizures"].fact
    (row,) = store.get_evidence([fact.id], first=5)[fact.id]
    assert row.quote.startswith("Of 1,000 patients, 40 had gabapentin (100) and seizures (100), the drug ordered for")
    assert "lift 4.00" in row.quote
    assert ("patients", "40") in row.qualifiers
