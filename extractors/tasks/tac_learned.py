"""The learned system on TAC 2017: a tagger over words and known phrases, trained on the other labels."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from extractors.score import Span
from extractors.tagger import BEGIN, INSIDE, OUTSIDE, train
from extractors.tasks.tac_features import FeatureSpace
from extractors.tasks.tac_labels import TacLabel, TacMention, iter_sections, spoken
from extractors.tasks.tac_pieces import Example, Pieces, train_joiner
from extractors.tasks.tac_product import ProductView
from extractors.tasks.tac_score import Found, Outcome
from extractors.tasks.tac_terms import TermTable
from extractors.tasks.tac_words import Key, PhraseTable, Token, key_of, tokenise

_INNER = 2


class Learned:
    """Tags tokens by what was learnt from `labels`; strings get terms as in the dictionary."""

    def __init__(
        self,
        labels: Sequence[TacLabel],
        *,
        space: FeatureSpace,
        view: ProductView,
        epochs: int = 6,
        reach: float = 4.0,
    ) -> None:
        self._space = space
        self._view = view
        self._phrases = PhraseTable(labels)
        self._terms = TermTable(labels, lexicon=view.lexicon)
        self._reach = reach
        self._reach_joins = 2.0
        self._tagger = train(self._examples(labels), epochs=epochs)
        self._joiner = train_joiner(list(self._broken(labels, max(1, epochs - 2))))

    def find(self, label: TacLabel) -> Outcome:
        """What the tagger finds in `label`."""
        found = [f for key, _, text in iter_sections(label) for f in self._find_in(label, key, text)]
        return Outcome(label, found)

    def knows(self, text: str) -> bool:
        """Whether `text` was annotated in the labels it learnt from."""
        return key_of(text) in self._phrases

    def _examples(self, labels: Sequence[TacLabel]) -> Iterator[tuple[list[list[int]], list[int]]]:
        for label in labels:
            for key, _, text in iter_sections(label):
                mentions = [m for m in label.reaction_mentions() if m.section == key]
                yield self._features(label, key, without=label.id), right_tags(tokenise(text), mentions)

    def _features(self, label: TacLabel, section: str, *, without: str = "") -> list[list[int]]:
        name, text = label.sections[section]
        words = self._space.of_words(name, text)
        phrases = self._space.of_phrases(name, text, self._phrases, without=without)
        product = self._view.features(label, section, self._space)
        return [a + b + c for a, b, c in zip(words, phrases, product, strict=True)]

    def _find_in(self, label: TacLabel, section: str, text: str) -> Iterable[Found]:
        tokens = tokenise(text)
        tags = self._tagger.tag(self._features(label, section), reach=self._reach)
        for pieces in self._joiner.join(
            tokens, list(iter_runs(tags)), self._phrases.__contains__, reach=self._reach_joins
        ):
            parts = tuple((tokens[first].start, tokens[last - 1].end) for first, last in pieces)
            string = spoken(text, parts)
            pt = self._terms.find(string)
            concept = f"meddra:{self._terms.ids[pt]}" if pt in self._terms.ids else ""
            yield Found(section, parts, string, pt, concept)

    def _broken(self, labels: Sequence[TacLabel], epochs: int) -> Iterator[Example]:
        """What a tagger that has not seen the label makes of it: the joiner must learn from runs as they come."""
        for part in range(_INNER):
            asked = labels[part::_INNER]
            names = {label.id for label in asked}
            tagger = train(self._examples([label for label in labels if label.id not in names]), epochs=epochs)
            for label in asked:
                known = partial(self._known_elsewhere, label.id)
                for key, _, text in iter_sections(label):
                    tokens = tokenise(text)
                    mentions = [m for m in label.reaction_mentions() if m.section == key]
                    tags = tagger.tag(self._features(label, key, without=label.id), reach=self._reach)
                    yield Example(tokens, list(iter_runs(tags)), frozenset(_pieces(tokens, m) for m in mentions), known)

    def _known_elsewhere(self, label: str, key: Key) -> bool:
        return self._phrases.knows(key, without=label)


def _pieces(tokens: Sequence[Token], mention: TacMention) -> Pieces:
    starts = [token.start for token in tokens]
    return tuple((bisect_left(starts, start), bisect_left(starts, end)) for start, end in mention.parts)


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
            tags[place] = tags[place] or (BEGIN if place == places(part).start else INSIDE)
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
