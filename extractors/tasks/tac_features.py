"""What the learned tagger sees of each token of a label: words around it, shapes, layout, and phrases known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from extractors.tasks.tac_words import PhraseHit, PhraseTable, Token, tokenise

_EDGE = "|"


class FeatureSpace:
    """Numbers for names of features, shared by all folds, and the features of each text that do not change."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: dict[tuple[str, str], list[list[int]]] = {}

    def number(self, name: str) -> int:
        """The number of the feature called `name`."""
        return self._numbers.setdefault(name, len(self._numbers))

    def of_words(self, section: str, text: str) -> list[list[int]]:
        """For each token the features that its neighbourhood in the text gives; `section` is the section's name."""
        key = (section, text)
        if key not in self._texts:
            rows = _word_features(section[:1], text, tokenise(text))
            self._texts[key] = [[self.number(name) for name in row] for row in rows]
        return self._texts[key]

    def of_phrases(self, section: str, text: str, phrases: PhraseTable, *, without: str = "") -> list[list[int]]:
        """For each token the features that annotated phrases of other labels give."""
        norms = [token.norm for token in tokenise(text)]
        rows = _phrase_features(section[:1], phrases.scan(norms, without=without))
        return [[self.number(name) for name in rows[place]] for place in range(len(norms))]


def _word_features(section: str, text: str, tokens: Sequence[Token]) -> list[list[str]]:
    norms = [_EDGE, _EDGE, *(token.norm for token in tokens), _EDGE, _EDGE]
    shapes = [_EDGE, *(_shape(token.word) for token in tokens), _EDGE]
    gaps = _gaps(text, tokens)
    return [
        _features_at(section, norms[place : place + 5], shapes[place : place + 3], gaps[place : place + 2])
        for place in range(len(tokens))
    ]


def _features_at(section: str, norms: Sequence[str], shapes: Sequence[str], gaps: Sequence[str]) -> list[str]:
    before2, before, word, after, after2 = norms
    return [
        f"section {section}",
        f"word {word}",
        f"word-1 {before}",
        f"word+1 {after}",
        f"word-2 {before2}",
        f"word+2 {after2}",
        f"words-1 {before} {word}",
        f"words+1 {word} {after}",
        f"end3 {word[-3:]}",
        f"end4 {word[-4:]}",
        f"end5 {word[-5:]}",
        f"begin4 {word[:4]}",
        f"begin5 {word[:5]}",
        f"end-1 {before[-4:]}",
        f"end+1 {after[-4:]}",
        f"shape {shapes[1]}",
        f"shapes {shapes[0]} {shapes[1]} {shapes[2]}",
        f"gaps {gaps[0]} {gaps[1]}",
        f"gaps shape {gaps[0]} {gaps[1]} {shapes[1]}",
        f"section word {section} {word}",
    ]


def _shape(word: str) -> str:
    if word.isdigit():
        return "0"
    if not word.isalnum():
        return word
    if word.isupper():
        return "XX" if len(word) > 1 else "X"
    return "Xx" if word[0].isupper() else "x"


def _gaps(text: str, tokens: Sequence[Token]) -> list[str]:
    """What lies before each token and after the last: a new line, wide space (a column), a space, or nothing."""
    ends = [0, *(token.end for token in tokens)]
    starts = [*(token.start for token in tokens), len(text)]
    gaps = []
    for end, start in zip(ends, starts, strict=True):
        gap = text[end:start]
        gaps.append("n" if "\n" in gap else "w" if len(gap) > 2 else "s" if gap else "-")
    return gaps


def _phrase_features(section: str, hits: Iterable[PhraseHit]) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = defaultdict(list)
    free = 0
    for hit in hits:
        kind = _kind(hit)
        if hit.first < free:
            for place in range(hit.first, hit.last):
                rows[place].append(f"other phrase {'b' if place == hit.first else 'i'} {kind}")
            continue
        free = hit.last
        for place in range(hit.first, hit.last):
            where = _where(place, hit)
            rows[place] += [f"phrase {where} {kind}", f"phrase {where} {kind} {section}"]
        rows[hit.first - 1].append(f"before phrase {kind}")
        rows[hit.last].append(f"after phrase {kind}")
    return rows


def _where(place: int, hit: PhraseHit) -> str:
    if hit.last - hit.first == 1:
        return "single"
    return "first" if place == hit.first else "last" if place == hit.last - 1 else "middle"


def _kind(hit: PhraseHit) -> str:
    if not hit.seen:
        return "apart"
    share = int(hit.share * 4) if hit.share < 1 else 3
    return f"{share if hit.share else 'never'}{'+' if hit.seen > 2 else '-'}"
