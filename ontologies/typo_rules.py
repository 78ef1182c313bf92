"""What sort of typo makes one name of another, how probable it is, and how certain that it is one.

The rules are data (`rules/typos.toml`); `ontologies.typo_refusals` has what must not be corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ontologies.rules import read_rules
from ontologies.typo_sense import MUCH, Known, grade_of, is_chinese, sense_of

CORRECTED = "typo corrected"
"""What the reason of a correction begins with."""


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
    return float(typo_rules()["weights"][typo.sort])


def rival_ratio() -> float:
    """A name whose typo is less probable by this factor is no rival to another."""
    return float(typo_rules()["weights"]["rival"])


@dataclass(frozen=True)
class Misspelt:
    """A name as it was typed beside one that may have been meant; not slotted, as what it says is worked out once.

    `form` is what was typed and `meant` the name's spelling, with their blanks; `key` is the normal form of the name,
    and `known` what the names of the lexicon are made of.
    """

    typo: Typo
    form: str
    meant: str
    key: str
    known: Known

    @cached_property
    def sense(self) -> int:
        """How much sense it makes as it was typed: 0, 1 or 2 (`sense_of`)."""
        return sense_of(self.typo, self.form, self.meant, self.known)

    @cached_property
    def sense_at_most(self) -> int:
        """The same where the lexicon knows enough to tell; else all is taken for sense."""
        return self.sense if self.known.knows_much else MUCH

    @cached_property
    def grade(self) -> int:
        """How usual the letters about the typo are (`grade_of`)."""
        return grade_of(self.typo, self.form, self.known)


def certainty_of(spelt: Misspelt) -> float:
    """What is left of a score: less, the more speaks for the name being meant as it was typed."""
    typo, sense = spelt.typo, spelt.sense
    certain: list[float] = typo_rules()["certain_mostly" if _says_the_same(typo, sense) else "certain"][typo.sort]
    return min(certain) if sense and makes_condition(typo) else certain[sense]


def _says_the_same(typo: Typo, sense: int) -> bool:
    """Whether a Chinese name with the typo would hardly be a name of its own, even where it makes sense.

    So it is where only characters without a meaning of their own differ (性, 症), and in long names: few names of so
    many characters lie one character apart by chance, unless both make sense and a place tells them apart.
    """
    rules, length = typo_rules(), len(typo.meant)
    if not is_chinese(typo.meant):
        return typo.sort == "lost" and length >= int(rules["lengths"]["latin_long_lost"])
    if makes_condition(typo):
        return False
    if typo.start and set(typo.here + typo.there) <= set(rules["protected"]["neutral"]):
        return length >= int(rules["lengths"]["chinese_neutral"])
    if sense == MUCH and (typo.sort in ("added", "other") or typo.there in rules["protected"]["telling"]):
        return False
    inside = 0 < typo.start < len(typo.typed)
    return length >= int(rules["lengths"]["chinese_long_lost" if typo.sort == "lost" and inside else "chinese_long"])


def makes_condition(typo: Typo) -> bool:
    """Whether the correction makes a disease of a place or an organism, or what comes after it of a procedure."""
    at_end = typo.sort == "lost" and typo.start == len(typo.typed)
    rules = typo_rules()["protected"]
    return at_end and typo.there in rules["heads"] and typo.typed[-1] not in rules["before_heads"]


@cache
def typo_rules() -> Mapping[str, Any]:
    """The rules of `rules/typos.toml`."""
    return read_rules(
        "typos", keys=frozenset({"lengths", "certain", "certain_mostly", "weights", "protected", "opposites"})
    )
