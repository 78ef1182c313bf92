"""The learned system on TAC 2017: a tagger over words and known phrases, trained on the other labels."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from extractors.score import Span
from extractors.tagger import BEGIN, DETACHED, INSIDE, OUTSIDE, train
from extractors.tasks.tac_features import FeatureSpace
from extractors.tasks.tac_labels import TacLabel, TacMention, iter_sections, spoken
from extractors.tasks.tac_score import Found, Outcome
from extractors.tasks.tac_terms import TermTable
from extractors.tasks.tac_words import PhraseTable, Token, key_of, tokenise


class Learned:
    """Tags tokens by what was learnt from `labels`; strings get terms as in the dictionary."""

    def __init__(self, labels: Sequence[TacLabel], *, space: FeatureSpace, epochs: int = 8, reach: float = 4.0) -> None:
        self._space = space
        self._phrases = PhraseTable(labels)
        self._terms = TermTable(labels)
        self._reach = reach
        self._tagger = train(self._examples(labels), epochs=epochs)

    def find(self, label: TacLabel) -> Outcome:
        """What the tagger finds in `label`."""
        found = [f for key, name, text in iter_sections(label) for f in self._find_in(key, name, text)]
        return Outcome(label, found, known=lambda text: key_of(text) in self._phrases)

    def _examples(self, labels: Sequence[TacLabel]) -> Iterator[tuple[list[list[int]], list[int]]]:
        for label in labels:
            for key, name, text in iter_sections(label):
                mentions = [m for m in label.reaction_mentions() if m.section == key]
                yield self._features(name, text, without=label.id), right_tags(tokenise(text), mentions)

    def _features(self, name: str, text: str, *, without: str = "") -> list[list[int]]:
        words = self._space.of_words(name, text)
        phrases = self._space.of_phrases(name, text, self._phrases, without=without)
        return [a + b for a, b in zip(words, phrases, strict=True)]

    def _find_in(self, section: str, name: str, text: str) -> Iterable[Found]:
        tokens = tokenise(text)
        tags = self._tagger.tag(self._features(name, text), reach=self._reach)
        for first, last in iter_runs(tags):
            parts = ((tokens[first].start, tokens[last - 1].end),)
            string = spoken(text, parts)
            yield Found(section, parts, string, self._terms.find(string))


def right_tags(tokens: Sequence[Token], mentions: Sequence[TacMention]) -> list[int]:
    """The tags that `mentions` give to `tokens`: longer pieces win, pieces of broken mentions alone are DETACHED."""
    starts = [token.start for token in tokens]
    tags = [OUTSIDE] * len(tokens)

    def places(part: Span) -> range:
        return range(bisect_left(starts, part[0]), bisect_left(starts, part[1]))

    whole = [m.parts[0] for m in mentions if len(m.parts) == 1]
    for part in sorted(whole, key=lambda part: part[1] - part[0]):
        for place in places(part):
            tags[place] = BEGIN if place == places(part).start else INSIDE
    for part in (part for m in mentions if len(m.parts) > 1 for part in m.parts):
        for place in places(part):
            tags[place] = tags[place] or DETACHED
    return tags


def iter_runs(tags: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ranges of tokens tagged BEGIN, INSIDE...; an INSIDE after something else begins one."""
    first = -1
    for place, tag in enumerate([*tags, OUTSIDE]):
        if tag != INSIDE and first >= 0:
            yield first, place
            first = -1
        if tag == BEGIN or (tag == INSIDE and first < 0):
            first = place
