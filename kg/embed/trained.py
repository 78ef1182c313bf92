"""A trained model as a folder: its vectors, what is known of it, a card to read, its curve and map.

    NAME/  model.json  vectors.parquet  relations.parquet  vectors.usearch  split.parquet  state.pt  network.pt
           card.md  curve.png  map.png  map.html  newcomers.parquet

The folder appears when all of it is written, in the place of the one of that name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.embed.errors import EmbeddingError
from kg.embed.neighbours import Neighbours, open_index, write_index
from kg.embed.vector_files import read_vectors, write_vectors
from kg.embed.vectors import Vectors
from kg.embed.whole_files import replacing_file

#: Of model.json; a program meets a greater one with an error.
FORMAT = 1

ABOUT, VECTORS, RELATIONS, INDEX = "model.json", "vectors.parquet", "relations.parquet", "vectors.usearch"
SPLIT, STATE, NETWORK, NEWCOMERS = "split.parquet", "state.pt", "network.pt", "newcomers.parquet"
CARD, CURVE, MAP, MAP_PAGE = "card.md", "curve.png", "map.png", "map.html"

Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What was added to a model after its training: see `kg.embed.extending`."""

    graph_version: str
    """Of the graph whose concepts have vectors since."""
    count: int
    """Concepts that got a vector: the last ones of all."""
    by_names_alone: int
    """How many of them have no fact with a concept that was trained."""
    facts: int
    """The facts that they are in."""
    not_learned: int
    """Other facts of that graph which the model has not learned from, those held out among them."""
    gone: int
    """Concepts that were trained and are in no fact of that graph."""
    added: str
    """When, as ISO 8601 in UTC."""
    left_out: int = 0
    """How many of them are no news: the graph had them, and the split left out the facts that they are in."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a trained model: enough to train it again, and to judge what it is worth."""

    name: str
    model: str
    """What it is: complex, distmult, rotate, transe, gnn, me2vec."""
    graph_version: str
    graph: str
    """Where the graph was when it was read."""
    trained: str
    """When training ended, as ISO 8601 in UTC."""
    medkg: str
    command: str
    """What to type to train it again."""
    device: str
    seed: int
    seconds: float
    vectors: int
    dimensions: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    split: Mapping[str, Any] = field(default_factory=dict)
    """How facts were held out, how many, and what of leaks was found and done."""
    scores: Mapping[str, Numbers] = field(default_factory=dict)
    """Figures by the part of the facts that they are of, as `test`."""
    counting: Mapping[str, Numbers] = field(default_factory=dict)
    """The figures of who only counts, by the same parts: see `kg.embed.popularity`."""
    curve: tuple[Numbers, ...] = ()
    """What was measured while it was trained, by epoch."""
    calibrations: Mapping[str, Numbers] = field(default_factory=dict)
    """By predicate, or for all of them under `*`: see `kg.embed.calibrating`."""
    judged: Mapping[str, Numbers] = field(default_factory=dict)
    """How good the probabilities are on test, by predicate and of all under `*`: `kg.embed.calibrating.measure`."""
    refitted: bool = False
    """Whether the vectors were learned anew from all facts once the model was measured: `scores` and `calibrations`
    are of those before, so that it tells no probabilities."""
    scoring: str = ""
    """How facts are scored from vectors: see `kg.embed.scorer`; empty where they are not."""
    newcomers: Newcomers | None = None
    """What was added after training; None where nothing was."""
    erased: bool = False
    """Whether any of the records that it was learned from were erased since: see `kg.embed.again`."""

    @property
    def version(self) -> str:
        """The version of the graph whose concepts have vectors: trained on, or extended to since."""
        return self.newcomers.graph_version if self.newcomers else self.graph_version

    def tell_worth(self) -> str:
        """What to say where it finds held-out facts no better than who only counts; empty where it does better."""
        for part in ("test", "valid"):
            own, counted = (told.get(part, {}).get("mrr") for told in (self.scores, self.counting))
            if own is not None and counted is not None:
                figures = f"MRR {own:.3f} on {part}, by counting {counted:.3f}"
                worse = f"{self.name} finds facts that were held out no better than counting does ({figures})"
                return "" if own > counted else f"{worse}: what it predicts is worth little"
        return ""

    @property
    def trained_count(self) -> int:
        """How many vectors were trained: the first ones of all."""
        return self.vectors - (self.newcomers.count if self.newcomers else 0)


