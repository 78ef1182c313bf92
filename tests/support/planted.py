"""Notes with planted identifiers: templates, pools of values, and what was planted where.

The set `tuning` made the rules. The set `development` was held out first, and tuned on after its first figure was
taken; `heldout` was written before that, by the same hand, and was never tuned on. `unseen` was written last, in other
manners of writing, before the rules had seen it. `training` is what a recogniser may be trained on, and is no measure
of one; `training2` is more of that, by two more hands, with the names of `training`. `fresh` is by yet another hand,
who had read neither the rules nor the other sets: it is for measuring, and nobody tunes on it.

A template is a text with `[[type:form]]`, which plants a value of an identifier type in a form, and `((a|b))`, which
plants one of several words. `p`, `r`, `c` and `k` (patient, relative, clinician, another), with a digit where there are
several, are persons of the note: `{G}` given name, `{S}` surname, `{I}` initial, `{GU}` in capitals, `{gl}` in small
letters, `{GT}` a title. In a form `#` is a digit, `@` a capital; dates are written in the words of `strftime` and of
`DATE_FORMS`.
"""

from __future__ import annotations

import random
import re
import string
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from extractors.events import Identifier, IdentifierType
from kg_command import ROOT

FOLDER = ROOT / "tests" / "bench" / "deidentify"
PLANT = re.compile(r"\[\[(\w+):(.*?)\]\]")
CHOICE = re.compile(r"\(\((.*?)\)\)")
FIELD = re.compile(r"\{([^{}]+)\}")
PERSON = re.compile(r"[prck]\d?$")
TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss)\.? ")
ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
#: Sets that have no pools of their own, and whose they use.
SHARED_POOLS = {"training2": "training"}
DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Planted:
    """A planted identifier: a range of the note's text and its type."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class PlantedNote:
    """A note, its language, and what was planted in it."""

    text: str
    language: str
    planted: tuple[Planted, ...]
    known: tuple[Identifier, ...] = ()
    """What a record of the patient says of itself: name, numbers of record, insurance and citizen."""


@dataclass
class Filler:
    """Fills the places of one note: persons are drawn once for it."""

    pools: dict[str, list[str]]
    language: str
    rng: random.Random
    persons: dict[str, dict[str, str]] = field(default_factory=dict)

    def fill(self, kind: str, form: str) -> tuple[str, str]:
        """The type and the planted value of one place."""
        if PERSON.match(kind):
            person = self.persons.setdefault(kind, self._person())
            return "name", FIELD.sub(lambda m: person[m[1]], form) if "{" in form else form
        if kind == "date":
            return kind, self._date(form)
        filled = FIELD.sub(lambda m: self._value(m[1]), form)
        return kind, "".join(self._character(c) for c in filled) if "{" not in form else filled

    def _character(self, character: str) -> str:
        if character == "#":
            return self.rng.choice("123456789")
        return self.rng.choice("ABCDEFGHJKLMNPRSTUVWXY") if character == "@" else character

    def _person(self) -> dict[str, str]:
        given, surname = self.rng.choice(self.pools["given"]), self.rng.choice(self.pools["surname"])
        middle = self.rng.choice("ABCDEFGHJKLMNPRSTW")
        forms = {"G": given, "S": surname, "M": middle, "I": given[0], "MI": middle, "SI": surname[0]}
        forms |= {"GU": given.upper(), "SU": surname.upper(), "gl": given.lower(), "sl": surname.lower()}
        forms |= {"GT": self.rng.choice(["Mr.", "Mrs.", "Ms.", "Mr", "Miss"])}
        return forms | {"小G": "小" + given[-1], "S某": surname + "某"}

    def _date(self, form: str) -> str:
        day = date(1998, 1, 1) + timedelta(days=self.rng.randrange(10_000))
        for mark, write in DATE_FORMS.items():
            form = form.replace(mark, write(day))
        return day.strftime(form)

    def _value(self, name: str) -> str:
        make = MAKERS.get(name)
        return make(self.rng) if make else self.rng.choice(self.pools[name])


def _ordinal(day: date) -> str:
    ending = "th" if 10 < day.day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day.day}{ending}"


def chinese_number(number: int) -> str:
    """A number below 1000 in Chinese words."""
    if number >= 100:
        rest = number % 100
        return "一百" + ("" if not rest else ("零" if rest < 10 else "") + chinese_number(rest))
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("" if tens == 1 else DIGITS[tens]) + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


DATE_FORMS: dict[str, Callable[[date], str]] = {
    "%B %o": lambda d: f"{d:%B} {_ordinal(d)}",
    "%o": _ordinal,
    "%e": lambda d: str(d.day),
    "%n": lambda d: str(d.month),
    "%Q": lambda d: f"{d:%b}".upper(),
    "%q": lambda d: f"{d:%b}".lower(),
    "%Z": lambda d: "".join(DIGITS[int(c)] for c in str(d.year)),
    "%z": lambda d: chinese_number(d.month),
    "%x": lambda d: chinese_number(d.day),
}


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _mobile(rng: random.Random) -> str:
    return "1" + rng.choice("35789") + _digits(rng, 9)


def _spaced(number: str, by: str) -> str:
    return by.join([number[:3], number[3:7], number[7:]])


def luhn_digit(body: str) -> str:
    """The check digit of a card number (ISO/IEC 7812)."""
    doubled = (int(c) * (2 - i % 2) for i, c in enumerate(reversed(body)))
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def _citizen(rng: random.Random) -> str:
    day = date(1925, 1, 1) + timedelta(days=rng.randrange(30_000))
    body = rng.choice(["110101", "320508", "430121", "370102"]) + f"{day:%Y%m%d}" + _digits(rng, 3)
    return body + "10X98765432"[sum(int(c) * 2 ** (17 - i) for i, c in enumerate(body)) % 11]


def _citizen_of_1985(rng: random.Random) -> str:
    number = _citizen(rng)
    return number[:6] + number[8:17]


def _card(rng: random.Random) -> str:
    body = rng.choice(["4", "62"]) + _digits(rng, 13)
    body = body[:15].ljust(15, "7")
    number = body + luhn_digit(body)
    return number if rng.random() < 0.5 else " ".join(number[i : i + 4] for i in range(0, 16, 4))


def _medicare(rng: random.Random) -> str:
    letters = "ACDEFGHJKMNPQRTUVWXY"
    one = rng.choice
    parts = [one("123456789") + one(letters) + one(letters) + one("0123456789")]
    parts += [one(letters) + one(letters) + one("0123456789"), one(letters) + one(letters) + _digits(rng, 2)]
    return "-".join(parts)


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "n": lambda r: str(r.randrange(90, 105)),
    "w": lambda r: r.choice(["ninety", f"ninety-{r.choice(ONES[1:])}", f"ninety {r.choice(ONES[1:])}"]),
    "z": lambda r: chinese_number(r.randrange(90, 105)),
    "no": lambda r: str(r.randrange(1, 9999)),
    "zip": lambda r: _digits(r, 5) + r.choice(["", "-" + _digits(r, 4)]),
    "mobile": _mobile,
    "mobile344-": lambda r: _spaced(_mobile(r), "-"),
    "mobile344 ": lambda r: _spaced(_mobile(r), " "),
    "mobilef": lambda r: _mobile(r).translate({48 + i: 0xFF10 + i for i in range(10)}),
    "cnid": _citizen,
    "cnidsp": lambda r: re.sub(r"(.{6})(.{8})(.{4})", r"\1 \2 \3", _citizen(r)),
    "cnid15": lambda r: _citizen_of_1985(r),
    "card": _card,
    "ip4": lambda r: ".".join(str(r.randrange(1, 255)) for _ in range(4)),
    "mbi": _medicare,
    "cnplate": lambda r: r.choice("京沪苏鲁粤湘") + r.choice("ABCDE") + r.choice(["", "·"]) + _digits(r, 5),
}


def read_templates(which: str, language: str) -> list[str]:
    """The templates of a set (tuning, development, …, fresh) in a language; none where it has not that one."""
    path = FOLDER / f"{which}_{language}.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [template.strip("\n") for template in text.split("=====")]


def read_pools(which: str) -> dict[str, Any]:
    """The pools of a set, by language."""
    name = SHARED_POOLS.get(which, which)
    return tomllib.loads((FOLDER / f"pools_{name}.toml").read_text(encoding="utf-8"))


def make_notes(which: str, count: int, *, seed: int = 0) -> Iterator[PlantedNote]:
    """`count` notes of each language, from all templates of the set in turn."""
    pools = read_pools(which)
    rng = random.Random(seed)
    for language in ("en", "zh"):
        templates = [template for template in read_templates(which, language) if template]
        for index in range(count if templates else 0):
            yield make_note(templates[index % len(templates)], Filler(pools[language], language, rng))


def make_note(template: str, filler: Filler) -> PlantedNote:
    """The note that a template makes."""
    template = CHOICE.sub(lambda m: filler.rng.choice(m[1].split("|")), template)
    pieces: list[str] = []
    planted: list[Planted] = []
    position = length = 0
    for place in PLANT.finditer(template):
        kind, value = filler.fill(place[1], place[2])
        pieces += template[position : place.start()], value
        length += place.start() - position
        title = TITLE.match(value) if kind == "name" else None
        planted.append(Planted(length + (title.end() if title else 0), length + len(value), kind))
        length += len(value)
        position = place.end()
    text = "".join([*pieces, template[position:]])
    return PlantedNote(text, filler.language, tuple(planted), _known(text, planted, filler))


def _known(text: str, planted: list[Planted], filler: Filler) -> tuple[Identifier, ...]:
    own = ("medical_record", "insurance", "national_id")
    values = [Identifier(IdentifierType(p.type), text[p.start : p.end]) for p in planted if p.type in own]
    patient = filler.persons.get("p")
    if patient:
        parts = ("S", "G") if filler.language == "zh" else ("G", "S")
        name = ("" if filler.language == "zh" else " ").join(patient[part] for part in parts)
        values.append(Identifier(IdentifierType.NAME, name))
    return tuple(values)
