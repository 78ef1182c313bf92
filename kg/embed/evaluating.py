"""How well a trained model finds facts: those held out when it was trained, or others, in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.background import Background, read_background
from kg.embed.device import enough_memory
from kg.embed.errors import EmbeddingError
from kg.embed.leaks import Leak, LeakSettings, check_leaks, drop_leaks, find_leaks
from kg.embed.reading import Named, read_triples
from kg.embed.split_files import read_written_split
from kg.embed.trained import NEWCOMERS, SPLIT, STATE, Trained
from kg.embed.triples import Rows, Split, Triples

if TYPE_CHECKING:
    import torch

    from kg.embed.kge.trained import TrainedKge
    from ontologies.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Ranks by part of the facts, filtered, from both sides; and what of a file could not be asked."""

    scores: dict[str, dict[str, float]]
    counting: dict[str, dict[str, float]]
    """The same of who only counts: see `kg.embed.popularity`."""
    strange: tuple[tuple[str, str, str], ...] = ()
    """Facts of the file with a concept or predicate of which the model has no vector."""
    leaks: tuple[Leak, ...] = ()


@enough_memory()
def evaluate_held_out(trained: Trained, *, device: torch.device) -> Evaluated:
    """How the facts held out in training rank, among the concepts that were trained.

    Raises:
        EmbeddingError: the model scores no facts, or was trained again on all facts, so that none are held out.
    """
    from kg.embed.kge.trained import read_trained

    _need_scores(trained)
    if trained.about.refitted:
        raise EmbeddingError(
            f"{trained.about.name} was trained again on all facts once it was measured: card.md has its figures; "
            "measure it on others with --test FILE"
        )
    split = read_written_split(trained.folder / SPLIT)
    parts = {"valid": split.valid.rows, "test": split.test.rows}
    held = {name: rows for name, rows in parts.items() if len(rows)}
    if not held:
        raise EmbeddingError(f"no facts were held out of {trained.about.name}: measure it on others with --test FILE")
    return Evaluated(*_rank(read_trained(trained.folder / STATE, split, device=device), split, held))


@enough_memory()
def evaluate_file(
    trained: Trained,
    path: Path,
    *,
    device: torch.device,
    lexicon: Lexicon | None = None,
    drop: bool = False,
    allow: frozenset[str] = frozenset(),
) -> Evaluated:
    """How the facts of a file rank: tab-separated subject, predicate and object, named as in the graph.

    Facts with a name that the model does not know are told and left out; it knows its newcomers, and their facts.

    Raises:
        LeakError: they can be read off what was learned from, and neither `drop` nor `allow` says what to do.
        EmbeddingError: none is left.
    """
    from kg.embed.kge.inductive import extend
    from kg.embed.kge.trained import read_trained

    _need_scores(trained)
    split = read_written_split(trained.folder / SPLIT)
    learned = _with_newcomers(trained, _learned(trained, split))
    rows, strange = _number(read_triples(path), learned)
    asked = Split(learned.train, learned.valid, learned.train.with_rows(rows))
    leaks, settings = _find_leaks(asked, lexicon), LeakSettings(allow=allow)
    if drop:
        asked = drop_leaks(asked, leaks, settings)
    else:
        check_leaks(leaks, settings)
    if not len(asked.test):
        raise EmbeddingError(f"{path} holds no fact that {trained.about.name} can be asked: train it on their graph")
    vectors, count = trained.vectors, trained.about.trained_count
    model = read_trained(trained.folder / STATE, split, device=device)
    model = extend(model, vectors.names[count:], vectors.matrix[count:])
    figures = _rank(model, asked, {path.name: asked.test.rows})
    return Evaluated(*figures, tuple(strange), tuple(leaks))


def _need_scores(trained: Trained) -> None:
    if not (trained.folder / STATE).exists() or not trained.about.scoring:
        raise EmbeddingError(f"{trained.about.name} ({trained.about.model}) scores no facts: evaluate one that does")


def _learned(trained: Trained, split: Split) -> Split:
    """What was learned from: with a model that was trained again, all facts; valid and test are empty."""
    parts = (split.train, split.valid, split.test) if trained.about.refitted else (split.train,)
    nothing = split.train.with_rows(np.empty((0, 3), np.int64))
    return Split(split.train.with_rows(np.concatenate([part.rows for part in parts])), nothing, nothing)


def _number(named: Named, split: Split) -> tuple[Rows, Named]:
    entities = {name: at for at, name in enumerate(split.train.entities)}
    relations = {name: at for at, name in enumerate(split.train.relations)}
    known = [one for one in named if one[0] in entities and one[1] in relations and one[2] in entities]
    rows = [(entities[subject], relations[predicate], entities[object_]) for subject, predicate, object_ in known]
    strange = [one for one in named if one[0] not in entities or one[1] not in relations or one[2] not in entities]
    return np.array(rows, np.int64).reshape(-1, 3), strange


def _find_leaks(split: Split, lexicon: Lexicon | None) -> Sequence[Leak]:
    background = read_background(split.train.entities, lexicon) if lexicon else Background()
    return find_leaks(split, background=background)


def _with_newcomers(trained: Trained, learned: Split) -> Split:
    """What was learned from, with the facts that newcomers were placed by."""
    if not trained.about.newcomers:
        return learned
    names = (*learned.train.entities, *trained.vectors.names[trained.about.trained_count :])
    own, place = read_written_split(trained.folder / NEWCOMERS).train, {name: at for at, name in enumerate(names)}
    to_place = np.array([place[name] for name in own.entities], np.int64)
    to_kind = np.array([learned.train.relations.index(name) for name in own.relations], np.int64)
    added = np.stack([to_place[own.rows[:, 0]], to_kind[own.rows[:, 1]], to_place[own.rows[:, 2]]], axis=1)
    train = Triples(names, learned.train.relations, np.concatenate((learned.train.rows, added)))
    return Split(train, train.with_rows(learned.valid.rows), train.with_rows(learned.test.rows))


def _rank(
    model: TrainedKge, split: Split, asked: dict[str, Rows]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """How the model ranks parts of the facts, filtered by all of the split, and how who only counts does."""
    from kg.embed.popularity import rank_by_counting

    known = np.concatenate([part.rows for part in (split.train, split.valid, split.test)])
    ranks = {name: asdict(model.rank(rows, known=known)) for name, rows in asked.items()}
    scores = {name: {key: float(value) for key, value in figures.items()} for name, figures in ranks.items()}
    return scores, rank_by_counting(split, asked)
