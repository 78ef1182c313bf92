"""What each reader makes of its own format."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym
from ontologies.terminologies import get_terminology, read_terminology


@pytest.fixture
def folder(samples: Path) -> Path:
    return samples / "terminologies"


def read(name: str, path: Path) -> dict[str, Concept]:
    return {concept.curie: concept for concept in read_terminology(name, path)[1]}


def test_hpo_gives_chinese_labels_and_kinds(folder: Path) -> None:
    concepts = read("hpo", folder / "hpo")
    headache = concepts["HP:0002315"]
    assert headache.name_in("zh") == "头痛"
    assert headache.kind is Kind.FINDING
    assert headache.xrefs == ("umls:C0018681",)
    assert Synonym('Cephalgia "dull"', Scope.RELATED) in headache.synonyms
    assert concepts["HP:0012828"].kind is Kind.OTHER


def test_hpo_keeps_retired_terms_with_their_replacement(folder: Path) -> None:
    concepts = read("hpo", folder / "hpo")
    assert (concepts["HP:0009999"].deprecated, concepts["HP:0009999"].replaced_by) == (True, "HP:0002315")
    assert concepts["HP:0001354"].replaced_by == "HP:0002315"


def test_obo_takes_the_kind_from_the_prefix(folder: Path) -> None:
    concept = read("obo", folder / "obo.obo")["DOID:1"]
    assert (concept.kind, concept.xrefs) == (Kind.DISEASE, ("mesh:D000001",))


def test_mesh_takes_kind_and_parents_from_the_tree(folder: Path) -> None:
    concepts = read("mesh", folder / "mesh.tsv")
    kinds = [concepts[f"mesh:D00000{n}"].kind for n in (1, 2, 3, 4)]
    assert kinds == [Kind.DISEASE, Kind.DISEASE, Kind.FINDING, Kind.OTHER]
    assert concepts["mesh:D000002"].parents == ("mesh:D000001",)


def test_brand_is_a_narrow_synonym_and_a_salt_has_its_ingredient_as_parent(folder: Path) -> None:
    concepts = read("drugs", folder / "drugs.tsv")
    assert Synonym("Samplex", Scope.NARROW) in concepts["drugbank:DB90001"].synonyms
    assert concepts["unii:SAMPLE0002"].parents == ("drugbank:DB90001",)


def test_icd10cm_reads_the_list_of_cms_as_its_table(folder: Path) -> None:
    table, xml = read("icd10cm", folder / "icd10cm.tsv"), read("icd10cm", folder / "icd10cm.xml")
    assert table["icd10cm:A00"] == xml["icd10cm:A00"]
    assert table["icd10cm:R51"].kind is Kind.FINDING
    assert table["icd10cm:Z99"].kind is Kind.OTHER


def test_section_of_one_category_is_joined_with_it(folder: Path) -> None:
    assert read("icd10cm", folder / "icd10cm.xml")["icd10cm:B10"].parents == ("icd10cm:CH1",)


def test_icd10cm_refuses_other_xml(tmp_path: Path) -> None:
    (tmp_path / "other.xml").write_text("<html/>", encoding="utf-8")
    with pytest.raises(TerminologyError, match="<html>, not"):
        read("icd10cm", tmp_path / "other.xml")


def test_icd10cm_does_not_read_external_entities(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret text", encoding="utf-8")
    bomb = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    chapter = "<chapter><name>1</name><desc>&x;</desc></chapter>"
    (tmp_path / "bomb.xml").write_text(f"{bomb}<ICD10CM.tabular>{chapter}</ICD10CM.tabular>", encoding="utf-8")
    with pytest.raises(TerminologyError, match="no name"):
        read("icd10cm", tmp_path / "bomb.xml")


def test_chinese_icd10_has_parents_by_its_codes(folder: Path) -> None:
    concepts = read("icd10-cn", folder / "icd10-cn.csv")
    assert concepts["icd10cn:A00.900x001"].parents == ("icd10cn:A00.900",)
    assert concepts["icd10cn:A00.900"].parents == ("icd10cn:A00",)
    assert concepts["icd10cn:R51.x00"].kind is Kind.FINDING


def test_chinese_icd10_reads_a_workbook(tmp_path: Path, folder: Path) -> None:
    book = tmp_path / "icd10.xlsx"
    write_workbook(book, [["疾病编码", "疾病名称"], ["A00", "霍乱样品"], ["A01", "伤寒样品"]])
    assert [c.name for c in read("icd10-cn", book).values()] == ["霍乱样品", "伤寒样品"]


def test_chinese_icd10_refuses_what_is_no_code(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("code,name\n霍乱,A00\n", encoding="utf-8")
    with pytest.raises(TerminologyError, match="'霍乱' is no ICD-10 code"):
        read("icd10-cn", tmp_path / "codes.csv")


def test_rxnorm_takes_ingredients_salts_combinations_and_brands_only(folder: Path) -> None:
    concepts = read("rxnorm", folder / "rxnorm")
    assert {curie for curie, concept in concepts.items() if not concept.deprecated} == {
        "rxnorm:1",
        "rxnorm:2",
        "rxnorm:3",
        "rxnorm:5",
        "rxnorm:6",
    }
    assert concepts["rxnorm:1"].xrefs == ("unii:SAMPLE0001",)
    assert concepts["rxnorm:2"].parents == ("rxnorm:1",)
    assert concepts["rxnorm:6"].parents == ("rxnorm:1", "rxnorm:5")


def test_rxnorm_reads_the_table_of_bioportal(tmp_path: Path) -> None:
    base, sort = "http://purl.bioontology.org/ontology/RXNORM/", "http://purl.bioontology.org/ontology/STY/"
    head = "Class ID,Preferred Label,Synonyms,Definitions,Obsolete,CUI,Semantic Types,Parents\n"
    rows = f"{base}1,samplamine,samplin,,false,C1,{sort}T121,\n{base}4,samplamine 5 MG,,,false,C2,{sort}T200,\n"
    (tmp_path / "rxnorm.csv").write_text(head + rows, encoding="utf-8")
    assert list(read("rxnorm", tmp_path / "rxnorm.csv")) == ["rxnorm:1"]


def test_table_reads_languages_scopes_and_aliases_of_prefixes(folder: Path) -> None:
    concepts = read("table", folder / "table.tsv")
    concept = concepts["local:drug/samplamine"]
    assert concept.synonyms == (Synonym("样品胺", language="zh"), Synonym("samplin", Scope.RELATED))
    assert concept.xrefs == ("unii:SAMPLE0001",)
    assert concepts["local:drug/old"].replaced_by == "local:drug/samplamine"


@pytest.mark.parametrize(("cell", "wrong"), [("drug", "medicine"), ("local:drug/old", "nowhere:1")])
def test_table_refuses_unknown_kinds_and_prefixes(cell: str, wrong: str, folder: Path, tmp_path: Path) -> None:
    text = (folder / "table.tsv").read_text(encoding="utf-8")
    (tmp_path / "table.tsv").write_text(
        text.replace(f"\t{cell}\t", f"\t{wrong}\t").replace(cell, wrong), encoding="utf-8"
    )
    with pytest.raises(TerminologyError, match=wrong):
        read("table", tmp_path / "table.tsv")


def write_workbook(path: Path, rows: list[list[str]]) -> None:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    words = sorted({cell for row in rows for cell in row})
    strings = "".join(f"<si><t>{word}</t></si>" for word in words)
    lines = "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{"AB"[i]}{n}" t="s"><v>{words.index(cell)}</v></c>' for i, cell in enumerate(row))
        + "</row>"
        for n, row in enumerate(rows, start=1)
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/sharedStrings.xml", f"<sst {space}>{strings}</sst>")
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{lines}</sheetData></worksheet>")


def test_icd10cm_reads_the_text_of_all_codes(folder: Path, tmp_path: Path) -> None:
    order = folder / "more" / "icd10cm_order_2099.txt"
    concepts = read("icd10cm", order)
    assert concepts["icd10cm:A00.0"].name == "Sample cholera due to the first sample biovar"
    assert concepts["icd10cm:S00.01XA"].parents == ("icd10cm:S00.01",)
    info = get_terminology("icd10cm").read_info(order)
    assert (info.name, info.version) == ("icd10cm-order", "2099")
    (tmp_path / "icd10cm_codes_2099.txt").write_text("A00    Sample cholera\nA000   Sample cholera due to\n", "utf-8")
    assert list(read("icd10cm", tmp_path / "icd10cm_codes_2099.txt")) == ["icd10cm:A00", "icd10cm:A00.0"]


def test_table_with_a_column_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "own.tsv"
    table.write_text("curie\tname\tkind\tcolour\nMONDO:1\tred spots\tfinding\tred\n", encoding="utf-8")
    with pytest.raises(TerminologyError, match=r"unknown column 'colour'; known are: curie.*# columns"):
        read("table", table)


def test_table_with_a_map_of_columns_may_have_more(tmp_path: Path) -> None:
    table = tmp_path / "own.tsv"
    rows = "# columns: name=title\ncurie\ttitle\tkind\tcolour\nMONDO:1\tred spots\tfinding\tred\n"
    table.write_text(rows, encoding="utf-8")
    assert read("table", table)["MONDO:1"].name == "red spots"


def test_obo_cut_off_in_a_line_is_refused(folder: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.obo"
    cut.write_text((folder / "obo.obo").read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with pytest.raises(TerminologyError, match=r"cut\.obo ends inside line"):
        read("obo", cut)


def test_icd10cm_in_two_languages_adds_chinese_names(folder: Path) -> None:
    path = folder / "more" / "icd10cm-zh.tsv"
    assert get_terminology("icd10cm").read_info(path).name == "icd10cm-zh"
    concept = read("icd10cm", path)["icd10cm:A00.0"]
    assert (concept.name, concept.name_in("zh"), concept.parents) == (
        "Cholera sample, first biovar",
        "第一型霍亂樣品",
        ("icd10cm:A00",),
    )


def test_icd10cm_text_cut_off_in_a_line_is_refused(folder: Path, tmp_path: Path) -> None:
    text = (folder / "more" / "icd10cm_order_2099.txt").read_text(encoding="utf-8")
    (tmp_path / "cut.txt").write_text(text[:-60], encoding="utf-8")
    with pytest.raises(TerminologyError, match=r"line 5 .*: no code and title; is it whole"):
        read("icd10cm", tmp_path / "cut.txt")


def test_icd10cm_reads_the_xml_of_a_package() -> None:
    package = pytest.importorskip("simple_icd_10_cm", reason="needs the package simple-icd-10-cm")
    (path,) = (Path(package.__file__).parent / "data").glob("*tabular*.xml")
    concepts = read("icd10cm", path)
    assert len(concepts) > 46_000 and concepts["icd10cm:A00.0"].parents == ("icd10cm:A00",)


def test_real_list_in_two_languages_is_read_whole(shared_data: Callable[[str], Path]) -> None:
    concepts = read("icd10cm", shared_data("icd10cm-tw-2023") / "icd10cm_2023_zh-TW_en.tsv.gz")
    assert len(concepts) == 96_802
    assert concepts["icd10cm:A00"].name_in("zh") == "霍亂"


def test_obo_tells_what_is_the_same_from_what_is_like_it(tmp_path: Path) -> None:
    text = """format-version: 1.2
