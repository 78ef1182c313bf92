"""Names of persons in English texts, by what stands around them, common names, and repetition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.deidentify.english_common import CommonNames, Range
from extractors.deidentify.english_words import RULES, Word, find_phrase, read_words
from extractors.deidentify.found import Found
from extractors.events import IdentifierType

_AFTER_CUE = re.compile(r"[\s:,.(\"'/#-]{1,6}(?:\d[.)]\s)?")
_FILLERS = frozenset(
    {
        "is",
        "was",
        "are",
        "named",
        "called",
        "mr",
        "mrs",
        "ms",
        "dr",
        "name",
        "the",
        "a",
        "my",
        "his",
        "her",
        "both",
        "by",
        "with",
    }
)
_AGED = re.compile(r"(?:is|was) (?:a|an|our) (?:\d|\w+[- ]year|\w+[- ]month)")
#: Credentials that stand before a name as titles do.
_LETTERS = frozenset({"rn", "np", "pa", "lpn", "cnm", "crna"})
#: How words end that say what a person does: hygienist, phlebotomist, Operator:.
_DOERS = ("er", "or", "ist", "ian", "ant", "ee")
_INITIALS = re.compile(r"(?m)^[A-Z]{2}[A-Za-z]?(?=\s\d{1,2}/\d{1,2}(?:/\d{2,4})?\s*$)")
_BRACKETED = re.compile(r"\s?\([^()\n]{1,30}\)")
_LIST_GAP = re.compile(r"\s?[,;&/]\s{0,2}|\s(?:and|&)\s|,\sand\s")


class EnglishNames:
    """What looks like a person's name in Latin letters."""

    name = RULES

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        """What is found in `text`, and every other place where the same words stand."""
        words = read_words(text)
        reader = NameFinder(text, words)
        ranges = set(reader.find_all())
        for first, last in ranges:
            yield Found(words[first].start, _end(words[last - 1]), IdentifierType.NAME, "en-name")
        for match in _INITIALS.finditer(text):
            yield Found(*match.span(), IdentifierType.NAME, "en-initials")
        for at in reader.find_again(ranges):
            yield Found(words[at].start, _end(words[at]), IdentifierType.NAME, "en-again")


def _end(word: Word) -> int:
    return word.end - (2 if word.text.endswith(("'s", "'S")) else 0)


