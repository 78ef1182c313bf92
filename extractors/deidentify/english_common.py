"""English names that show by themselves: common names, signatures, and what an age or a number follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from extractors.deidentify.english_reader import NameReader

Range: TypeAlias = tuple[int, int]

_KIN = (
    r"(?:mother|father|mom|dad|wife|husband|son|daughter|sister|brother|parent|guardian|spouse|partner|aunt|uncle"
    r"|niece|nephew)"
)
_TOLD = re.compile(
    r",?\s(?:\(?(?:DOB|MRN|born)\b|(?:a\s|is\s)?\d{1,3}[\s-]?(?:y|mo?\b|f\b|w\b)|G\d+P\d)|,\s(?:aged?|male|female)\b"
    rf"|,\s(?:(?:his|her|the|their|patient's|pt's)\s)?{_KIN}\b"
)


class CommonNames(NameReader):
    """Finds names by the words they are made of; ranges count words."""

    def of_common_names(self, at: int) -> Iterator[Range]:
        """Ana Ruiz; Ruiz, Ana; J. Ruiz; | RUIZ/ANA |."""
        rules, word = self.rules, self.words[at]
        if self.text[word.end : word.end + 1].isdecimal():
            return
        end = self.read(at)
        if word.key in rules.given and end > at:
            if not self._is_thing(at, end):
                yield at, self.with_given(at, end) if word.key in rules.surnames else end
        elif end - at > 1 and (self._pairs(at, end) or self._signs(at, end) or self._is_told(at, end)):
            yield at, end
        elif end == at + 1 and end < len(self.words) and self._is_turned(at):
            yield at, self.read(at + 1)
        elif word.key in rules.sure_surnames and end > at and not word.shouted and not self._is_scale(end):
            yield at, end

    def _is_scale(self, end: int) -> bool:
        """Whether a number follows, as after what is measured: Borg 4/10."""
        return bool(re.match(r"\s?\d", self.text[self.words[end - 1].end :][:2]))

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
        if self._is_field(at):
            return True
        full = at + 2 < len(self.words) and self.read(at + 1) - at > 2 and len(self.words[at + 2].text) > 1
        return not full and (following.key in rules.given or (word.key in rules.surnames and following.key in given))

    def _is_field(self, at: int) -> bool:
        """Whether `Ruiz, Ana` is all that a field holds: after a colon, before a semicolon, a stroke or a label."""
        word, end = self.words[at], self.read(at + 1)
        after = self.text[self.words[end - 1].end :][:6] if end > at + 1 else ""
        opened = self.text[max(0, word.start - 2) : word.start].rstrip(" ").endswith((":", "|"))
        closed = r"\.?\s{0,4}(?:DOB|MRN)" if word.shouted else r"\.?\s?(?:[;|(]|DOB|MRN)"
        return opened and bool(re.match(closed, after))

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
