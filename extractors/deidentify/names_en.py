"""Names of persons in English texts, by what stands around them, common names, and repetition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.deidentify.english_reader import NameReader
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
_INITIALS = re.compile(r"(?m)^[A-Z]{2}[A-Za-z]?(?=\s\d{1,2}/\d{1,2}(?:/\d{2,4})?\s*$)")
_TOLD = re.compile(
    r",?\s(?:\(?(?:DOB|MRN|born)\b|(?:a\s|is\s)?\d{1,3}[\s-]?(?:y|mo?\b|f\b|w\b)|G\d+P\d)|,\s(?:aged?|male|female)\b"
)
_BRACKETED = re.compile(r"\s?\([^()\n]{1,30}\)")
_LIST_GAP = re.compile(r"\s?[,;&/]\s{0,2}|\s(?:and|&)\s|,\sand\s")
Range = tuple[int, int]


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


class NameFinder(NameReader):
    """Finds names in one text; ranges count its words."""

    def find_all(self) -> Iterator[Range]:
        """Names after titles and cues, before credentials and verbs, and those of common names."""
        for at, word in enumerate(self.words):
            if word.key in self.rules.titles and word.capital:
                yield from self._after_title(at)
            if word.key in self.rules.cues:
                yield from self._after_cue(at)
            if word.capital:
                if word.key in self.rules.credentials:
                    yield from self._before_credential(at)
                yield from self._of_common_names(at)
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
            bracket = bool(re.match(r"\s?\(", self.text[self.words[end - 1].end :][:2]))
            return (end - start > 1 and (signed or bracket)) or (not word.shouted and not weak and len(first.text) > 4)
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

    def _of_common_names(self, at: int) -> Iterator[Range]:
        """Ana Ruiz; Ruiz, Ana; J. Ruiz; | RUIZ/ANA |."""
        rules, word = self.rules, self.words[at]
        if self.text[word.end : word.end + 1].isdigit():
            return
        end = self.read(at)
        if word.key in rules.given and end > at:
            if not self._is_thing(at, end):
                yield at, self.with_given(at, end) if word.key in rules.surnames else end
        elif end - at > 1 and (self._pairs(at, end) or self._signs(at, end) or self._is_told(at, end)):
            yield at, end
        elif end == at + 1 and end < len(self.words) and self._is_turned(at):
            yield at, self.read(at + 1)

    def _is_thing(self, at: int, end: int) -> bool:
        """Whether a common name is something else: ANA alone is a test, Ann Arbor a staging."""
        word = self.words[at]
        alone = end - at == 1 and word.shouted and len(word.text) < 4
        return alone or (end - at > 1 and all(each.key in self.rules.eponyms for each in self.words[at:end]))

    def _is_turned(self, at: int) -> bool:
        """Whether a surname and then a given name stand there: `Ruiz, Ana`, `| RUIZ/ANA |`."""
        rules, word, following = self.rules, self.words[at], self.words[at + 1]
        given = rules.given | rules.weak_given
        if self.gap(at + 1) == "/":
            piped = "|" in self.text[max(0, word.start - 3) : word.start]
            known = word.key in given | rules.surnames and following.key in given | rules.surnames
            return word.shouted and following.shouted and (piped or known)
        if not re.fullmatch(r",\s", self.gap(at + 1)) or not following.capital or word.key in rules.eponyms:
            return False
        full = at + 2 < len(self.words) and self.read(at + 1) - at > 2 and len(self.words[at + 2].text) > 1
        return not full and (following.key in rules.given or (word.key in rules.surnames and following.key in given))

    def _is_told(self, at: int, end: int) -> bool:
        """Whether an age, a birth or a number of a record follows: `Ana Ruiz, 45 y/o`."""
        shouted = all(word.shouted for word in self.words[at:end])
        return bool(_TOLD.match(self.text, self.words[end - 1].end)) and not shouted and not self.is_eponym(end)

    def _signs(self, at: int, end: int) -> bool:
        """Whether words are the signature that ends a text: the last line, or one that begins with a dash or stroke."""
        if not self._is_line(at, end) or any(w.shouted or w.key in self.rules.eponyms for w in self.words[at:end]):
            return False
        marked = self.text[: self.words[at].start].rstrip(" ").endswith(("-", "/"))
        return marked or end == len(self.words)

    def _is_line(self, at: int, end: int) -> bool:
        """Whether words are all that a line has, but for signs: a signature."""
        text = self.text
        if "\n" not in text:
            return False
        before = text[text.rfind("\n", 0, self.words[at].start) + 1 : self.words[at].start]
        return not before.strip(" \t-/~*") and not text[self.words[end - 1].end :].partition("\n")[0].strip(" \t.,")

    def _pairs(self, at: int, end: int) -> bool:
        """Whether words are a name by the last of them: a common surname after something that is no eponym."""
        rules, words = self.rules, self.words[at:end]
        named = words[-1].key in rules.surnames and not any(w.key in rules.eponyms for w in words)
        if words[0].key in rules.weak_given:
            return words[-1].key in rules.surnames or len(words) > 2 or self._is_line(at, end)
        return (named and not words[0].shouted) or (named and len(words[0].text) == 1)
