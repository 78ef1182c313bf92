"""Makes a large graph for curators: names of the installed lexicon, known and garbled, in documents of two languages.

    python tests/bench/make_curation_graph.py FOLDER [--rows 250000] [--waiting 25000] [--seed 5]

One name in a thousand is met in a third of all rows, most are met once or twice, as in labels. Every waiting name has a
garbled name of a concept, or one that nothing is like.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[2]))
from extractors.model import Document, Section
from kg.identity import evidence_id, fact_id, fact_names
from kg.model import Contribution, Evidence, Node
from kg.place import Placer
from kg.stores.sqlite import open_store
from ontologies.curies import local_curie
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.registry import open_lexicon

T = TypeVar("T")

ROWS_A_DOCUMENT = 40
#: Kinds of names that wait, and what drugs have to do with them.
PREDICATES = {
    Kind.DISEASE: "indicated_for",
    Kind.FINDING: "causes_adverse_event",
    Kind.DRUG: "interacts_with",
    Kind.ORGANIZATION: "manufactured_by",
}
SOURCES = ("spl", "openfda", "cn", "epi")


@dataclass(frozen=True, slots=True)
class Named:
    """A name as documents write it, and the node that it stands for in the graph."""

    name: str
    node: Node


def make_names(lexicon: Lexicon, known: int, waiting: int, chance: random.Random) -> list[Named]:
    """Names that the lexicon has, then garbled ones that wait for a concept."""
    keys = [key.strip() for key in lexicon._keys if 4 < len(key) < 60]
    describe = Placer(lexicon).describe
    found: list[Named] = []
    for key in chance.sample(keys, min(len(keys), 2 * known)):
        match = next((one for one in lexicon.find(key) if one.kind in PREDICATES), None)
        node = describe(match.curie) if match else None
        if match and node and len(found) < known:
            found.append(Named(match.matched, node))
    kinds = list(PREDICATES)
    for place in range(waiting):
        name, kind = f"{garble(chance.choice(keys), chance)}", kinds[place % 7 % 4]
        found.append(Named(name, Node(local_curie(name, kind), name, kind, aligned=False)))
    return found


def garble(name: str, chance: random.Random) -> str:
    """A name with letters left out, with words behind it, or turned round."""
    sort, at = chance.randrange(4), chance.randrange(len(name))
    if sort == 0:
        return name[:at] + name[at + 2 :] + chance.choice(("x", "酸", "q"))
    if sort == 1:
        return f"{name.replace(' ', '') if not name.isascii() else name} {chance.randrange(10**6)}"
    return "".join(chance.sample(name, len(name))).strip() or name


def make_documents(names: list[Named], rows: int, chance: random.Random) -> Iterator[Contribution]:
    """Documents in which drugs have to do with the names, the first of which are met most."""
    drugs = [one for one in names if one.node.kind is Kind.DRUG and one.node.aligned]
    order = chance.sample(names, len(names))
    frequent, left = order[: len(order) // 1000], rows - len(order)
    drawn = [*order, *(chance.choice(frequent) if n % 3 else chance.choice(order) for n in range(left))]
    chance.shuffle(drawn)
    for number, some in enumerate(batched(drawn, ROWS_A_DOCUMENT)):
        yield _document(number, chance.choice(drugs), some)


def batched(given: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """What is given, so many at a time."""
    rest = iter(given)
    while some := tuple(islice(rest, size)):
        yield some


def _document(number: int, drug: Named, names: tuple[Named, ...]) -> Contribution:
    id_, source = f"bench:{number:06d}", SOURCES[number % len(SOURCES)]
    quotes = [f"{drug.name} and {one.name} were seen together in study {number} of many patients." for one in names]
    text = "\n".join(quotes)
    section = Section("34084-4", "ADVERSE REACTIONS", 0, len(text), "adverse_reactions")
    language, country = ("zh", "CN") if source == "cn" else ("en", "US")
    document = Document(
        id=id_, title=f"Label {number}", text=text, sections=(section,), source=source, language=language,
        country=country, content_hash=id_, version=1,
    )  # fmt: skip
    rows = tuple(
        _row(document, drug, one, quote) for one, quote in zip(names, quotes, strict=True) if one.node != drug.node
    )
    return Contribution(document, tuple({one.node.curie: one.node for one in (drug, *names)}.values()), rows)


def _row(document: Document, drug: Named, one: Named, quote: str) -> Evidence:
    said = (drug.node.curie, PREDICATES[one.node.kind], one.node.curie)
    fact, start = fact_id(*said), document.text.index(quote)
    called = fact_names(*said, (drug.name, one.name))
    return Evidence(
        id=evidence_id(fact, document.id, "34084-4", quote, "bench", "present", (), names=called), fact_id=fact,
        subject=said[0], predicate=said[1], object=said[2], document=document.id, version=1, section="34084-4",
        section_title="ADVERSE REACTIONS", start=start, end=start + len(quote), quote=quote, extractor="bench",
        score=0.8, country=document.country, subject_name=drug.name, object_name=one.name,
    )  # fmt: skip


def make_curation_graph(folder: Path, lexicon: Lexicon, *, rows: int, waiting: int, seed: int) -> None:
    """The graph, in `folder`."""
    chance = random.Random(seed)
    names = make_names(lexicon, waiting // 2, waiting, chance)
    with open_store(str(folder), mode="create") as store:
        for some in batched(make_documents(names, rows, chance), 200):
            store.put(list(some), stamp="bench")


def main() -> None:
    """Make the graph and print what it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=250_000)
    parser.add_argument("--waiting", type=int, default=25_000)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    make_curation_graph(
        given.folder, open_lexicon(decided=False), rows=given.rows, waiting=given.waiting, seed=given.seed
    )
    with open_store(str(given.folder)) as store:
        sys.stdout.write(f"{store.get_stats()}\n")


if __name__ == "__main__":
    main()
