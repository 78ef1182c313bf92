"""Several conditions in one name: A伴B, "A with B", 上、下肢骨折."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ontologies.diagnosis_affixes import is_name, peel, read_name, whole_affix
from ontologies.diagnosis_rules import Language
from ontologies.model import NameQualifier
from ontologies.script import has_chinese

_LONGEST = 12
"""Members of a list that are looked at, at most."""
_CUTS = 4
"""Ways to cut the last or first member that are tried for shared words, at most."""


@dataclass(frozen=True, slots=True)
class Parted:
    """One way to part a name: the members, what of it is no member, what is left of a score, and why."""

    names: tuple[str, ...]
    worth: float
    said: str
    qualifiers: tuple[NameQualifier, ...] = ()


def part(name: str, rules: Language) -> Iterator[Parted]:
    """The ways to part `name`, best first; none where it has no sign of a list.

    A member that is negated or that only qualifies its neighbour (a stage, a certainty) becomes a qualifier.
    """
    lists = rules.lists
    plain = lists.plain
    if left_out := lists.without.search(name):
        rest = name[: left_out.start()].strip(rules.trim)
        if is_name(rest):
            qualifier = NameQualifier("without", left_out[1].strip(rules.trim))
            yield Parted((rest,), plain[0], f"without: {qualifier.value}", (qualifier,))
            name = rest
    strong = _members(lists.strong.split(name), rules)
    members = strong if len(strong) > 1 else _members(lists.weak.split(name), rules)
    if len(members) < 2 or len(members) > _LONGEST:
        return
    qualifiers, kept = _sorted_out(members, rules)
    if not kept:
        return
    if strong is not members and len(kept) > 1:
        yield from _shared(kept, qualifiers, rules)
    yield _parted(kept, *plain, qualifiers)
    if strong is members and any(len(_members(lists.weak.split(one), rules)) > 1 for one in kept):
        finer = [piece for one in kept for piece in _members(lists.weak.split(one), rules)]
        more, kept = _sorted_out(finer, rules)
        if len(kept) <= _LONGEST:
            yield _parted(kept, plain[0] * plain[0], plain[1], (*qualifiers, *more))
    elif strong is not members and len(kept) > 1:
        yield from _shared_start(kept, qualifiers, rules)


def _parted(names: list[str], worth: float, said: str, qualifiers: tuple[NameQualifier, ...]) -> Parted:
    return Parted(tuple(names), worth, f"{said} {' + '.join(names)}", qualifiers)


def _members(pieces: list[str], rules: Language) -> list[str]:
    return [member for piece in pieces if (member := piece.strip(rules.trim))]


def _sorted_out(members: list[str], rules: Language) -> tuple[tuple[NameQualifier, ...], list[str]]:
    """What of the members qualifies the rest, and the members that are names."""
    qualifiers: list[NameQualifier] = []
    kept: list[str] = []
    for member in members:
        read = read_name(member, rules)
        if read.qualifiers:
            qualifiers.append(NameQualifier("negated", read.name))
        elif not is_name(member) and kept:
            kept[-1] = f"{kept[-1]} {member}"
        elif affix := whole_affix(member, rules.affixes):
            qualifiers.append(NameQualifier(affix.qualifier, member))
        else:
            kept.append(member)
    return tuple(qualifiers), kept


def _shared(members: list[str], qualifiers: tuple[NameQualifier, ...], rules: Language) -> Iterator[Parted]:
    """The members with the last words of the last one given to each that lacks them: 肝、肾功能不全."""
    lists, last = rules.lists, members[-1]
    if any(lists.headed.search(member) for member in members[:-1]):
        return
    for modifier, head in _cuts(last, len(members[0])):
        names = [member + head for member in (*members[:-1], modifier)]
        yield _parted(names, *lists.shared_head, qualifiers)


def _cuts(last: str, size: int) -> Iterator[tuple[str, str]]:
    """Ways to cut the last member into what is its own and what is said for all, the likeliest first."""
    if not has_chinese(last):
        words = last.split()
        yield from ((" ".join(words[:at]), " " + " ".join(words[at:])) for at in range(1, min(len(words), _CUTS)))
        return
    likely = [size] if size < len(last) else []
    others = [at for at in range(1, min(len(last) - 1, _CUTS + 1)) if at != size]
    yield from ((last[:at], last[at:]) for at in (likely + others)[:_CUTS] if len(last) > at)


def _shared_start(members: list[str], qualifiers: tuple[NameQualifier, ...], rules: Language) -> Iterator[Parted]:
    """The members with the first words of the first one given to the others: 糖尿病肾病、视网膜病变."""
    lists = rules.lists
    if start := lists.starts.search(members[0]):
        names = [members[0], *(start[0] + member for member in members[1:])]
        yield _parted(names, *lists.shared_start, qualifiers)


def peel_parts(parted: Parted, rules: Language) -> Parted | None:
    """The members with side, stage and the like taken off each; None where none has any.

    With several members, a qualifier says in brackets which of them it is of.
    """
    names, qualifiers, worth = [], list(parted.qualifiers), parted.worth
    for member in parted.names:
        bare = next(iter(list(peel(read_name(member, rules), rules))[::-1]), None)
        names.append(bare.name if bare else member)
        if bare:
            worth = min(worth, parted.worth * bare.worth)
            of = f" ({bare.name})" if len(parted.names) > 1 else ""
            qualifiers += [NameQualifier(one.name, one.value + of) for one in bare.qualifiers]
    if tuple(names) == parted.names:
        return None
    taken = ", ".join(f"{one.name} {one.value}" for one in qualifiers[len(parted.qualifiers) :])
    return Parted(tuple(names), worth, f"{parted.said}; taken off: {taken}", tuple(qualifiers))
