"""How often the right concept is among what is suggested for a synonym that the lexicon does not have.

The lexicon holds the preferred English names of HPO alone; the names asked for are exact synonyms drawn with a seed, so
that none is known. Beside our word index: the same put in order by vectors, and rapidfuzz over all names, in one run.

    python tests/bench/bench_suggestions.py [--names 400] [--seed 7]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rapidfuzz import fuzz, process

import ontologies.starter
from ontologies.errors import LexiconError
from ontologies.lexicon import build_tries
from ontologies.model import Kind, Match, Scope
from ontologies.normalize import normal_form
from ontologies.suggestions import Suggestions
from ontologies.terminologies import read_terminology
from ontologies.vectors import Reranker, get_encoder

Finder = Callable[[str], list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    _, read = read_terminology("hpo", Path(ontologies.starter.__path__[0]) / "hpo")
    concepts = [concept for concept in read if not concept.deprecated]
    owners = {normal_form(concept.name): concept.curie for concept in concepts}
    asked = [
        (synonym.text, concept.curie)
        for concept in concepts
        for synonym in concept.synonyms
        if synonym.scope is Scope.EXACT and synonym.language == "en" and normal_form(synonym.text) not in owners
    ]
    drawn = random.Random(options.seed).sample(asked, options.names)
    print(f"{len(owners):,} names, {len(drawn):,} synonyms asked for, seed {options.seed}")
    print(f"{'':24}{'first':>8}{'in 5':>8}{'in 20':>8}{'ms CPU':>10}")
    for name, find in finders(list(owners)):
        started = time.process_time()
        places = [place(owners, find(text), curie) for text, curie in drawn]
        spent = (time.process_time() - started) / len(drawn) * 1000
        shares = "".join(f"{sum(p < n for p in places) / len(places):8.3f}" for n in (1, 5, 20))
        print(f"{name:24}{shares}{spent:10.2f}")


def finders(names: list[str]) -> Iterator[tuple[str, Finder]]:
    suggestions = Suggestions.of(build_tries(names)[0])
    yield "shared words", lambda text: [one.key for one in suggestions.find(text, top=20)]
    try:
        reranker = Reranker(get_encoder())
    except LexiconError as error:
        print(f"shared words, vectors: left out; {error}")
    else:
        yield "shared words, vectors", lambda text: reranked(suggestions, reranker, text)
    yield "rapidfuzz, token sets", lambda text: fuzzy(names, text)


def reranked(suggestions: Suggestions, reranker: Reranker, text: str) -> list[str]:
    found = suggestions.find(text, top=20)
    matches = [Match(one.key, one.key, Kind.FINDING, one.score, "", one.key) for one in found]
    return [match.curie for match in reranker.rerank(text, matches)]


def fuzzy(names: list[str], text: str) -> list[str]:
    return [key for key, _, _ in process.extract(normal_form(text), names, scorer=fuzz.token_set_ratio, limit=20)]


def place(owners: dict[str, str], found: list[str], curie: str) -> int:
    return next((at for at, key in enumerate(found) if owners[key] == curie), len(found) + 1000)


if __name__ == "__main__":
    main()
