"""Brings what may be told of the patients of an events store into a graph: counts → pairs → sentences → facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from extractors.model import Extraction
from kg.assemble import assemble
from kg.cohorts.association import Counts
from kg.cohorts.pairs import PairKey, Terms, Told, find_pairs
from kg.cohorts.private import find_private_pairs
from kg.cohorts.rules import RULES, Rule
from kg.cohorts.sentences import SENTENCES, write_sentences
from kg.cohorts.summary import document_prefix, write_summaries
from kg.errors import KGError
from kg.model import Diff, LoadedDocument
from kg.naming import check_country, check_name
from kg.records.ledger import Spending
from kg.records.releasing import Figures, PairName, Release
from kg.records.roles import Charts, PatientTallies, Releases
from kg.roles import Store
from ontologies.lexicon import Lexicon

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Cohort:
    """Under which name, as of which day (YYYY-MM-DD) and for which country a population is told of."""

    name: str
    date: str
    country: str = ""
    terms: Terms = field(default_factory=Terms)
    budget: float = 0.0
    """The most ε that all releases of these patients may spend together; needed where noise is added first."""
    graph: str = ""
    """Where the graph is: those who make the release again need to find it."""
    sentences: int = SENTENCES
    """The most sentences of notes that a fact is given, restricted; none where noise hides who is in a count."""

    @property
    def settings(self) -> str:
        """How the release was made, as JSON."""
        noise = self.terms.noise
        with_noise = (
            {"epsilon": noise.epsilon, "delta": noise.delta, "contributions": noise.contributions} if noise else {}
        )
        made = {"graph": self.graph, "country": self.country, "k": self.terms.k, "q": self.terms.q}
        return json.dumps(made | {"epsilon": None, "sentences": self.sentences} | with_noise)


class Population(Releases, PatientTallies, Charts, Protocol):
    """What telling of patients needs of an events store: counts, what was told before, and notes."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a release brought: its pairs by rule, and what changed in the graph."""

    version: int
    patients: int
    pairs: dict[str, int]
    diffs: tuple[Diff, ...]
    spent: float = 0.0
    """The sum of ε of all releases of these patients."""
    sentences: int = 0
    """Sentences of notes, over all facts."""


def publish(
    records: Population,
    graph: Store,
    lexicon: Lexicon,
    cohort: Cohort,
    *,
    dry_run: bool = False,
    on_step: Callable[[str], None] = lambda _: None,
) -> Published:
    """What was given out: every document of the cohort in the graph is as the records are now, others are gone.

    Where sentences of notes stood before, the graph is compacted, so that no byte is left of those that went: not one
    of a patient who was forgotten.

    Raises KGError where the name may point at a person, where the population differs by too few patients from one of
    which another release told, and where the privacy budget is spent. With `dry_run` nothing is written, and no budget
    spent. `on_step` is told of each long step before it begins.
    """
    last = records.get_release(cohort.name)
    _check(records, cohort, last)
    version = last.version + 1
    spent = _spend(records, cohort, version, dry_run=dry_run)
    told = _find(records, cohort.terms, last, on_step)
    on_step(f"looking for sentences of notes for {len(told):,} pairs")
    extractions = [*_extract(records, lexicon, cohort, told, version=version)]
    on_step(f"writing {len(extractions):,} documents into the graph")
    if not dry_run:
        # Before anyone can see it: what was told and is not known to have been told could be told again otherwise.
        figures: dict[PairName, Figures] = {pair.key: pair.found.counts.figures for pair in told}
        own = last.spent + (cohort.terms.noise.epsilon if cohort.terms.noise else 0.0)
        records.keep_release(Release(cohort.name, version, own, cohort.settings, figures))
    diffs = _write(graph, lexicon, cohort, extractions, dry_run=dry_run)
    if not dry_run:
        on_step("compacting the graph")
        graph.compact()
    sentences = sum(len(made.relations) for made in extractions if made.document.restricted)
    return Published(version, _patients(records, cohort, told), _by_rule(told), tuple(diffs), spent, sentences)


def _check(records: Releases, cohort: Cohort, last: Release) -> None:
    """Raise KGError for what cannot be called or told so."""
    check_country(cohort.country)
    if not last.version:
        # A name under which something was given out already stays: another one would tell by comparison.
        check_name(cohort.name)
    k = cohort.terms.k
    if near := records.find_near_release(cohort.name, least=k):
        raise KGError(
            f"the patients of {cohort.name!r} differ from those of {near!r}, of whom figures were given out, by fewer "
            f"than {k}: the difference would tell of them; publish under the name {near!r}"
        )
    _check_threshold(records, k)


