"""Tables of adverse events against another drug: which arm is the label's own, and which is the comparator."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.extract import make_context, merge
from extractors.model import Cell, Coded, Document, Mention, Relation, Section, Table
from extractors.relations import tables
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

Row = Sequence[str | tuple[str, int] | tuple[str, int, int]]
Said = tuple[str, str, str, str]


def table_document(rows: Sequence[Row], own: str, language: str) -> Document:
    """A label of `own` with one table; a cell may say how many columns it spans, and then how many rows."""
    text, cells, taken = f"{own}\n", [], set[tuple[int, int]]()
    start = len(text)
    for number, row in enumerate(rows):
        column = 0
        for value in row:
            words, across, down = (value, 1, 1) if isinstance(value, str) else (*value, 1)[:3]
            while (number, column) in taken:
                column += 1
            cells.append(Cell(number, column, len(text), len(text) + len(words), down, across))
            taken.update((number + i, column + j) for i in range(down) for j in range(across))
            text, column = f"{text}{words} | ", column + across
        text += "\n"
    coded = (Coded("has_active_ingredient", "", own, Kind.DRUG, 0, len(own)),)
    sections = (Section("", "", 0, start, "product_data"), Section("", "", start, len(text), "adverse_reactions"))
    table = Table(start, len(text), "", tuple(cells))
    return Document("t", own, text, sections, (table,), coded=coded, language=language)


def read(
    rows: Sequence[Row], *, own: str = "Apixaban", drugs: Sequence[str] = (), language: str = "en"
) -> list[Relation]:
    document = table_document(rows, own, language)
    found = [
        Mention(at, at + len(name), name, Kind.DRUG)
        for name in drugs
        for at in range(len(document.text))
        if document.text.startswith(name, at)
    ]
    context = make_context(document, Lexicon.of([]), [], sorted(found, key=lambda mention: mention.start))
    return merge(tables.find_relations(context))


def arms(relations: Sequence[Relation], event: str) -> list[Said]:
    """Arm, rate, comparator and its rate of each relation of `event`, empty where not said."""
    found = [{q.name: q.value for q in r.qualifiers} for r in relations if r.object.text == event]
    return [(q.get("arm", ""), q.get("rate", ""), q.get("comparator", ""), q.get("comparator_rate", "")) for q in found]


APIXABAN = ("apixaban", "2.6%", "enoxaparin", "2.7%")


@pytest.mark.parametrize("study", ["Study A", "ADVANCE-3", "Percent of patients", "Study A (N=5407)"])
def test_own_drug_is_the_arm_and_the_other_drug_its_comparator(study: str) -> None:
    rows: list[Row] = [
        [("Adverse reaction", 1, 2), (study, 2)],
        ["Apixaban %", "Enoxaparin %"],
        ["Nausea", "2.6", "2.7"],
    ]
    assert arms(read(rows, drugs=["Enoxaparin"]), "Nausea") == [APIXABAN]


def test_own_drug_in_the_second_column_is_the_arm() -> None:
    rows: list[Row] = [
        [("Adverse reaction", 1, 2), ("Study A", 2)],
        ["Enoxaparin", "Apixaban"],
        ["Nausea", "2.7%", "2.6%"],
    ]
    assert arms(read(rows, drugs=["Enoxaparin"]), "Nausea") == [APIXABAN]


def test_header_row_that_lost_the_place_of_the_label_cell_is_put_back() -> None:
    rows: list[Row] = [
        ["Adverse reaction", ("Study A", 2)],
        ["Apixaban", "Enoxaparin"],
        ["N=2673", "N=2659"],
        ["Nausea", "2.6%", "2.7%"],
    ]
    relations = read(rows, drugs=["Enoxaparin"])
    assert arms(relations, "Nausea") == [APIXABAN]
    assert {q.value for q in relations[0].qualifiers if q.name == "arm_size"} == {"2673"}


@pytest.mark.parametrize("top", ["Study A", "Study A (N=5332)"])
def test_size_is_that_of_the_arm_and_not_of_the_study(top: str) -> None:
    rows: list[Row] = [
        [("Adverse reaction", 1, 2), (top, 2)],
        ["Apixaban (N=2673) %", "Warfarin (N=2659) %"],
        ["Rash", "<1", "2"],
    ]
    (rash,) = read(rows, drugs=["Warfarin"])
    said = {q.name: q.value for q in rash.qualifiers}
    assert (said["arm"], said["arm_size"], said["rate"]) == ("apixaban", "2673", "<1%")
    assert (said["comparator"], said["comparator_rate"]) == ("warfarin", "2%")


def test_each_study_has_its_own_comparator() -> None:
    rows: list[Row] = [
        [("Event %", 1, 2), ("Study A", 2), ("Study B", 2), ("Study C", 1)],
        ["Apixaban", "Enoxaparin", "Warfarin", "Apixaban", "Apixaban"],
        ["Nausea", "2", "3", "4", "5", "6"],
    ]
    assert arms(read(rows, drugs=["Enoxaparin", "Warfarin"]), "Nausea") == [
        ("study a apixaban", "2%", "study a enoxaparin", "3%"),
        ("study b apixaban", "5%", "study b warfarin", "4%"),
        ("study c apixaban", "6%", "", ""),
    ]


def test_dose_below_the_name_of_another_drug_is_that_of_the_other_drug() -> None:
    rows: list[Row] = [
        [("Event %", 1, 2), ("Apixaban", 2), ("Enoxaparin", 2)],
        ["2.5 mg", "5 mg", "30 mg", "40 mg"],
        ["Nausea", "2", "3", "4", "5"],
    ]
    said = arms(read(rows, drugs=["Enoxaparin"]), "Nausea")
    assert [(arm, rate) for arm, rate, _, _ in said] == [("apixaban 2.5 mg", "2%"), ("apixaban 5 mg", "3%")]
    assert all(comparator.startswith("enoxaparin") for _, _, comparator, _ in said)


def test_only_arm_that_is_no_placebo_is_the_drug() -> None:
    rows: list[Row] = [
        [("Event %", 1, 2), ("Placebo-controlled study", 2)],
        ["Active", "Placebo"],
        ["Nausea", "2", "3"],
    ]
    assert arms(read(rows), "Nausea") == [("active", "2%", "placebo", "3%")]


@pytest.mark.parametrize(("first", "second"), [("Group A", "Group B"), ("Arm 1", "Arm 2"), ("A组", "B组")])
def test_arms_that_cannot_be_told_give_the_event_without_a_rate(first: str, second: str) -> None:
    rows: list[Row] = [[("Event %", 1, 2), ("Study A", 2)], [first, second], ["Nausea", "2", "3"]]
    assert arms(read(rows), "Nausea") == [("", "", "", "")]


def test_table_of_other_drugs_alone_says_nothing_of_the_own() -> None:
    rows: list[Row] = [["Event %", "Enoxaparin", "Placebo"], ["Nausea", "2", "3"]]
    assert read(rows, drugs=["Enoxaparin"]) == []


def test_column_of_p_values_is_no_arm() -> None:
    rows: list[Row] = [["Event %", "Enoxaparin", "Apixaban", "P value"], ["Nausea", "2", "3", "0.04"]]
    assert arms(read(rows, drugs=["Enoxaparin"]), "Nausea") == [("apixaban", "3%", "enoxaparin", "2%")]


@pytest.mark.parametrize(
    ("own", "other"),
    [("试验组", "对照组"), ("本品组", "华法林组"), ("阿哌沙班组", "华法林组"), ("治疗组", "安慰剂组")],
)
def test_chinese_arms_are_told_in_either_order(own: str, other: str) -> None:
    for names, cells in (((own, other), ("<1", "2.7")), ((other, own), ("2.7", "<1"))):
        rows: list[Row] = [
            [("不良反应", 1, 2), ("研究A 发生率(%)", 2)],
            [f"{name}(120例)" for name in names],
            ["恶心", *cells],
        ]
        relations = read(rows, own="阿哌沙班", drugs=["华法林"], language="zh")
        assert arms(relations, "恶心") == [(own, "<1%", other, "2.7%")]
        assert {q.value for q in relations[0].qualifiers if q.name == "arm_size"} == {"120"}
