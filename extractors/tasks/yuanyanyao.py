"""The task `yuanyanyao`: Chinese names of drugs must lead to what their English product names name.

The list is that of originator drugs in China (github.com/dongzhenye/yuanyanyao, CC BY-SA 4.0) as a TSV: genericName,
productName, productNameEn, brandName, brandNameEn. Right is the concept that the lexicon has for the English product's
ingredient or for its salt, found without any reading: by leaving out words from the end of the English name. Rows whose
English ingredient the lexicon does not know are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from extractors.errors import CorpusError
from extractors.tasks.name_lists import Given, NameCase, NameListTask
from ontologies.drug_variants import joint_names
from ontologies.errors import TerminologyError
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.tables import Row, read_rows

_COLUMNS = {"genericName": "generic", "productName": "product", "brandName": "brand", "brandNameEn": "English brand"}
_JOINTS = re.compile(r"/| and ")


def _read(given: Given) -> Iterator[NameCase]:
    seen: set[tuple[str, str]] = set()
    for path in _files(given.path):
        try:
            rows = list(read_rows(path, ("productNameEn", *_COLUMNS)))
        except TerminologyError as error:
            raise CorpusError(str(error)) from error
        for row, (column, sort) in product(rows, _COLUMNS.items()):
            if row[column] and (row[column], sort) not in seen:
                seen.add((row[column], sort))
                yield from _cases(row, column, sort, given.lexicon)


def _files(path: Path) -> list[Path]:
    """The list itself, or those in a folder."""
    found = sorted(path.glob("*.tsv")) if path.is_dir() else [path]
    if not found:
        raise CorpusError(f"{path} holds no list of originator drugs (*.tsv)")
    return found


def _cases(row: Row, column: str, sort: str, lexicon: Lexicon) -> Iterator[NameCase]:
    parts = [_ingredients(part.split(), lexicon) for part in _JOINTS.split(row["productNameEn"])]
    if not all(parts):
        return
    language = "en" if column.endswith("En") else "zh"
    if len(parts) == 1:
        yield NameCase(row[column], parts[0], Kind.DRUG, language, sort=sort)
    else:
        whole = frozenset(_wholes(parts, lexicon))
        expected = whole or frozenset(min(part) for part in parts)
        yield NameCase(row[column], expected, Kind.DRUG, language, every=not whole, sort=sort)


def _wholes(parts: list[frozenset[str]], lexicon: Lexicon) -> Iterator[str]:
    """The concepts of the combination, by any of the names of its parts."""
    for curies in product(*parts):
        concepts = [concept for concept in map(lexicon.concept, curies) if concept]
        for joint in joint_names([concept.name for concept in concepts]):
            yield from (match.curie for match in lexicon.find(joint, kinds=(Kind.DRUG,))[:1])


def _ingredients(words: list[str], lexicon: Lexicon) -> frozenset[str]:
    """The concepts that the longest and the shortest known beginnings of an English product name stand for."""
    found: list[str] = []
    for end in range(len(words), 0, -1):
        matches = lexicon.find_form(" ".join(words[:end]).lower(), kinds=(Kind.DRUG,))
        found += [match.curie for match in matches[:1]]
    return frozenset(found)


TASK = NameListTask("yuanyanyao", "Chinese generic and brand names against English product names", _read)
