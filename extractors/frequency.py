"""How often something happens: rates as labels write them, and the frequency classes of CIOMS III."""

from __future__ import annotations

import re
from functools import cache

from extractors.rules import check_keys, read_rules

_NUMBER = r"(?:(?P<sign>[<>≥≤＜＞]|>=|<=)\s*)?(?P<value>\d+(?:[.．]\d+)?)\s*[%％]"
_RATE = re.compile(_NUMBER)
_NEAR = re.compile(
    rf"\s*(?:[(（\[]\s*|[:：]?\s*(?:(?:was|were|has been|have been|is|are)\s*)?(?:(?:reported|observed|seen|noted)\s*)?"
    rf"(?:(?:occurred|occurring|developed)\s*)?(?:in|by)?\s*(?:about |approximately |up to |约为?|为)?)?{_NUMBER}"
)
_OTHER = re.compile(
    rf"\s*(?:vs\.?|versus)\s*{_NUMBER}"
    r"|[^.;。；]{0,60}?(?:vs\.?|versus|compared (?:to|with)|and|,|与|比)[^.;%。；]{0,40}?"
    r"(?P<rate>(?:[<>≥≤]\s*)?\d+(?:[.．]\d+)?)\s*[%％][^.;,)。；，）]{0,40}(?:placebo|control|安慰剂|对照)"
)
_SIGNS = {"＜": "<", "＞": ">", "≥": ">=", "≤": "<="}


def find_rates(text: str, start: int, end: int, until: int) -> list[str]:
    """Rates of the thing at `start`..`end`: its own, and the one it is compared with; looked for before `until`.

    A threshold in front ("(≥5%) were headache, nausea") is what is left where the thing has no rate of its own.
    """
    if not ("%" in text or "％" in text) or "respectively" in text[end:]:
        return []
    own = _NEAR.match(text, end, until if until > end else len(text))
    if own is None:
        threshold = [match for match in _RATE.finditer(text, 0, start) if match["sign"]]
        return [_normal(threshold[-1])] if threshold and "<" not in _normal(threshold[-1]) else []
    other = _OTHER.match(text, own.end(), until if until > end else len(text))
    if other is None:
        return [_normal(own)]
    return [_normal(own), f"{other['rate'].replace(' ', '')}%" if other["rate"] else _normal(other)]


def _normal(match: re.Match[str]) -> str:
    sign = match["sign"] or ""
    return f"{_SIGNS.get(sign, sign)}{match['value'].replace('．', '.')}%"


@cache
def _classes() -> tuple[tuple[float, str], ...]:
    table = read_rules("frequency")["classes"]
    check_keys("frequency", "classes", table, required={"from_percent"})
    return tuple((float(row[0]), str(row[1])) for row in table["from_percent"])


def frequency_class(rate: str) -> str:
    """The CIOMS class of a rate such as `12%` or `>=10%`; empty where the rate only bounds it from above."""
    found = _RATE.fullmatch(rate)
    if found is None:
        return ""
    value = float(found["value"])
    if found["sign"] in ("<", "<="):
        return next((name for least, name in _classes() if least < value), "") if value <= 1 else ""
    return next((name for least, name in _classes() if value >= least), "")
