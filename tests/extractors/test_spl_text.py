"""Text is laid out with regular white space, and marks know where their text stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from extractors.model import Table
from extractors.sources.spl_narrative import Narrative
from extractors.sources.spl_text import BLANK, LINE, PARAGRAPH, TextWriter


def lay(xml: str) -> tuple[str, list[Table]]:
    writer = TextWriter()
    narrative = Narrative(writer)
    narrative.lay_block(etree.fromstring(f"<text>{xml}</text>"))
    return writer.text, narrative.tables


def grid(xml: str) -> tuple[str, dict[tuple[int, int], str], Table]:
    text, (table,) = lay(f"<table>{xml}</table>")
    return text, {(cell.row, cell.column): text[cell.start : cell.end] for cell in table.cells}, table


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<paragraph> One\n   two </paragraph><paragraph>three</paragraph>", "One two\n\nthree"),
        ("<paragraph>a<content>b</content> <content>c</content></paragraph>", "ab c"),
        ("<paragraph>H<sub>2</sub>O, C<sub>max</sub></paragraph>", "H2O, Cmax"),
        ("<paragraph>10<sup>9</sup>/L, 10<sup>-10</sup> M</paragraph>", "10^9/L, 10^-10 M"),
        ("<paragraph>mg/m<sup>2</sup>, 25<sup>th</sup>, Ca<sup>2+</sup>, X<sup>®</sup></paragraph>",
         "mg/m2, 25th, Ca2+, X®"),
        ("<paragraph>Nausea<sup>a</sup> 12<sup>b</sup> rash<sup>1,2</sup> pain<sup>*</sup></paragraph>",
         "Nausea^a 12^b rash^1,2 pain*"),
        ("<paragraph>[see <linkHtml>Warnings (5.1)</linkHtml>\n ].</paragraph>", "[see Warnings (5.1)]."),
        ("<paragraph>one<br/>two<br/><br/>three</paragraph>", "one\ntwo\nthree"),
        ("<paragraph>soft\u00adhyphen\u200b and\u00a0space</paragraph>", "softhyphen and space"),
        ("<list><item>a</item><item>b<list><item>c</item></list></item></list>tail", "• a\n• b\n• c\ntail"),
        ("<list><item><caption>•</caption>a</item><item>• b</item><item><caption>2.</caption>c</item></list>",
         "• a\n• b\n• 2. c"),
        ("<list><caption>Head</caption><item><paragraph>a</paragraph><paragraph>b</paragraph></item></list>",
         "Head\n• a\nb"),
        ("a<footnote ID='x'>One.</footnote> b<footnoteRef IDREF='x'/> c<footnote>Two.</footnote>",
         "a* b* c†\n* One.\n† Two."),
        ("<renderMultiMedia referencedObject='MM1'/><renderMultiMedia><caption>Figure 1</caption></renderMultiMedia>",
         "Figure 1"),
        ("<paragraph>once</paragraph><excerpt><paragraph>twice</paragraph></excerpt>", "once"),
    ],
)  # fmt: skip
def test_narrative_is_laid_out(xml: str, text: str) -> None:
    assert lay(xml)[0] == text


def test_table_has_bars_between_cells_and_a_line_a_row() -> None:
    text, cells, table = grid(
        "<caption>T<br/>1</caption><tr><th>a</th><th>b</th></tr><tr><td>c<br/>d</td><td>e</td></tr>"
    )
    assert text == "T 1\na | b\nc d | e"
    assert table.caption == "T 1"
    assert cells == {(0, 0): "a", (0, 1): "b", (1, 0): "c d", (1, 1): "e"}
    assert [cell.header for cell in table.cells] == [True, True, False, False]


def test_spans_are_resolved_and_empty_cells_keep_their_place() -> None:
    text, cells, table = grid(
        "<tbody><tr><td rowspan='2'>a</td><td colspan='2'>b</td></tr><tr><td/><td>c</td></tr>"
        "<tr><td>d</td><td/><td/></tr></tbody>"
    )
    assert text == "a | b\n| | c\nd"
    assert cells == {(0, 0): "a", (0, 1): "b", (1, 1): "", (1, 2): "c", (2, 0): "d", (2, 1): "", (2, 2): ""}
    assert (table.cells[0].row_span, table.cells[1].column_span) == (2, 2)


def test_foot_comes_after_the_body_and_notes_after_the_foot() -> None:
    text, _, table = grid(
        "<thead><tr><td>h<footnote>Note.</footnote></td></tr></thead><tfoot><tr><td>f</td></tr></tfoot>"
        "<tbody><tr><td>b</td><td>2</td></tr></tbody>"
    )
    assert text == "h*\nb | 2\nf\n* Note."
    assert table.end == len(text)
    assert [cell.header for cell in table.cells] == [True, False, False, False]


def test_paragraphs_and_lists_in_a_cell_stay_on_the_row_with_stops_between() -> None:
    text, cells, _ = grid(
        "<tr><td><paragraph>One</paragraph><paragraph>two.</paragraph><paragraph>Three</paragraph></td>"
        "<td><list><item>a</item><item>b</item></list></td></tr>"
    )
    assert text == "One; two. Three | • a • b"
    assert cells[0, 1] == "• a • b"


def test_table_inside_a_cell_is_part_of_that_cell() -> None:
    text, cells, _ = grid("<tr><td>a</td><td><table><tr><td>b</td><td>c</td></tr></table></td></tr>")
    assert text == "a | b; c"
    assert cells == {(0, 0): "a", (0, 1): "b; c"}


def test_frame_of_one_column_keeps_its_paragraphs_and_inner_tables() -> None:
    text, tables = lay(
        "<table><tr><td><paragraph>One.</paragraph><list><item>a</item></list>"
        "<table><tr><td>x</td><td>y</td></tr></table></td></tr></table>"
    )
    assert text == "One.\n\n• a\n\nx | y"
    assert sorted(len(table.cells) for table in tables) == [1, 2]


def test_notes_in_a_foot_of_one_cell_are_lines_of_their_own() -> None:
    text, cells, _ = grid(
        "<tfoot><tr><td colspan='2'>* one<br/>a two</td></tr></tfoot>"
        "<tbody><tr><td>Group</td></tr><tr><td>b</td><td>2</td></tr></tbody>"
    )
    assert text == "Group\nb | 2\n* one\na two"
    assert cells[2, 0] == "* one\na two"


def test_bold_first_row_is_a_header_where_the_markup_names_none() -> None:
    _, _, table = grid(
        "<tr><td><content styleCode='bold'>Drug</content></td><td><content styleCode='bold'>Effect</content></td></tr>"
        "<tr><td>aspirin</td><td>bleeding</td></tr>"
    )
    assert [cell.header for cell in table.cells] == [True, True, False, False]


def test_first_row_of_words_above_figures_is_a_header() -> None:
    _, _, table = grid("<tr><td>Reaction</td><td>Drug</td></tr><tr><td>Nausea</td><td>12 (3%)</td></tr>")
    assert [cell.header for cell in table.cells] == [True, True, False, False]


def test_first_row_of_plain_words_above_words_is_no_header() -> None:
    _, _, table = grid("<tr><td>aspirin</td><td>bleeding</td></tr><tr><td>niacin</td><td>flushing</td></tr>")
    assert not any(cell.header for cell in table.cells)


def test_empty_first_cell_lies_inside_its_table() -> None:
    text, (table,) = lay("<paragraph>before</paragraph><table><tr><td/><td>a</td></tr></table>")
    assert text == "before\n\n| a"
    assert (table.cells[0].start, table.cells[0].end) == (table.start, table.start)


def test_hostile_spans_are_cut() -> None:
    _, _, table = grid(
        "<tr><td colspan='999999999999' rowspan='999999999999'>a</td><td colspan='-1' rowspan='x'>b</td></tr>"
    )
    assert [(cell.row_span, cell.column_span) for cell in table.cells] == [(1, 200), (1, 1)]


def test_empty_table_is_none() -> None:
    assert lay("<paragraph>a</paragraph><table><tbody><tr><td/></tr></tbody></table>") == ("a", [])


pieces = st.one_of(st.text(max_size=8), st.sampled_from([BLANK, LINE, PARAGRAPH]))


@given(st.lists(pieces))
def test_marks_hold_what_was_written_while_they_were_open(given_pieces: list[str | int]) -> None:
    writer = TextWriter()
    marks = []
    for piece in given_pieces:
        if isinstance(piece, int):
            writer.gap(piece)
        else:
            mark = writer.open()
            writer.write(piece)
            writer.close(mark)
            marks.append((mark, piece))
            assert writer.text_of(mark) == writer.text[mark.start : mark.end]
    for mark, piece in marks:
        assert writer.text[mark.start : mark.end] == " ".join(
            re.sub("[\u200b\u200c\u200d\u2060\ufeff\u00ad]", "", piece).split()
        )
    assert len(writer.text) == writer.length
    assert not re.search(r"^\s|\s$|\n{3}|  ", writer.text)


@given(st.lists(st.lists(st.text(alphabet="ab |\n", max_size=5), min_size=2, max_size=4), min_size=1, max_size=5))
def test_cells_point_at_their_text(rows: list[list[str]]) -> None:
    writer = TextWriter()
    narrative = Narrative(writer)
    table = etree.Element("table")
    for row in rows:
        line = etree.SubElement(table, "tr")
        for text in row:
            etree.SubElement(line, "td").text = text
    narrative.lay_block(table)
    narrative.lay_table(table)
    for found in narrative.tables:
        for cell in found.cells:
            assert writer.text[cell.start : cell.end] == " ".join(rows[cell.row][cell.column].split())
