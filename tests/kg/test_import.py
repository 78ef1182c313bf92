"""Foreign graphs: what of each becomes evidence, what is left out and what is refused; again, anew, and taken out."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors.errors import RulesError
from extractors.graphs import GraphRow, find_graph, get_graph_rules, graph_names, read_graph
from extractors.graphs.rules import read_graph_rules
from extractors.model import Assertion
from extractors.places import iter_places
from kg.credits import get_attributions, get_licences
from kg.errors import ImportFailedError, NotFoundError, UnknownNameError
from kg.imports.asked import Wishes, ask, run
from kg.imports.foreign import Sizes, import_foreign
from kg.imports.model import Imported
from kg.imports.refusals import Refusals
from kg.imports.removing import take_out
from kg.imports.resolve import Found
from kg.imports.understand import check_meanings
from kg.model import Evidence
from kg.stores.sqlite import SqliteStore, open_store
from ontologies.curies import local_curie
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym

WARFARIN = Concept("rxnorm:11289", "Warfarin", Kind.DRUG, xrefs=("drugbank:DB00682", "pubchem.compound:85"))
ASPIRIN = Concept("rxnorm:1191", "Aspirin", Kind.DRUG, xrefs=("drugbank:DB00945",))
HYPERTENSION = Concept(
    "MONDO:0005044", "hypertensive disorder", Kind.DISEASE, synonyms=(Synonym("高血压", language="zh"),)
)
HYPOTHYROIDISM = Concept("MONDO:0005420", "hypothyroidism", Kind.DISEASE, xrefs=("DOID:1459", "umls:C0020676"))
BLEEDING = Concept("HP:0001892", "Abnormal bleeding", Kind.FINDING, xrefs=("umls:C0019080",))
COUGH = Concept(
    "HP:0012735", "Cough", Kind.FINDING, synonyms=(Synonym("咳嗽", language="zh"),), xrefs=("mesh:D003371",)
)
CONCEPTS = (WARFARIN, ASPIRIN, HYPERTENSION, HYPOTHYROIDISM, BLEEDING, COUGH)

#: Sample → the format that it is known as.
SAMPLES = {
    "hetionet": "hetionet",
    "hetionet.json": "hetionet",
    "primekg.csv": "primekg",
    "cmekg.tsv": "cmekg",
    "cmekg.json": "cmekg",
    "cmekg.ttl": "cmekg",
    "kgx": "kgx",
    "sider": "sider",
    "pharmacotherapydb.tsv": "pharmacotherapydb",
}


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.of(CONCEPTS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(str(tmp_path / "graph"), mode="create") as made:
        yield made


@pytest.fixture
def bring(samples: Path, store: SqliteStore, lexicon: Lexicon) -> Callable[..., Imported]:
    """Imports a sample, or a file, into the store."""

    def do(name: str | Path, wishes: Wishes = Wishes(), *, dry_run: bool = False) -> Imported:  # noqa: B008 - frozen
        path = samples / "imports" / name if isinstance(name, str) else name
        return run(ask(path, wishes), store, lexicon, Refusals(), dry_run=dry_run)

    return do


def said(store: SqliteStore) -> set[tuple[str, str, str]]:
    """Subject, predicate and object of every fact."""
    return {(fact.subject.curie, fact.predicate, fact.object.curie) for fact in store.iter_facts()}


def row_of(store: SqliteStore, predicate: str) -> Evidence:
    """The one row of evidence of that predicate."""
    (row,) = [row for row in store.iter_evidence() if row.predicate == predicate]
    return row


def test_every_graph_has_its_sample() -> None:
    assert set(SAMPLES.values()) == set(graph_names())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_format_is_told_by_its_content(name: str, samples: Path) -> None:
    place = next(iter_places([samples / "imports" / name], lambda _: True))
    assert find_graph(place) == SAMPLES[name]


@pytest.mark.parametrize("name", graph_names())
def test_rules_name_predicates_of_ours_alone(name: str) -> None:
    rules = get_graph_rules(name)
    check_meanings(rules)
    assert not rules.predicates.keys() & rules.left_out.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_importing_again_changes_nothing(name: str, bring: Callable[..., Imported], store: SqliteStore) -> None:
    first = bring(name)
    version = store.get_meta()["graph_version"]
    again = bring(name)
    assert first.documents > 0
    assert (again.documents, again.unchanged, again.removed) == (0, first.documents, 0)
    assert store.get_meta()["graph_version"] == version


def test_hetionet(bring: Callable[..., Imported], store: SqliteStore) -> None:
    done = bring("hetionet", Wishes(release="v1.0"))
    assert said(store) == {
        ("rxnorm:11289", "causes_adverse_event", "HP:0001892"),
        ("rxnorm:11289", "causes_adverse_event", "umls:C0000000"),
        ("drugbank:DB99999", "indicated_for", "MONDO:0005420"),
        ("rxnorm:11289", "has_pharmacologic_class", "ndfrt:N0000000001"),
        ("MONDO:0005420", "has_phenotype", "HP:0012735"),
    }
    assert done.left_out.total() == 1
    assert [refusal.first for refusal in done.refusals] == [(9,), (7,), (8,)]
    quarantined = {one.locator.partition("#")[2]: one.reason for one in store.get_quarantine()}
    assert "--rules" in quarantined["edges: predicate XyZ"]
    row = row_of(store, "has_phenotype")
    assert (row.quote, row.section, row.extractor) == (
        "Disease::DOID:1459\tDpS\tSymptom::D003371",
        "edges",
        row.extractor,
    )
    assert (row.document, row.country, row.score) == ("import:hetionet/DOID:1459", "", 0.6)
    document = store.get_document(row.document)
    assert document is not None
    assert document.text[row.start : row.end] == row.quote
    assert any("Hetionet v1.0 (CC0-1.0)" in line for line in get_attributions(store.get_meta()))
    assert get_licences(store.get_meta()).of_document(row.document, document.source) == "CC0-1.0"


def test_hetionet_as_json_says_the_same(bring: Callable[..., Imported], store: SqliteStore) -> None:
    done = bring("hetionet.json")
    assert said(store) == {("rxnorm:11289", "indicated_for", "MONDO:0005420")}
    assert done.refused == 2


def test_primekg_lists_relations_from_either_side(bring: Callable[..., Imported], store: SqliteStore) -> None:
    done = bring("primekg.csv")
    assert said(store) == {
        ("rxnorm:11289", "indicated_for", "MONDO:0005044"),
        ("rxnorm:11289", "contraindicated_in", "local:disease/hypothyroidism_grouped"),
        ("rxnorm:11289", "causes_adverse_event", "HP:0001892"),
        ("MONDO:0005044", "has_phenotype", "HP:0012735"),
        ("rxnorm:11289", "interacts_with", "rxnorm:1191"),
    }
    assert row_of(store, "has_phenotype").assertion is Assertion.NEGATED
    assert (done.left_out.total(), done.refused, done.found[Found.WAITING]) == (1, 1, 1)
    both = [row for row in store.iter_evidence() if row.predicate == "interacts_with"]
    assert len({row.document for row in both}) == 1


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        (
            "cmekg.tsv",
            {
                (local_curie("左甲状腺素", Kind.DRUG), "indicated_for", local_curie("甲状腺功能减退症", Kind.DISEASE)),
                ("MONDO:0005044", "has_phenotype", "HP:0012735"),
                ("rxnorm:11289", "causes_adverse_event", local_curie("出血", Kind.FINDING)),
                ("rxnorm:11289", "not_indicated_for", "MONDO:0005044"),
            },
        ),
        (
            "cmekg.json",
            {
                (local_curie("肾衰竭", Kind.DISEASE), "complication_of", "MONDO:0005044"),
                ("MONDO:0005044", "diagnosed_by", local_curie("血压测量", Kind.TEST)),
            },
        ),
        (
            "cmekg.ttl",
            {
                ("MONDO:0005044", "has_phenotype", "HP:0012735"),
                ("rxnorm:11289", "indicated_for", "MONDO:0005044"),
            },
        ),
    ],
)
def test_chinese_triples(
    name: str, facts: set[tuple[str, str, str]], bring: Callable[..., Imported], store: SqliteStore
) -> None:
    bring(name)
    assert said(store) == facts


def test_a_sentence_that_a_row_gives_is_its_quote(bring: Callable[..., Imported], store: SqliteStore) -> None:
    bring("cmekg.json")
    assert row_of(store, "diagnosed_by").quote == "高血压的诊断依靠血压测量。"


def test_kgx(bring: Callable[..., Imported], store: SqliteStore) -> None:
    done = bring("kgx")
    treats = row_of(store, "indicated_for")
    assert (treats.assertion, treats.score, treats.quote) == (
        Assertion.NEGATED,
        0.7,
        "Warfarin does not treat hypertension.",
    )
    assert ("MONDO:0005044", "has_phenotype", "HP:0012735") in said(store)
    assert [(refusal.rows, refusal.first) for refusal in done.refusals] == [(1, (3,))]


def test_sider(bring: Callable[..., Imported], store: SqliteStore) -> None:
    done = bring("sider")
    assert said(store) == {
        ("rxnorm:11289", "causes_adverse_event", "umls:C0000729"),
        ("rxnorm:11289", "causes_adverse_event", "umls:C0000737"),
        ("pubchem.compound:99999999", "causes_adverse_event", "umls:C9999999"),
        ("rxnorm:11289", "indicated_for", "MONDO:0005420"),
    }
    assert done.left_out.total() == 1
    assert store.get_loaded(["import:sider/pubchem.compound:85"])[0].title == "SIDER: carnitine"  # type: ignore[union-attr]


def test_a_verdict_against_a_use_is_a_fact_of_its_own(bring: Callable[..., Imported], store: SqliteStore) -> None:
    bring("pharmacotherapydb.tsv")
    assert {predicate for _, predicate, _ in said(store)} == {"indicated_for", "not_indicated_for"}


def test_any_table_whose_columns_are_named(bring: Callable[..., Imported], store: SqliteStore) -> None:
    columns = ("subject_name=medicine", "predicate=says", "object_name=condition", "sentence=source text")
    done = bring("any.csv", Wishes(columns=columns, licence="CC-BY-4.0", name="book"))
    assert said(store) == {
        ("rxnorm:11289", "indicated_for", "local:disease/pulmonary_embolism"),
        ("rxnorm:11289", "causes_adverse_event", "HP:0001892"),
    }
    assert row_of(store, "indicated_for").quote == 'Warfarin is for "pulmonary embolism", said the book.'
    assert [refusal.reason for refusal in done.refusals] == ["has a side without identifier and name"]


@pytest.mark.parametrize(
    ("wishes", "error", "told"),
    [
        (Wishes(), ImportFailedError, "--map subject=COLUMN"),
        (Wishes(format="wikidata"), UnknownNameError, "hetionet"),
        (Wishes(columns=("subjekt=medicine",)), UnknownNameError, "subject_name"),
        (Wishes(columns=("subject=medicine",)), ImportFailedError, "object"),
        (Wishes(columns=("subject=",)), ImportFailedError, "subject=COLUMN"),
        (
            Wishes(columns=("subject=medicine", "predicate=says", "object=condition"), name="a/b"),
            ImportFailedError,
            "/",
        ),
    ],
)
def test_wishes_that_cannot_be_are_told(wishes: Wishes, error: type[Exception], told: str, samples: Path) -> None:
    with pytest.raises(error, match=told):
        ask(samples / "imports" / "any.csv", wishes)


RELEASE = (
    "doid_id\tdrugbank_id\tdisease\tdrug\tcategory\n",
    "DOID:1459\tDB00682\thypothyroidism\tWarfarin\tNOT\n",
    "DOID:1459\tDB00945\thypothyroidism\tAspirin\tDM\n",
    "MONDO:0005044\tDB00945\thypertension\tAspirin\tDM\n",
)


def test_a_new_release_retracts_what_it_no_longer_says(
    bring: Callable[..., Imported], store: SqliteStore, tmp_path: Path
) -> None:
    header, rows = RELEASE[0], list(RELEASE[1:])
    path = tmp_path / "indications.tsv"
    path.write_text(header + "".join(rows), encoding="utf-8")
    bring(path)
    path.write_text(header + "".join(rows[:1:-1]), encoding="utf-8")
    done = bring(path)
    assert (done.documents, done.removed, done.retracted) == (1, 1, 2)
    assert said(store) == {("rxnorm:1191", "indicated_for", "MONDO:0005044")}
    assert [one.version for one in store.list_documents(first=9)] == [2]


@pytest.mark.parametrize("lost", ["document", "row"])
def test_what_refused_rows_may_have_said_stays_until_it_is_let_go(
    lost: str, bring: Callable[..., Imported], store: SqliteStore, tmp_path: Path
) -> None:
    header, rows = RELEASE[0], list(RELEASE[1:])
    path = tmp_path / "indications.tsv"
    path.write_text(header + "".join(rows), encoding="utf-8")
    bring(path)
    before = said(store)
    refused = 0 if lost == "document" else 1
    rows[refused] = rows[refused].replace("\tNOT", "\tRENAMED").replace("\tDM", "\tRENAMED")
    new = "DOID:1459\tDB00945\thypothyroidism\tAspirin\tSYM\n" if lost == "document" else ""
    path.write_text(header + "".join(rows) + new, encoding="utf-8")
    done = bring(path)
    assert done.refused == 1
    assert (done.removed, done.retracted, done.held) == (0, 0, refused)
    assert [facts for _, facts in done.gone] == [1] * (1 - refused)
    assert said(store) == before
    would = bring(path, Wishes(prune=True), dry_run=True)
    assert said(store) == before
    pruned = bring(path, Wishes(prune=True))
    assert (pruned.removed, pruned.retracted, pruned.held) == (would.removed, 1, 0)
    assert len(before - said(store)) == 1


def test_a_file_that_is_cut_off_retracts_nothing(
    bring: Callable[..., Imported], store: SqliteStore, samples: Path, tmp_path: Path
) -> None:
    bring("hetionet")
    before = said(store)
    folder = tmp_path / "hetionet"
    folder.mkdir()
    (folder / "nodes.tsv").write_bytes((samples / "imports" / "hetionet" / "nodes.tsv").read_bytes())
    whole = (samples / "imports" / "hetionet" / "edges.sif.gz").read_bytes()
    (folder / "edges.sif.gz").write_bytes(whole[:-12])
    for prune in (False, True):
        done = bring(folder, Wishes(prune=prune))
        assert not done.whole
        assert said(store) == before


def test_a_rehearsal_writes_nothing(bring: Callable[..., Imported], store: SqliteStore) -> None:
    done = bring("hetionet", dry_run=True)
    assert (done.documents, done.added) == (3, 5)
    assert store.get_stats().documents == 0
    assert store.get_quarantine() == []


def test_an_import_is_taken_out_whole(bring: Callable[..., Imported], store: SqliteStore) -> None:
    bring("hetionet")
    bring("kgx")
    gone = take_out(store, "import:hetionet")
    assert gone.documents == 3
    assert store.get_stats().sources == {"import:kgx": 2}
    assert not any("Hetionet" in line for line in get_attributions(store.get_meta()))
    with pytest.raises(NotFoundError, match="kg stats"):
        take_out(store, "import:hetionet")


def test_a_thing_of_very_many_rows_is_several_documents(
    bring: Callable[..., Imported], store: SqliteStore, lexicon: Lexicon, samples: Path
) -> None:
    bring("sider")
    before = said(store)
    parted = Sizes(documents=1, rows=1, largest=1)
    place = next(iter_places([samples / "imports" / "sider"], lambda _: True))
    again = [
        import_foreign(place, get_graph_rules("sider"), store, lexicon, refusals=Refusals(), sizes=parted)
        for _ in range(2)
    ]
    assert said(store) == before
    assert [done.removed for done in again] == [1, 0]
    assert (again[1].documents, again[1].unchanged) == (0, again[0].documents + again[0].unchanged)


class _Killed(Exception):  # noqa: N818 - stands for a kill
    pass


def test_an_interrupted_import_goes_on_where_it_was(store: SqliteStore, lexicon: Lexicon, samples: Path) -> None:
    def kill(done: Imported) -> None:
        if done.documents:
            raise _Killed

    place = next(iter_places([samples / "imports" / "primekg.csv"], lambda _: True))
    rules, single = get_graph_rules("primekg"), Sizes(documents=1)
    with pytest.raises(_Killed):
        import_foreign(place, rules, store, lexicon, refusals=Refusals(), sizes=single, on_progress=kill)
    assert store.get_stats().documents == 1
    done = import_foreign(place, rules, store, lexicon, refusals=Refusals(), sizes=single)
    assert (done.unchanged, done.documents) == (1, 1)


HOSTILE = [
    b"\x00\xff\xfe\n",
    b'"never closed,indication,drug\n' + b"x" * 200_000 + b"\n",
    b"," * 500 + b"\n",
    "indication,x,1,DB00682,drug,War\x1b[2Jfarin\u202e,DrugBank,2,5044,disease,\u0000,MONDO\n".encode(),
    f"indication,x,1,,drug,{'A' * 100_000},DrugBank,2,5044,disease,d,MONDO\n".encode(),
    b"indication,x,1,../../etc/passwd#1,drug,../x,DrugBank,2,'; drop table facts; --,disease,<script>,MONDO\n",
    b"y" * (3 << 20) + b"\n",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_row_harms_no_other(
    hostile: bytes, bring: Callable[..., Imported], store: SqliteStore, samples: Path, tmp_path: Path
) -> None:
    lines = (samples / "imports" / "primekg.csv").read_bytes().splitlines(keepends=True)
    path = tmp_path / "kg.csv.gz"
    path.write_bytes(gzip.compress(b"".join([*lines[:2], hostile, *lines[4:7]])))
    bring(path)
    assert ("rxnorm:11289", "indicated_for", "MONDO:0005044") in said(store)
    assert all(node.name.isprintable() and len(node.name) <= 500 for node in store.iter_nodes())


def test_rules_of_a_user_are_checked(tmp_path: Path, samples: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\n[predicates]\nheals = { predicat = "indicated_for" }\n', encoding="utf-8")
    with pytest.raises(RulesError, match="predicat"):
        read_graph_rules(path)
    path.write_text('title = "Mine"\n[predicates]\nheals = { predicate = "heals" }\n', encoding="utf-8")
    with pytest.raises(UnknownNameError, match="indicated_for"):
        ask(samples / "imports" / "any.csv", Wishes(rules=path))


def test_rows_are_read_as_they_are_given(samples: Path) -> None:
    place = next(iter_places([samples / "imports" / "sider"], lambda _: True))
    rows = [row for row in read_graph(place, get_graph_rules("sider")) if isinstance(row, GraphRow)]
    assert [row.number for row in rows] == [1, 2, 1, 2, 3]
    assert rows[0].quote.startswith("CID100000085\tC0020676\tNLP_indication")


def test_half_characters_in_rdf_harm_nothing(
    bring: Callable[..., Imported], store: SqliteStore, tmp_path: Path
) -> None:
    path = tmp_path / "x.ttl"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    path.write_text(f'<http://a/\\uD800> <http://a/不良反应> <http://a/b> .\n<http://a/b> {label} "\\uD800咳嗽" .\n')
    bring(path)
    assert {(predicate, object_) for _, predicate, object_ in said(store)} <= {("causes_adverse_event", "HP:0012735")}
