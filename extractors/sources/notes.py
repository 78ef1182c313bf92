"""Clinical notes: text files, and tables of notes in CSV, TSV, JSON lines or a JSON list.

Ids are columns with common names or those that a map beside the file names (`notes_columns`), the front matter of a
text file ("---", "patient: 42", "---"), or its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from extractors.errors import UnreadableError
from extractors.events import Identifier, IdentifierType, Note, Person, Provider, Refused, Retraction, Row, Visit
from extractors.note_headings import count_core_headings, find_note_sections
from extractors.places import Member, Place
from extractors.record_times import read_record_time
from extractors.sources.emr_cn_form import is_emr, is_table_emr
from extractors.sources.notes_columns import NoteMap, find_columns, normal_column, read_note_map
from extractors.sources.notes_rows import JSONS, TABLES, heads_of, read_table
from extractors.sources.record_files import decode_text, encoding_of, read_whole

_TEXTS = (".txt", ".text")
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<head>.*?)^---[ \t]*\r?\n", re.S | re.M)
_SEXES = {"f": "female", "female": "female", "女": "female", "m": "male", "male": "male", "男": "male", "o": "other"}
#: How many files of a folder are looked at to say whether it is a folder of notes.
_LOOKED_AT = 5


class Notes:
    """Reads clinical notes."""

    name = "notes"

    def claims(self, place: Place) -> bool:
        """Whether `place` is a text with headings of a note, a table with patient and text, or a folder with a map."""
        if not place.whole:
            return _is_note(place, place.members[0])
        members = [member for member in place.members if not member.name.endswith(".toml")]
        if not members or not all(_ending(member) for member in members):
            return False
        return len(members) < len(place.members) and all(_is_note(place, member) for member in members[:_LOOKED_AT])

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The notes, each after its person, visit and provider where they have not been given yet."""
        reader = _Reader(place)
        for member in place.members:
            if member.name.endswith(".toml"):
                continue
            locator = f"{place.locator}/{member.name}" if place.whole else place.locator
            try:
                yield from reader.read(member, locator)
            except UnreadableError as error:
                yield Refused(locator, str(error))

    def find_unread(self, place: Place) -> tuple[str, ...]:
        """Nothing: all text is kept as notes."""
        return ()


RECORDS = Notes()


def _ending(member: Member) -> bool:
    return member.name.lower().endswith((*_TEXTS, *TABLES, *JSONS))


def _is_note(place: Place, member: Member) -> bool:
    if member.name.lower().endswith(_TEXTS):
        return _is_text(place, member)
    if not member.name.lower().endswith((*TABLES, *JSONS)):
        return False
    heads = heads_of(member)
    columns = find_columns(heads, _map_or_none(place, member))
    return {"patient", "text"} <= columns.keys() and "resourcetype" not in heads and not is_table_emr(heads)


def _map_or_none(place: Place, member: Member) -> NoteMap:
    try:
        return read_note_map(place, member)
    except UnreadableError:
        return NoteMap()


def _is_text(place: Place, member: Member) -> bool:
    text = member.head.decode(encoding_of(member.head), "replace")
    if "\0" in text or is_emr(text):
        return False
    front = _FRONT.match(text)
    if front and "patient" in find_columns(_front_matter(front["head"]), NoteMap()):
        return True
    told = place.whole and any(each.name.endswith(".toml") for each in place.members)
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text)) * 4 > len(text)
    return told or (not chinese and count_core_headings(text) >= 2)


def _front_matter(head: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.splitlines() if ":" in line)
    return {normal_column(key): value.strip().strip("\"'") for key, _, value in pairs}