def _patients(records: Releases, cohort: Cohort, told: Sequence[Told]) -> int:
    """The size of the population; with noise as it was told of, 0 where nothing was."""
    if cohort.terms.noise:
        return min((pair.found.counts.patients for pair in told), default=0)
    return records.count_patients()


def _each_told(rules: Iterable[Rule], on_step: Callable[[str], None]) -> Iterator[Rule]:
    for rule in rules:
        on_step(f"counting pairs: {rule.name}")
        yield rule


def withdraw(graph: Store, name: str) -> list[Diff]:
    """What left the graph with everything that was told of the cohort `name`."""
    return _remove(graph, list(_documents(graph, name)))


def withdraw_sentences(graph: Store, name: str) -> list[Diff]:
    """What left the graph with the sentences of notes of the cohort `name`; what counts tell of it stays."""
    return _remove(graph, [document for document in _documents(graph, name) if document.restricted])


def is_told(graph: Store, name: str) -> bool:
    """Whether the graph tells of the cohort `name`."""
    return next(_documents(graph, name), None) is not None


def _remove(graph: Store, documents: Sequence[LoadedDocument]) -> list[Diff]:
    diffs = [graph.remove(document.id) for document in documents]
    graph.compact()
    return diffs


def _check_threshold(records: Releases, k: int) -> None:
    """Raise KGError where something was given out before under a greater threshold: it withheld what `k` would tell."""
    for name in records.list_releases():
        before = json.loads(records.get_release(name).settings or "{}").get("k", k)
        if before > k:
            raise KGError(
                f"figures of these patients were given out as {name!r} with k = {before}: a threshold of {k} would "
                f"tell what was withheld then; publish with --k {before} or more"
            )


def _spend(records: Releases, cohort: Cohort, version: int, *, dry_run: bool) -> float:
    """The sum of ε that these patients' releases spent, with this one; noted before anything is drawn."""
    noise = cohort.terms.noise
    if noise is None:
        return records.get_spent().epsilon
    if dry_run:
        records.check_spending(noise.epsilon, budget=cohort.budget)
        return records.get_spent().epsilon
    spending = Spending(cohort.name, version, noise.epsilon, noise.delta, noise.contributions)
    return records.spend(spending, budget=cohort.budget).epsilon


def _find(records: Population, terms: Terms, last: Release, on_step: Callable[[str], None]) -> list[Told]:
    if terms.noise:
        on_step("counting pairs under noise")
        return list(find_private_pairs(records, terms=terms, noise=terms.noise))
    earlier = {PairKey(*name): Counts(*figures) for name, figures in last.told.items()}
    return list(find_pairs(records, terms=terms, earlier=earlier, rules=_each_told(RULES, on_step)))


def _extract(
    records: Population, lexicon: Lexicon, cohort: Cohort, told: list[Told], *, version: int
) -> Iterator[Extraction]:
    name, country = cohort.name, cohort.country
    yield from write_summaries(name, told, version=version, date=cohort.date, country=country)
    each = 0 if cohort.terms.noise else cohort.sentences
    yield from write_sentences(name, told, records, lexicon, version=version, country=country, each=each)


def _write(
    graph: Store, lexicon: Lexicon, cohort: Cohort, extractions: Iterable[Extraction], *, dry_run: bool
) -> list[Diff]:
    contributions = [assemble(extraction, lexicon) for extraction in extractions]
    gone = {document.id for document in _documents(graph, cohort.name)} - {
        contribution.document.id for contribution in contributions
    }
    if dry_run:
        return graph.rehearse(contributions)
    return [*graph.put(contributions), *(graph.remove(id_) for id_ in sorted(gone))]


def _documents(graph: Store, name: str) -> Iterator[LoadedDocument]:
    """The documents in the graph that tell of the cohort."""
    prefix = after = document_prefix(name)
    while page := graph.list_documents(first=_PAGE, after=after):
        for document in page:
            if not document.id.startswith(prefix):
                return
            yield document
        after = page[-1].id


def _by_rule(told: Iterable[Told]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for pair in told:
        counts[pair.rule.name] = counts.get(pair.rule.name, 0) + 1
    return counts