class Trained:
    """A trained model in its folder; what is large is read when it is first asked for."""

    def __init__(self, folder: Path, about: About) -> None:
        self.folder = folder
        self.about = about

    @cached_property
    def vectors(self) -> Vectors:
        """The vectors of concepts."""
        return read_vectors(self.folder / VECTORS)

    @cached_property
    def newcomers(self) -> frozenset[str]:
        """The concepts that were added after training."""
        return frozenset(self.vectors.names[self.about.trained_count :])

    @cached_property
    def relations(self) -> Vectors | None:
        """The vectors of predicates, None where the model has none; raises `EmbeddingError` where they are missing."""
        path = self.folder / RELATIONS
        if path.exists():
            return read_vectors(path)
        # Nothing is kept of an error: where the file comes back it is read.
        if self.about.scoring:
            raise EmbeddingError(f"{path} is missing, which holds the vectors of predicates: train the model again")
        return None

    @cached_property
    def neighbours(self) -> Neighbours:
        """What finds the vectors near one."""
        return Neighbours(self.vectors, open_index(self.vectors, self.folder / INDEX))

    def check_files(self) -> None:
        """Reads the vectors, and raises `EmbeddingError` where a file is missing, damaged, or of another training."""
        found, told = len(self.vectors.names), self.about.vectors
        if found != told or (self.relations is not None and self.relations.graph_version != self.about.graph_version):
            raise EmbeddingError(
                f"{self.folder} holds {found:,} vectors and model.json tells of {told:,}, or they are of another "
                "version of the graph: train the model again"
            )

    def read_all(self) -> None:
        """Reads now what is read when it is first asked for else: for services, under which a model may be replaced.

        Raises as `check_files` does.
        """
        self.check_files()
        _ = self.neighbours

    def is_stale(self, graph_version: str) -> bool:
        """Whether the graph is another one by now."""
        return self.about.version != graph_version

    def tell_stale(self, graph_version: str) -> str:
        """What to say where the graph changed since; empty where it did not."""
        if not self.is_stale(graph_version):
            return ""
        extend = f", or `kg embed extend {self.about.name}` for what is new" if self.about.scoring else ""
        return (
            f"the vectors {self.about.name} are of graph version {self.about.version[:12] or 'empty'} "
            f"and the graph is {graph_version[:12] or 'empty'}: run `{self.about.command}` again{extend}"
        )

    def tell_erased(self) -> str:
        """What to say where records that it was learned from were erased since; empty where none were."""
        if not self.about.erased:
            return ""
        return (
            f"the vectors {self.about.name} were learned from records of which some were erased since: "
            f"run `{self.about.command}` again"
        )


def open_trained(folder: Path) -> Trained:
    """The model in a folder.

    Raises:
        EmbeddingError: there is none, it is damaged, or a newer medkg made it.
    """
    try:
        told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        format_ = int(told.pop("format"))
        if format_ > FORMAT:
            raise EmbeddingError(f"{folder} has format {format_} and this medkg knows up to {FORMAT}: update medkg")
        told["curve"] = tuple(told.get("curve", ()))
        told["newcomers"] = Newcomers(**told["newcomers"]) if told.get("newcomers") else None
        return Trained(folder, About(**{key: told[key] for key in _KEYS if key in told}))
    except FileNotFoundError as error:
        raise EmbeddingError(f"no trained model at {folder}: `kg embed train` makes one") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EmbeddingError(f"{folder / ABOUT} cannot be read ({error!r}): train the model again") from error


_KEYS = tuple(one.name for one in fields(About))


def write_about(about: About, folder: Path) -> None:
    """Write model.json."""
    told = json.dumps({"format": FORMAT, **asdict(about)}, ensure_ascii=False, indent=2)
    with replacing_file(folder / ABOUT) as path:
        path.write_text(told + "\n", encoding="utf-8")


def write_matrices(folder: Path, vectors: Vectors, relations: Vectors | None = None) -> None:
    """Write the vectors of a model, and their index where usearch is installed."""
    write_vectors(vectors, folder / VECTORS)
    write_index(vectors, folder / INDEX)
    if relations is not None:
        write_vectors(relations, folder / RELATIONS)
