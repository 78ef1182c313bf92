"""The sets of words that the trained recogniser of identifiers knows, from lists whose licence lets them be shipped."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from extractors.deidentify.word_sets import WordSet
from kg_command import ROOT
from planted import FOLDER

#: How many of the words of English count as common, and how often a Chinese word must have been seen.
COMMON = 12_000
SEEN = 12

_STARTER = ROOT / "ontologies" / "starter"
_HAN_WORD = re.compile("[\u3400-\u9fff]{2,4}")
_LATIN = re.compile("[a-zà-öø-ɏ]{3,}")


def read_word_sets() -> Mapping[str, WordSet]:
    """The sets, from the packages symspellpy (MIT) and jieba (MIT) and the terminologies that come with medkg."""
    english = list(_english())
    medical = set(_medical(_LATIN)) - set(english)
    words = {"english_common": english[:COMMON], "english": english[COMMON:], "medical": medical}
    chinese = dict(_chinese())
    places = {word for word, kind in chinese.items() if kind == "ns"}
    known = {word for word, kind in chinese.items() if not kind.startswith(("nr", "ns", "nt"))}
    plain = set(_HAN_WORD.findall((FOLDER / "plain_zh.txt").read_text(encoding="utf-8")))
    words |= {"chinese": known | plain | set(_medical(_HAN_WORD)), "chinese_places": places}
    return {name: WordSet.of(group) for name, group in words.items()}


def read_plain_word_sets() -> Mapping[str, WordSet]:
    """Small sets for tests, without the packages: words of the plain sentences and of the terminologies."""
    english = sorted(set(_LATIN.findall((FOLDER / "plain_en.txt").read_text(encoding="utf-8"))))
    chinese = set(_HAN_WORD.findall((FOLDER / "plain_zh.txt").read_text(encoding="utf-8")))
    words = {"english_common": english[::2], "english": english, "medical": english[::3], "chinese": chinese}
    return {name: WordSet.of(group) for name, group in {**words, "chinese_places": ["北京"]}.items()}


def _package_file(package: str, name: str) -> Path:
    return Path(str(import_module(package).__file__)).parent / name


def _english() -> Iterator[str]:
    """Words of English, the most frequent first."""
    for line in _package_file("symspellpy", "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").splitlines():
        yield line.split()[0]


def _chinese() -> Iterator[tuple[str, str]]:
    """Words of Chinese with their part of speech."""
    for line in _package_file("jieba", "dict.txt").read_text("utf-8").splitlines():
        word, count, kind = line.split()
        if _HAN_WORD.fullmatch(word) and (int(count) >= SEEN or kind == "ns"):
            yield word, kind


def _medical(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in sorted(_STARTER.rglob("*.tsv*")):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in content.decode("utf-8").splitlines():
            if not line.startswith("#"):
                yield from pattern.findall(line.casefold())
