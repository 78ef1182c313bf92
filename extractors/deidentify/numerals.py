"""Numbers and names of months and days as they are written in English and Chinese, read and written back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from extractors.rules import read_rules

_DIGITS = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0, "Ｏ": 0, "O": 0, "两": 2}
_TENS = {"十": 1, "廿": 2, "卅": 3}
_MONTHS = {"元": 1, "正": 1, "冬": 11, "腊": 12}


def read_number(text: str) -> int:
    """A number, or the number of a named month; 0 where it is neither."""
    text = text.strip(" .'").replace(" ", "")
    if text.isascii() and text.isdecimal():
        return int(text)
    if text.isascii() and text.isalpha():
        return _index(text, read_rules("deidentify_dates")["months"]) + 1
    return _read_chinese(text)


def _read_chinese(text: str) -> int:
    text = text.removeprefix("初")
    if text in _MONTHS:
        return _MONTHS[text]
    if not any(c in _TENS for c in text):
        return int("".join(str(_DIGITS.get(c, c if c.isdecimal() else 0)) for c in text) or 0)
    mark = next(c for c in text if c in _TENS)
    tens, _, ones = text.partition(mark)
    return (_DIGITS.get(tens, 1) if mark == "十" else _TENS[mark]) * 10 + _DIGITS.get(ones, 0)


def write_chinese(number: int) -> str:
    """A number below 100 in Chinese words."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{'零一二三四五六七八九'[tens]}十"
    return head + ("零一二三四五六七八九"[ones] if ones or not tens else "")


def write_like(part: str, day: date, original: str, *, padded: bool) -> str:
    """A part of a date (y, m, d, o, w) as the original of that part is written."""
    if part == "w":
        return _name_like(original, day.weekday(), read_rules("deidentify_dates")["weekdays"])
    if part == "o":
        return _cased_like(original, _ordinal(day.day))
    number = {"y": day.year, "m": day.month, "d": day.day}[part]
    bare = original.strip(" .'")
    if bare.isascii() and bare.isalpha():
        return _name_like(original, number - 1, read_rules("deidentify_dates")["months"])
    if part == "y":
        return _year_like(number, bare)
    if bare.isascii():
        return f"{number:02}" if padded and len(bare) == 2 else str(number)
    return write_chinese(number)


def _year_like(year: int, original: str) -> str:
    if original.isascii() and original.replace(" ", "").isdecimal():
        return f"{year % 100:02}" if len(original) == 2 else str(year)
    zero = next((c for c in original if c in "零〇○"), "〇")
    return "".join(f"{zero}一二三四五六七八九"[int(c)] for c in str(year))


def _name_like(original: str, index: int, names: Sequence[Sequence[str]]) -> str:
    """The name of another month or weekday, as long or as short as the original, in its capitals."""
    bare = original.rstrip(".")
    forms = names[_index(bare, names)]
    place = next((i for i, form in enumerate(forms) if form == bare.casefold()), 0)
    chosen = names[index]
    same_script = [form for form in chosen if form.isascii() == bare.isascii()]
    wanted = chosen[place] if place < len(chosen) and chosen[place] in same_script else same_script[-1]
    return _cased_like(bare, wanted) + original[len(bare) :]


def _index(name: str, names: Sequence[Sequence[str]]) -> int:
    return next((i for i, forms in enumerate(names) if name.casefold() in forms), -1)


def _cased_like(original: str, word: str) -> str:
    if original.isupper():
        return word.upper()
    return word.capitalize() if original[:1].isupper() else word


def _ordinal(number: int) -> str:
    return "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
