"""Values of tests in notes: number, unit, flag, range; and what only looks like one."""

from __future__ import annotations

import pytest

from extractors.events import Value
from extractors.lab_values import find_lab_values


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Na 132 mmol/L (135-145) L, K", "Na", Value(132, "mmol/L", flag="L", low=135, high=145)),
        ("Hgb 9.5 g/dL low", "Hb", Value(9.5, "g/dL", flag="L")),
        ("WBC of 12,300", "WBC", Value(12300)),
        ("creatinine was 1.2 mg/dL", "creatinine", Value(1.2, "mg/dL")),
        ("INR < 1.1.", "INR", Value(1.1, comparator="<")),
        ("HbA1c: 7.2%", "HbA1c", Value(7.2, "%")),
        ("血红蛋白95g/L（参考值110-150）", "血红蛋白", Value(95, "g/L", low=110, high=150)),
        ("白细胞 12.3×10^9/L↑", "白细胞", Value(12.3, "×10^9/L", flag="H")),
        ("血钾3.2mmol/L偏低", "血钾", Value(3.2, "mmol/L", flag="L")),
        ("体温38.5℃", "体温", Value(38.5, "℃")),
    ],
)
def test_a_value_is_read(text: str, name: str, value: Value) -> None:
    language = "zh" if "\u4e00" <= name[0] <= "\u9fff" else "en"
    found = [(each.name, each.value) for each in find_lab_values(text, language=language)]
    assert (name, value) in found


def test_a_blood_pressure_is_two_values() -> None:
    found = [(each.name, each.value.number) for each in find_lab_values("BP 120/80 mmHg")]
    assert found == [("systolic blood pressure", 120), ("diastolic blood pressure", 80)]


@pytest.mark.parametrize(
    "text", ["K was 4 days ago", "Vitamin K 5 mg given", "glucose 2 tablets", "PT twice a week", "T 5 N1"]
)
def test_times_and_doses_are_no_values(text: str) -> None:
    assert list(find_lab_values(text)) == []


def test_a_name_over_two_lines_is_the_name() -> None:
    found = find_lab_values("Her blood\npressure was 120/80, heart  rate 70 bpm, O2\nsat 98 %.")
    assert [(one.name, one.value.number) for one in found] == [
        ("SpO2", 98.0),
        ("systolic blood pressure", 120.0),
        ("diastolic blood pressure", 80.0),
        ("heart rate", 70.0),
    ]
