"""English names read forwards and backwards from a word, by how names are written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.deidentify.english_words import Word, Words, find_phrase, get_words

GAP = re.compile(r"\^|[ \t]{1,2}|[ \t]?\n[ \t]{0,8}|\.[ \t]{0,2}|\. ?\n")

_CHINESE_HEAD = re.compile(
    r"\s?(?:分型|分级|分期|征|病|综合征|评分|试验|氏|骨折|肉芽肿|量表|指数|线|管|淋巴瘤|手术|术|位)"
)


class NameReader:
    """Reads names in one text; ranges count its words."""

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self.text = text
        self.words = words
        self.rules: Words = get_words()

    def gap(self, at: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.words[at - 1].end : self.words[at].start]

    def read(self, at: int, *, free: bool = False) -> int:
        """Where the name ends that begins at a word; `at` where none does. `free`: whatever the first word is."""
        end = at
        while end < len(self.words) and end - at < 5:
            if end > at and not self._continues(end, at):
                break
            if not self._is_part(end, first=end == at, free=free):
                break
            end += 1
        while end > at and self.words[end - 1].key in self.rules.particles and not self.words[end - 1].capital:
            end -= 1
        if end > at and all(len(word.text) == 1 for word in self.words[at:end]):
            return at
        return at if end > at and self.is_eponym(end) and not free else end

    def _continues(self, at: int, first: int) -> bool:
        """Whether the word goes on with the name before it: one space or line break away, written alike."""
        gap, last, word = self.gap(at), self.words[at - 1], self.words[at]
        if not GAP.fullmatch(gap) or (last.text.endswith("'s") and len(last.text) > 3):
            return False
        if gap.startswith(".") and len(last.text) > 1 and last.text not in ("St", "Ste", "Jr", "ST"):
            return False
        if "\n" in gap and (word.shouted or self.text[word.end : word.end + 1] == ":" or word.key in self.rules.cues):
            return False
        return not (word.shouted and not last.shouted and len(last.text) > 1)

    def _is_part(self, at: int, *, first: bool, free: bool) -> bool:
        word = self.words[at]
        if not word.capital:
            following = self.words[at + 1] if at + 1 < len(self.words) else None
            follows = following is not None and (following.capital or following.key in self.rules.particles)
            return word.key in self.rules.particles and follows
        if word.key == "st" and at + 1 < len(self.words) and self.words[at + 1].capital:
            return len(self.gap(at + 1)) <= 2
        if word.key not in self.rules.not_names:
            return first or not find_phrase(self.words, at, self.rules.credentials)
        if first and word.key in self.rules.weak_given and self._surname_next(at):
            return True
        if first:
            return (free and len(word.key) > 1) or (len(word.text) == 1 and self.text[word.end : word.end + 1] == ".")
        return word.key in self.rules.surnames or (len(word.text) == 1 and self._initial(at))

    def _surname_next(self, at: int) -> bool:
        return at + 1 < len(self.words) and self.words[at + 1].capital and self.words[at + 1].key in self.rules.surnames

    def _initial(self, at: int) -> bool:
        """Whether a single capital is an initial: a full stop after it, or another word of a name."""
        if self.text[self.words[at].end : self.words[at].end + 1] in (".", "\n", ""):
            return True
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        return following is not None and following.capital and following.key not in self.rules.not_names

    def is_eponym(self, after: int) -> bool:
        """Whether the word at `after` makes the name before it that of a disease, a sign or a thing."""
        if _CHINESE_HEAD.match(self.text, self.words[after - 1].end):
            return True
        if after >= len(self.words):
            return False
        return self.words[after].key in self.rules.heads and self.gap(after) in (" ", "-", "\n", "' ")

    def with_given(self, start: int, end: int) -> int:
        """The end of a name written surname first: `Ruiz, Ana M.`."""
        if end >= len(self.words) or not re.fullmatch(r"\s?,\s{0,2}", self.gap(end)):
            return end
        rest = self.read(end)
        given, word = self.rules.given | self.rules.weak_given, self.words[end]
        if rest > end and word.key in given and not (word.key in self.rules.not_names and not word.shouted):
            return rest
        begin = self.words[start].start
        labelled = re.search(r"(?:[:|]|\b[Ii]s|\bNAME)\s{0,4}$", self.text[max(0, begin - 7) : begin])
        shouted = self.words[start].shouted and rest > end and self.words[end].shouted
        credential = find_phrase(self.words, end, self.rules.credentials)
        return rest if (labelled or shouted) and not credential else end

    def is_known(self, start: int, end: int) -> bool:
        """Whether one of the words is a common name."""
        rules = self.rules
        return any(
            word.key in rules.given or word.key in rules.surnames or word.key in rules.weak_given
            for word in self.words[start:end]
        )

    def back(self, end: int) -> int:
        """Where the name begins that ends before a word."""
        start = end
        while start > 0 and end - start < 4 and self._precedes(start - 1, last=start == end):
            start -= 1
        while start < end and (not self.words[start].capital or self.words[start].key in self.rules.titles):
            start += 1
        return start if any(len(word.text) > 1 for word in self.words[start:end]) else end

    def _precedes(self, at: int, *, last: bool) -> bool:
        """Whether a word is part of a name that goes on after it, or is the last of one."""
        word = self.words[at]
        if last:
            return self._is_part(at, first=True, free=False) or (word.capital and word.key in self.rules.surnames)
        gap = self.gap(at + 1)
        if not GAP.fullmatch(gap) or (gap.startswith(".") and len(word.text) > 1 and word.text != "St"):
            return False
        return self._is_part(at, first=True, free=False) or (word.capital and word.key in self.rules.weak_given)
