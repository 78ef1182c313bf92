"""Tables of labels: rates by arm, grades, merged and flattened headers, interactions, doses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractors.extract import make_context, merge
from extractors.frequency import find_rates, frequency_class
from extractors.model import Assertion, Cell, Coded, Document, Mention, Relation, Section, Table
from extractors.relations import tables
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

Row = Sequence[str | tuple[str, int]]


def table_document(
    rows: Sequence[Row], *, section: str = "adverse_reactions", caption: str = "", language: str = "en"
) -> Document:
    """A label of TREANDA with one table; a cell given with a number spans so many columns."""
    text, cells = "TREANDA\n", []
    start = len(text)
    for number, row in enumerate(rows):
        column = 0
        for place, value in enumerate(row):
            words, span = value if isinstance(value, tuple) else (value, 1)
            text += " | " if place else ""
            cells.append(Cell(number, column, len(text), len(text) + len(words), column_span=span))
            text, column = text + words, column + span
        text += "\n"
    table = Table(start, len(text), caption, tuple(cells))
    coded = (Coded("has_active_ingredient", "", "TREANDA", Kind.DRUG, 0, 7),)
    sections = (Section("", "", 0, start, "product_data"), Section("", "", start, len(text), section))
    return Document("t", "TREANDA", text, sections, (table,), coded=coded, language=language)


def read(document: Document, mentions: Sequence[tuple[str, Kind]] = ()) -> list[Relation]:
    found = [
        Mention(at, at + len(name), name, kind) for name, kind in mentions if (at := document.text.find(name)) >= 0
    ]
    context = make_context(document, Lexicon.of([]), [(0, len(document.text))], sorted(found, key=lambda m: m.start))
    return merge(tables.find_relations(context))


def said(relations: Sequence[Relation], name: str) -> list[dict[str, str]]:
    return [{q.name: q.value for q in r.qualifiers} for r in relations if r.object.text == name]


GRADES: list[Row] = [
    [("", 1), ("Number (%) of patients", 4)],
    ["", ("TREANDA (N=153)", 2), ("Chlorambucil (N=143)", 2)],
    ["Preferred term", "All Grades", "Grade 3/4", "All Grades", "Grade 3/4"],
    ["Total number of patients with at least 1 adverse reaction", "121 (79)", "52 (34)", "96 (67)", "25 (17)"],
    ["Gastrointestinal disorders", "", "", "", ""],
    ["Nausea", "31 (20)", "1 (<1)", "21 (15)", "1 (<1)"],
    ["Vomiting", "24 (16)", "—", "9 (6)", "0"],
]


def test_each_grade_of_the_own_arm_has_its_rate_and_its_comparator() -> None:
    nausea = said(read(table_document(GRADES), [("Chlorambucil", Kind.DRUG)]), "Nausea")
    assert {row["grade"]: (row["rate"], row["comparator_rate"]) for row in nausea} == {
        "all grades": ("20%", "15%"),
        "grade 3/4": ("<1%", "<1%"),
    }
    assert {row["arm"] for row in nausea} == {"treanda"}
    assert {row["arm_size"] for row in nausea} == {"153"}
    assert {row["comparator"] for row in nausea} == {"chlorambucil"}


def test_totals_and_groups_are_no_events() -> None:
    assert {r.object.text for r in read(table_document(GRADES))} == {"Nausea", "Vomiting"}


def test_event_that_nobody_on_the_drug_had_is_not_caused_by_it() -> None:
    vomiting = said(read(table_document(GRADES)), "Vomiting")
    assert [row["grade"] for row in vomiting] == ["all grades"]


def test_row_is_the_evidence() -> None:
    document = table_document(GRADES)
    first = next(r for r in read(document) if r.object.text == "Nausea")
    assert document.text[first.start : first.end] == "Nausea | 31 (20) | 1 (<1) | 21 (15) | 1 (<1)"


def test_flattened_header_is_stretched_over_the_columns_below() -> None:
    rows = [
        ["", "TREANDA N=150", "Placebo N=141"],
        ["Event", "All Grades n (%)", "Grade 3/4 n (%)", "All Grades n (%)", "Grade 3/4 n (%)"],
        ["Rash", "12 (8)", "4 (3)", "7 (5)", "3 (2)"],
    ]
    rash = said(read(table_document(rows)), "Rash")
    assert [(row["arm"], row["rate"], row["comparator"], row["comparator_rate"]) for row in rash] == [
        ("treanda", "8%", "placebo", "5%"),
        ("treanda", "3%", "placebo", "2%"),
    ]


def test_doses_are_arms_of_the_drug() -> None:
    rows = [["Adverse reaction", "10 mg (n=100) %", "20 mg (n=90) %", "Placebo (n=95) %"], ["Cough", "5.1", "7", "2"]]
    cough = said(read(table_document(rows)), "Cough")
    assert [(row["arm"], row["arm_size"], row["rate"], row["comparator_rate"]) for row in cough] == [
        ("10 mg", "100", "5.1%", "2%"),
        ("20 mg", "90", "7%", "2%"),
    ]


def test_arms_that_are_populations_are_not_compared() -> None:
    rows = [["", "HL N=102 %", "sALCL N=58 %"], ["Anemia", "33", "52"]]
    anemia = said(read(table_document(rows)), "Anemia")
    assert [row["rate"] for row in anemia] == ["33%", "52%"]
    assert all("comparator" not in row for row in anemia)


def test_counts_become_rates_by_the_size_of_the_arm() -> None:
    rows = [["Event", "TREANDA (N=200) n", "Placebo (N=100) n"], ["Rash", "10", "1"]]
    rash = said(read(table_document(rows)), "Rash")
    assert [(row["rate"], row["comparator_rate"]) for row in rash] == [("5%", "1%")]


def test_rate_below_the_comparator_is_trusted_less() -> None:
    rows = [["Event %", "TREANDA", "Placebo"], ["Rash", "2", "9"], ["Cough", "9", "2"]]
    scores = {r.object.text: r.score for r in read(table_document(rows))}
    assert scores["Rash"] < scores["Cough"]


def test_chinese_table() -> None:
    rows = [["不良反应", "TREANDA组 (n=120) 例数(%)", "安慰剂组 (n=118) 例数(%)"], ["恶心", "12 (10.0)", "3 (2.5)"]]
    nausea = said(read(table_document(rows, language="zh")), "恶心")
    assert [(row["rate"], row["frequency"], row["comparator_rate"]) for row in nausea] == [
        ("10%", "very common", "2.5%")
    ]


@pytest.mark.parametrize("caption", ["Recommended dose modifications", "Efficacy results"])
def test_other_tables_of_the_section_are_left_alone(caption: str) -> None:
    assert read(table_document([["Event %", "TREANDA", "Placebo"], ["Rash", "9", "2"]], caption=caption)) == []


def test_interaction_row_gives_effect_and_management() -> None:
    rows = [
        ["Concomitant Drug Class: Drug Name", "Effect", "Clinical Comment"],
        ["ketoconazole", "increased TREANDA concentrations", "Avoid concomitant use."],
        ["antacids", "no effect", "No dose adjustment."],
    ]
    relations = read(
        table_document(rows, section="interactions"), [("ketoconazole", Kind.DRUG), ("antacids", Kind.DRUG_CLASS)]
    )
    by_name = {r.object.text: (r.predicate, r.assertion) for r in relations}
    assert by_name == {
        "ketoconazole": ("interacts_with", Assertion.PRESENT),
        "antacids": ("interacts_with", Assertion.NEGATED),
    }
    assert said(relations, "ketoconazole")[0] == {"effect": "increases exposure", "management": "avoid"}


def test_interaction_block_belongs_to_the_partner_in_its_title() -> None:
    rows: list[Row] = [
        [("Strong CYP3A4 Inhibitors", 2)],
        ["Clinical Impact:", "Increased exposure of TREANDA"],
        ["Prevention or Management:", "Reduce the dose of TREANDA. Digoxin needs no change."],
        ["Examples:", "itraconazole"],
        [("Warfarin", 2)],
        ["Clinical Impact:", "Increased risk of bleeding"],
        ["Prevention or Management:", "Monitor INR"],
    ]
    names = [("itraconazole", Kind.DRUG), ("Warfarin", Kind.DRUG), ("Digoxin", Kind.DRUG)]
    relations = read(table_document(rows, section="interactions"), names)
    managed = {(r.object.text, q.value) for r in relations for q in r.qualifiers if q.name == "management"}
    assert {name for name, _ in managed} == {"itraconazole", "Warfarin"}
    assert ("itraconazole", "reduce dose") in managed
    assert ("Warfarin", "monitor") in managed


def test_arrow_tells_whose_exposure_changes() -> None:
    rows = [
        ["Drug", "Effect", "Comment"],
        ["digoxin", "↑ digoxin", "Monitor."],
        ["rifampin", "↓ TREANDA", "Avoid."],
    ]
    document = table_document(rows, section="interactions")
    own = document.text.rindex("TREANDA")
    found = [Mention(own, own + 7, "TREANDA", Kind.DRUG, own=True)]
    for name in ("digoxin", "rifampin"):
        place = document.text.find(name)
        found.append(Mention(place, place + len(name), name, Kind.DRUG))
    place = document.text.rindex("digoxin")
    found.append(Mention(place, place + 7, "digoxin", Kind.DRUG))
    context = make_context(document, Lexicon.of([]), [], sorted(found, key=lambda m: m.start))
    relations = [r for r in tables.find_relations(context) if r.predicate == "affects_exposure_of"]
    assert [(r.subject.text, r.object.text, r.qualifiers[-1].value) for r in relations] == [
        ("TREANDA", "digoxin", "increases exposure"),
        ("rifampin", "TREANDA", "decreases exposure"),
    ]


def test_row_over_the_whole_width_speaks_for_the_rows_below() -> None:
    rows: list[Row] = [
        ["Drug", "Comment"],
        [("Drugs that may increase the plasma concentrations of TREANDA and others", 2)],
        ["itraconazole", "Avoid."],
    ]
    relations = read(table_document(rows, section="interactions"), [("itraconazole", Kind.DRUG)])
    assert said(relations, "itraconazole") == [{"effect": "increases exposure", "management": "avoid"}]


def test_table_of_two_columns_gives_doses_by_population() -> None:
    rows = [["Creatinine clearance", "Dose"], ["Over 60 mL/min", "100 mg once daily"], ["Below 30", "50 mg once daily"]]
    relations = read(table_document(rows, section="dosage"))
    assert [(r.predicate, r.object.text) for r in relations] == [
        ("has_dose", "100 mg once daily"),
        ("has_dose", "50 mg once daily"),
    ]
    assert said(relations, "50 mg once daily")[0]["population"] == "below 30"


@pytest.mark.parametrize(
    ("rate", "name"),
    [
        ("12%", "very common"),
        ("10%", "very common"),
        ("9.9%", "common"),
        ("1%", "common"),
        ("0.5%", "uncommon"),
        ("0.05%", "rare"),
        ("0.001%", "very rare"),
        (">=10%", "very common"),
        ("<1%", "uncommon"),
        ("<10%", ""),
    ],
)
def test_frequency_classes_of_cioms(rate: str, name: str) -> None:
    assert frequency_class(rate) == name


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("nausea (12%), rash", ["12%"]),
        ("nausea (12% vs. 5%)", ["12%", "5%"]),
        ("nausea (12% vs 5% placebo)", ["12%", "5%"]),
        ("nausea occurred in 12% of patients compared with 5% of placebo patients", ["12%", "5%"]),
        ("nausea: 1.2 %", ["1.2%"]),
        ("nausea（≥10％）", [">=10%"]),
        ("nausea and rash (3% and 4%, respectively)", []),
        ("nausea that was mild in 40% of cases", []),
    ],
)
def test_rates_beside_a_name(text: str, rates: list[str]) -> None:
    assert find_rates(text, 0, len("nausea"), len(text)) == rates


def test_dash_in_a_header_does_not_begin_the_body() -> None:
    rows: list[Row] = [["", "-", "-"], ["Reaction", "TREANDA (%)", "Placebo (%)"], ["Nausea", "20", "5"]]
    (nausea,) = said(read(table_document(rows)), "Nausea")
    assert nausea["rate"] == "20%"
    assert nausea["comparator_rate"] == "5%"


@pytest.mark.parametrize("mark", ["^a", "^1,2", " ^a, b", "*"])
def test_mark_of_a_footnote_belongs_to_no_name(mark: str) -> None:
    rows: list[Row] = [["Reaction", "TREANDA (%)", "Placebo (%)"], [f"Nausea{mark}", f"20{mark}", "5"]]
    (nausea,) = said(read(table_document(rows)), "Nausea")
    assert nausea["rate"] == "20%"
