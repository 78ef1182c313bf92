"""What the readers of big vocabularies keep of their releases, and what they leave out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ontologies.errors import TerminologyError
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Scope, Synonym
from ontologies.rf2 import has_check_digit
from ontologies.terminologies import get_terminology, read_terminology

DISEASE, ACUTE, OLD, GONE = "121000999106", "131000999109", "151000999103", "161000999101"
SNOMED_CONCEPTS = "Snapshot/Terminology/sct2_Concept_Snapshot_INT_20990131.txt"


@pytest.fixture
def folder(samples: Path) -> Path:
    return samples / "terminologies"


def read(name: str, path: Path) -> dict[str, Concept]:
    return {concept.curie: concept for concept in read_terminology(name, path)[1]}


def test_umls_joins_names_codes_and_parents_of_a_cui(folder: Path) -> None:
    concepts = read("umls", folder / "umls")
    sample = concepts["umls:C9000001"]
    assert (sample.name, sample.kind, sample.name_in("zh")) == ("Sample Disease", Kind.DISEASE, "样品病")
    assert sample.xrefs == ("mesh:D900001", "snomedct:900000001", "HP:9000001")
    assert concepts["umls:C9000002"].parents == ("umls:C9000001",)
    assert concepts["umls:C9000003"].kind is Kind.DRUG


def test_umls_leaves_out_suppressed_names_and_foreign_ones(folder: Path) -> None:
    concepts = read("umls", folder / "umls")
    texts = {synonym.text for concept in concepts.values() for synonym in concept.synonyms}
    assert not texts & {"Obsolete sample name", "Enfermedad de muestra"}
    assert concepts["umls:C9000005"].language == "es"


def test_umls_keeps_cuis_that_are_no_more(folder: Path) -> None:
    concepts = read("umls", folder / "umls")
    assert concepts["umls:C9000004"].deprecated
    assert (concepts["umls:C9000098"].deprecated, concepts["umls:C9000098"].replaced_by) == (True, None)
    assert concepts["umls:C9000099"].replaced_by == "umls:C9000001"


def test_umls_out_of_order_is_refused(folder: Path, tmp_path: Path) -> None:
    release = Path(shutil.copytree(folder / "umls", tmp_path / "umls"))
    lines = (release / "MRCONSO.RRF").read_text(encoding="utf-8").splitlines(keepends=True)
    (release / "MRCONSO.RRF").write_text("".join([*lines, lines[0]]), encoding="utf-8")
    with pytest.raises(TerminologyError, match="C9000001 stands after C9000005; sort the file"):
        read("umls", release)


def test_umls_cuts_circles_of_its_sources(folder: Path, tmp_path: Path) -> None:
    release = Path(shutil.copytree(folder / "umls", tmp_path / "umls"))
    row = "C9000001|A9000001|AUI|PAR|C9000002|A9000007|AUI|inverse_isa|R90000009||MDR|MDR|||N||\n"
    with (release / "MRREL.RRF").open("a", encoding="utf-8") as relations:
        relations.write(row)
    concepts = read("umls", release)
    assert sorted(map(len, (concepts["umls:C9000001"].parents, concepts["umls:C9000002"].parents))) == [0, 1]


@pytest.mark.parametrize(("place", "version"), [("2098AB/META", "2098AB"), ("umls-2099AA-metathesaurus", "2099AA")])
def test_umls_has_its_version_from_the_folder(place: str, version: str, folder: Path, tmp_path: Path) -> None:
    release = Path(shutil.copytree(folder / "umls", tmp_path / place))
    assert get_terminology("umls").read_info(release).version == version


def test_snomed_takes_preferred_terms_by_language_and_kinds_by_tag(folder: Path) -> None:
    concepts = read("snomed", folder / "snomed")
    disease = concepts[f"snomedct:{DISEASE}"]
    assert (disease.name, disease.name_in("zh"), disease.kind) == ("Sample disease", "样品病", Kind.DISEASE)
    assert {s.text for s in disease.synonyms} == {"Disease of sample", "Disorder of sample", "样品病", "样品疾患"}
    assert concepts[f"snomedct:{ACUTE}"].parents == (f"snomedct:{DISEASE}",)
    kinds = {concept.name: concept.kind for concept in concepts.values()}
    assert kinds["Measurement of sample"] is Kind.TEST and kinds["Pain of sample"] is Kind.FINDING
    assert get_terminology("snomed").read_info(folder / "snomed").version == "20990131"


def test_snomed_keeps_inactive_concepts_with_what_replaced_them(folder: Path) -> None:
    concepts = read("snomed", folder / "snomed")
    assert concepts[f"snomedct:{OLD}"].replaced_by == f"snomedct:{DISEASE}"
    assert (concepts[f"snomedct:{GONE}"].deprecated, concepts[f"snomedct:{GONE}"].replaced_by) == (True, None)


def test_snomed_full_gives_the_newest_rows(folder: Path, tmp_path: Path) -> None:
    for file in (folder / "snomed").rglob("*.txt"):
        full = tmp_path / "Full" / file.name.replace("Snapshot", "Full")
        full.parent.mkdir(exist_ok=True)
        head, *rows = file.read_bytes().splitlines(keepends=True)
        turned = {b"0": b"1", b"1": b"0"}
        cells = [row.split(b"\t") for row in rows]
        older = [b"\t".join([one, b"20980131", turned[active], *rest]) for one, _, active, *rest in cells]
        full.write_bytes(b"".join([head, *older, *rows]))
    assert read("snomed", tmp_path) == read("snomed", folder / "snomed")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [("121000999107", "wrong check digit"), ("121000999113", "partition is 11"), ("1.21E+11", "is no SNOMED CT id")],
)
def test_snomed_names_an_id_that_is_none(wrong: str, words: str, folder: Path, tmp_path: Path) -> None:
    release = Path(shutil.copytree(folder / "snomed", tmp_path / "snomed"))
    text = (release / SNOMED_CONCEPTS).read_text(encoding="utf-8")
    (release / SNOMED_CONCEPTS).write_text(text.replace(DISEASE, wrong), encoding="utf-8")
    with pytest.raises(TerminologyError, match=words) as caught:
        read("snomed", release)
    assert wrong in str(caught.value)


@pytest.mark.parametrize("code", ["138875005", "116680003", "900000000000509007", "386053000", "22298006", "73211009"])
def test_check_digits_of_snomed_hold(code: str) -> None:
    assert has_check_digit(code)
    assert not any(has_check_digit(code[:-1] + digit) for digit in "0123456789" if digit != code[-1])
    assert code[-1] == code[-2] or not has_check_digit(code[:-2] + code[-1] + code[-2])


def test_loinc_keeps_names_parts_and_replacements(folder: Path) -> None:
    concepts = read("loinc", folder / "loinc")
    sugar = concepts["loinc:90001-1"]
    assert (sugar.name, sugar.kind, sugar.name_in("zh")) == (
        "Samplose [Mass/volume] in Blood",
        Kind.TEST,
        "样品糖:质量浓度:时间点:全血:定量型",
    )
    assert {Synonym("Samplose Bld-mCnc"), Synonym("Sample sugar", Scope.RELATED)} <= set(sugar.synonyms)
    assert sugar.parents == ("loinc:LP900002-8",)
    assert concepts["loinc:90002-9"].replaced_by == "loinc:90001-1"
    assert concepts["loinc:90003-7"].name_in("zh") == "样品情绪评分"


def test_loinc_leaves_out_related_names_of_everything(folder: Path, tmp_path: Path) -> None:
    head, row, *_ = (folder / "loinc" / "LoincTable" / "Loinc.csv").read_text(encoding="utf-8").splitlines()
    rows = [row.replace("90001-1", f"{n}-1").replace("Sample sugar;", f"Sugar {n};") for n in range(60)]
    (tmp_path / "Loinc.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    related = {s.text for concept in read("loinc", tmp_path / "Loinc.csv").values() for s in concept.synonyms}
    assert "Sugar 7" in related and "Blood" not in related


def test_atc_makes_levels_of_codes_and_names_what_is_left_over(folder: Path) -> None:
    concepts = read("atc", folder / "atc.csv")
    assert concepts["atc:Z01AA01"].parents == ("atc:Z01AA",) and concepts["atc:Z01"].parents == ("atc:Z",)
    assert (concepts["atc:Z01AA01"].kind, concepts["atc:Z01AA"].kind) == (Kind.DRUG, Kind.DRUG_CLASS)
    assert concepts["atc:Z01AA30"].name == "Samples, plain: combinations"


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), ("\t", "gbk")])
def test_atc_reads_the_heads_of_the_centre_and_chinese_names(delimiter: str, encoding: str, tmp_path: Path) -> None:
    rows = [
        ("ATC code", "ATC level name", "name_zh"),
        ("Z01AA", "sample class", ""),
        ("Z01AA01", "samplamine", "样品胺"),
    ]
    (tmp_path / "ATC 2099.csv").write_text("\n".join(map(delimiter.join, rows)), encoding=encoding)
    concepts = read("atc", tmp_path / "ATC 2099.csv")
    assert concepts["atc:Z01AA01"].name_in("zh") == "样品胺" and concepts["atc:Z01AA01"].parents == ("atc:Z01AA",)
    assert get_terminology("atc").read_info(tmp_path / "ATC 2099.csv").version == "2099"


@pytest.mark.parametrize(
    ("row", "words"), [("Z01A1,x", "'Z01A1' is no ATC code"), ("Z01AA01,other", "Z01AA01 is there twice")]
)
def test_atc_refuses_wrong_and_double_codes(row: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "atc.csv").write_text(f"atc_code,atc_name\nZ01AA01,samplamine\n{row}\n", encoding="utf-8")
    with pytest.raises(TerminologyError, match=f"row 3: {words}"):
        read("atc", tmp_path / "atc.csv")


def test_rxnorm_keeps_what_was_merged_or_withdrawn(folder: Path) -> None:
    concepts = read("rxnorm", folder / "rxnorm")
    assert (concepts["rxnorm:8"].name, concepts["rxnorm:8"].replaced_by) == ("samplamin", "rxnorm:1")
    assert (concepts["rxnorm:9"].deprecated, concepts["rxnorm:9"].replaced_by) == (True, None)
    assert "rxnorm:10" not in concepts


def test_omop_uses_the_codes_of_known_vocabularies(folder: Path) -> None:
    concepts = read("omop", folder / "omop")
    disease = concepts[f"snomedct:{DISEASE}"]
    assert (disease.kind, disease.xrefs, disease.name_in("zh")) == (Kind.DISEASE, ("omop:90001",), "样品病")
    assert "Krankheit" not in {synonym.text for synonym in disease.synonyms}
    assert concepts[f"snomedct:{ACUTE}"].parents == (disease.curie,)
    assert concepts["icd10cm:Z99.90"].xrefs == ("omop:90004", f"snomedct:{ACUTE}")
    assert concepts["rxnorm:9000004"].parents == ("rxnorm:9000003",)
    assert concepts[f"snomedct:{OLD}"].replaced_by == disease.curie
    assert concepts["omop:90007"].parents == ()


def test_omop_maps_two_to_one_are_no_cross_references(folder: Path, tmp_path: Path) -> None:
    release = Path(shutil.copytree(folder / "omop", tmp_path / "omop"))
    with (release / "CONCEPT.csv").open("a", encoding="utf-8") as concepts:
        concepts.write("90008\tSample fit\tCondition\tICD10CM\t4-char\t\tZ99.91\t19700101\t20991231\t\n")
    with (release / "CONCEPT_RELATIONSHIP.csv").open("a", encoding="utf-8") as relations:
        relations.write("90008\t90002\tMaps to\t19700101\t20991231\t\n")
    assert read("omop", release)["icd10cm:Z99.90"].xrefs == ("omop:90004",)


def test_omop_reads_the_vocabulary_of_a_synthetic_database(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("omop-synthea27nj") / "Synthea27Nj_5.4.zip"
    info, concepts = read_terminology("omop", path)
    assert info.version.startswith("v5.0 09-APR-22") and len(concepts) == 2294
    assert {"snomedct", "loinc", "rxnorm"} <= {concept.curie.partition(":")[0] for concept in concepts}


def test_meddra_leads_lowest_terms_to_their_preferred_term(folder: Path) -> None:
    concepts = read("meddra", folder / "meddra")
    ache, lowest = concepts["meddra:90000004"], concepts["meddra:90000005"]
    assert Synonym("Aching sample", Scope.NARROW) in ache.synonyms and ache.name_in("zh") == "样品痛"
    assert "Sample pain NOS" not in {synonym.text for synonym in ache.synonyms}
    assert lowest.replaced_by == ache.curie
    lexicon = Lexicon.of(concepts.values())
    assert lexicon.canonical(lowest.curie) == ache.curie
    assert [match.curie for match in lexicon.find("样品作痛")] == [ache.curie]


def test_meddra_has_four_levels_and_kinds_by_organ_class(folder: Path) -> None:
    concepts = read("meddra", folder / "meddra")
    chain = ["meddra:90000004"]
    while above := concepts[chain[-1]].parents:
        chain.append(above[0])
    assert chain == ["meddra:90000004", "meddra:90000003", "meddra:90000002", "meddra:90000001"]
    assert (concepts["meddra:90000004"].kind, concepts["meddra:90000014"].kind) == (Kind.DISEASE, Kind.FINDING)


def test_unii_sorts_names_and_spells_them_small(folder: Path) -> None:
    concepts = read("unii", folder / "unii")
    sample = concepts["unii:SAMPLE0001"]
    assert sample.name == "samplamine"
    assert sample.synonyms == (
        Synonym("Samplex", Scope.NARROW),
        Synonym("alpha-sample-1,2-diol"),
        Synonym("SMP-123", Scope.RELATED),
    )
    assert {"cas:900-01-1", "rxnorm:9000003"} <= set(sample.xrefs)
    assert concepts["unii:SAMPLE0003"].kind is Kind.OTHER
    assert get_terminology("unii").read_info(folder / "unii").version == "4Aug2099"


def test_unii_and_drugbank_read_the_real_lists(shared_data: Callable[[str], Path]) -> None:
    substances = read("unii", shared_data("unii-slice") / "unii_names_of_drugbank_substances.tsv.gz")
    drugs = read("drugbank", shared_data("drugbank-vocabulary") / "drugbank_vocabulary.csv.gz")
    assert (len(substances), sum(not drug.deprecated for drug in drugs.values())) == (14532, 19853)
    assert drugs["drugbank:DB00945"].xrefs[0] == "unii:R16CO5Y76E"
    assert substances["unii:R16CO5Y76E"].name == "aspirin"
    assert drugs["drugbank:DB02351"].replaced_by == "drugbank:DB00006"


def test_drugbank_keeps_codes_and_former_entries(folder: Path) -> None:
    concepts = read("drugbank", folder / "drugbank.csv")
    assert concepts["drugbank:DB90001"].xrefs[:2] == ("unii:SAMPLE0001", "cas:900-01-1")
    assert concepts["drugbank:DB90009"].replaced_by == "drugbank:DB90001"


def test_ndc_leads_from_brand_and_product_to_what_they_contain(folder: Path) -> None:
    concepts = read("ndc", folder / "ndc")
    salt = concepts["local:drug/samplamine_hydrochloride"]
    assert salt.synonyms == (Synonym("Samplex", Scope.NARROW),)
    assert concepts["ndc:99999-001"].parents == (salt.curie,)
    assert concepts["ndc:99999-001-30"].parents == ("ndc:99999-001",)
    both = concepts[concepts["ndc:99999-003"].parents[0]]
    assert both.parents == ("local:drug/othersamplin", salt.curie)
    assert concepts["ndc:99999-004"].deprecated


def test_ndc_joins_contents_with_the_vocabulary_that_has_their_name(folder: Path) -> None:
    concepts = list(read("ndc", folder / "ndc").values())
    known = Concept("rxnorm:9", "samplamine hydrochloride", Kind.DRUG)
    lexicon = Lexicon.of([*concepts, known])
    assert lexicon.canonical("local:drug/samplamine_hydrochloride") == known.curie
    match = lexicon.find("Samplex")[0]
    assert (match.curie, match.score) == (known.curie, 0.8)


@pytest.mark.parametrize(("name", "file"), [("ndc", "product.txt"), ("unii", "UNII_Names_4Aug2099.txt")])
def test_lists_of_the_fda_may_be_in_latin_letters_of_windows(
    name: str, file: str, folder: Path, tmp_path: Path
) -> None:
    release = Path(shutil.copytree(folder / name, tmp_path / name))
    text = (release / file).read_text(encoding="utf-8")
    (release / file).write_bytes(text.replace("Samplex", "Samplüx").replace("SAMPLEX", "SAMPLÜX").encode("cp1252"))
    assert "Samplüx" in {s.text for concept in read(name, release).values() for s in concept.synonyms}
