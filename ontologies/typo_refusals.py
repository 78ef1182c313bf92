"""What a correction of spelling must not do: the refusals, each in words.

A correction must never change what a name is about. It is refused where it would touch a number, a side, a negation or
another protected word, where the opposite of the name would be as near, and where drugs are known to be confused.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from ontologies.confusable import confusable_with
from ontologies.drug_dictionary import is_other_sound
from ontologies.script import FIRST_CHINESE
from ontologies.typo_letters import COMMON, USUAL
from ontologies.typo_opposites import distance_of, makes_opposite
from ontologies.typo_rules import Misspelt, Typo, makes_condition, typo_rules
from ontologies.typo_sense import (
    MUCH,
    is_chinese,
    is_noise,
    is_only_one,
    is_stray_letter,
    is_telling,
    names_other_drug,
    words_at,
)

_WORDS = re.compile(r"[A-Za-z]*[A-Z][A-Za-z]*")
_ROMAN = re.compile(r"[ivx]{1,4}")
TOO_SHORT = "too short to be corrected"
_SHORT = 3
"""Letters of a protected word that is easily made of another one (no, not, non)."""


def why_not(spelt: Misspelt) -> str:
    """Why the typo must not be corrected, in words; "" where it may be."""
    typo = spelt.typo
    if is_too_short(spelt):
        return TOO_SHORT
    if _changes_protected(typo, spelt.form, spelt.key) and not (_is_safe(spelt) or _is_word_misspelt(spelt)):
        return "a number, side, negation or the like would be changed"
    if _changes_place(spelt):
        return "what was typed names a place or a substance"
    if typo.sort == "blank":
        return ""
    if makes_opposite(spelt):
        return "its opposite is as near"
    if any(distance_of(typo.typed, other.replace(" ", "")) <= 1 for other in confusable_with(spelt.key)):
        return "a drug that is taken for it is as near"
    if is_chinese(typo.typed) and names_other_drug(typo):
        return "what was typed names another drug"
    return ""


def is_too_short(spelt: Misspelt) -> bool:
    """Whether the name is so short that anything may be one typo away from it."""
    return spelt.typo.sort != "blank" and len(spelt.typo.meant) < _shortest(spelt)


def why_not_drug(spelt: Misspelt) -> str:
    """Why the typo must not be corrected into the name of a drug, in words; "" where it may be.

    One character tells many Chinese names of drugs apart (甲苯咪唑, 甲巯咪唑), and a lexicon lacks some of them; who
    types by sound takes one for another that sounds the same. Short names in letters are coined: one that can be spoken
    as it was typed may be another product.
    """
    typo = spelt.typo
    if typo.sort == "other" and is_other_sound(typo.here, typo.there):
        return "another drug may be called so"
    short = len(typo.meant) <= int(typo_rules()["lengths"]["coined"]) and max(typo.typed) < FIRST_CHINESE
    if short and typo.sort in ("other", "added") and spelt.grade >= USUAL:
        return "another product may be called so"
    return ""


def why_not_word(spelt: Misspelt, written: str) -> str:
    """Why the typo must not be corrected in a Latin word, in words; "" where it may be.

    `written` is the name as its terminology writes it: letters of abbreviations in it (IgE, RNA) are not corrected.
    One word alone that is made of common runs of letters is not made of another.
    """
    typo, form, lengths = spelt.typo, spelt.form, typo_rules()["lengths"]
    if typo.sort not in ("lost", "other") or written.isupper():
        return ""
    words = (word for word in spelt.meant.split() if len(word) <= int(lengths["abbreviation"]) and word.isascii())
    changed = {word.upper() for word in words if word not in form.split()}
    if changed and not changed.isdisjoint(_WORDS.findall(written)):
        return "letters of an abbreviation would be changed"
    alone = typo.sort == "other" and form.isascii() and form.isalpha()
    if alone and len(form) <= int(lengths["coined_common"]) and spelt.grade == COMMON:
        return "another name may be spelt so"
    return ""


def _is_word_misspelt(spelt: Misspelt) -> bool:
    """Whether one protected or empty word was misspelt, and nothing else: wjth is no other word than with."""
    typed, meant = set(spelt.form.split()), set(spelt.meant.split())
    here, there = typed - meant, meant - typed
    if len(here) != 1 or len(there) != 1:
        return False
    words, empty = _protected()
    word, asked = there.pop(), here.pop()
    if word in empty:
        return spelt.typo.sort == "lost"
    return len(word) > _SHORT and word.isascii() and word in words and not spelt.known.knows(asked)


def _is_safe(spelt: Misspelt) -> bool:
    """Whether a protected character may be corrected all the same: it is noise, or nothing else could be put there."""
    typo, protected = spelt.typo, _protected()[0]
    if is_stray_letter(typo):
        return True
    if typo.sort == "swap":
        return is_chinese(typo.here) and not any(map(is_telling, typo.here)) and not spelt.sense_at_most
    if protected.isdisjoint(typo.there):
        return is_noise(typo, spelt.known)
    if not protected.isdisjoint(typo.here) or spelt.sense_at_most > (typo.sort == "lost"):
        return False
    return is_only_one(typo, spelt.known)


def _shortest(spelt: Misspelt) -> int:
    """Characters that the name must have at least."""
    typo, lengths = spelt.typo, typo_rules()["lengths"]
    at_edge = typo.start in (0, len(typo.typed))
    if not (is_chinese(typo.meant) and typo.sort == "lost" and at_edge):
        return int(lengths["chinese" if is_chinese(typo.meant) else "latin"][typo.sort])
    if len(typo.meant) >= int(lengths["chinese_edge"]):
        return 0
    if is_noise(typo, spelt.known):
        return int(lengths["chinese_edge_noise"])
    at_end = typo.start and not makes_condition(typo) and spelt.sense_at_most < MUCH
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


def _changes_place(spelt: Misspelt) -> bool:
    """Whether what was typed too much is a place in the body or makes a product, or what begins it says of what it is.

    A character that stands there twice is a typo all the same, and so is one inside that makes no sense there. One
    place, or one substance, that stands for another is a typo only where it is noise.
    """
    typo, rules = spelt.typo, typo_rules()["protected"]
    here, there, inside = typo.here, typo.there, 0 < typo.start < typo.end < len(typo.typed)
    if typo.sort == "added" and here in rules["places"]:
        twice = here in (typo.typed[typo.start - 1 : typo.start], typo.typed[typo.end : typo.end + 1])
        return not twice and (not inside or spelt.sense_at_most > 0)
    if typo.sort == "added" and typo.end == len(typo.typed) and here in rules["tails"]:
        return True
    groups = (rules["places"], rules["compounds"])
    if typo.sort == "other" and any(here in group and there in group for group in groups):
        return not is_noise(typo, spelt.known)
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


@cache
def _protected() -> tuple[frozenset[str], frozenset[str]]:
    """Words and characters that are protected, and short words that are not."""
    rules = typo_rules()["protected"]
    return frozenset((*rules["words"], *rules["characters"])), frozenset(rules["empty"])
