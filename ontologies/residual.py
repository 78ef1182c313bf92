"""Which concepts are classes for what is left over, only suspected or past: they answer where nothing else does."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from ontologies.rules import read_rules
from ontologies.script import has_chinese


def is_residual(name: str, language: str = "") -> bool:
    """Whether a concept of that name is such a class, as "Other disorders of lung" or 可疑冠心病观察."""
    return bool(why_residual(name, language))


@lru_cache(maxsize=100_000)
def why_residual(name: str, language: str = "") -> str:
    """In words what makes a concept of that name such a class; "" where it is none.

    `language` is a BCP 47 primary tag; where it is neither en nor zh, the script of the name decides.
    """
    chinese = language == "zh" if language in ("en", "zh") else has_chinese(name)
    rules = _patterns("chinese" if chinese else "english")
    return next((said for pattern, said in rules if pattern.search(name)), "")


@cache
def _patterns(table: str) -> list[tuple[re.Pattern[str], str]]:
    rules = read_rules("residual", keys=frozenset({"english", "chinese"}))[table]
    return [(re.compile(rule["pattern"], re.IGNORECASE), rule["said"]) for rule in rules]
