"""MeSH diseases as a table: mesh_id, name, tree_numbers, variants (both lists separated by `|`), plain or gzipped.

Branches C and F03 (mental disorders) of the MeSH tree give diseases; C23.888 (signs and symptoms), and C23 and
F01.145.126 (behavioural symptoms) alone, findings; the rest is of kind other. A parent is the descriptor whose tree
number is one step shorter (NLM, Introduction to MeSH, tree structures).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.tables import Row, find_version, read_header, read_rows, split_list

COLUMNS = ("mesh_id", "name", "tree_numbers", "variants")
_FINDINGS = ("C23", "F01.145.126")
_SIGNS = "C23.888"
_CONDITIONS = ("C", "F03", "F01.145.126")
_MESH_SOURCE = "Medical Subject Headings, U.S. National Library of Medicine"


@dataclass(frozen=True, slots=True)
class Mesh:
    """The reader of MeSH diseases."""

    name: str = "mesh"

    def read_info(self, path: Path) -> TerminologyInfo:
        """What the `#` lines say; NLM is the source in any case."""
        stated = read_header(path)
        version = find_version(path, stated.get("version", ""))
        licence = stated.get("licence", "free of charge with NLM named as the source")
        return TerminologyInfo(self.name, "mesh", "MeSH diseases", version, licence, stated.get("source", _MESH_SOURCE))

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a descriptor, with its parents in the tree."""
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


def find_kind(trees: list[str]) -> Kind:
    """Finding where a tree number lies among signs and symptoms or all among what is abnormal, other where none do."""
    branches = [tree for tree in trees if tree.startswith(_CONDITIONS)]
    if not branches:
        return Kind.OTHER
    signs = any(tree.startswith(_SIGNS) for tree in branches)
    return Kind.FINDING if signs or all(tree.startswith(_FINDINGS) for tree in branches) else Kind.DISEASE


TERMINOLOGY = Mesh()
