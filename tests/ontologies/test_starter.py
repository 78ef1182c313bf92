"""What a new user finds in the terminologies that come with medkg."""

from __future__ import annotations

import csv
import gzip
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.starter.sources import HERE, read_sources
from ontologies.terminologies import read_terminology

ROOT = Path(__file__).parent.parent.parent


def read(lexicon: Lexicon, text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.matches[0].curie) for hit in lexicon.scan(text)]


def test_files_are_small_enough_to_ship() -> None:
    files = [path for path in HERE.rglob("*") if path.suffix in (".gz", ".tsv")]
    assert sum(path.stat().st_size for path in files) < 5_000_000
    assert all(path.stat().st_size < 2_000_000 for path in files)


def test_every_source_is_credited_in_the_notice() -> None:
    notice = " ".join((ROOT / "NOTICE").read_text(encoding="utf-8").split())
    for source in read_sources():
        assert source.title in notice and source.version in notice
        assert source.path.exists() and source.licence and source.made_from


def test_versions_of_files_are_those_of_the_sources(starter: Lexicon) -> None:
    assert {info.name: info.version for info in starter.terminologies} == {s.name: s.version for s in read_sources()}


@pytest.mark.parametrize(
    ("english", "chinese", "curie"),
    [
        ("warfarin", "华法林", "drugbank:DB00682"),
        ("aspirin", "阿司匹林", "drugbank:DB00945"),
        ("paracetamol", "对乙酰氨基酚", "drugbank:DB00316"),
        ("hypertension", "高血压", "mesh:D006973"),
        ("type 2 diabetes", "2型糖尿病", "mesh:D003924"),
        ("acute kidney failure", "急性肾损伤", "mesh:D058186"),
        ("headache", "头痛", "HP:0002315"),
        ("nausea", "恶心", "HP:0002018"),
        ("NSAIDs", "非甾体抗炎药", "mesh:D000894"),
        ("monoamine oxidase inhibitors", "单胺氧化酶抑制剂", "mesh:D008996"),
        ("grapefruit juice", "西柚汁", "medkg:grapefruit-juice"),
        ("P-gp", "P-糖蛋白", "medkg:p-glycoprotein"),
        ("film-coated tablet", "薄膜衣片", "medkg:film-coated-tablet"),
        ("intravenous", "静脉注射", "medkg:intravenous"),
        ("strong CYP3A4 inhibitors", "CYP3A4强抑制剂", "medkg:strong-cyp3a4-inhibitors"),
    ],
)
def test_english_and_chinese_name_one_concept(english: str, chinese: str, curie: str, starter: Lexicon) -> None:
    assert [starter.find(name)[0].curie for name in (english, chinese)] == [curie, curie]
    assert read(starter, f"x {english} x")[0][1] == curie == read(starter, f"可{chinese}。")[0][1]


@pytest.mark.parametrize(
    ("xref", "curie"),
    [
        ("unii:5Q7ZVV76EI", "drugbank:DB00682"),
        ("unii:362O9ITL9D", "drugbank:DB00316"),
        ("icd10cm:I10", "mesh:D006973"),
        ("mesh:D009325", "HP:0002018"),
        ("HP:0002099", "mesh:D001249"),
    ],
)
def test_other_ids_lead_to_the_same_concept(xref: str, curie: str, starter: Lexicon) -> None:
    assert starter.canonical(xref) == curie


def test_salt_is_a_concept_with_its_ingredient_as_parent(starter: Lexicon) -> None:
    match = starter.find("metformin hydrochloride")[0]
    concept = starter.concept(match.curie)
    assert concept is not None and concept.parents == ("drugbank:DB00331",) and match.curie == "unii:786Z46389E"


def test_brand_is_found_as_a_narrower_name(starter: Lexicon) -> None:
    match = starter.find("Lipitor", kinds={Kind.DRUG})[0]
    assert (match.curie, match.reason) == ("drugbank:DB01076", "narrow synonym")


def test_sentence_of_a_label_is_read(starter: Lexicon) -> None:
    text = "Coumadin may cause bleeding; NSAIDs, SSRIs and CYP2C9 inhibitors raise the INR in patients with AIDS."
    found = [starter.find(surface)[0].name for surface, _ in read(starter, text)]
    assert found == [
        "Warfarin",
        "Hemorrhage",
        "Anti-Inflammatory Agents, Non-Steroidal",
        "Selective Serotonin Reuptake Inhibitors",
        "CYP2C9 inhibitors",
        "INR",
        "Acquired Immunodeficiency Syndrome",
    ]


ADDED_FROM_MESH = {
    "mesh:D000368": "Aged",
    "mesh:D002648": "Child",
    "mesh:D003643": "Death",
    "mesh:D007231": "Infant, Newborn",
    "mesh:D011247": "Pregnancy",
}

ORDINARY = """
He was told to rest and to take care of all his other things at home, then the same man had to lead a new group.
She may not have it; no one can help. Please set the large map on the wall, and let the cat sit in the sun.
This is a new way of doing things: it can fall, it can cost a lot, and it has to work for all of us at any time.
Some of the results did not differ between arms, the base case had ten of them, and the line was set as the limit.
Keep your balance; inspire them. The practice of this profession does combine theory with field work.
They capture data and monitor sites in Turkey. Orange and apple trees, gold, silver and cotton were sold there.
"""


