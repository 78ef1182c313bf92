"""MeSH, all branches: descriptors and supplementary concepts as XML or N-Triples, or diseases as a table.

- XML: desc2026.xml, supp2026.xml, or the folder that holds both. N-Triples: mesh.nt. All of them also gzipped.
- The table: mesh_id, name, tree_numbers, variants (both lists separated by `|`).

Entry terms are synonyms, those of a narrower, broader or related concept of a descriptor with that scope; terms that
are another in inverted order are left out. A parent is the descriptor whose tree number is one step shorter (NLM,
Introduction to MeSH, tree structures), of a supplementary concept the headings that it is mapped to. Kinds go by the
branches of the tree (`rules/kinds.toml`). Registry numbers give UNII, CAS and taxon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from ontologies.mesh.records import Record, find_kind, make_concepts
from ontologies.mesh.triples import read_mesh_triples
from ontologies.mesh.xml import read_xml
from ontologies.model import Concept, Synonym, TerminologyInfo
from ontologies.releases import open_release
from ontologies.tables import File, Row, find_version, open_text, read_header, read_rows, split_list

COLUMNS = ("mesh_id", "name", "tree_numbers", "variants")
_SOURCE = "Medical Subject Headings, U.S. National Library of Medicine"
_LICENCE = "free of charge with NLM named as the source"
_YEAR = r"(?<!\d)(20\d\d)(?!\d)"


class _Form(Enum):
    XML = auto()
    TRIPLES = auto()
    TABLE = auto()


@dataclass(frozen=True, slots=True)
class Mesh:
    """The reader of MeSH."""

    name: str = "mesh"
    files: tuple[str, ...] = ("desc*.xml", "supp*.xml", "mesh*.nt")

    def read_info(self, path: Path) -> TerminologyInfo:
        """The year of the release, or what the `#` lines of a table say; NLM is the source in any case."""
        files = _find_files(path)
        if _find_form(files[0]) is not _Form.TABLE:
            alone = all("<Supplemental" in _start(file) for file in files)
            name = f"{self.name}-supplementary" if alone else self.name
            title = "MeSH supplementary concepts" if alone else "MeSH"
            return TerminologyInfo(name, "mesh", title, open_release(path).version(_YEAR), _LICENCE, _SOURCE)
        stated = read_header(path)
        version = find_version(path, stated.get("version", ""))
        licence, source = stated.get("licence", _LICENCE), stated.get("source", _SOURCE)
        return TerminologyInfo(self.name, "mesh", "MeSH diseases", version, licence, source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a descriptor, with its parents in the tree, then one a supplementary concept."""
        files = _find_files(path)
        if _find_form(files[0]) is _Form.TABLE:
            return _read_table(path)
        return make_concepts(record for file in files for record in _read_records(file))


def _find_files(path: Path) -> list[File]:
    """The file that was given, or those of a folder or zip: descriptors and supplementary concepts, else triples."""
    release = open_release(path)
    if release.files.keys() == {path.name}:
        return [path]
    both = release.find("desc*.xml")[:1] + release.find("supp*.xml")[:1]
    return both or [release.need("mesh*.nt")]


def _find_form(path: File) -> _Form:
    start = _start(path).lstrip()
    if re.match(r"<https?:|_:|#\s*<http", start):
        return _Form.TRIPLES
    return _Form.XML if start.startswith("<") else _Form.TABLE


def _start(path: File) -> str:
    with open_text(path) as text:
        return text.read(4000)


def _read_records(path: File) -> Iterator[Record]:
    return read_mesh_triples(path) if _find_form(path) is _Form.TRIPLES else read_xml(path)


def _read_table(path: Path) -> Iterator[Concept]:
    owners = {tree: row["mesh_id"] for row in read_rows(path, COLUMNS) for tree in split_list(row["tree_numbers"])}
    for row in read_rows(path, COLUMNS):
        yield _concept(row, owners)


def _concept(row: Row, owners: dict[str, str]) -> Concept:
    trees = split_list(row["tree_numbers"])
    above = [owners.get(tree.rpartition(".")[0]) for tree in trees]
    return Concept(
        f"mesh:{row['mesh_id']}",
        row["name"],
        find_kind(trees),
        synonyms=tuple(Synonym(text) for text in split_list(row["variants"]) if text.lower() != row["name"].lower()),
        parents=tuple(dict.fromkeys(f"mesh:{owner}" for owner in above if owner)),
    )


TERMINOLOGY = Mesh()
