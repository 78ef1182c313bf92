"""Texts without what points at a person: what goes, what stays, what stands instead, and that nothing leaks."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.deidentify import Cleaned, Deidentifier, Found, Mode, Report
from extractors.deidentify.found import Moves, without_overlaps
from extractors.errors import DeidentifyError
from extractors.events import Identifier, IdentifierType

KEY = b"a key that only the tests know .."
SECRET = "Zorbax Quillfeather"


@pytest.fixture(scope="module")
def by() -> Deidentifier:
    """The rules alone: what the trained recogniser adds has tests of its own."""
    return Deidentifier(key=KEY, shift_days=0, trained=False)


GOES = [
    ("Seen by Dr. Ana Ruiz today.", "Seen by Dr. [NAME] today."),
    ("Patient Name: O'Brien, Ivan S.\nDOB: 3/7/23", "Patient Name: [NAME].\nDOB: [DATE]"),
    ("PT: SMITH, LINDA is here", "PT: [NAME] is here"),
    ("Electronically signed by Kwabena Ostrov, MD", "Electronically signed by [NAME], MD"),
    ("Dr. Parkinson treats Parkinson's disease.", "Dr. [NAME] treats Parkinson's disease."),
    ("Discussed with Reyes and Thorne on rounds.", "Discussed with [NAME] and [NAME] on rounds."),
    ("on March 7th, 2023 and 7 Mar 2023 and 2023-03-07", "on [DATE] and [DATE] and [DATE]"),
    ("Tuesday, March 7; 07MAR2023; 3/7/23", "[DATE]; [DATE]; [DATE]"),
    ("于二〇二三年三月七日及3月7日复查", "于[DATE]及[DATE]复查"),
    ("２０２３年３月 起", "[DATE] 起"),
    ("a 93-year-old, ninety-three-year-old man", "a [AGE]-year-old, [AGE]-year-old man"),
    ("93岁，父九十三岁", "[AGE]岁，父[AGE]岁"),
    ("(617) 555-0123 ext 12, +44 20 7946 0958", "[PHONE], [PHONE]"),
    ("手机13800138000，座机010-62345678转123", "手机[PHONE]，座机[PHONE]"),
    ("手机１３８ ００１３ ８０００", "手机[PHONE]"),
    ("电话1380013\n8000。", "电话[PHONE]。"),
    ("身份证号11010519491231002X", "身份证号[NATIONAL_ID]"),
    ("110105 19491231 002X", "[NATIONAL_ID]"),
    ("SSN 123-45-6789, MRN0034567", "SSN [NATIONAL_ID], [MEDICAL_RECORD]"),
    ("card 4111 1111 1111 1111", "card [ACCOUNT]"),
    ("a@b.org, https://x.org/p?id=1, 10.0.0.7, fe80::1", "[EMAIL], [URL], [IP], [IP]"),
    ("车牌京A·12345", "车牌[PLATE]"),
    ("Serial number: PJN123456H", "Serial number: [DEVICE]"),
    ("Lives at 12 Elm Street, Apt 4, Springfield, IL 62701.", "Lives at [ADDRESS]."),
    ("家住山东省济南市历下区文化东路44号", "家住[ADDRESS]"),
    ("seen at St. Mary's Hospital", "seen at [ORGANIZATION]"),
    ("就诊于北京协和医院", "就诊于[ORGANIZATION]"),
    ("患者王芳因腹痛入院，家属李雷签字", "患者[NAME]因腹痛入院，家属[NAME]签字"),
    ("今日张主任查房，签名：欧阳国强", "今日[NAME]主任查房，签名：[NAME]"),
    ("阿依古丽·买买提，女，45岁", "[NAME]，女，45岁"),
    ("Born in Ottumwa, age: ninety-four", "Born in [ADDRESS], age: [AGE]"),
    ("colonoscopy 3/2020 normal", "colonoscopy [DATE] normal"),
    ("plate 8ABC123, VIN 1HGCM82633A004352", "plate [PLATE], VIN [PLATE]"),
    ("Serial no. SN-AB12345", "Serial no. [DEVICE]"),
    ("moved to ward 7B, Room 412", "moved to ward [ORGANIZATION], Room [ORGANIZATION]"),
    ("住院号：00123456", "住院号：[MEDICAL_RECORD]"),
    ("患者王小明，男，5岁。小明诉腹痛", "患者[NAME]，男，5岁。[NAME]诉腹痛"),
    ("患者任先生，因腹痛入院", "患者[NAME]先生，因腹痛入院"),
    ("zero\u200b width Dr. A\u200bna Ruiz", "zero\u200b width Dr. [NAME]"),
]

STAYS = [
    "Parkinson's disease, Crohn disease, Hodgkin lymphoma, Wilson disease, Bell's palsy",
    "Glasgow Coma Scale 15, Apgar 8/9, Gleason 3+4=7, Ann Arbor stage III",
    "BP 120/80, strength 4/5, pain 7/10, L4/5, C5-C6, T2N1M0, 2/6 murmur",
    "metoprolol 25 mg 1/2 tablet BID, 5-FU, 6-MP, heparin 5000 units, Lotrel 10/20 daily",
    "May increase to 400 mg. BRCA1 c.68_69delAG, KRAS G12D, HER2/neu, CD4 350",
    "Foley catheter, Jackson-Pratt drain, Babinski sign, McBurney tender",
    "Na 138, K 4.1, Cr 0.9, WBC 7.8, INR 2-3, HbA1c 7.2%, FEV1/FVC 0.7",
    "She was 45 years old in 2015, for 3 months, day 3/7 of vancomycin",
    "plate 3 holes, growth plate 12 mm, emergency room 3 times, room air 98%, ward 3 days, dilution 1/2000",
    "帕金森病、白塞病、克罗恩病、川崎病、桥本甲状腺炎",
    "血压120/80mmHg，肌力5/5级，1/2片 bid，3月余，2015年行阑尾切除术",
    "Glasgow评分15分，TNM分期T2N1M0，CA19-9 15，白细胞5.6×10^9/L",
    "患者于主任查房时诉腹痛，患者任何不适，健康状况良好",
    "长春新碱 2mg，外院就诊，当地医院，上级医院，我院",
]


@pytest.mark.parametrize(("text", "clean"), GOES)
def test_identifiers_go(by: Deidentifier, text: str, clean: str) -> None:
    assert by.clean_text(text).text == clean


@pytest.mark.parametrize("text", STAYS)
def test_medicine_stays(by: Deidentifier, text: str) -> None:
    assert by.clean_text(text).text == text


def known(kind: str, value: str) -> Identifier:
    return Identifier(IdentifierType(kind), value)


HUNTED = [
    ("name", "John Michael Parkinson", "parkinson john"),
    ("name", "John Michael Parkinson", "PARKINSON, JOHN M."),
    ("name", "John Michael Parkinson", "J. Parkinson"),
    ("name", "John Michael Parkinson", "J.M.P."),
    ("name", "Zorbax Quillfeather", "Quillfeather"),
    ("name", "Zorbax Quillfeather", "QUILL\nFEATHER"),
    ("name", "Zorbax Quillfeather", "Z o r b a x  "),
    ("name", "Zorbax Quillfeather", "zorbax"),
    ("name", "Zorbax Quillfeather", "quill-\nfeather"),
    ("name", "Samir Khan", "Khan, Samir"),
    ("name", "Albert Seven", "Seven, M.D., Albert"),
    ("name", "Albert Seven", "SEVEN, ALBERT"),
    ("name", "卞培元", "卞 培元"),
    ("name", "卞培元", "培元"),
    ("phone", "617-555-0123", "617 5550123"),
    ("phone", "617-555-0123", "(617)555.0123"),
    ("phone", "+86 13800138000", "138-0013-8000"),
    ("date", "1951-03-07", "510307"),
    ("date", "1951-03-07", "3/7"),
    ("medical_record", "MR-0012345", "mr 0012345"),
    ("medical_record", "MR-0012345", "12345"),
    ("address", "12 Elm Place, Springfield, MA", "ELM PLACE"),
    ("address", "山东省济南市历下区文化东路44号", "文化东路４４号"),
    ("organization", "Acme Plumbing", "acme  plumbing"),
    ("email", "ana.ruiz@x.org", "ANA.RUIZ @x.org"),
]


@pytest.mark.parametrize(("kind", "value", "written"), HUNTED)
def test_values_of_the_record_are_hunted_for(by: Deidentifier, kind: str, value: str, written: str) -> None:
    text = f"it says {written.strip()}, there"
    assert by.clean_text(text, known=[known(kind, value)]).text == f"it says [{kind.upper()}], there"


def test_a_known_name_that_is_a_disease_leaves_the_disease(by: Deidentifier) -> None:
    cleaned = by.clean_text("Parkinson has Parkinson's disease", known=[known("name", "Ida Parkinson")])
    assert cleaned.text == "[NAME] has Parkinson's disease"


@pytest.mark.parametrize(
    ("name", "text", "cleaned"),
    [
        ("Maria Zanzibarth", "zanzibarth denies pain, maria's knee hurts", "[NAME] denies pain, [NAME]'s knee hurts"),
        ("Maria Zanzibarth", "Zanzibarth disease of the knee", "[NAME] disease of the knee"),
        ("Albert Seven", "Seven, Albert RN gave seven pills", "[NAME] RN gave seven pills"),
        ("Hope Short", "short of breath, we hope for rest", "short of breath, we hope for rest"),
        ("Ida Parkinson", "parkinson disease, parkinsonism", "parkinson disease, parkinsonism"),
    ],
)
def test_a_known_name_in_small_letters_goes_unless_it_is_an_everyday_word(
    by: Deidentifier, name: str, text: str, cleaned: str
) -> None:
    assert by.clean_text(text, known=[known("name", name)]).text == cleaned


def test_modes() -> None:
    text = "Dr. Ana Ruiz, tel 617-555-0123. RUIZ, ANA came."
    assert Deidentifier(key=KEY, mode=Mode.ERASE).clean_text(text).text == "Dr. , tel .  came."
    replaced = Deidentifier(key=KEY, mode=Mode.PSEUDONYM).clean_text(text).text
    given_name, surname = replaced.split()[1], replaced.split()[2].rstrip(",")
    assert f"{surname.upper()}, {given_name.upper()} came." in replaced
    assert "Ruiz" not in replaced and "0123" not in replaced
    assert replaced == Deidentifier(key=KEY, mode=Mode.PSEUDONYM).clean_text(text).text
    assert replaced != Deidentifier(key=KEY[::-1], mode=Mode.PSEUDONYM).clean_text(text).text


def test_surrogates_are_of_the_same_language_and_shape() -> None:
    by = Deidentifier(key=KEY, mode=Mode.PSEUDONYM)
    text = "患者王芳，93岁，电话138-0013-8000，就诊于北京协和医院"
    clean = by.clean_text(text).text
    assert clean.startswith("患者") and "90岁" in clean
    assert "王芳" not in clean and "8000" not in clean and "协和" not in clean
    assert clean.endswith("医院") and clean.count("-") == 2


class Failing:
    """A recogniser that quotes the text in its error, as foreign ones do."""

    name = "failing"

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        raise ValueError(f"cannot read {text!r}")


def test_a_recogniser_that_fails_lets_nothing_through_and_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    by = Deidentifier(key=KEY, recognisers=[Failing()])
    with caplog.at_level(logging.DEBUG), pytest.raises(DeidentifyError) as raised:
        by.clean_text(f"{SECRET} was here")
    shown = "".join(traceback.format_exception(raised.value)) + caplog.text
    assert "failing" in str(raised.value) and "ValueError" in str(raised.value)
    assert SECRET not in shown
    assert raised.value.__context__ is None and raised.value.__cause__ is None


class Everything:
    """A recogniser of one word."""

    name = "everything"

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        yield Found(0, len(text), IdentifierType.ORGANIZATION, "all")


def test_a_recogniser_more() -> None:
    assert Deidentifier(key=KEY, recognisers=[Everything()]).clean_text("what so ever").text == "[ORGANIZATION]"


def test_nothing_shows_what_was_found() -> None:
    by = Deidentifier(key=KEY)
    cleaned = by.clean_text("Dr. Quillfeather called", known=[known("name", "Zorbax Quillfeather")])
    report = Report()
    report.note(cleaned, characters=23)
    shown = repr(cleaned) + repr(by.find("Dr. Quillfeather called")) + repr(report) + "".join(report.lines())
    assert "uillfeather" not in shown and "Zorbax" not in shown
    assert report.counts == {IdentifierType.NAME: 1}


def test_a_short_key_is_refused_and_not_shown() -> None:
    with pytest.raises(DeidentifyError, match="too short") as raised:
        Deidentifier(key=b"secret")
    assert "secret" not in str(raised.value)
    assert "key" not in repr(Deidentifier(key=KEY)).casefold()


@given(st.text(alphabet="Dr. Ana Ruiz3/7王芳，\n 93岁５\u200b", max_size=120))
@settings(max_examples=150, deadline=None)
def test_all_else_is_unchanged(text: str) -> None:
    by = Deidentifier(key=KEY, mode=Mode.TYPE, shift_days=0)
    cleaned = by.clean_text(text)
    rebuilt, position = "", 0
    moves = Moves(cleaned.spans)
    for found, length in cleaned.spans:
        rebuilt += text[position : found.start] + f"[{found.type.name}]"
        assert length == len(f"[{found.type.name}]")
        assert moves.at(found.end) == len(rebuilt)
        position = found.end
    assert cleaned.text == rebuilt + text[position:]


def test_overlapping_ranges_are_joined_under_the_type_of_the_longest() -> None:
    name, phone = IdentifierType.NAME, IdentifierType.PHONE
    joined = without_overlaps([Found(3, 9, phone, "b"), Found(0, 4, name, "a"), Found(20, 22, name, "c")])
    assert joined == [Found(0, 9, phone, "b"), Found(20, 22, name, "c")]


def test_moved_positions() -> None:
    cleaned: Cleaned = Deidentifier(key=KEY).clean_text("By Dr. Ana Ruiz. Plan: rest")
    assert cleaned.text[cleaned.moved(17) :] == "Plan: rest"
    assert cleaned.moved(7) == 7


def test_presidio_is_one_more_recogniser() -> None:
    pytest.importorskip("presidio_analyzer", reason="needs presidio-analyzer and a spaCy model")
    from extractors.deidentify.presidio import PresidioRecogniser

    by = Deidentifier(key=KEY, recognisers=[PresidioRecogniser()])
    assert "Quillfeather" not in by.clean_text("My name is Zorbax Quillfeather.").text


@pytest.mark.parametrize("unit", ["1", "1234567890", "A", "a-", "1.", "ab@", "A1"])
def test_a_run_without_end_is_one_identifier(unit: str) -> None:
    run = (unit * 20_000)[:100_000]
    (found,) = Deidentifier(key=b"0" * 32).find(f"see {run} ok")
    assert (found.start, found.end >= 4 + len(run) - 1) == (4, True)


@pytest.mark.parametrize(
    "text, cleaned",
    [
        ("Chart reviewed. Villarreal tolerated the feed.", "Chart reviewed. [NAME] tolerated the feed."),
        ("Drove in from Shreveport this morning.", "Drove in from [ADDRESS] this morning."),
        ("Borg 4/10, Ann Arbor stage II, Foley in place", "Borg 4/10, Ann Arbor stage II, Foley in place"),
        ("已告知，张秀芳", "已告知，[NAME]"),
        ("予蒲地蓝口服，每日三次", "予蒲地蓝口服，每日三次"),
    ],
)
def test_common_names_need_no_cue(text: str, cleaned: str) -> None:
    assert Deidentifier(key=b"0" * 32, trained=False).clean_text(text).text == cleaned