class NameFinder(CommonNames):
    """Finds names in one text; ranges count its words."""

    def find_all(self) -> Iterator[Range]:
        """Names after titles and cues, before credentials and verbs, and those of common names."""
        for at, word in enumerate(self.words):
            if word.key in self.rules.titles and word.capital:
                yield from self._after_title(at)
            if word.key in self.rules.cues:
                yield from self._after_cue(at)
            elif word.key.endswith(_DOERS):
                yield from self._after_doer(at)
            if word.capital:
                if word.key in self.rules.credentials:
                    yield from self._before_credential(at)
                yield from self.of_common_names(at)
            elif word.key in self.rules.does:
                yield from self._before_verb(at)

    def find_again(self, ranges: set[Range]) -> Iterator[int]:
        """Words of the names found that stand elsewhere, not as an eponym and not as a common word."""
        small = {word.key for word in self.words if not word.capital}
        own = {self.words[at].key for first, last in ranges for at in range(first, last)}
        own = {key for key in own if len(key) > 2 and key not in small | self.rules.not_names | self.rules.eponyms}
        for at, word in enumerate(self.words):
            if word.key in own and word.capital and not self.is_eponym(at + 1):
                yield at

    def _after_title(self, at: int) -> Iterator[Range]:
        start = at + 1
        if start < len(self.words) and re.fullmatch(r"\.?\s{0,3}", self.gap(start)) and self.gap(start):
            if self.words[at].shouted and not self.words[start].shouted:
                return
            plain = self.words[at].key in (
                "nurse",
                "officer",
                "lady",
                "attorney",
                "doctor",
                "doctors",
                "judge",
                "lt",
                "pastor",
            )
            yield from self._listed(start, free=not plain)

    def _listed(self, start: int, *, free: bool = False) -> Iterator[Range]:
        """The name at a word, and those listed after it."""
        end = self.read(start, free=free)
        while end > start:
            end = self.with_given(start, end)
            yield start, end
            start = end
            while start < len(self.words) and find_phrase(self.words, start, self.rules.credentials):
                start += len(find_phrase(self.words, start, self.rules.credentials))
            position = _end(self.words[start - 1])
            bracketed = _BRACKETED.match(self.text, position)
            position = bracketed.end() if bracketed else position
            while start < len(self.words) and self.words[start].start < position:
                start += 1
            joined = start < len(self.words) and self.words[start].key == "and"
            start += joined
            if start >= len(self.words):
                return
            between = self.text[position : self.words[start].start]
            if not _LIST_GAP.fullmatch(between.lstrip(".")):
                return
            end = self.read(start)
            if not joined and end - start < 2 and not self.is_known(start, end):
                return

    def _after_cue(self, at: int) -> Iterator[Range]:
        phrase = find_phrase(self.words, at, self.rules.cues)
        start = at + len(phrase)
        if not phrase or start >= len(self.words):
            return
        cue, gap = " ".join(phrase), self.gap(start)
        if cue in _LETTERS and (gap != " " or (at > 0 and "," in self.gap(at))) and ":" not in gap:
            return
        if not _AFTER_CUE.fullmatch(gap) or (gap.startswith(".") and cue not in ("cc", "c c")):
            return
        if "\n\n" in gap and cue not in self.rules.closings:
            return
        skipped = start
        while (
            skipped < len(self.words) - 1 and self.words[skipped].key in _FILLERS and ":" not in self.gap(skipped + 1)
        ):
            skipped += 1
        colon = (":" in gap and cue not in ("cc", "c c")) or ("\n" in gap and cue in self.rules.closings)
        free = self._frees(skipped, cue, colon=colon)
        found = [
            r
            for r in self._listed(skipped, free=free)
            if r[0] > skipped or self._is_sure(r, cue, self.words[at], colon=colon)
        ]
        yield from found
        if not found and cue in self.rules.forms:
            yield from self._in_small_letters(start, at)

    def _after_doer(self, at: int) -> Iterator[Range]:
        """Hygienist Ana; Verifier: Ana Ruiz."""
        if at + 1 >= len(self.words):
            return
        gap, end = self.gap(at + 1), self.read(at + 1)
        first = self.words[at + 1]
        if end == at + 1 or first.key in self.rules.eponyms or first.shouted:
            return
        colon = bool(re.fullmatch(r"\s?:[ \t]{1,3}", gap)) and end - at > 2
        if colon or (gap == " " and len(self.words[at].key) > 6 and self.words[at].key.endswith(("ist", "ician"))):
            yield at + 1, end

    def _frees(self, at: int, cue: str, *, colon: bool) -> bool:
        """Whether a common word after a cue is a name: `husband Will`, `Patient: LONG, MARY`."""
        rules, word = self.rules, self.words[at]
        if word.key not in rules.not_names:
            return False
        if word.key in rules.weak_given and not word.shouted and (colon or cue not in rules.weak_cues):
            return True
        given = at + 1 < len(self.words) and self.words[at + 1].key in rules.given | rules.weak_given
        return colon and word.key in rules.surnames | rules.weak_given and given and "," in self.gap(at + 1)

    def _is_sure(self, found: Range, cue: str, word: Word, *, colon: bool) -> bool:
        """Whether a name after a cue is one: weak cues and capitals all over ask for more."""
        start, end = found
        if colon or self.is_known(start, end) or self._is_acting(start, end):
            return True
        if end < len(self.words) and find_phrase(self.words, end, self.rules.credentials):
            return True
        first, weak = self.words[start], cue in self.rules.weak_cues
        if first.shouted and (word.shouted or end - start == 1):
            signed = cue.endswith(" by") and not weak
            after = self.text[self.words[end - 1].end :][:2]
            told = bool(re.match(r"\s?\(", after)) or (self.gap(start).startswith(",") and after.startswith(","))
            return (end - start > 1 and (signed or told)) or (not word.shouted and not weak and len(first.text) > 4)
        if weak:
            return first.key not in self.rules.eponyms and (end - start > 1 or cue in _LETTERS)
        return first.key not in self.rules.eponyms or end - start > 1 or cue.endswith((" by", " with"))

    def _is_acting(self, start: int, end: int) -> bool:
        """Whether a name goes on as a person does: `Noor has had fever`, `Lupe and her parents`."""
        if self.words[start].key in self.rules.eponyms or self.words[start].shouted or end >= len(self.words):
            return False
        if re.match(r"\sand\s(?:his|her|their)\s", self.text[self.words[end - 1].end :][:12]):
            return True
        return self.gap(end) == " " and bool(find_phrase(self.words, end, self.rules.does))

    def _in_small_letters(self, start: int, at: int) -> Iterator[Range]:
        """A value of a form in small letters, up to a wide space, a sign or the next label."""
        end = start
        while end < len(self.words) and end - start < 4:
            word = self.words[end]
            if (
                word.key in self.rules.not_names
                or word.key in self.rules.ends
                or (end > start and self.gap(end) != " ")
            ):
                break
            end += 1
        if end == start:
            return
        after = self.text[self.words[end - 1].end : self.words[end - 1].end + 2]
        if re.match(r"\s{2}|\n|\s?[,;(|]|\s\d|$", after) or (
            end < len(self.words) and self.words[end].key in self.rules.ends
        ):
            yield start, end

    def _before_credential(self, at: int) -> Iterator[Range]:
        phrase = find_phrase(self.words, at, self.rules.credentials)
        if (
            not phrase
            or at == 0
            or not re.fullmatch(r"\s?,\s{0,2}|\s", self.gap(at))
            or not self.words[at].text[0].isupper()
        ):
            return
        start = self.back(at)
        comma = "," in self.gap(at)
        weak = " ".join(phrase) in self.rules.weak_credentials or not comma
        if start < at and (not weak or (self.is_known(start, at) and (comma or at - start > 1))):
            yield start, at

    def _before_verb(self, at: int) -> Iterator[Range]:
        phrase = find_phrase(self.words, at, self.rules.does)
        aged = bool(_AGED.match(self.text, self.words[at].start))
        if not (phrase or aged) or at == 0 or self.gap(at) not in (" ", "\n", "  "):
            return
        start = self.back(at)
        words, things = self.words[start:at], self.rules.eponyms - self.rules.surnames
        if not words or words[0].key in things or any(w.shouted for w in words):
            return
        if aged or self.is_known(start, at) or len(words) > 1 or " ".join(phrase) in self.rules.only_persons:
            yield start, at
