"""The task `zh-en`: do Chinese names mean the same concepts as the English names or codes that lists put beside them?

Four kinds of list are known, told by what they hold: `diseases_zh_en.json` (diseases with ICD-10-CM codes, symptoms and
medications, each in both languages), a table of zh, synonyms_zh, abbr and en, a table of term and codes (everyday names
with ICD-10-CM codes), and a Babelon table of HPO. Where a list gives English names, the concept wanted is the one that
grounding finds for the English name; names whose English side is not found are left out and counted. With `--to` a
vocabulary of codes the diseases of the first list are scored against their codes, or three characters of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from extractors.errors import CorpusError
from extractors.score import Report
from extractors.tasks import Options
from extractors.tasks.name_lists import NameCase, score_names
from ontologies.ground import Grounder
from ontologies.model import Kind
from ontologies.tables import Row, open_text, read_rows, split_list

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

_HEADS = {"diseases": frozenset({"zh", "en"}), "everyday": frozenset({"term", "codes"})}
_CODE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]+)?")
_SECTIONS = {"检查": Kind.TEST, "治疗": Kind.PROCEDURE}


@dataclass(slots=True)
class _Reading:
    """What is read of the lists, and what was left out on the way."""

    grounder: Grounder
    left_out: list[str] = field(default_factory=list)

    def meant(self, english: str, kind: Kind | None) -> frozenset[str]:
        """The concept that the English name stands for; nothing, and noted, where it is not found."""
        found = self.grounder.ground(english, kinds=(kind,) if kind else (), language="en").matches
        if not found:
            self.left_out.append(english)
        return frozenset({found[0].curie}) if found else frozenset()


class ZhEn:
    """Chinese names and the concepts of their English ones."""

    name = "zh-en"
    description = "Chinese names of conditions and drugs as the concepts of their English names or codes"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """The figures of one list, or of all lists in a folder."""
        reading = _Reading(Grounder(lexicon))
        cases = [case for path in _lists(folder) for case in _read(path, reading, coded=bool(options.to))]
        notes = [
            f"{len(reading.left_out)} names left out, since their English side is not found: "
            + "; ".join(reading.left_out[:8]),
            _known(cases, lexicon),
        ]
        return score_names(self.name, cases, reading.grounder, to=options.to, notes=notes)


def _known(cases: Iterable[NameCase], lexicon: Lexicon) -> str:
    """How many of the Chinese names simply stand in the lexicon: the rest is what grounding adds."""
    chinese = [case for case in cases if case.language == "zh"]
    stand = sum(bool(lexicon.find(case.name)) for case in chinese)
    return f"{stand} of {len(chinese)} Chinese names stand in the lexicon as they are (as whatever concept)"


def _lists(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    known = (".json", ".tsv", ".tsv.gz")
    found = [one for one in sorted(path.iterdir()) if one.name.endswith(known) and _is_list(one)]
    if not found:
        raise CorpusError(f"no list of Chinese and English names in {path}; give the file itself")
    return found


def _is_list(path: Path) -> bool:
    if path.suffix == ".json":
        return True
    with open_text(path) as text:
        head = set(text.readline().rstrip("\n").split("\t"))
    return any(needed <= head for needed in _HEADS.values()) or "translation_value" in head


def _read(path: Path, reading: _Reading, *, coded: bool) -> Iterator[NameCase]:
    if path.suffix == ".json":
        content: dict[str, Any] = orjson.loads(path.read_bytes())
        yield from _coded(content["diseases"]) if coded else _named(content, reading)
        return
    for row in read_rows(path, ()):
        if "translation_value" in row:
            yield from _labels(row)
        elif "codes" in row:
            yield _case(row["term"], _codes(row["codes"]), Kind.DISEASE, "everyday names (zh-TW)")
        elif "en" in row and "zh" in row:
            yield from _synonyms(row, reading)
        else:
            raise CorpusError(f"{path} is no list of Chinese and English names; it needs the columns zh and en")


def _case(name: str, expected: frozenset[str], kind: Kind | None, sort: str) -> NameCase:
    return NameCase(name, expected, kind, "zh" if not name.isascii() else "en", sort=sort)


def _codes(codes: str) -> frozenset[str]:
    """The CURIEs of ICD-10-CM codes and of their three-character categories."""
    found = _CODE.findall(codes)
    return frozenset(f"icd10cm:{code}" for one in found for code in (one, one[:3]))


def _coded(diseases: Iterable[dict[str, Any]]) -> Iterator[NameCase]:
    """Diseases in both languages, by code."""
    for disease in diseases:
        codes = _codes(disease["icd10"])
        yield _case(disease["en"], codes, Kind.DISEASE, "diseases: English to code")
        yield _case(disease["zh"], codes, Kind.DISEASE, "diseases: Chinese to code")


def _named(content: dict[str, Any], reading: _Reading) -> Iterator[NameCase]:
    """Diseases, symptoms and medications in Chinese, by the concept of the English name."""
    diseases = {disease["en"]: disease["zh"] for disease in content["diseases"]}
    named = (
        ("diseases", Kind.DISEASE, diseases),
        ("symptoms", Kind.FINDING, content["symptoms_en_zh"]),
        ("medications", None, content["medications_en_zh"]),
    )
    for sort, kind, pairs in named:
        for en, zh in pairs.items():
            if meant := reading.meant(en, kind):
                yield _case(zh, meant, kind, f"{sort}: Chinese as English")


def _synonyms(row: Row, reading: _Reading) -> Iterator[NameCase]:
    kind = next((kind for word, kind in _SECTIONS.items() if word in row.get("section", "")), Kind.DISEASE)
    meant = reading.meant(row["en"], kind)
    if not meant:
        return
    yield _case(row["zh"], meant, kind, f"{kind}: Chinese name")
    for name in split_list(row.get("synonyms_zh", "")):
        yield _case(name, meant, kind, f"{kind}: Chinese synonym")
    for name in split_list(row.get("abbr", "")):
        yield _case(name, meant, kind, f"{kind}: abbreviation")


def _labels(row: Row) -> Iterator[NameCase]:
    """A Chinese label as records write it: with a side, a certainty, a history. The bare label is known trivially."""
    label, curie = row["translation_value"], row["subject_id"]
    if label and row.get("predicate_id", "rdfs:label") == "rdfs:label":
        expected = frozenset({curie})
        yield _case(f"双侧{label}", expected, Kind.FINDING, "labels with a side")
        yield _case(f"{label}待查", expected, Kind.FINDING, "labels with a certainty")
        yield _case(f"{label}（重度）", expected, Kind.FINDING, "labels with a severity")
        yield _case(f"既往{label}病史", expected, Kind.FINDING, "labels as history")


TASK = ZhEn()
