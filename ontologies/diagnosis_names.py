"""Readings of names of diseases and findings, in Chinese and English: what to look up where the name is not known.

A name in a record says more than its concept: which side, what stage, since when, how sure, and often several
conditions at once. Each reading takes some of it off (and keeps it as qualifiers), writes short forms out, puts other
words for the same or parts a list. Pure text work on `rules/diagnosis_names.toml`; no vocabulary is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from ontologies.diagnosis_affixes import Peeled, peel, read_name
from ontologies.diagnosis_lists import Parted, part, peel_parts
from ontologies.diagnosis_rules import Language, language_rules, signs
from ontologies.diagnosis_variants import find_variants
from ontologies.model import CONDITIONS, NameQualifier, Reading
from ontologies.normalize import simplified
from ontologies.script import has_chinese

_LONGEST = 200
"""Names longer than this are sentences: nothing is read in them."""
_SIGNS = frozenset("?？-－—")
"""Any sign that `find_signs` finds has one of these."""
_TRIED = 16
"""Readings of a member of a list that are tried."""
Known = Callable[[str], bool]
"""Whether the vocabulary has a name of a condition."""


def find_readings(name: str, *, language: str = "", known: Known | None = None) -> Iterator[Reading]:
    """The ways to understand `name` as one or several conditions, best first within each group of rules, lazily.

    First without what stands around the name, then other ways to write it, then the members of a list, at last
    without what mostly belongs to the name (急性, chronic). The whole name is for the caller to look up first.
    `language` is a BCP 47 tag; the script tells Chinese without. With `known`, which says whether a vocabulary has a
    name, each member of a list is given as the first of its own readings that is known; without it, as it stands and
    without what stands around it. A negated name gives only readings that carry the qualifier `negated`.
    """
    if not 1 < len(name) <= _LONGEST:
        return
    text = simplified(name).strip()
    rules = language_rules("zh" if language.startswith("zh") or has_chinese(text) else "en")
    seen: set[tuple[str, ...]] = {(name,)}
    for reading in _readings(text, rules, known):
        if reading.names not in seen:
            seen.add(reading.names)
            yield reading


def find_signs(name: str) -> tuple[NameQualifier, ...]:
    """What signs say beside a name that is known as it stands: 肺癌？ is uncertain, 高血压(-) negated."""
    if _SIGNS.isdisjoint(name):
        return ()
    found = ((qualifier, pattern.search(name)) for qualifier, pattern in signs().items())
    return tuple(NameQualifier(qualifier, sign[0].strip()) for qualifier, sign in found if sign)


def _readings(text: str, rules: Language, known: Known | None) -> Iterator[Reading]:
    start = read_name(text, rules)
    ladder = [start, *peel(start, rules)]
    yield from (_reading(step) for step in ladder if step.said or step.name != text)
    yield from _varied(dict.fromkeys((start, ladder[-1])), rules)
    yield from _listed(start, rules, known)
    yield from _late(ladder, rules)


def _varied(steps: Iterable[Peeled], rules: Language) -> Iterator[Reading]:
    """The steps written otherwise, the best first."""
    varied = [
        step.written(variant.name, variant.worth, variant.said, variant.kept)
        for step in steps
        for variant in find_variants(step.name, rules)
    ]
    varied.sort(key=lambda step: -step.worth)
    yield from map(_reading, varied)


def _listed(start: Peeled, rules: Language, known: Known | None) -> Iterator[Reading]:
    for parted in part(start.name, rules):
        ways = (parted, peel_parts(parted, rules)) if known is None else (_members_read(parted, known),)
        for way in ways:
            if way:
                reason = "; ".join((*start.said, way.said))
                worth = round(start.worth * way.worth, 4)
                yield Reading(way.names, worth, reason, CONDITIONS, (*start.qualifiers, *way.qualifiers))


def _members_read(parted: Parted, known: Known) -> Parted | None:
    """The members, each as the first of its readings that is known; None where one has none."""
    names, qualifiers, said, worth = [], list(parted.qualifiers), [parted.said], 1.0
    for member in parted.names:
        if known(member):
            names.append(member)
            continue
        singles = (one for one in islice(find_readings(member), _TRIED) if len(one.names) == 1)
        reading = next((one for one in singles if known(one.names[0])), None)
        if reading is None:
            return None
        names += reading.names
        qualifiers += [_of_member(one, reading.names[0]) for one in reading.qualifiers]
        said.append(f"{member}: {reading.reason}")
        worth = min(worth, reading.worth)
    return replace(
        parted,
        names=tuple(names),
        qualifiers=tuple(qualifiers),
        said="; ".join(said),
        worth=parted.worth * worth,
    )


def _of_member(qualifier: NameQualifier, name: str) -> NameQualifier:
    return qualifier._replace(value=f"{qualifier.value} ({name})")


def _late(ladder: list[Peeled], rules: Language) -> Iterator[Reading]:
    """What is left without that which mostly belongs to the name, then again without what stood inside of it."""
    ends = [ladder[-1]] if len(ladder) == 1 else [ladder[0], ladder[-1]]
    for end in ends:
        for shorter in peel(end, rules, affixes=rules.late):
            steps = [shorter, *peel(shorter, rules)]
            yield from map(_reading, steps)
            yield from _varied(steps, rules)


def _reading(step: Peeled) -> Reading:
    reason = "; ".join(step.said) or "marks around the name left out"
    return Reading((step.name,), round(step.worth, 4), reason, CONDITIONS, step.qualifiers)
