"""Qualifiers of relations: for whom, how often, how bad, and what to do, in short normal values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from extractors.errors import RulesError
from extractors.frequency import find_rates, frequency_class
from extractors.model import Assertion, Mention, Qualifier
from extractors.relations.context import Context, Sentence, name_of
from extractors.relations.cues import Sign
from extractors.relations.expressions import RuleSet, compile_rule
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind

_BEFORE = 45
_ABBREVIATION = 6
_CLAUSE = re.compile(r"[;；]")
_NEAR = 160
_HARMS = frozenset({"causes_adverse_event", "warns_of"})
# What a word before the mention may not reach over; one of a list of people says nothing of the next.
_BREAKS = (re.compile(r"[,;:，；：、]"), re.compile(r"[,;:，；：、及或和与]|\b(?:and|or)\b"))
_TAKEN = frozenset({Kind.DRUG, Kind.DRUG_CLASS, Kind.FOOD})


@cache
def qualifier_names() -> frozenset[str]:
    """Every name that a qualifier may have."""
    return frozenset(read_rules("qualifiers")["names"]["all"])


@cache
def _values(name: str, language: str) -> RuleSet[str]:
    rules = []
    for value, table in read_rules("qualifiers")[name].items():
        check_keys("qualifiers", f"{name}.{value}", table, required={"en", "zh"})
        rules += [(value, compile_rule(text, language)) for text in table[language]]
    return RuleSet(rules)


@cache
def _carried() -> Mapping[str, Mapping[str, list[str]]]:
    rules: Mapping[str, Mapping[str, list[str]]] = read_rules("qualifiers")["carried"]
    for predicate, table in rules.items():
        check_keys("qualifiers", f"carried.{predicate}", table, required={"by_sentence", "before", "upto"})
        if unknown := {name for names in table.values() for name in names} - qualifier_names():
            raise RulesError(f"rules/qualifiers.toml [carried.{predicate}]: {sorted(unknown)} are not in [names]")
    return rules


@lru_cache(maxsize=512)
def find_values(name: str, text: str, language: str) -> tuple[tuple[int, int, str], ...]:
    """Where `text` says a value of the qualifier `name`: start, end and value, longest first where they overlap."""
    found = [(match.start(), match.end(), value) for value, match in _values(name, language).find(text)]
    kept: list[tuple[int, int, str]] = []
    for start, end, value in sorted(found, key=lambda row: (row[0] - row[1], row[0])):
        if all(end <= low or start >= high for low, high, _ in kept):
            kept.append((start, end, value))
    return tuple(sorted(kept))


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """What a sentence says beside its relations; `of` gives the part that belongs to one of them."""

    sentence: Sentence
    language: str
    governed: Mapping[Mention, Sign]

    def of(self, mention: Mention, predicate: str) -> tuple[Qualifier, ...]:
        """The qualifiers of the relation of `predicate` with `mention`, in the order of their names."""
        found = {*self._by_words(mention, predicate), *self._by_parts(mention, predicate), *self._by_section()}
        found.update(self._by_company(predicate))
        found.update(Qualifier("population", age) for age in find_ages(self.sentence.text, self.language))
        if predicate in _HARMS and (numbers := self._by_numbers(mention)):
            classed = any(qualifier.name == "frequency" for qualifier in numbers)
            found = numbers | {q for q in found if q.name != "frequency" or not classed}
        return tuple(sorted(found))

    def _by_words(self, mention: Mention, predicate: str) -> Iterator[Qualifier]:
        rules = _carried().get(predicate)
        if rules is None:
            return
        low, _ = self.sentence.at(mention)
        text = self.sentence.text
        for name in rules["by_sentence"]:
            for start, end, value in find_values(name, text, self.language):
                if not (name == "population" and predicate in _HARMS and self._is_harm(start, end)):
                    yield Qualifier(name, value)
        for name in rules["before"]:
            near = _BREAKS[name == "population"].split(text[max(0, low - _BEFORE) : low])[-1]
            yield from (Qualifier(name, value) for _, _, value in find_values(name, near, self.language)[-1:])
        for name in rules["upto"]:
            earlier = _CLAUSE.split(text[:low])[-1]
            yield from (Qualifier(name, value) for _, _, value in find_values(name, earlier, self.language)[-1:])

    def _by_parts(self, mention: Mention, predicate: str) -> Iterator[Qualifier]:
        for other, sign in self.governed.items():
            if other is mention or name_of(other) == name_of(mention):
                continue
            if sign.cue.role in ("population", "treated") and predicate != "contraindicated_in":
                without = "without " if other.assertion is Assertion.NEGATED else ""
                yield Qualifier("population", without + short(other.text))
            elif sign.cue.role == "combination" and not other.own:
                yield Qualifier("combination", short(other.text))
            elif sign.cue.role == "allergen" and predicate == "contraindicated_in" and _allergic(mention.text):
                yield Qualifier("allergen", short(other.text))

    def _is_harm(self, start: int, end: int) -> bool:
        # "Rare: nephritis, renal failure": what is caused is not whom it is caused in.
        return any(
            sign.cue.role in _HARMS or sign.cue.role == "contraindicated_in"
            for other, sign in self.governed.items()
            if self.sentence.at(other)[0] <= start and end <= self.sentence.at(other)[1]
        )

    def _by_company(self, predicate: str) -> Iterator[Qualifier]:
        if predicate not in read_rules("qualifiers")["company"]["predicates"]:
            return
        before, after = _company(self.language)
        for other in self.sentence.mentions:
            low, high = self.sentence.at(other)
            if other.own or other.kind not in _TAKEN or self._aside(other):
                continue
            if before.search(self.sentence.text, max(0, low - _NEAR), low) and after.match(self.sentence.text, high):
                yield Qualifier("combination", short(other.text))

    def _aside(self, other: Mention) -> bool:
        return other in self.governed and self.governed[other].cue.role in ("comparator", "allergen", "risk", "aside")

    def _by_section(self) -> Iterator[Qualifier]:
        if self.sentence.kind == "boxed_warning":
            yield Qualifier("seriousness", "boxed")
        population = read_rules("qualifiers")["section_population"].get(self.sentence.kind)
        if population:
            yield Qualifier("population", population)

    def _by_numbers(self, mention: Mention) -> set[Qualifier]:
        low, high = self.sentence.at(mention)
        if _stopping(self.language).search(self.sentence.text, 0, low):
            return set()
        later = [other.start - self.sentence.start for other in self.sentence.mentions if other.start >= mention.end]
        rates = find_rates(self.sentence.text, low, high, min(later, default=len(self.sentence.text)))
        if not rates:
            return set()
        found = {Qualifier("rate", rates[0])}
        if len(rates) > 1:
            found.add(Qualifier("comparator_rate", rates[1]))
        name = frequency_class(rates[0])
        return found | ({Qualifier("frequency", name)} if name else set())


@cache
def _stopping(language: str) -> re.Pattern[str]:
    table = read_rules("qualifiers")["rate_of_stopping"]
    check_keys("qualifiers", "rate_of_stopping", table, required={"en", "zh"})
    return re.compile(table[language], re.IGNORECASE)


@cache
def _company(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = read_rules("qualifiers")["company"][language]
    check_keys("qualifiers", f"company.{language}", table, required={"before", "after"})
    return re.compile(table["before"], re.IGNORECASE), re.compile(table["after"], re.IGNORECASE)


@cache
def _age(language: str) -> RuleSet[str]:
    return RuleSet([("age", compile_rule(read_rules("qualifiers")["ages"][language], language))])


@lru_cache(maxsize=512)
def find_ages(text: str, language: str) -> tuple[str, ...]:
    """The limits of age that `text` names, as it words them: `under 4 years`, `18岁以下`."""
    return tuple(short(match["age"]) for _, match in _age(language).find(text))


def _allergic(name: str) -> bool:
    return re.search(read_rules("qualifiers")["allergic"]["pattern"], name, re.IGNORECASE) is not None


def find_qualifiers(context: Context, sentence: Sentence, governed: Mapping[Mention, Sign]) -> Qualifiers:
    """What `sentence` says beside its relations, to be asked for each of them."""
    return Qualifiers(sentence, context.language, governed)


def short(text: str) -> str:
    """`text` as a qualifier's value: one line, at most 80 characters, lower case unless it is an abbreviation."""
    flat = " ".join(text.split())[:80]
    return flat if flat.isupper() and len(flat) <= _ABBREVIATION else flat.lower()
