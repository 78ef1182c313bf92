"""MeSH in the forms in which NLM gives it out says the same in each."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from ontologies.errors import TerminologyError
from ontologies.mesh.records import find_kind
from ontologies.model import Concept, Kind, Scope, Synonym
from ontologies.terminologies import get_terminology, read_terminology


@pytest.fixture
def folder(samples: Path) -> Path:
    return samples / "terminologies" / "more" / "mesh"


@pytest.fixture
def concepts(folder: Path) -> dict[str, Concept]:
    return {concept.curie: concept for concept in read_terminology("mesh", folder)[1]}


def test_triples_say_the_same_as_xml(folder: Path) -> None:
    (xml_info, xml), (info, triples) = (
        read_terminology("mesh", folder),
        read_terminology("mesh", folder / "mesh2099.nt"),
    )
    assert xml_info == info and info.version == "2099"
    assert triples == xml


def test_entry_terms_have_the_scope_of_their_concept(concepts: dict[str, Concept]) -> None:
    assert concepts["mesh:D900002"].synonyms == (Synonym("2-Sampleic Acid"), Synonym("Samplix", Scope.NARROW))


def test_term_in_another_order_is_left_out(concepts: dict[str, Concept]) -> None:
    assert concepts["mesh:D900001"].synonyms == ()


def test_registry_number_of_the_preferred_concept_is_a_cross_reference(concepts: dict[str, Concept]) -> None:
    assert concepts["mesh:D900001"].xrefs == ()
    assert concepts["mesh:D900002"].xrefs == ("unii:SAMPLE0001",)
    assert concepts["mesh:C900001"].xrefs == ("cas:99999-99-9",)


def test_tree_and_mapped_headings_give_parents(concepts: dict[str, Concept]) -> None:
    assert concepts["mesh:D900002"].parents == ("mesh:D900001",)
    assert concepts["mesh:C900001"].parents == ("mesh:D900002",)
    assert concepts["mesh:C900002"].parents == ("mesh:D900003",)


def test_descriptors_that_are_above_each_other_are_cut_apart(concepts: dict[str, Concept]) -> None:
    assert concepts["mesh:D900004"].parents == ("mesh:D900005",) and concepts["mesh:D900005"].parents == ()


def test_kinds_go_by_tree_class_and_plural(concepts: dict[str, Concept]) -> None:
    kinds = {curie.removeprefix("mesh:"): concept.kind for curie, concept in concepts.items()}
    assert kinds == {
        "D900001": Kind.DRUG_CLASS,
        "D900002": Kind.DRUG,
        "D900003": Kind.FINDING,
        "D900004": Kind.OTHER,
        "D900005": Kind.OTHER,
        "C900001": Kind.DRUG,
        "C900002": Kind.DISEASE,
    }


@pytest.mark.parametrize(
    ("trees", "kind"),
    [
        (["A01.236"], Kind.ANATOMY),
        (["B03.440"], Kind.ORGANISM),
        (["C14.280", "C23.550"], Kind.DISEASE),
        (["C23.550"], Kind.FINDING),
        (["F03.600", "F01.145.126.1"], Kind.DISEASE),
        (["D27.505.954"], Kind.DRUG_CLASS),
        (["D26.255.830"], Kind.DOSAGE_FORM),
        (["D08.811.277", "D12.776.1"], Kind.PROTEIN),
        (["D06.472.699", "D12.776.1"], Kind.DRUG),
        (["E01.370.225"], Kind.TEST),
        (["E04.100"], Kind.PROCEDURE),
        (["N02.278"], Kind.OTHER),
        ([], Kind.OTHER),
    ],
)
def test_branches_have_kinds(trees: list[str], kind: Kind) -> None:
    assert find_kind(trees) is kind


def test_supplementary_concepts_alone_do_not_take_the_place_of_the_descriptors(folder: Path) -> None:
    assert get_terminology("mesh").read_info(folder / "supp2099.xml").name == "mesh-supplementary"
    assert get_terminology("mesh").read_info(folder / "desc2099.xml").name == "mesh"


@pytest.mark.parametrize("name", ["desc2099.xml", "mesh2099.nt"])
def test_packed_file_is_read_as_the_plain_one(name: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
    assert read_terminology("mesh", tmp_path / f"{name}.gz")[1] == read_terminology("mesh", folder / name)[1]


@pytest.mark.parametrize("name", ["desc2099.xml", "supp2099.xml", "mesh2099.nt"])
@pytest.mark.parametrize("packed", [False, True])
def test_file_that_is_cut_off_is_refused(name: str, packed: bool, folder: Path, tmp_path: Path) -> None:
    data = (folder / name).read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(data)[:-40] if packed else data[:-40])
    with pytest.raises(TerminologyError, match=f"{name}.*(whole|is it whole)"):
        read_terminology("mesh", tmp_path / name)


def test_line_that_is_no_triple_is_told(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "mesh2099.nt", tmp_path / "mesh.nt")
    with (tmp_path / "mesh.nt").open("a", encoding="utf-8") as file:
        file.write("<http://id.nlm.nih.gov/mesh/D1> <x>\n")
    with pytest.raises(
        TerminologyError, match=r"mesh\.nt, line \d+ \(<http://id\.nlm\.nih\.gov/mesh/D1> <x>\): no triple"
    ):
        read_terminology("mesh", tmp_path / "mesh.nt")


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    bomb = f'<!DOCTYPE DescriptorRecordSet [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    record = "<DescriptorRecord><DescriptorUI>D1</DescriptorUI><DescriptorName><String>&x;</String></DescriptorName>"
    (tmp_path / "d.xml").write_text(
        f"{bomb}<DescriptorRecordSet>{record}</DescriptorRecord></DescriptorRecordSet>", encoding="utf-8"
    )
    with pytest.raises(TerminologyError, match="mesh:D1 has no name"):
        read_terminology("mesh", tmp_path / "d.xml")
