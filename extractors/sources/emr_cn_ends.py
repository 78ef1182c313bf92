"""Whether a Chinese record that someone wrote as text has its end, by the rules for writing records and its last words.

A file that was cut off in copying still reads as a record; what it lacks is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractors.model import Section
from extractors.note_headings import find_note_sections
from extractors.sources.emr_cn_fields import without_foot
from extractors.sources.emr_cn_form import Form, emr_rules

_READ = "it may be cut off; what is there was read"


def find_missing_end(form: Form) -> str:
    """What a record lacks at its end, in a sentence; empty where it has its end, or was signed."""
    if form.cut:
        return f"ends within a character: {_READ}"
    sections = [section for section in find_note_sections(form.text, language="zh") if section.kind]
    if not sections:
        return ""
    last = form.text[sections[-1].start : sections[-1].end]
    if without_foot(last) != last:
        return ""
    if not _body(last, sections[-1]):
        return f"ends with a heading and nothing behind it: {_READ}"
    if called := _wanted(form.title, sections):
        return f"ends without {called} and without a signature: {_READ}"
    rules = emr_rules()["ends"]
    if sections[-1].kind in rules["narrative"] and last.rstrip()[-1] not in rules["full_stops"]:
        return f"ends in the middle of a sentence and without a signature: {_READ}"
    return ""


def _body(text: str, section: Section) -> str:
    return text.replace("".join(section.title.split()), "", 1).strip("【】[]〔〕《》:： \t\r\n\u3000")


def _wanted(title: str, sections: Sequence[Section]) -> str:
    """What records of this title end with, where none of these sections is it."""
    kinds = {section.kind for section in sections}
    groups: list[dict[str, Any]] = emr_rules()["ends"]["wanted"]
    return next((g["called"] for g in groups if title in g["titles"] and kinds.isdisjoint(g["kinds"])), "")
