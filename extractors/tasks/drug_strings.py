"""The task `drug-strings`: drugs as prescriptions write them.

The list is a TSV with a header: name, expected, and where wanted parts, sort, language. `expected` holds CURIEs of
which any is right, as `names` has it. Where the lexicon knows none of them, `parts` says what is right instead: the
ingredients, set apart by `;`, each by its CURIEs; of several ingredients all are wanted.
`tests/bench/make_drug_strings.py` writes such lists from RxNorm, UNII and the DrugBank vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from extractors.errors import CorpusError
from extractors.tasks.name_lists import Given, NameCase, NameListTask
from ontologies.curies import standard_xref
from ontologies.errors import TerminologyError
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.tables import Row, read_rows, split_list


def _read(given: Given) -> Iterator[NameCase]:
    for path in _files(given.path):
        try:
            for row in read_rows(path, ("name", "expected")):
                yield _case(row, given.lexicon)
        except TerminologyError as error:
            raise CorpusError(str(error)) from error


def _files(path: Path) -> list[Path]:
    """The lists in a folder, or the list itself."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.tsv"))
    if not found:
        raise CorpusError(f"{path} holds no list of drug strings (*.tsv); make one with make_drug_strings.py")
    return found


def _case(row: Row, lexicon: Lexicon) -> NameCase:
    expected = frozenset(map(standard_xref, split_list(row["expected"])))
    parts = [list(map(standard_xref, split_list(part))) for part in split_list(row.get("parts", ""), ";")]
    every = False
    if parts and not any(lexicon.concept(curie) for curie in expected):
        expected, every = _known_of(parts, lexicon), len(parts) > 1
    return NameCase(row["name"], expected, Kind.DRUG, row.get("language", ""), every=every, sort=row.get("sort", ""))


def _known_of(parts: list[list[str]], lexicon: Lexicon) -> frozenset[str]:
    """The concept of each part, those that the lexicon knows before others; any of them where there is one part."""
    if len(parts) == 1:
        return frozenset(parts[0])
    return frozenset(next((curie for curie in part if lexicon.concept(curie)), part[0]) for part in parts)


TASK = NameListTask("drug-strings", "drugs as prescriptions write them: brand, salt, strength, form, noise", _read)
