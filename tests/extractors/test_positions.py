from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractors.model import Document, Section
from extractors.positions import SectionKinds


def test_the_innermost_section_gives_the_kind() -> None:
    sections = (Section("", "", 2, 10, "warnings"), Section("", "", 4, 6, "boxed_warning"))
    kinds = SectionKinds(Document("d", "d", "x" * 12, sections))
    assert [kinds.at(place) for place in (0, 2, 4, 5, 6, 9, 10, 11)] == [
        "", "warnings", "boxed_warning", "boxed_warning", "warnings", "warnings", "", "",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9), st.booleans()), max_size=4))
def test_it_agrees_with_the_document_itself(cuts: list[tuple[int, int, bool]]) -> None:
    sections: list[Section] = []
    place = 0
    for gap, length, nested in cuts:
        start, end = place + gap, place + gap + length
        sections.append(Section("", "", start, end, f"outer{start}"))
        if nested and length > 2:
            sections.append(Section("", "", start + 1, end - 1, f"inner{start}"))
        place = end
    document = Document("d", "d", "x" * (place + 2), tuple(sections))
    kinds = SectionKinds(document)
    for position in range(place + 2):
        index = document.section_at(position)
        assert kinds.at(position) == (sections[index].kind if index is not None else "")
