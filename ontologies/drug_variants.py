"""The ways in which one name of a drug may be meant: written out, put in order, parted, under its other names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from ontologies.drug_dictionary import english_name, names_by_sound
from ontologies.drug_named import Named, spell
from ontologies.drug_words import Word, drug_rules, either, phrase_key
from ontologies.model import Reading
from ontologies.names import salt_words

Known = Callable[[str], bool]
_WRITTEN_OUT = 0.97
_OTHER_NAME = 0.97
_SALT_BEHIND = 0.98
_SWAPPED = 0.93
_NO_NUMBER = 0.96
_GLUED = 0.95
_BY_SOUND = 0.95
_PARTS = 0.97
_LOOSE_PARTS = 0.94
"""A list whose names only a dash or a comma parts."""
_WITHOUT_SALT = 0.75
"""A salt is not its ingredient: what is left where no salt of the name is known."""
_WITHOUT_FIRST = 0.55
"""The same where the salt stands first: it may be the substance itself, as in "citrate dextrose"."""
_STRONG, _LOOSE = re.compile(r"[/+&]"), re.compile(r"[-,/+&]")
_SHORTEST = 3
_WRITTEN_ON = ("hcl", "hbr", "succ", "tart", "sod")


def find_variants(named: Named, known: Known | None, *, drug: bool = True) -> Iterator[Reading]:
    """The readings of a name from which strength, form and noise have been taken off, best first."""
    spelled = _written_as(named)
    yield spelled.reading()
    if any(word.tag == "number" for word in named.words):
        yield from _without_numbers(named, known, drug=drug)
    if drug or named.is_used or len(named.words) > 1:
        named = _expanded(named)
        yield named.reading()
    yield from _find_other_names(named)
    yield from _find_parts(named)
    yield from _find_in_order(named)
    yield from _find_without_salt(named)
    yield from _find_glued(named)
    if known:
        yield from _find_known_parts(named, known)


def _written_as(named: Named) -> Named:
    """Salts written out, letters that stand for a name left as they are."""
    words = [word._replace(value=word.text) if word.tag == "abbreviation" else word for word in named.words]
    changed = [word for word in named.words if word.tag == "salt" and word.text != word.value]
    if not changed:
        return replace(named, words=tuple(words))
    said = ", ".join(f"{word.text!r} read as {word.value}" for word in changed)
    return named.also(_SALT_BEHIND, said, words=words)


def _expanded(named: Named) -> Named:
    changed = [word for word in named.words if word.tag in ("salt", "abbreviation") and word.text != word.value]
    if not changed:
        return named
    worth = _WRITTEN_OUT if any(word.tag == "abbreviation" for word in changed) else _SALT_BEHIND
    return named.also(worth, ", ".join(f"{word.text!r} read as {word.value}" for word in changed))


def _without_numbers(named: Named, known: Known | None, *, drug: bool) -> Iterator[Reading]:
    """A number that stands alone as the strength it may be: "Lipitor 20", not "vitamin B 12"."""
    loose = [word for place, word in enumerate(named.words) if _is_loose(named.words, place)]
    if loose:
        words = [word for word in named.words if word not in loose]
        left = [word._replace(tag="strength") for word in loose]
        said = f"{', '.join(word.text for word in loose)} read as strength"
        shorter = named.also(_NO_NUMBER, said, left=left, words=words)
        if words:
            yield from find_variants(shorter, known, drug=drug)


def _is_loose(words: Sequence[Word], place: int) -> bool:
    """True for numbers set apart by a space from a word that is no letter, and those that follow one: "5/325"."""
    if words[place].tag != "number" or place == 0:
        return False
    if words[place - 1].tag == "number":
        return _is_loose(words, place - 1)
    return words[place].before.isspace() and len(words[place - 1].value) > 2


def _find_other_names(named: Named) -> Iterator[Reading]:
    """The names of the same substance in other countries, its salts kept."""
    base = [word for word in named.words if word.tag != "salt"]
    salts = [word for word in named.words if word.tag == "salt"]
    whole = named.text()
    for text, behind in ((whole, ""), (spell(base), spell(salts))) if salts and base else ((whole, ""),):
        for other in other_names(text):
            yield named.reading(f"{other} {behind}".strip(), worth=_OTHER_NAME, done=f"{text!r} is also called {other}")
    yield from _respelled(named, whole)


def _respelled(named: Named, whole: str) -> Iterator[Reading]:
    for one, two in drug_rules()["other_names"]["spellings"]:
        for old, new in ((one, two), (two, one)):
            if old in whole and new not in whole:
                said = f"spelled with {new!r} for {old!r}"
                yield named.reading(whole.replace(old, new), worth=_OTHER_NAME, done=said)


def other_names(name: str) -> tuple[str, ...]:
    """What the substance of that name is called elsewhere."""
    return _groups().get(phrase_key(name), ())


@cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in drug_rules()["other_names"]["groups"]:
        for name in group:
            found[phrase_key(name)] = tuple(other for other in group if other != name)
    return found


def _find_parts(named: Named) -> Iterator[Reading]:
    """A combination: under its joint name, its parts sorted, then as its parts; the salts of the parts last."""
    parts, worth = _parted(named.words)
    if len(parts) < 2:
        if " / " in named.text():
            yield from _both(named, named.text().split(" / "), _PARTS, "")
        return
    yield from _both(named, [spell(part) for part in parts], worth, "read as a combination")
    bare = [[word for word in part if word.tag != "salt"] or part for part in parts]
    salts = [word for part in parts for word in part if word.tag == "salt"]
    if bare != parts:
        said = f"{', '.join(word.value for word in salts)} left out"
        yield from _both(named.also(_WRITTEN_OUT, said, left=salts), [spell(part) for part in bare], worth, "")
    usual = [(other_names(spell(part)) or (spell(part),))[0] for part in bare]
    if usual != [spell(part) for part in bare]:
        yield from _both(named.also(_OTHER_NAME, "names of another country"), usual, worth, "read as a combination")


def _both(named: Named, parts: Sequence[str], worth: float, done: str) -> Iterator[Reading]:
    flat = list(dict.fromkeys(name.strip() for part in parts for name in part.split(" / ") if name.strip()))
    if len(flat) > 1:
        for joint in joint_names(flat):
            yield named.reading(joint, worth=worth, done=done)
        yield named.reading(*flat, worth=worth, done=done)


def joint_names(parts: Sequence[str]) -> Iterator[str]:
    """The names that a terminology may have for a combination: sorted as RxNorm has them, joined by "and"."""
    ordered = sorted(parts, key=str.lower)
    yield " / ".join(ordered)
    yield " and ".join(ordered)
    if len(parts) == 2:
        yield " and ".join(reversed(ordered))


def _parted(words: Sequence[Word]) -> tuple[list[list[Word]], float]:
    """The parts that marks set apart: bars and plus signs, else dashes and commas between whole words."""
    for marks, worth in ((_STRONG, _PARTS), (_LOOSE, _LOOSE_PARTS)):
        parts: list[list[Word]] = []
        for word in words:
            if not parts or (marks.search(word.before) and word.tag != "number"):
                parts.append([])
            parts[-1].append(word)
        if len(parts) > 1 and all(_can_stand(part, last=part is parts[-1]) for part in parts):
            return parts, worth
    return [list(words)], 1.0


def _can_stand(part: Sequence[Word], *, last: bool) -> bool:
    """True where the words can be a drug on their own: no lone salt, but for an element before others, no letter."""
    if len(part) == 1 and part[0].tag == "salt" and (last or part[0].value not in _elements()):
        return False
    return sum(letter.isalpha() for letter in spell(part)) >= _SHORTEST


def _find_in_order(named: Named) -> Iterator[Reading]:
    """Salts before the name put behind it; two words changed about."""
    words = named.words
    salts = [word for word in words if word.tag == "salt"]
    base = [word for word in words if word.tag != "salt"]
    if salts and base and (words[0].tag == "salt" or any("," in word.before for word in salts)):
        put = [word._replace(before=" ") for word in (*base, *salts)]
        yield named.reading(spell(put), worth=_SALT_BEHIND, done="salt put behind the name")
    elif len(words) == 2 and words[0].tag == "name" and (words[1].tag == "name" or words[1].value in _elements()):
        turned = [words[1]._replace(before=""), words[0]._replace(before=" ")]
        yield named.reading(spell(turned), worth=_SWAPPED, done="two words changed about")
    elif len(words) == 3 and all(word.tag == "name" for word in words):
        turned = [words[0], words[2]._replace(before=" "), words[1]._replace(before=" ")]
        yield named.reading(spell(turned), worth=_SWAPPED, done="two words changed about")


def _find_without_salt(named: Named) -> Iterator[Reading]:
    """The ingredient where no such salt is known; the salt stays among the qualifiers."""
    salts = [word for word in named.words if word.tag == "salt"]
    base = [word for word in named.words if word.tag != "salt"]
    listed = any(_LOOSE.search(word.before.replace(",", "")) for word in salts)
    if not salts or not base or listed or _is_element(base):
        return
    said = f"{spell(salts)!r} left out: the ingredient, not its salt"
    worth = (
        _WITHOUT_FIRST
        if named.words[0].tag == "salt" and not any("," in word.before for word in base)
        else _WITHOUT_SALT
    )
    shorter = named.also(worth, said, left=salts, words=base)
    yield shorter.reading()
    for other in other_names(shorter.text()):
        yield shorter.reading(other, worth=_OTHER_NAME, done=f"{shorter.text()!r} is also called {other}")


def _is_element(base: Sequence[Word]) -> bool:
    return all(word.value.lower() in _elements() for word in base)


@cache
def _elements() -> frozenset[str]:
    return frozenset(drug_rules()["elements"]["words"])


def _find_glued(named: Named) -> Iterator[Reading]:
    """Words of salts that are written on to the name, "metforminhcl", and elements before one, "SodiumIodide"."""
    behind, before = _glued()
    for place, word in enumerate(named.words):
        if word.tag != "name":
            continue
        rest, around = named.words[:place], named.words[place + 1 :]
        if match := behind.fullmatch(word.text):
            salt = Word("salt", match[2], _written_on()[match[2]], " ")
            split = named.also(
                _GLUED,
                f"{word.text!r} read as {match[1]} {salt.value}",
                words=[*rest, word._replace(value=match[1]), salt, *around],
            )
            yield split.reading()
            yield from _find_without_salt(split)
            return
        if match := before.fullmatch(word.text):
            words = [*rest, word._replace(value=match[1]), word._replace(value=match[2], before=" "), *around]
            yield named.also(_GLUED, f"{word.text!r} read as {match[1]} {match[2]}", words=words).reading()


@cache
def _glued() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A name with a salt written on to its end, and one with an element before it."""
    elements = [element for element in _elements() if len(element) > 5]
    return re.compile(rf"(.{{4,}}?)({either(_written_on())})"), re.compile(rf"({either(elements)})(.{{4,}})")


