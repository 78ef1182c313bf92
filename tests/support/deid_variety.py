"""Names of persons, places and organizations in all their variety, put together by chance for training."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias
from zlib import crc32

from extractors.deidentify.english_words import PEOPLE
from extractors.rules import read_rules
from planted import FOLDER, Filler

#: One name in so many is kept apart, for measuring.
HELD_OUT = 5

Pools: TypeAlias = dict[str, list[str]]
Make: TypeAlias = "Callable[[Variety], str]"


def is_held_out(name: str) -> bool:
    """Whether a name of the lists is never trained on."""
    return crc32(name.casefold().encode()) % HELD_OUT == 0


class Variety:
    """Makes names; `held_out`: only those of the lists that are never trained on."""

    def __init__(self, rng: random.Random, *, held_out: bool = False) -> None:
        self.rng = rng
        self._held_out = held_out
        self._parts = _parts()

    def one(self, name: str, language: str = "en") -> str:
        """One of the parts of this name."""
        return str(self.rng.choice(self._parts[language][name]))

    def listed(self, name: str) -> str:
        """A name of the lists that the rules know."""
        names = _listed()[name][self._held_out]
        return self.rng.choice(names)

    def made_up(self, ends: str) -> str:
        """A name that nobody has."""
        middle = "".join(self.one("links") + self.one("cores") for _ in range(self.rng.choice([0, 0, 1, 1, 2])))
        end = self.one(ends)
        joint = "" if end[:1] in "aeiou" else self.one("cores")
        name = self.one("heads") + self.one("cores") + middle + (self.one("links") if not joint else "") + joint + end
        return name[:13]

    def given(self) -> str:
        """An English given name."""
        kind = self.rng.random()
        if kind < 0.5:
            return self.listed("given")
        if kind < 0.8:
            name = self.made_up("given_ends")
            return f"{name}-{self.listed('given')}" if self.rng.random() < 0.04 else name
        return self.one("word_names") if kind < 0.92 else self.one("pinyin")

    def surname(self) -> str:
        """An English surname."""
        kind = self.rng.random()
        if kind < 0.42:
            return self.listed("surnames")
        if kind < 0.7:
            return self.made_up("surname_ends")
        if kind < 0.82:
            return self.one("word_surnames")
        if kind < 0.86:
            return self.one("eponyms")
        if kind < 0.92:
            return self.one("pinyin")
        return self._compound()

    def _compound(self) -> str:
        name = self.listed("surnames") if self.rng.random() < 0.6 else self.made_up("surname_ends")
        head = self.rng.choice(
            ["O'", "Mc", "Mac", "D'", "de ", "de la ", "van ", "van der ", "von ", "Al-", "El-", "-"]
        )
        return f"{name}-{self.surname().split('-')[0]}" if head == "-" else head + name

    def town(self) -> str:
        """A town."""
        kind = self.rng.random()
        if kind < 0.35:
            return self.one("real_towns")
        if kind < 0.6:
            return self.made_up("given_ends") + self.one("town_ends")
        if kind < 0.8:
            return (self.one("town_heads") + self.surname().split(" ")[-1].lower().capitalize()).strip()
        return self.surname().split(" ")[-1] + self.one("town_ends")

    def thing(self) -> str:
        """What streets, firms and hospitals are called by."""
        kind = self.rng.random()
        return self.surname() if kind < 0.5 else self.town() if kind < 0.7 else self.one("saints")

    def chinese_surname(self) -> str:
        """A Chinese surname, one in seven of them rare."""
        return self.one("rare", "zh") if self.rng.random() < 0.15 else self.one("surnames", "zh")

    def chinese_given(self) -> str:
        """A Chinese given name of one or two characters."""
        count = 1 if self.rng.random() < 0.25 else 2
        pick = ["odd_chars" if self.rng.random() < 0.22 else "chars" for _ in range(count)]
        return "".join(self.one(kind, "zh") for kind in pick)

    def chinese_place(self) -> str:
        """A province and a city, or one of them."""
        county = self.one("counties", "zh") + self.one("counties", "zh") + self.rng.choice("市县区")
        place = self.rng.choice([self.one("cities", "zh"), self.one("cities", "zh") + "市", county])
        return self.one("provinces", "zh") + place if self.rng.random() < 0.5 else place

    def chinese_address(self) -> str:
        """An address down to the door, or a village."""
        rng = self.rng
        head = self.chinese_place() if rng.random() < 0.7 else ""
        county = self.one("counties", "zh") + self.one("counties", "zh") + rng.choice("区县")
        road = f"{self.one('roads', 'zh')}{self.one('road_ends', 'zh')}{rng.randrange(1, 400)}号"
        estate = self.one("roads", "zh") + self.one("estates", "zh")
        door = rng.choice(
            ["", f"{rng.randrange(1, 40)}栋", f"{rng.randrange(1, 30)}号楼", f"{rng.randrange(1, 9)}单元"]
        )
        door += rng.choice(["", f"{rng.randrange(101, 2500)}室", f"{rng.randrange(101, 1300)}"]) if door else ""
        village = "".join(self.one("counties", "zh") for _ in range(2)) + self.one("villages", "zh")
        tail = rng.choice([road, road + estate + door, estate + door, village, village + f"{rng.randrange(1, 60)}号"])
        return head + (county if rng.random() < 0.5 else "") + tail


def _firm(v: Variety) -> str:
    if v.rng.random() < 0.5:
        return v.one("employers")
    return f"{v.thing()} {v.one('trades')} {v.one('forms')}".strip()


def _chinese_hospital(v: Variety) -> str:
    if v.rng.random() < 0.25:
        return v.one("hospital_names", "zh")
    place = v.chinese_place() if v.rng.random() < 0.7 else v.one("firm_names", "zh")
    return place + v.one("hospitals", "zh")


def _chinese_firm(v: Variety) -> str:
    if v.rng.random() < 0.35:
        return v.one("firms", "zh")
    place = v.one("cities", "zh") if v.rng.random() < 0.4 else ""
    return place + v.one("firm_names", "zh") + v.one("trades", "zh") + v.one("firm_ends", "zh")


ENGLISH: Mapping[str, Make] = {
    "city": Variety.town,
    "town": Variety.town,
    "st": lambda v: v.one("states"),
    "street": lambda v: f"{v.one('street_heads')}{v.thing()} {v.one('streets')}",
    "orgen": lambda v: f"{v.thing()} {v.one('hospitals')}" if v.rng.random() < 0.8 else v.one("saints"),
    "employer": _firm,
    "school": lambda v: f"{v.thing()} {v.one('schools')}",
    "home": lambda v: f"{v.thing()} {v.one('homes')}",
    "pharmacy": lambda v: v.one("brands") if v.rng.random() < 0.5 else f"{v.thing()} {v.one('pharmacies')}",
}
CHINESE: Mapping[str, Make] = {
    "zhaddr": Variety.chinese_address,
    "zhroad": lambda v: f"{v.one('roads', 'zh')}{v.one('road_ends', 'zh')}{v.rng.randrange(1, 300)}号",
    "zhcity": Variety.chinese_place,
    "zhpref": Variety.chinese_place,
    "zhhosp": _chinese_hospital,
    "zhco": _chinese_firm,
    "zhfactory": _chinese_firm,
    "zhschool": lambda v: v.rng.choice([v.chinese_place(), v.one("roads", "zh"), ""]) + v.one("schools", "zh"),
    "zhuni": lambda v: v.chinese_place() + v.one("universities", "zh"),
    "ward": lambda v: v.one("wards", "zh") + v.one("ward_ends", "zh"),
}


class VariedFiller(Filler):
    """Fills places with names of the pools and with made ones, `share` of them made."""

    def __init__(self, pools: Pools, language: str, rng: random.Random, *, held_out: bool, share: float = 0.7) -> None:
        super().__init__(pools, language, rng)
        self._variety = Variety(rng, held_out=held_out)
        self._share = share

    def _person(self) -> dict[str, str]:
        kept, made = self.pools, self._variety
        if self.rng.random() < self._share:
            english = self.language == "en"
            given = made.given() if english else made.chinese_given()
            surname = made.surname() if english else made.chinese_surname()
            self.pools = {**kept, "given": [given], "surname": [surname]}
        person = super()._person()
        self.pools = kept
        return person

    def _value(self, name: str) -> str:
        make = (ENGLISH if self.language == "en" else CHINESE).get(name)
        if make and self.rng.random() < self._share:
            return make(self._variety)
        return super()._value(name)


@cache
def _parts() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "parts.toml").read_text(encoding="utf-8"))


@cache
def _listed() -> dict[str, tuple[list[str], list[str]]]:
    people = read_rules(PEOPLE)
    lists = {name: [word.capitalize() for word in people[name].split()] for name in ("given", "surnames")}
    return {
        name: ([n for n in names if not is_held_out(n)], [n for n in names if is_held_out(n)])
        for name, names in lists.items()
    }
