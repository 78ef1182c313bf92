"""Surrogates of names keep to their parts: one person stays one person, however the name is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.deidentify import Deidentifier, Mode
from extractors.deidentify.keyed import Keyed
from extractors.deidentify.surrogates import Surrogates
from extractors.events import Identifier, IdentifierType

KEY = b"a key that nobody else has, at all"
SURROGATES = Surrogates(Keyed(KEY))


def stand_in(name: str) -> str:
    return SURROGATES.of(name, IdentifierType.NAME)


def test_each_part_of_an_english_name_has_one_surrogate_in_any_order_and_case() -> None:
    maria, ruiz = stand_in("Maria Ruiz").split()
    assert stand_in("Ruiz") == ruiz
    assert stand_in("RUIZ, MARIA") == f"{ruiz.upper()}, {maria.upper()}"
    assert stand_in("maria ruiz") == f"{maria} {ruiz}".lower()
    assert stand_in("Ms Ruiz") == f"Ms {ruiz}"
    assert stand_in("María Ruíz") == f"{maria} {ruiz}"
    assert stand_in("Maria's") == f"{maria}'s"
    assert stand_in("Ruiz-Lopez").split("-")[0] == ruiz
    assert stand_in("R U I Z") == " ".join(ruiz.upper())
    assert stand_in("Ru-\niz") == ruiz


def test_an_initial_is_that_of_the_surrogate() -> None:
    maria, ruiz = stand_in("Maria Ruiz").split()
    assert stand_in("M. Ruiz") == f"{maria[0]}. {ruiz}"
    assert stand_in("Ruiz M") == f"{ruiz} {maria[0]}"
    assert stand_in("M.R.") == f"{maria[0]}.{ruiz[0]}."


def test_names_with_apostrophes_are_one_part() -> None:
    assert len({stand_in(name).casefold() for name in ("O'Brien", "O’BRIEN", "o'brien")}) == 1


def test_each_part_of_a_chinese_name_has_one_surrogate_with_and_without_title() -> None:
    name = stand_in("王建国")
    surname, given_name = name[0], name[1:]
    assert len(name) == 3
    assert not set(name) & set("王建国")
    for written, expected in {
        "王先生": f"{surname}先生",
        "王主任医师": f"{surname}主任医师",
        "老王": f"老{surname}",
        "小王": f"小{surname}",
        "王某某": f"{surname}某某",
        "建国": given_name,
        "王 建 国": " ".join(name),
    }.items():
        assert stand_in(written) == expected


def test_a_surname_of_two_characters_is_one_part() -> None:
    assert stand_in("欧阳先生") == stand_in("欧阳修文")[0] + "先生"
    assert stand_in("修文") == stand_in("欧阳修文")[1:]


def test_a_name_in_two_scripts_leaves_no_part_behind() -> None:
    made = stand_in("王建国 Wang Jianguo")
    assert "Wang" not in made
    assert "Jianguo" not in made
    assert made.startswith(stand_in("王建国") + " ")


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("Maria Ruiz", ["Maria Ruiz, Ms Ruiz to all, has asthma.", "RUIZ, MARIA came back.", "M. Ruiz left."]),
        ("王建国", ["患者王建国，男，56岁。王先生诉胸痛。", "建国今日出院。姓名：王建国。"]),
    ],
)
def test_texts_of_a_patient_tell_of_one_person(value: str, texts: list[str]) -> None:
    by = Deidentifier(key=KEY, mode=Mode.PSEUDONYM, shift_days=0)
    known = (Identifier(IdentifierType.NAME, value),)
    cleaned = " ".join(by.clean_text(text, known=known).text for text in texts).casefold()
    made = stand_in(value).casefold()
    parts, own = (made.split(), value.casefold().split()) if value.isascii() else ([made[0], made[1:]], ["王", "建国"])
    assert all(cleaned.count(part) >= 2 for part in parts)
    assert not any(part in cleaned for part in own)


@given(st.text(min_size=1, max_size=30))
def test_any_text_has_the_same_surrogate_each_time(value: str) -> None:
    assert stand_in(value) == stand_in(value)