ontology: sample
data-version: releases/2099-01-02/sample.obo

[Term]
id: MONDO:9000001
name: sample disease
xref: DOID:9000001 {source="MONDO:equivalentTo", source="MONDO:mine"}
xref: DOID:9000002 {source="MONDO:relatedTo"}
xref: SNOMEDCT_US_2025_09_01:900 {source="Orphanet:1"} ! a comment
xref: MESH:D900001
xref: MESH:D900002
property_value: skos:broadMatch MESH:D900002
property_value: exactMatch UMLS:C9000001
relationship: part_of MONDO:9000009 ! whole
consider: MONDO:9000008
alt_id: MONDO:9000007
"""
    (tmp_path / "sample.obo").write_text(text, encoding="utf-8")
    concepts = read("obo", tmp_path / "sample.obo")
    assert concepts["MONDO:9000001"].xrefs == ("DOID:9000001", "snomedct:900", "mesh:D900001", "umls:C9000001")
    assert concepts["MONDO:9000001"].parents == () and concepts["MONDO:9000001"].replaced_by is None
    assert concepts["MONDO:9000007"].replaced_by == "MONDO:9000001"
    info = get_terminology("obo").read_info(tmp_path / "sample.obo")
    assert (info.prefix, info.version) == ("MONDO", "2099-01-02")


def test_real_symptoms_keep_what_replaced_the_obsolete_ones(shared_data: Callable[[str], Path]) -> None:
    concepts = read("obo", shared_data("symp") / "symp.obo.gz")
    gone = [concept for concept in concepts.values() if concept.deprecated]
    assert len(concepts) - len(gone) == 895 and sum(1 for concept in gone if concept.replaced_by) >= 19
