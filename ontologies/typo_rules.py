"""What sort of typo makes one name of another, and whether it may be corrected: the rules of `rules/typos.toml`.

A correction must never change what a name is about. It is refused where it would touch a number, a side, a negation or
another protected word, where the opposite of the name would be as near, and where drugs are known to be confused; and
it counts for little where what was typed makes sense as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ontologies.confusable import confusable_with
from ontologies.drug_dictionary import is_other_sound
from ontologies.rules import read_rules
from ontologies.script import FIRST_CHINESE
from ontologies.typo_letters import COMMON, USUAL
from ontologies.typo_sense import (
    Known,
    grade_of,
    is_chinese,
    is_noise,
    is_only_one,
    is_telling,
    names_other_drug,
    sense_of,
    words_at,
)

_WORDS = re.compile(r"[A-Za-z]*[A-Z][A-Za-z]*")
_ROMAN = re.compile(r"[ivx]{1,4}")
CORRECTED = "typo corrected"
"""What the reason of a correction begins with."""
TOO_SHORT = "too short to be corrected"
_SHORT = 3
"""Letters of a protected word that is easily made of another one (no, not, non)."""
_MUCH = 2
"""What `sense_of` says of a name that makes sense as it was typed."""


@dataclass(frozen=True, slots=True)
class Typo:
    """What was typed instead of a name: characters `start` to `end` of `typed`, for `meant`; blanks do not count.

    `sort` is blank (only blanks or signs differ), swap, lost, added or other.
    """

    sort: str
    typed: str
    meant: str
    start: int
    end: int

    @property
    def here(self) -> str:
        """What stands in the place of the typo as it was typed."""
        return self.typed[self.start : self.end]

    @property
    def there(self) -> str:
        """What was meant in the place of the typo."""
        return self.meant[self.start : self.end + len(self.meant) - len(self.typed)]

    def told(self) -> str:
        """What was done to the name, in words."""
        here, there = self.here, self.there
        words = {
            "blank": "only blanks or signs differ",
            "swap": f"{here!r} for {there!r}, two characters swapped",
            "lost": f"{there!r} is missing",
            "added": f"{here!r} is too much",
            "other": f"{here!r} for {there!r}",
        }
        return f"{CORRECTED}: {words[self.sort]}"


def find_typo(typed: str, meant: str) -> Typo:
    """The typo that makes `typed` of `meant`, which is at most one edit away; blanks do not count."""
    typed, meant = typed.replace(" ", ""), meant.replace(" ", "")
    if typed == meant:
        return Typo("blank", typed, meant, 0, 0)
    most = min(len(typed), len(meant))
    start = next((place for place in range(most) if typed[place] != meant[place]), most)
    same = next((n for n in range(most - start) if typed[-1 - n] != meant[-1 - n]), most - start)
    end = len(typed) - same
    if len(typed) != len(meant):
        return Typo("lost" if len(typed) < len(meant) else "added", typed, meant, start, end)
    return Typo("swap" if end - start == 2 else "other", typed, meant, start, end)


def weight_of(typo: Typo) -> float:
    """How probable the typo is beside others: only ratios mean something."""
    return float(_rules()["weights"][typo.sort])


def rival_ratio() -> float:
    """A name whose typo is less probable by this factor is no rival to another."""
    return float(_rules()["weights"]["rival"])


def certainty_of(typo: Typo, form: str, meant: str, known: Known) -> float:
    """What is left of a score: less, the more speaks for `form` being meant as it was typed, by the `known` names.

    `form` is what was typed and `meant` the name's spelling, with their blanks.
    """
    sense = sense_of(typo, form, meant, known)
    certain: list[float] = _rules()["certain_mostly" if _says_the_same(typo, sense) else "certain"][typo.sort]
    return min(certain) if sense and _makes_a_condition(typo) else certain[sense]


def _says_the_same(typo: Typo, sense: int) -> bool:
    """Whether a Chinese name with the typo would hardly be a name of its own, even where it makes sense.

    So it is where only characters without a meaning of their own differ (性, 症), and in long names: few names of so
    many characters lie one character apart by chance, unless both make sense and a place tells them apart.
    """
    rules, length = _rules(), len(typo.meant)
    if not is_chinese(typo.meant):
        return typo.sort == "lost" and length >= int(rules["lengths"]["latin_long_lost"])
    if set(typo.here + typo.there) <= set(rules["protected"]["neutral"]):
        return length >= int(rules["lengths"]["chinese_neutral"])
    if sense == _MUCH and (typo.sort in ("added", "other") or typo.there in rules["protected"]["telling"]):
        return False
    inside = 0 < typo.start < len(typo.typed)
    return length >= int(rules["lengths"]["chinese_long_lost" if typo.sort == "lost" and inside else "chinese_long"])


def _makes_a_condition(typo: Typo) -> bool:
    """Whether the correction makes a disease of a place or an organism, or what comes after it of a procedure."""
    at_end = typo.sort == "lost" and typo.start == len(typo.typed)
    rules = _rules()["protected"]
    return at_end and typo.there in rules["heads"] and typo.typed[-1] not in rules["before_heads"]


def why_not(typo: Typo, form: str, meant: str, key: str, known: Known) -> str:
    """Why the typo must not be corrected, in words; "" where it may be.

    `form` is what was typed and `meant` the name's spelling, with their blanks; `key` is the normal form of the name,
    and `known` what the names of the lexicon are made of.
    """
    sense = sense_of(typo, form, meant, known) if known.knows_much else _MUCH
    if typo.sort != "blank" and len(typo.meant) < _shortest(typo, sense, known):
        return TOO_SHORT
    if _changes_protected(typo, form, key) and not (
        _is_safe(typo, sense, known) or _is_word_misspelt(form, meant, known)
    ):
        return "a number, side, negation or the like would be changed"
    if _changes_place(typo, sense, known):
        return "what was typed names a place or a substance"
    if typo.sort == "blank":
        return ""
    if _makes_opposite(typo, form, meant):
        return "its opposite is as near"
    if any(_distance(typo.typed, other.replace(" ", "")) <= 1 for other in confusable_with(key)):
        return "a drug that is taken for it is as near"
    if is_chinese(typo.typed) and names_other_drug(typo):
        return "what was typed names another drug"
    return ""


def _is_word_misspelt(form: str, meant: str, known: Known) -> bool:
    """Whether what differs is one protected word that was misspelt: wjth is no other word than with."""
    here, there = set(form.split()).difference(meant.split()), set(meant.split()).difference(form.split())
    if len(here) != 1 or len(there) != 1:
        return False
    (typed,), (word,) = here, there
    return len(word) > _SHORT and word.isascii() and word in _protected()[0] and not known.knows(typed)


def _is_safe(typo: Typo, sense: int, known: Known) -> bool:
    """Whether a protected character may be corrected all the same: it is noise, or nothing else could be put there."""
    if typo.sort == "swap":
        return not sense and is_chinese(typo.here) and not any(map(is_telling, typo.here))
    protected = _protected()[0]
    if protected.isdisjoint(typo.there):
        return is_noise(typo, known)
    return protected.isdisjoint(typo.here) and sense <= (typo.sort == "lost") and is_only_one(typo, known)


def why_not_drug(typo: Typo, form: str, known: Known) -> str:
    """Why the typo must not be corrected into the name of a drug, in words; "" where it may be.

    One character tells many Chinese names of drugs apart (甲苯咪唑, 甲巯咪唑), and a lexicon lacks some of them; who
    types by sound takes one for another that sounds the same. Short names in letters are coined: one that can be spoken
    as it was typed may be another product.
    """
    if typo.sort == "other" and is_other_sound(typo.here, typo.there):
        return "another drug may be called so"
    short = len(typo.meant) <= int(_rules()["lengths"]["coined"]) and max(typo.typed) < FIRST_CHINESE
    if short and typo.sort in ("other", "added") and grade_of(typo, form, known) >= USUAL:
        return "another product may be called so"
    return ""


def why_not_word(typo: Typo, form: str, meant: str, written: str, known: Known) -> str:
    """Why the typo must not be corrected in a Latin word, in words; "" where it may be.

    `written` is the name as its terminology writes it: letters of abbreviations in it (IgE, RNA) are not corrected.
    One word alone that is made of common runs of letters is not made of another.
    """
    if written.isupper():
        return ""
    words = set(meant.split()).difference(form.split())
    short = (word.upper() for word in words if len(word) <= int(_rules()["lengths"]["abbreviation"]))
    if typo.sort in ("lost", "other") and any(word in _WORDS.findall(written) for word in short if word.isascii()):
        return "letters of an abbreviation would be changed"
    alone = typo.sort == "other" and form.isascii() and form.isalpha()
    if alone and len(form) <= int(_rules()["lengths"]["coined_common"]) and grade_of(typo, form, known) == COMMON:
        return "another name may be spelt so"
    return ""


def _shortest(typo: Typo, sense: int, known: Known) -> int:
    """Characters that the name must have at least."""
    lengths = _rules()["lengths"]
    at_edge = typo.start in (0, len(typo.typed))
    if not (is_chinese(typo.meant) and typo.sort == "lost" and at_edge):
        return int(lengths["chinese" if is_chinese(typo.meant) else "latin"][typo.sort])
    if is_noise(typo, known):
        return int(lengths["chinese_edge_noise"])
    at_end = typo.start and sense < _MUCH and not _makes_a_condition(typo)
    return int(lengths["chinese_end" if at_end else "chinese_edge"])


def _changes_protected(typo: Typo, form: str, key: str) -> bool:
    here, there = _protected_in(form), _protected_in(key)
    if here == there:
        return False
    if typo.sort == "blank":
        return [word for word in here if word[0].isdigit()] != [word for word in there if word[0].isdigit()]
    end = typo.end + len(typo.meant) - len(typo.typed)
    if typo.meant == key.replace(" ", "") and set(words_at(key, typo.start, end)) <= _protected()[1]:
        touched = set(words_at(form, typo.start, typo.end))
        return tuple(word for word in here if word not in touched) != there
    return True


def _changes_place(typo: Typo, sense: int, known: Known) -> bool:
    """Whether what was typed too much is a place in the body, or what begins the name says what a compound is.

    A character that stands there twice is a typo all the same, and so is one inside that makes no sense there. One
    place, or one substance, that stands for another is a typo only where it is noise.
    """
    here, there, rules = typo.here, typo.there, _rules()["protected"]
    if typo.sort == "added" and here in rules["places"]:
        twice = here in (typo.typed[typo.start - 1 : typo.start], typo.typed[typo.end : typo.end + 1])
        return not twice and (sense > 0 or not 0 < typo.start < typo.end < len(typo.typed))
    if typo.sort == "other" and any(
        here in group and there in group for group in (rules["places"], rules["compounds"])
    ):
        return not is_noise(typo, known)
    return typo.sort in ("added", "other") and typo.start == 0 and here in rules["compounds"]


@lru_cache(maxsize=10_000)
def _protected_in(form: str) -> tuple[str, ...]:
    """What must be the same in two names, in order."""
    words, empty = _protected()
    return tuple(
        [
            word
            for word in form.split()
            if word in words
            or word[0].isdigit()
            or (word < FIRST_CHINESE and word not in empty and (len(word) == 1 or _ROMAN.fullmatch(word)))
        ]
    )


def _makes_opposite(typo: Typo, form: str, meant: str) -> bool:
    here, there = typo.here, typo.there
    opposites = _rules()["opposites"]
    if typo.sort == "other" and any(here in pair and there in pair for pair in opposites["chinese"]):
        return True
    if (typo.sort == "added" and _negates(form, typo.start, typo.here)) or (
        typo.sort == "lost" and _negates(meant, typo.start, typo.there)
    ):
        return True
    return any(_distance(typo.typed, variant) <= 1 for variant in _opposites(meant))


def _negates(form: str, start: int, letters: str) -> bool:
    """Whether letters at `start`, too much or missing, make the opposite of the word that they begin."""
    at = 0
    for word in form.split():
        if at == start and len(word) > 4 and letters in _rules()["opposites"]["negating"]:
            return True
        at += len(word)
    return False


def _opposites(name: str) -> Iterator[str]:
    """The name, without blanks, with one of its words put into the opposite."""
    name = f" {name} "
    pattern, others = _pairs()
    for part in pattern.finditer(name):
        for other in others[part[1]]:
            yield (name[: part.start()] + other + name[part.start() + len(part[1]) :]).replace(" ", "")


def _distance(one: str, other: str) -> int:
    from rapidfuzz.distance import OSA

    distance: int = OSA.distance(one, other, score_cutoff=1)
    return distance


@cache
def _protected() -> tuple[frozenset[str], frozenset[str]]:
    """Words and characters that are protected, and short words that are not."""
    rules = _rules()["protected"]
    return frozenset((*rules["words"], *rules["characters"])), frozenset(rules["empty"])


@cache
def _pairs() -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    """Finds a word that has an opposite wherever one begins, and the opposites by word."""
    groups = _rules()["opposites"]["english"]
    others = {part: tuple(other for other in group if other != part) for group in groups for part in group}
    longest_first = sorted(others, key=len, reverse=True)
    return re.compile(f"({'|'.join(longest_first)})"), others


@cache
def _rules() -> Mapping[str, Any]:
    return read_rules(
        "typos", keys=frozenset({"lengths", "certain", "certain_mostly", "weights", "protected", "opposites"})
    )