class _Reader:
    """Makes rows of what the forms give; remembers whom it has named."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._seen: set[str] = set()

    def read(self, member: Member, locator: str) -> Iterator[Row | Refused]:
        """The rows of one file."""
        told = read_note_map(self._place, member)
        if member.name.lower().endswith(_TEXTS):
            yield from self._read_text(member, told)
            return
        known: dict[tuple[str, ...], dict[str, str]] = {}
        for line in read_table(member):
            where, heads = f"{locator}:{line.number}", tuple(line.cells)
            columns = known.get(heads) or known.setdefault(heads, find_columns(heads, told))
            fields = {key: line.cells.get(head, "").strip("\r\n\t ") for key, head in columns.items()}
            if line.fault:
                yield Refused(where, line.fault)
            elif missing := next((key for key in ("patient", "text") if not fields.get(key)), ""):
                yield Refused(where, f"has no {missing}")
            else:
                yield from self._rows(fields, told, default=f"{member.name}/{line.number}")

    def _read_text(self, member: Member, told: NoteMap) -> Iterator[Row]:
        text = decode_text(read_whole(member)).replace("\r\n", "\n")
        stem = member.name.rpartition("/")[2].rpartition(".")[0]
        fields = {key: value for key, value in told.fields_of_name(stem).items() if value}
        if front := _FRONT.match(text):
            cells = _front_matter(front["head"])
            fields |= {key: cells[head] for key, head in find_columns(cells, told).items() if cells[head]}
            text = text[front.end() :]
        if not fields.get("patient"):
            raise UnreadableError("names no patient: its name is not of the form that notes.toml tells")
        if not text.strip():
            raise UnreadableError("has no text")
        yield from self._rows(fields | {"text": text.strip("\n")}, told, default=stem)

    def _rows(self, fields: Mapping[str, str], told: NoteMap, *, default: str) -> Iterator[Row]:
        patient = f"patient/{_whole(fields['patient'])}"
        note = f"note/{_whole(fields.get('id', '')) or default}"
        if fields.get("error", "0").lower() in {"1", "1.0", "true", "yes", "y"}:
            yield Retraction(note, patient)
            return
        visit = f"visit/{_whole(fields['visit'])}" if fields.get("visit") else ""
        provider = f"provider/{_whole(fields['provider'])}" if fields.get("provider") else ""
        time = read_record_time(fields.get("time", ""))
        yield from self._new(
            Person(patient, _sex(fields), read_record_time(fields.get("birth", "")), "", _known(fields))
        )
        if provider:
            yield from self._new(Provider(provider, "", _names(fields["provider"])))
        if visit:
            yield from self._new(Visit(visit, patient))
        language = (fields.get("language") or told.language or _language_of(fields["text"])).lower()[:2]
        yield Note(
            id=note,
            patient=patient,
            text=fields["text"],
            visit=visit,
            time=time,
            title=fields.get("title") or fields.get("category", ""),
            language=language,
            sections=find_note_sections(fields["text"], language=language),
            provider=provider,
        )

    def _new(self, row: Person | Provider | Visit) -> Iterator[Row]:
        if row.id not in self._seen:
            self._seen.add(row.id)
            yield row


def _whole(value: str) -> str:
    """An id as a table program may have written it: 42.0 is 42."""
    return re.sub(r"^(\d+)\.0$", r"\1", value)


def _sex(fields: Mapping[str, str]) -> str:
    return _SEXES.get(fields.get("sex", "").lower(), "")


def _known(fields: Mapping[str, str]) -> tuple[Identifier, ...]:
    number = Identifier(IdentifierType.MEDICAL_RECORD, fields["patient"])
    name = [Identifier(IdentifierType.NAME, fields["name"])] if fields.get("name") else []
    return (*name, *([number] if len(number.value) > 3 else []))


def _names(provider: str) -> tuple[Identifier, ...]:
    """The name of a clinician, where the column holds one and not a number or a code."""
    is_name = re.fullmatch(r"[\u4e00-\u9fff·]{2,6}|[^\W\d]+[.,]? [^\d]{2,60}", provider)
    return (Identifier(IdentifierType.NAME, provider),) if is_name else ()


def _language_of(text: str) -> str:
    head = text[:2000]
    return "zh" if len(re.findall(r"[\u4e00-\u9fff]", head)) * 4 > len(head) else "en"