def test_ordinary_english_holds_no_concept(starter: Lexicon) -> None:
    assert read(starter, ORDINARY) == []


def test_ordinary_english_in_capitals_holds_none_either(starter: Lexicon) -> None:
    assert read(starter, ORDINARY.upper()) == []


def test_ordinary_chinese_holds_no_concept(starter: Lexicon) -> None:
    assert read(starter, "请仔细阅读说明书并在医师指导下使用，请置于儿童不能触及的地方。") == []


def test_own_table_names_concepts_of_other_vocabularies_as_they_do() -> None:
    everything = {s.name: read_terminology(s.reader, s.path)[1] for s in read_sources()}
    own = everything.pop("medkg")
    others = {concept.curie: concept for concepts in everything.values() for concept in concepts}
    for concept in own:
        known = others.get(concept.curie)
        added = concept.curie.startswith("medkg:") or concept.curie in ADDED_FROM_MESH
        assert added or (known and known.name == concept.name), concept.curie
        for curie in concept.parents + concept.xrefs:
            assert curie in others or curie.startswith(("hgnc:", "rxnorm:")) or curie in {c.curie for c in own}, curie


def test_concepts_added_from_mesh_are_called_as_mesh_does(shared_data: Callable[[str], Path]) -> None:
    with gzip.open(shared_data("mesh") / "mesh_descriptors_names.csv.gz", "rt", encoding="utf-8") as file:
        names = {row["id"].rsplit("/", 1)[1]: row["subject"] for row in csv.DictReader(file)}
    assert {curie: names[curie.removeprefix("mesh:")] for curie in ADDED_FROM_MESH} == ADDED_FROM_MESH


@pytest.mark.parametrize(
    ("rxcui", "name"),
    [("1191", "Acetylsalicylic acid"), ("11289", "Warfarin"), ("6809", "Metformin"), ("10582", "Levothyroxine")],
)
def test_rxcui_of_an_ingredient_leads_to_its_concept(starter: Lexicon, rxcui: str, name: str) -> None:
    concept = starter.concept(starter.canonical(f"rxnorm:{rxcui}"))
    assert concept is not None
    assert concept.name == name


def test_rxcuis_of_the_own_table_are_those_of_ingredients(shared_data: Callable[[str], Path]) -> None:
    table = shared_data("rxnorm") / "RXNORM-bioportal.csv.gz"
    with gzip.open(table, "rt", encoding="utf-8") as file:
        labels = {row["Class ID"].rsplit("/", 1)[1]: row["Preferred Label"] for row in csv.DictReader(file)}
    source = next(s for s in read_sources() if s.name == "medkg")
    used = [
        xref.removeprefix("rxnorm:")
        for concept in read_terminology(source.reader, source.path)[1]
        for xref in concept.xrefs
        if xref.startswith("rxnorm:")
    ]
    assert len(set(used)) == len(used) > 150
    assert [rxcui for rxcui in used if not labels.get(rxcui) or re.search(r"\d (?:MG|ML|%)", labels[rxcui])] == []


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("infusion-related reactions", "medkg:infusion-reaction"),
        ("骨髓抑制", "medkg:myelosuppression"),
        ("toxic epidermal necrolysis", "icd10cm:L51.2"),
        ("Stevens-Johnson syndrome", "mesh:D013262"),
        ("pneumonitis", "medkg:pneumonitis"),
        ("upper respiratory tract infections", "icd10cm:J06.9"),
        ("瑞夷综合征", "mesh:D012202"),
        ("恶性高血压", "mesh:D006974"),
        ("妊娠期糖尿病", "mesh:D016640"),
        ("血友病", "mesh:D006467"),
        ("fetal harm", "medkg:fetal-harm"),
    ],
)
def test_name_that_labels_often_say_is_read_as_it_is_meant(starter: Lexicon, text: str, curie: str) -> None:
    (hit,) = starter.scan(text)
    assert hit.matches[0].curie == curie


@pytest.mark.parametrize(
    "text",
    [
        "diffuse",
        "periodic",
        "miliary",
        "mothers",
        "sensation",
        "transaminases",
        "combined",
        "apo B",
        "缓解",
        "慢性",
        "disease progression",
    ],
)
def test_plain_word_is_read_as_no_concept(starter: Lexicon, text: str) -> None:
    assert starter.scan(text) == []


def test_own_table_gives_a_chinese_name_to_one_concept_only() -> None:
    source = next(s for s in read_sources() if s.name == "medkg")
    names = Counter(
        (synonym.text, concept.kind)
        for concept in read_terminology(source.reader, source.path)[1]
        for synonym in concept.synonyms
        if synonym.language == "zh" and synonym.scope.value == "exact"
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_sources_are_those_that_lie_here() -> None:
    content = tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))
    files = {entry["file"] for entry in content["terminology"]}
    lying = {path.name for path in HERE.iterdir() if re.search(r"\.tsv(\.gz)?$", path.name) or path.name == "hpo"}
    assert files == lying
