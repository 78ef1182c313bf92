"""Sig lines of prescriptions, in English and Chinese."""

from __future__ import annotations

import pytest

from extractors.sigs import find_sig


@pytest.mark.parametrize(
    ("text", "amount", "unit", "route", "per_day", "days"),
    [
        (" 500 mg po bid x 7 days, and rest", 500, "mg", "po", 2, 7),
        (" 40mg IV daily prn edema.", 40, "mg", "IV", 1, None),
        (", 81 mg by mouth once daily", 81, "mg", "mouth", 1, None),
        (" 10 units subcutaneous at bedtime", 10, "units", "subcutaneous", 1, None),
        (" one tablet every 8 hours for 10 days", 1, "tablet", "", 3, 10),
        (" XR 1,000 mg PO q12h", 1000, "mg", "PO", 2, None),
        (" 5 mg every other day", 5, "mg", "", 0.5, None),
        ("控释片30mg 口服 每日一次", 30, "mg", "口服", 1, None),
        ("2.0g静滴 qd，连用7天", 2, "g", "静滴", 1, 7),
        (" 每次一片，每日3次，饭后口服", 1, "片", "口服", 3, None),
        ("胶囊0.5g tid", 0.5, "g", "", 3, None),
        (" 1g 静滴 每8小时一次", 1, "g", "静滴", 3, None),
    ],
)
def test_a_sig_line_is_read(
    text: str, amount: float, unit: str, route: str, per_day: float, days: float | None
) -> None:
    language = "zh" if any(ord(character) > 0x3000 for character in text) else "en"
    sig = find_sig(text, 0, len(text), language=language)
    assert sig is not None
    assert (sig.amount, sig.unit, sig.route, sig.per_day, sig.days) == (amount, unit, route, per_day, days)


def test_as_needed_is_kept_with_its_reason() -> None:
    sig = find_sig(" 650 mg q6h prn pain.", 0, 21)
    assert sig is not None
    assert (sig.as_needed, sig.text) == (True, "650 mg q6h prn pain")


@pytest.mark.parametrize("text", [" therapy was stopped", " for 10 days", "", ", which was given in 2019"])
def test_words_that_say_no_dose_are_no_sig(text: str) -> None:
    assert find_sig(text, 0, len(text)) is None
