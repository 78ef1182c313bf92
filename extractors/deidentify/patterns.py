"""Identifiers by regular expressions of rules files, each with a check of its digits where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from extractors.deidentify.found import Found
from extractors.events import IdentifierType
from extractors.rules import check_keys, read_rules

_PART = re.compile(r"<([A-Za-z]\w*)>(?!=)(?<!\(\?P<.>)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression whose group `v` (else the whole) is an identifier."""

    name: str
    type: IdentifierType
    regex: re.Pattern[str]


class PatternRecogniser:
    """What the patterns of a rules file find."""

    def __init__(self, rules: str) -> None:
        self.name = rules
        self._patterns: tuple[Pattern, ...] = ()

    def find(self, text: str, *, language: str) -> Iterable[Found]:
        """What is found in `text`."""
        return ()
