"""Whatever curators decide and take back, in whatever order: the graph changed in place is the one a rebuild makes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.extract import extract
from extractors.model import Extraction
from extractors.sources import read_documents
from kg.align import apply_decisions
from kg.assemble import assemble
from kg.curation.desk import Change, Desk
from kg.curation.undoing import redo, revert, undo
from kg.model import Diff, Evidence, FactQuery
from kg.stores.sqlite import SqliteStore, open_store
from kg_command import ROOT
from ontologies.decided import lay_home_decisions
from ontologies.decisions import open_log
from ontologies.errors import DecisionError
from ontologies.ledger import Ledger
from ontologies.lexicon import Lexicon
from ontologies.model import Verdict
from ontologies.registry import open_lexicon

#: Samples with coded ingredients and salts, Chinese and English names of one drug, tables, and names that wait.
SAMPLES = ("warfarin-tablets.xml", "huafalin-pian.txt", "atorvastatin-tablets.xml", "metformin-tablets.xml")
#: Names that are worth a decision: each of them stands in several rows, or was aligned by a code or not at all.
NAMES = (
    "Warfarin",
    "WARFARIN SODIUM",
    "华法林钠片",
    "aspirin",
    "bleeding",
    "玉米淀粉",
    "rhabdomyolysis",
    "lactic acidosis",
    "clarithromycin",
)


@dataclass(frozen=True, slots=True)
class World:
    """Some documents as they were read, the lexicon they were read with, and what decisions may be about."""

    lexicon: Lexicon
    extractions: tuple[Extraction, ...]
    names: tuple[str, ...] = field(init=False)
    curies: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        rows = [row for one in self.extractions for row in assemble(one, self.lexicon).evidence]
        known = sorted({name for row in rows for name in (row.subject_name, row.object_name)})
        names = [*(name for name in NAMES if name in known), *known[::40]]
        said = [curie for row in rows for curie in _ends(row, names)]
        object.__setattr__(self, "names", tuple(dict.fromkeys(names)))
        curies = (curie for curie in dict.fromkeys([*said, "HP:0002014"]) if self.lexicon.entry(curie))
        object.__setattr__(self, "curies", tuple(curies)[:9])


def _ends(row: Evidence, names: Sequence[str]) -> Iterator[str]:
    for name, curie in ((row.subject_name, row.subject), (row.object_name, row.object)):
        if name in names:
            yield curie


@pytest.fixture(scope="module")
def world(kg_home: Path) -> World:
    lexicon = open_lexicon(home=kg_home, decided=False)
    paths = [ROOT / "kg" / "samples" / name for name in SAMPLES]
    documents = [document for path in paths for document in read_documents(path.read_bytes())]
    return World(lexicon, tuple(extract(document, lexicon) for document in documents))


def contents(store: SqliteStore) -> tuple[object, ...]:
    """Facts, evidence, names and concepts; a concept that waits is called as whichever document came first calls it."""
    assert store.check() == []
    facts = {}
    for fact in store.find_facts(FactQuery(), first=10_000).facts:
        sides = [(node.curie, node.kind, node.name if node.aligned else "") for node in (fact.subject, fact.object)]
        counts = fact.confidence, fact.status, fact.documents, fact.evidence_count, fact.countries, fact.qualifiers
        facts[fact.id] = (sides, fact.predicate, counts)
    rows = {row.id: row for row in store.iter_evidence()}
    uses = sorted((use.name, use.node.curie, use.facts, use.evidence) for use in store.iter_names(dormant=True))
    return facts, rows, uses, sorted(node.curie for node in store.iter_nodes())


Said = list[tuple[str, Verdict, str]]

#: What a curator may do with a name and two concepts: rows of name, verdict and concept, recorded at once.
DECISIONS: dict[str, Callable[[str, str, str], Said]] = {
    "accept": lambda name, one, _: [(name, Verdict.EXACT, one)],
    "reject": lambda name, one, _: [(name, Verdict.NONE, one)],
    "broad": lambda name, one, _: [(name, Verdict.BROAD, one)],
    "unsure": lambda name, one, _: [(name, Verdict.UNSURE, one)],
    "none": lambda name, *_: [(name, Verdict.NONE, "")],
    "split": lambda name, one, other: [(name, Verdict.EXACT, one), (name, Verdict.EXACT, other)],
    "join": lambda _, one, other: [(one, Verdict.EXACT, other)],
    "part": lambda _, one, other: [(one, Verdict.NONE, other)],
}
TAKING_BACK: dict[str, Callable[[Desk], Change]] = {"undo": undo, "redo": redo}
steps = st.tuples(st.sampled_from([*DECISIONS, *TAKING_BACK, "revert"]), st.tuples(*[st.integers(0, 99)] * 3))


class Curator:
    """A curator at the desk over a graph, who does what words and numbers say; each step is rehearsed first."""

    def __init__(self, world: World, folder: Path, store: SqliteStore) -> None:
        self.world, self.home, self.graph, self.store = world, folder / "home", folder / "moved", store
        self.batches = 0

    def act(self, action: str, choices: tuple[int, int, int]) -> None:
        """Decide on a name, on two concepts, on a name as two concepts, or take something back."""
        pools = (self.world.names, self.world.curies, self.world.curies)
        said = tuple(pool[n % len(pool)] for pool, n in zip(pools, choices, strict=True))
        self.batches += action in DECISIONS
        with suppress(DecisionError):
            rehearsed, done = (self._do(action, said, dry_run=dry_run).graph for dry_run in (True, False))
            assert rehearsed.moves == done.moves
            assert list(map(untimed, rehearsed.diffs)) == list(map(untimed, done.diffs))

    def _do(self, action: str, said: Sequence[str], *, dry_run: bool) -> Change:
        desk = Desk(self.world.lexicon, Ledger(open_log(home=self.home)), self.store, self.graph, "ann", dry_run)
        if action in TAKING_BACK:
            return TAKING_BACK[action](desk)
        if action == "revert":
            return revert(desk, f"b{self.batches}")
        rows = DECISIONS[action](*said)
        return desk.record([desk.draft(*row, guesses=(), batch=f"b{self.batches}") for row in rows])


def untimed(diff: Diff) -> Diff:
    return replace(diff, time="")


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=1, max_size=6), st.integers(0, 5))
def test_decisions_in_place_give_the_graph_that_a_rebuild_gives(
    world: World, actions: list[tuple[str, tuple[int, int, int]]], late: int
) -> None:
    """One document is read only after some of the decisions were made, as it happens."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        moved, built = (
            stack.enter_context(open_store(str(folder / name), mode="create", clock=lambda: "2026-01-01"))
            for name in ("moved", "built")
        )
        moved.put(assemble(one, world.lexicon) for one in world.extractions[1:])
        moved.close()
        reader = stack.enter_context(open_store(str(folder / "moved")))
        curator = Curator(world, folder, reader)
        for number, (action, choices) in enumerate(actions):
            if number == min(late, len(actions) - 1):
                _read_the_first(world, folder)
            curator.act(action, choices)
        decided = lay_home_decisions(world.lexicon, home=curator.home)
        built.put(assemble(one, decided) for one in world.extractions)
        assert contents(reader) == contents(built)
        built.close()
        with open_store(str(folder / "moved"), mode="rw") as again:
            assert apply_decisions(again, decided, home=curator.home).moves == ()


def _read_the_first(world: World, folder: Path) -> None:
    decided = lay_home_decisions(world.lexicon, home=folder / "home")
    with open_store(str(folder / "moved"), mode="rw") as store:
        store.put([assemble(world.extractions[0], decided)])