@cache
def _written_on() -> Mapping[str, str]:
    """Salts and their stumps that may be written on to a name, with the salts."""
    salts = drug_rules()["salts"]
    found = {salt: salt for salt in salts if len(salt) > 5}
    found |= {stump: salt for salt, stumps in salts.items() for stump in stumps if stump in _WRITTEN_ON}
    return found


def find_by_sound(named: Named) -> Iterator[Reading]:
    """A Chinese name in pinyin: "asipilin"."""
    letters = "".join([word.text for word in named.words]).replace("ü", "v")
    for name in names_by_sound(letters):
        for said in (name, english_name(name)):
            yield named.reading(said, worth=_BY_SOUND, done=f"pinyin of {name}, {english_name(name)}")


def _find_known_parts(named: Named, known: Known) -> Iterator[Reading]:
    """Names written together that a vocabulary knows apart: "amoxicillinclavulanate"."""
    if len(named.words) != 1 or len(named.words[0].value) < 2 * _SHORTEST + 4:
        return
    whole = named.words[0].text
    for cut in range(len(whole) - _SHORTEST - 1, _SHORTEST, -1):
        parts = [whole[:cut], whole[cut:]]
        if all(part not in salt_words() and known(part) for part in parts):
            yield from _both(named, parts, _LOOSE_PARTS, "names written together set apart")
            return
