"""What a clinical note says as events: conditions, medications with their sig lines, procedures, allergies, values.

Names are found and assessed as in labels; the section decides where the sentence says nothing: what stands in a family
history is of a relative, what stands in a past history was. Nothing that is denied or only possible is dropped: events
carry their assertion.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from extractors.assertion import assess
from extractors.dialogues import assess_dialogue, find_turns
from extractors.events import Coding, Event, EventKind, Note
from extractors.lab_values import LabValue, find_lab_values
from extractors.mentions import find_mentions
from extractors.model import Assertion, Document, Mention
from extractors.note_headings import find_note_sections
from extractors.note_times import find_start
from extractors.positions import SectionKinds
from extractors.relations.context import split_document
from extractors.rules import check_keys, read_rules
from extractors.sigs import find_sig
from ontologies.lexicon import Lexicon
from ontologies.model import Kind, Match

#: What a mention of each kind becomes; kinds that are not here become nothing.
KINDS = {
    Kind.DISEASE: EventKind.CONDITION,
    Kind.FINDING: EventKind.CONDITION,
    Kind.DRUG: EventKind.MEDICATION,
    Kind.PROCEDURE: EventKind.PROCEDURE,
    Kind.TEST: EventKind.PROCEDURE,
}
#: Assertions of things that began at some time.
_BEGUN = frozenset({Assertion.PRESENT, Assertion.HISTORICAL, Assertion.POSSIBLE})
#: What a list of immunizations names a vaccine by: itself, or the disease it is against.
_VACCINES = frozenset({Kind.DISEASE, Kind.DRUG})
_ALLERGENS = frozenset({Kind.DRUG, Kind.DRUG_CLASS, Kind.FOOD})

#: The reader's name on documents made of notes: tells `assess` that they are records.
SOURCE = "notes"


def find_note_events(note: Note, lexicon: Lexicon) -> Iterator[Event]:
    """The events that `note` speaks of, in the order of the text; of one concept in one way and sense only the first.

    `category` of an event is the kind of its section, `name` is as written. A note in a language without rules for
    assertion gives none.
    """
    if not _is_understood(note):
        return
    spans, mentions, kinds, values = _read(note, lexicon)
    seen: set[tuple[object, ...]] = set()
    for event, concept in [*_of_mentions(note, spans, mentions, kinds), *_of_values(note, values, kinds)]:
        said = (concept, event.kind, event.assertion, event.category, event.value)
        if said not in seen:
            seen.add(said)
            yield event


def find_spoken(note: Note, lexicon: Lexicon) -> Iterator[tuple[tuple[int, int], list[Event]]]:
    """The sentences of `note` by their characters, with the events that each names as present, named before or not.

    Values are left out. A note in a language without rules for assertion gives none.
    """
    if not _is_understood(note):
        return
    spans, mentions, kinds, _ = _read(note, lexicon)
    starts = [mention.start for mention in mentions]
    for start, end in spans:
        inside = mentions[bisect_left(starts, start) : bisect_left(starts, end)]
        made = (_spoken(note, mention, kinds) for mention in inside if mention.end <= end)
        if events := [event for event in made if event and event.assertion is Assertion.PRESENT]:
            yield (start, end), events


def _spoken(note: Note, mention: Mention, kinds: SectionKinds) -> Event | None:
    section = kinds.at(mention.start)
    kind = _kind(mention, section, note)
    return _event(note, mention, kind, section) if kind else None


def _is_understood(note: Note) -> bool:
    return note.language.partition("-")[0] in ("en", "zh")


def _read(note: Note, lexicon: Lexicon) -> tuple[list[tuple[int, int]], list[Mention], SectionKinds, list[LabValue]]:
    """The sentences of a note, its mentions with their assertions, the kinds of its sections, and its values."""
    document = to_document(note)
    spans = split_document(document)
    mentions = find_assessed(document, spans, lexicon)
    values = list(find_lab_values(note.text, language=note.language))
    mentions = [mention for mention in mentions if not _is_passed_over(mention, document, values)]
    return spans, mentions, SectionKinds(document), values


def find_assessed(document: Document, spans: Sequence[tuple[int, int]], lexicon: Lexicon) -> list[Mention]:
    """The mentions of a note; the section decides on what its sentence, one of `spans`, says nothing of.

    A transcript of turns ("Doctor: ... Patient: ...") is read as a dialogue.
    """
    kinds, said = SectionKinds(document), _rules()["assertion"]
    mentions = find_mentions(document, lexicon)
    turns = find_turns(document.text, language=document.language)
    if turns:
        mentions = assess_dialogue(
            document, turns, [mention for mention in mentions if mention.start >= turns[0].start]
        )
    else:
        mentions = assess(document, spans, mentions)
    return [
        replace(mention, assertion=Assertion(said[section]))
        if mention.assertion is Assertion.PRESENT and (section := kinds.at(mention.start)) in said
        else mention
        for mention in mentions
    ]


def to_document(note: Note) -> Document:
    """The note as a document, its sections found by their headings where the source marks none."""
    sections = note.sections or find_note_sections(note.text, language=note.language)
    return Document(
        note.id, note.title, note.text, sections, effective=note.time[:10], source=SOURCE, language=note.language
    )


def _is_passed_over(mention: Mention, document: Document, values: Sequence[LabValue]) -> bool:
    """Whether a mention is a word of a heading, the name of a value that is read as such, or names no thing."""
    titled = any(s.start <= mention.start < s.start + len(s.title) for s in document.sections)
    valued = any(value.start <= mention.start < value.end for value in values)
    return titled or valued or mention.text.lower() in _rules()["generic"]["words"]


def _of_mentions(
    note: Note, spans: Sequence[tuple[int, int]], mentions: Sequence[Mention], kinds: SectionKinds
) -> Iterator[tuple[Event, str]]:
    starts = [start for start, _ in spans]
    for place, mention in enumerate(mentions):
        section = kinds.at(mention.start)
        kind = _kind(mention, section, note)
        event = _event(note, mention, kind, section) if kind else None
        if event is None or mention.match is None:
            continue
        at = bisect_right(starts, mention.start) - 1
        start, end = spans[at] if at >= 0 else (0, len(note.text))
        if kind is EventKind.MEDICATION:
            until = min(end, mentions[place + 1].start if place + 1 < len(mentions) else end)
            sig = find_sig(note.text, mention.end, until, language=note.language)
            event = replace(event, dose=sig.text) if sig else event
        elif event.assertion in _BEGUN:
            where = mention.start - start, mention.end - start
            begun = find_start(note.text[start:end], *where, written=note.time, language=note.language)
            event = replace(event, start=begun, assertion=_now(event, begun, note)) if begun else event
        yield event, mention.match.curie


def _kind(mention: Mention, section: str, note: Note) -> EventKind | None:
    """What the mention becomes: an allergy where the section or the words before it say so."""
    if mention.match is None:
        return None
    kind = mention.match.kind
    if kind in _VACCINES and section in _rules()["immunizations"]["kinds"]:
        return EventKind.IMMUNIZATION
    if kind in _ALLERGENS:
        before = note.text[max(0, mention.start - 70) : mention.start]
        if section in _rules()["allergies"]["kinds"] or _allergy("zh" if note.language == "zh" else "en").search(
            before
        ):
            return EventKind.ALLERGY
    return KINDS.get(kind)


def _event(note: Note, mention: Mention, kind: EventKind, section: str) -> Event | None:
    """The event of a mention; None for what a section is not read for, and for what a relative does not have."""
    assert mention.match is not None
    assertion, said = mention.assertion, _rules()["assertion"].get(section)
    if section in _rules()["ignored"]["kinds"] or (said == "family" and assertion is Assertion.NEGATED):
        return None
    if kind is EventKind.ALLERGY and assertion is Assertion.HISTORICAL:
        assertion = Assertion.PRESENT
    return Event(
        id=f"{note.id}#{mention.start}-{mention.end}",
        patient=note.patient,
        kind=kind,
        name=mention.text,
        codes=_codes(mention.match, kind),
        start=note.time if assertion is Assertion.PRESENT else "",
        visit=note.visit,
        provider=note.provider,
        category=section,
        assertion=assertion,
        note=note.id,
    )


def _codes(match: Match, kind: EventKind) -> tuple[Coding, ...]:
    """The concept of a mention; a vaccine that is named by its disease is not that disease."""
    if kind is EventKind.IMMUNIZATION and match.kind is Kind.DISEASE:
        return ()
    return (Coding(match.curie, "", match.curie, match.name),)


def _now(event: Event, begun: str, note: Note) -> Assertion:
    """Present, of what was said to have been and began but a short while before the note."""
    rule = _rules()["now"]
    if event.assertion is not Assertion.HISTORICAL or event.category not in rule["sections"] or len(begun) < 10:
        return event.assertion
    days = (date.fromisoformat(note.time[:10]) - date.fromisoformat(begun)).days
    return Assertion.PRESENT if days <= rule["days"] else event.assertion


def _of_values(note: Note, values: Sequence[LabValue], kinds: SectionKinds) -> Iterator[tuple[Event, str]]:
    for found in values:
        section = kinds.at(found.start)
        event = Event(
            id=f"{note.id}#{found.start}-{found.end}/{found.name}",
            patient=note.patient,
            kind=EventKind.TEST,
            name=found.name,
            start=note.time,
            visit=note.visit,
            provider=note.provider,
            category=section,
            value=found.value,
            note=note.id,
        )
        if section not in _rules()["ignored"]["kinds"]:
            yield event, f"{found.name}@{found.start}"


@cache
def _rules() -> Any:
    rules = read_rules("note_events")
    check_keys(
        "note_events",
        "",
        rules,
        required={
            "assertion",
            "now",
            "ignored",
            "generic",
            "allergies",
            "immunizations",
            "times",
            "numbers",
            "units",
            "months",
        },
    )
    return rules


@cache
def _allergy(language: str) -> re.Pattern[str]:
    return re.compile(_rules()["allergies"][language], re.IGNORECASE)
