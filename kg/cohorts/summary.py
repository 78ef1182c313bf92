"""What a population brings to the graph: a document for each concept, a sentence for each pair that may be told.

The documents are written by medkg from counts; none holds a word of any patient's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from extractors.model import Document, Extraction, Mention, Qualifier, Relation, Section
from kg.cohorts.pairs import Told
from kg.records.model import UsedConcept
from ontologies.model import Match

#: `Document.source` of what was summed up from records.
SOURCE = "records"

#: What a source says by its own link is believed so far; it may still have coded the wrong thing.
_LINKED = 0.95


def document_prefix(cohort: str) -> str:
    """What the ids of all documents of a cohort begin with."""
    return f"cohort:{cohort}/"


def write_summaries(
    cohort: str, told: Iterable[Told], *, version: int, date: str, country: str
) -> Iterator[Extraction]:
    """One extraction for each subject, with a sentence and a relation for each of its pairs, in the order of CURIEs.

    `version` orders the releases of the population `cohort`, and `date` (YYYY-MM-DD) is that of this one.
    """
    by_subject = sorted(told, key=lambda pair: (pair.subject.curie, pair.rule.predicate, pair.key))
    for curie, pairs in groupby(by_subject, key=lambda pair: pair.subject.curie):
        yield _summary(
            f"{document_prefix(cohort)}{curie}", list(pairs), cohort, version=version, date=date, country=country
        )


def _summary(id_: str, pairs: list[Told], cohort: str, *, version: int, date: str, country: str) -> Extraction:
    text, sections, relations = "", [], []
    for predicate, group in groupby(pairs, key=lambda pair: pair.rule.predicate):
        begin = len(text)
        for pair in group:
            relations.append(_relation(pair, cohort, start=len(text)))
            text += _sentence(pair) + "\n"
        title = predicate.replace("_", " ").capitalize()
        sections.append(Section("", title, begin, len(text), kind="records"))
    document = Document(
        id=id_,
        title=f"{pairs[0].subject.name}: patients of {cohort}",
        text=text,
        sections=tuple(sections),
        version=version,
        effective=date,
        type="AGGREGATED RECORDS",
        source=SOURCE,
        country=country,
    )
    return Extraction(document, tuple(m for r in relations for m in (r.subject, r.object)), tuple(relations))


def _sentence(pair: Told) -> str:
    counts, found = pair.found.counts, pair.found
    return (
        f"Of {counts.patients:,} patients, {counts.both:,} had {pair.subject.name} ({counts.subject:,}) and "
        f"{pair.object.name} ({counts.object:,}), {pair.rule.words}: {found.support:.2%}, lift {found.lift:.2f} "
        f"(95 % interval {found.low:.2f} to {found.high:.2f}), p = {found.p:.1e}, corrected {found.q:.1e}."
    )


def _relation(pair: Told, cohort: str, *, start: int) -> Relation:
    sentence, found = _sentence(pair), pair.found
    subject = start + sentence.index(f"{pair.subject.name} (")
    object_ = start + sentence.index(f" and {pair.object.name} (") + len(" and ")
    qualifiers = {
        "basis": pair.rule.name,
        "cohort": cohort,
        "patients": str(found.counts.both),
        "support": f"{found.support:.4g}",
        "lift": f"{found.lift:.3g}",
        "lift_interval": f"{found.low:.3g} to {found.high:.3g}",
        "q_value": f"{found.q:.2g}",
    }
    return Relation(
        predicate=pair.rule.predicate,
        subject=mention_of(pair.subject, subject),
        object=mention_of(pair.object, object_),
        start=start,
        end=start + len(sentence),
        score=score(pair),
        extractor=f"records/{pair.rule.name}",
        qualifiers=tuple(Qualifier(name, value) for name, value in qualifiers.items()),
    )


def score(pair: Told) -> float:
    """How far the pair is believed, in [0, .95].

    Where the source relates the two, .95; else the share of their co-occurrence that chance does not explain, at the
    lower end of the interval: 1 - 1/lift (the attributable fraction among the exposed, Greenland & Robins 1988).
    """
    if not pair.rule.by_chance:
        return _LINKED
    return min(_LINKED, max(0.0, 1 - 1 / pair.found.low)) if pair.found.low > 0 else 0.0


def mention_of(concept: UsedConcept, start: int) -> Mention:
    """A mention of a concept by its own name, as if it stood at `start`."""
    match = Match(concept.curie, concept.name, concept.kind, 1.0, "aligned when the records were read", concept.name)
    return Mention(start, start + len(concept.name), concept.name, concept.kind, match)
