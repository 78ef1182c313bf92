"""Identifiers by regular expressions of rules files, each with a check of its digits where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from extractors.deidentify.checks import CHECKS
from extractors.deidentify.found import Found
from extractors.errors import RulesError
from extractors.events import IdentifierType
from extractors.rules import check_keys, read_rules

_PART = re.compile(r"<<(\w+)>>")

#: Runs of letters, digits and signs this long are identifiers as a whole (the pattern "unbroken"): the others, which
#: would try every beginning within with every end, see blanks.
_UNBROKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9][A-Za-z0-9._@:/+%=&?-]{399,}+")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression whose group v (v2, v3), else the whole, is an identifier where the check holds."""

    name: str
    type: IdentifierType
    regex: re.Pattern[str]
    check: Callable[[str], bool] | None = None

    def find(self, text: str) -> Iterator[Found]:
        """Where it matches."""
        groups = [group for group in ("v", "v2", "v3") if group in self.regex.groupindex]
        for match in self.regex.finditer(text):
            group = next((group for group in groups if match[group] is not None), 0)
            if self.check is None or self.check(match[group]):
                yield Found(match.start(group), match.end(group), self.type, self.name)


class PatternRecogniser:
    """What the patterns of a rules file find."""

    __slots__ = ("_patterns", "name")

    def __init__(self, rules: str) -> None:
        self.name = rules
        self._patterns = read_patterns(rules)

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        """What is found in `text`, whatever its language."""
        broken = _UNBROKEN.sub(lambda match: " " * len(match[0]), text)
        for pattern in self._patterns:
            yield from pattern.find(text if pattern.name == "unbroken" else broken)


@cache
def read_patterns(rules: str) -> tuple[Pattern, ...]:
    """The patterns of `rules/<rules>.toml`, compiled; raises `RulesError` where one is wrong."""
    content = read_rules(rules)
    parts: Mapping[str, str] = content["parts"]
    made = []
    for table in content["patterns"]:
        check_keys(rules, "patterns", table, required={"name", "regex"}, optional={"type", "check", "case"})
        if table.get("check", "luhn") not in CHECKS:
            raise RulesError(
                f"rules/{rules}.toml: no check is called {table['check']!r}; known are: {', '.join(CHECKS)}"
            )
        flags = 0 if table.get("case") else re.IGNORECASE
        regex = re.compile(filled(table["regex"], parts), flags)
        check = CHECKS.get(table.get("check", ""))
        made.append(Pattern(table["name"], IdentifierType(table.get("type", "date")), regex, check))
    return tuple(made)


def filled(regex: str, parts: Mapping[str, str]) -> str:
    """A regular expression with the fragments it names, which may name others."""
    while _PART.search(regex):
        regex = _PART.sub(lambda match: parts[match[1]], regex)
    return regex
