"""The trained recogniser: what it finds that no rule does, that its file is checked, that training repeats."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid_learning import Learner, read_lessons
from deid_notes import make_plain, make_varied, read_sources
from deid_words import read_plain_word_sets
from extractors.deidentify import Deidentifier, Found
from extractors.deidentify.found import without_retold
from extractors.deidentify.plausible import is_plausible
from extractors.deidentify.recognisers import TrainedRecogniser
from extractors.deidentify.trained import NEVER, TAGS, allowed, best_tags
from extractors.deidentify.weights import FILE, Weights, read_weights, write_weights
from extractors.deidentify.word_sets import WordSet
from extractors.errors import DeidentifyError
from extractors.events import IdentifierType
from planted import make_notes

KEY = b"a key that only the tests know .."
SECRET = "Zorbax Quillfeather"


@pytest.fixture(scope="module")
def by() -> Deidentifier:
    return Deidentifier(key=KEY, shift_days=0)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Fam mtg w/ Orvadine (dtr) today, wants hospice.", "Orvadine"),
        ("Spoke to Tovkessa, will bring meds list tomorrow.", "Tovkessa"),
        ("0200 vent check, Brindlemoor, Vt 420. ABG ok.", "Brindlemoor"),
        ("RN Quenby to bedside, Marrowick updated by phone.", "Marrowick"),
        ("家属栾霁陪伴在旁，栾霁签字。", "栾霁"),
        ("夜班交班：12床逄嘉澍，术后第2天", "逄嘉澍"),
    ],
)
def test_names_that_no_list_has(by: Deidentifier, text: str, secret: str) -> None:
    assert secret not in by.clean_text(text).text


@pytest.mark.parametrize(
    "text",
    [
        "Lungs clear to auscultation bilaterally. Abdomen soft, nontender.",
        "Abdomen nontender. She was referred to the Intensive Care Unit.",
        "宝贝发烧三天了，谢谢医生，有没有必要去医院检查？",
        "Started on metoprolol 25 mg BID and lisinopril 10 mg daily.",
        "WBC 12.4, Hgb 9.8, Plt 188, Na 138, K 4.6, Cr 1.3",
        "双肺呼吸音粗，未闻及干湿啰音，心率78次/分，律齐。",
        "予阿莫西林0.5g tid口服，多饮水，注意休息。",
    ],
)
def test_plain_findings_stay(by: Deidentifier, text: str) -> None:
    assert by.clean_text(text).text == text


@pytest.mark.parametrize(
    ("kind", "value", "plausible"),
    [
        (IdentifierType.DATE, "1/11", True),
        (IdentifierType.DATE, "16/18", False),
        (IdentifierType.DATE, "7.38/41/92/24", False),
        (IdentifierType.AGE, "ninety-four", True),
        (IdentifierType.AGE, "67", False),
        (IdentifierType.AGE, "120", False),
        (IdentifierType.PHONE, "2245", False),
        (IdentifierType.DATE, "1983-1988", False),
        (IdentifierType.MEDICAL_RECORD, "TKGR527", True),
        (IdentifierType.NAME, "Rosa", True),
        (IdentifierType.NAME, "7", False),
        (IdentifierType.ORGANIZATION, "BS", False),
        (IdentifierType.ORGANIZATION, "当地医院", False),
        (IdentifierType.ORGANIZATION, "顺达快递", True),
        (IdentifierType.ADDRESS, "--", False),
    ],
)
def test_a_range_must_have_what_its_type_asks_for(kind: IdentifierType, value: str, plausible: bool) -> None:
    assert is_plausible(kind, value) is plausible


def test_dates_that_the_rules_read_are_not_made_longer() -> None:
    date, name = IdentifierType.DATE, IdentifierType.NAME
    more = [Found(0, 12, date, "trained"), Found(20, 24, date, "trained"), Found(2, 9, name, "trained")]
    assert without_retold(more, [Found(2, 9, date, "rule")]) == more[1:]


def _learnt() -> Weights:
    words = read_plain_word_sets()
    source = read_sources(["heldout"], every=True)[0]
    notes = [*make_varied(source, 30, seed=3, kept_apart=False), *make_plain("en", 10, seed=3)]
    learner = Learner(buckets=1 << 12)
    wrong = list(learner.learn(read_lessons(notes, words), epochs=3, seed=3))
    assert wrong[-1] < wrong[0]
    return learner.weights(words)


def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_weights(_learnt(), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = read_weights(tmp_path / "one")
    write_weights(again, tmp_path / "three")
    assert (tmp_path / "three").read_bytes() == (tmp_path / "one").read_bytes()


def test_the_file_is_small() -> None:
    assert FILE.stat().st_size < 2_000_000


@pytest.mark.parametrize("damage", ["cut", "changed", "other", "missing"])
def test_a_damaged_file_stops_the_text_and_says_how_to_mend_it(damage: str, tmp_path: Path) -> None:
    content = bytearray(FILE.read_bytes())
    content[5_000] ^= 1
    damaged = {"cut": FILE.read_bytes()[:9_000], "changed": bytes(content), "other": b"PK\x03\x04 something else"}
    path = tmp_path / "trained.weights"
    if damage in damaged:
        path.write_bytes(damaged[damage])
    by = Deidentifier(key=KEY, trained=False, recognisers=[TrainedRecogniser(file=path)])
    with pytest.raises(DeidentifyError, match="put the file of the release back") as raised:
        by.clean_text(f"{SECRET} was here")
    shown = "".join(traceback.format_exception(raised.value))
    assert "Quillfeather" not in shown and str(tmp_path) not in str(raised.value)


@pytest.mark.parametrize("which", ["tuning", "unseen"])
def test_what_the_rules_find_goes_with_the_trained_one_too(by: Deidentifier, which: str) -> None:
    rules = Deidentifier(key=KEY, shift_days=0, trained=False)
    for note in make_notes(which, 12):
        covered = {at for found in by.find(note.text) for at in range(found.start, found.end)}
        assert all({*range(found.start, found.end)} <= covered for found in rules.find(note.text))


def test_traditional_characters_are_read() -> None:
    text = "家屬霍啟聰陪同，張雅婷護理師"
    cleaned = Deidentifier(key=KEY).clean_text(text).text
    assert "霍啟聰" not in cleaned and "張雅婷" not in cleaned and cleaned.endswith("護理師")


def test_without_the_trained_one_the_rules_are_asked_alone() -> None:
    found = Deidentifier(key=KEY, trained=False).find("Fam mtg w/ Orvadine (dtr). Dr. Ana Ruiz.")
    assert {each.rule for each in found} == {"en-name"}


def test_a_larger_reach_finds_no_less() -> None:
    text = "Fam mtg w/ Orvadine (dtr), Tovkessa aware, case TKGR527, OR 3/4."
    counts = [
        sum(found.end - found.start for found in Deidentifier(key=KEY, reach=reach).find(text))
        for reach in (-100_000, 600, 100_000)
    ]
    assert counts[0] <= counts[1] < counts[2]


def test_what_goes_on_must_have_begun() -> None:
    import numpy as np

    scores = np.zeros((3, TAGS), np.int32)
    scores[:, 2] = 100
    tags = best_tags(scores, np.zeros((2, TAGS, TAGS), np.int32), np.zeros(3, np.int64))
    assert tags[0] != 2 and allowed()[0, 2] == NEVER


def test_words_of_a_set_are_always_known_and_few_others() -> None:
    words = [f"word{number}" for number in range(2_000)]
    known = WordSet.of(words)
    assert all(word in known for word in words)
    assert sum(f"other{number}" in known for number in range(2_000)) < 60


@given(text=st.text(max_size=80), language=st.sampled_from(["en", "zh", ""]))
def test_no_text_makes_it_fail(by: Deidentifier, text: str, language: str) -> None:
    assert by.clean_text(f"BMI 31 kg/m² {text}", language=language).text.startswith("BMI")
