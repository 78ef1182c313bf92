"""What notes say of pairs that are told by counts: a few sentences a fact, each of another patient, for the graph.

They are restricted: they count as evidence, and their words are for those with the scope. A sentence is taken only
where it names both concepts as present and nothing in it is found that could identify anyone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

from extractors.deidentify import Deidentifier
from extractors.events import Note
from extractors.model import Document, Extraction, Mention, Relation, Section
from extractors.note_events import find_spoken
from kg.cohorts.pairs import Told
from kg.cohorts.summary import SOURCE, document_prefix, mention_of
from kg.records.aligning import Aligner
from kg.records.model import KnownNote, KnownPatient
from kg.records.roles import Charts
from ontologies.lexicon import Lexicon

#: Sentences a fact, each of another patient, where nothing else is said.
SENTENCES = 5

#: Characters of the longest sentence that is taken: the longer, the more it tells of one patient.
LONGEST = 300

#: How far a sentence is believed that names both: little, since its patient is in the counts already.
SCORE = 0.2

#: Names and codes whose concepts are kept in memory.
_KEPT = 20_000

_SUFFIX = "/notes"
_EXTRACTOR = "records/notes"

#: A fact by its subject, predicate and object.
Triple: TypeAlias = tuple[str, str, str]

#: The CURIEs of a pair, in whatever order.
_Pair: TypeAlias = frozenset[str]


def write_sentences(
    cohort: str, told: Iterable[Told], charts: Charts, lexicon: Lexicon, *, version: int, country: str, each: int
) -> Iterator[Extraction]:
    """One restricted extraction for each subject that notes speak of, with up to `each` sentences a fact.

    `told` are the pairs that may be told of `cohort`; there is none for any other. Nothing in it says of whom a
    sentence is: its order is that of the letters.
    """
    pairs = {(pair.subject.curie, pair.rule.predicate, pair.object.curie): pair for pair in told}
    found = find_sentences(pairs, charts, lexicon, each=each)
    for curie, triples in groupby(sorted(found), key=lambda triple: triple[0]):
        said = [(pairs[triple], sorted(found[triple])) for triple in triples]
        yield _extraction(f"{document_prefix(cohort)}{curie}{_SUFFIX}", said, cohort, version=version, country=country)


def find_sentences(facts: Iterable[Triple], charts: Charts, lexicon: Lexicon, *, each: int) -> dict[Triple, set[str]]:
    """Up to `each` sentences for each of `facts` that notes speak of, no two of one patient; in memory are no others.

    Patients are asked in the order in which the store came to know them, until all facts have their sentences.
    """
    by_pair: dict[_Pair, list[Triple]] = {}
    for triple in facts:
        by_pair.setdefault(frozenset(triple[::2]), []).append(triple)
    found: dict[_Pair, set[str]] = {}
    left, reader = set(by_pair), _Reader(charts, lexicon)
    for patient in charts.iter_patients() if each else ():
        for pair, sentence in reader.find(patient, left).items():
            found.setdefault(pair, set()).add(sentence)
            left -= {pair} if len(found[pair]) == each else set()
        if not left:
            break
    return {triple: sentences for pair, sentences in found.items() for triple in by_pair[pair]}


class _Reader:
    """Reads the notes of one patient after the other."""

    def __init__(self, charts: Charts, lexicon: Lexicon) -> None:
        self._charts = charts
        self._lexicon = lexicon
        self._align = lru_cache(maxsize=_KEPT)(Aligner(lexicon))
        # The key is for surrogates, and none is written: sentences in which anything is found are left out.
        self._find_identifiers = Deidentifier(key=secrets.token_bytes(32)).find

    def find(self, patient: KnownPatient, pairs: Set[_Pair]) -> dict[_Pair, str]:
        """One sentence of the patient's notes for each of `pairs` that they speak of."""
        spoken: dict[int, set[str]] = {}
        for event in self._charts.iter_events(patient.id):
            if event.note is not None:
                spoken.setdefault(event.note, set()).add(event.concept.curie)
        hopeful = {note: {pair for pair in pairs if pair <= curies} for note, curies in spoken.items()}
        found: dict[_Pair, str] = {}
        for note in self._charts.iter_notes(patient.id) if any(hopeful.values()) else ():
            left = hopeful.get(note.key, set()) - found.keys()
            found |= self._find_in(note, left) if left else {}
        return found

    def _find_in(self, note: KnownNote, pairs: Set[_Pair]) -> dict[_Pair, str]:
        found: dict[_Pair, str] = {}
        for sentence, curies in self._read(note):
            named = {pair for pair in pairs - found.keys() if pair <= curies}
            if named and len(sentence) <= LONGEST and not self._find_identifiers(sentence, language=note.language):
                found |= dict.fromkeys(named, sentence)
        return found

    def _read(self, note: KnownNote) -> Iterator[tuple[str, set[str]]]:
        """The sentences of a note, each with the concepts that it names as present, aligned as its events were."""
        # Without id, patient and time: what is made of the note here cannot hold them.
        plain = Note("", "", note.text, title=note.title, language=note.language, sections=note.sections)
        for (start, end), events in find_spoken(plain, self._lexicon):
            yield (
                " ".join(note.text[start:end].split()),
                {self._align(event.kind, event.name, event.codes).curie for event in events},
            )


def _extraction(id_: str, said: list[tuple[Told, list[str]]], cohort: str, *, version: int, country: str) -> Extraction:
    text, sections, relations = "", [], []
    for predicate, group in groupby(said, key=lambda each: each[0].rule.predicate):
        begin = len(text)
        for pair, sentences in group:
            for sentence in sentences:
                relations.append(_relation(pair, len(text), len(text) + len(sentence)))
                text += sentence + "\n"
        sections.append(Section("", predicate.replace("_", " ").capitalize(), begin, len(text), kind="records"))
    document = Document(
        id=id_,
        title=f"{said[0][0].subject.name}: notes of patients of {cohort}",
        text=text,
        sections=tuple(sections),
        version=version,
        type="SENTENCES OF NOTES",
        source=SOURCE,
        country=country,
        restricted=True,
    )
    return Extraction(document, _mentions(relations), tuple(relations))


def _mentions(relations: Iterable[Relation]) -> tuple[Mention, ...]:
    return tuple(mention for relation in relations for mention in (relation.subject, relation.object))


def _relation(pair: Told, start: int, end: int) -> Relation:
    """The row of a sentence, between the same names as that of the counts: both go wherever a decision moves one."""
    return Relation(
        predicate=pair.rule.predicate,
        subject=mention_of(pair.subject, start),
        object=mention_of(pair.object, start),
        start=start,
        end=end,
        score=SCORE,
        extractor=_EXTRACTOR,
    )
