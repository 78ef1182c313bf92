"""How well a trained model finds facts: those held out when it was trained, or others, in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.background import Background, read_background
from kg.embed.device import enough_memory
from kg.embed.errors import EmbeddingError
from kg.embed.leaks import Leak, LeakSettings, check_leaks, drop_leaks, find_leaks
from kg.embed.reading import Named, read_triples
from kg.embed.split_files import read_written_split
from kg.embed.splits import Part
from kg.embed.trained import NEWCOMERS, SPLIT, STATE, Trained
from kg.embed.triples import Rows, Split, Triples

if TYPE_CHECKING:
    import torch

    from kg.embed.kge.trained import TrainedKge
    from ontologies.lexicon import Lexicon


#: First lines of tables that say what stands below them.
HEADS = frozenset({("subject", "predicate", "object"), ("subject", "relation", "object"), ("head", "relation", "tail")})


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Ranks by part of the facts, filtered, from both sides; and what of a file could not be asked."""

    scores: dict[str, dict[str, float]]
    counting: dict[str, dict[str, float]]
    """The same of who only counts: see `kg.embed.popularity`."""
    strange: tuple[tuple[str, str, str], ...] = ()
    """Facts of the file with a concept or predicate of which the model has no vector."""
    leaks: tuple[Leak, ...] = ()
    repeated: int = 0
    """Facts of the file that it has already: each is asked once."""


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
    resolve: Callable[[str], str] = str,
) -> Evaluated:
    """How the facts of a file rank: tab-separated subject, predicate and object, maybe below a line that says so.

    Concepts are named as in the graph; for other names `resolve` gives the CURIE, or the name where it knows none. A
    fact counts once, however often the file has it. Facts with a name that the model does not know are told and left
    out; it knows its newcomers, and their facts. What steered the training is no more unseen than what was learned
    from. Both are left out of rankings, as in training, and so is all else that is true: what was held out or stood
    aside then, and what of the file is dropped.

    Raises:
        LeakError: they can be read off what was learned from, and neither `drop` nor `allow` says what to do.
        EmbeddingError: none is left; the error says why.
    """
    _need_scores(trained)
    split = read_written_split(trained.folder / SPLIT)
    learned = _with_newcomers(trained, _learned(trained, split))
    read = list(_known_as(_without_head(read_triples(path)), learned, resolve))
    named = list(dict.fromkeys(read))
    rows, strange = _number(named, learned)
    _need_facts(path, trained, named, strange)
    asked = replace(
        learned, test=learned.train.with_rows(rows), aside=np.concatenate((learned.test.rows, learned.aside))
    )
    leaks, settings = _find_leaks(asked, lexicon), LeakSettings(allow=allow)
    if drop:
        asked = drop_leaks(asked, leaks, settings)
    else:
        check_leaks(leaks, settings, of_file=True)
    _need_unseen(path, trained, asked, leaks)
    figures = _rank(_open_model(trained, split, device), asked, {path.name: asked.test.rows})
    return Evaluated(*figures, tuple(strange), tuple(leaks), len(read) - len(named))


def _open_model(trained: Trained, split: Split, device: torch.device) -> TrainedKge:
    """What scores facts, of newcomers too."""
    from kg.embed.kge.inductive import extend
    from kg.embed.kge.trained import read_trained

    vectors, count = trained.vectors, trained.about.trained_count
    model = read_trained(trained.folder / STATE, split, device=device)
    return extend(model, vectors.names[count:], vectors.matrix[count:])


def _need_unseen(path: Path, trained: Trained, asked: Split, leaks: list[Leak]) -> None:
    """Raises where leaks leave nothing to ask."""
    if not len(asked.test):
        raise EmbeddingError(
            f"{path} holds no fact that {trained.about.name} cannot read off what it learned from "
            f"({', '.join(f'{len(leak.rows)} {leak.kind}' for leak in leaks)}): ask it other facts"
        )


def _need_scores(trained: Trained) -> None:
    if not trained.about.scoring:
        raise EmbeddingError(f"{trained.about.name} ({trained.about.model}) scores no facts: evaluate one that does")
    if not (trained.folder / STATE).exists():
        raise EmbeddingError(f"{trained.folder / STATE} is missing, which scores facts: train the model again")


def _need_facts(path: Path, trained: Trained, named: Named, strange: Named) -> None:
    """Raises where a file holds no fact at all, or none that the model knows the names of."""
    if not named:
        raise EmbeddingError(f"{path} holds no facts: write subject, predicate and object, with tabs between")
    if len(strange) < len(named):
        return
    relations = read_written_split(trained.folder / SPLIT).train.relations
    unknown = {one[1] for one in named} - set(relations)
    known = (
        f"predicates are {', '.join(relations)}"
        if unknown
        else "concepts are named by CURIE, or as the graph calls them"
    )
    raise EmbeddingError(
        f"{trained.about.name} has no vectors for any fact of {path}, such as {' '.join(named[0])}: {known}; "
        "`kg embed train` learns those that the graph has by now"
    )


def _without_head(named: Named) -> Named:
    return named[1:] if named and tuple(word.casefold() for word in named[0]) in HEADS else named


def _known_as(named: Named, split: Split, resolve: Callable[[str], str]) -> Iterator[tuple[str, str, str]]:
    """The facts under the names that the model has, where it has them."""
    entities, relations = frozenset(split.train.entities), frozenset(split.train.relations)
    find = cache(lambda name: name if name in entities else resolve(name))
    for subject, predicate, object_ in named:
        written = predicate.strip().casefold().replace(" ", "_")
        yield find(subject), written if written in relations else predicate, find(object_)


def _learned(trained: Trained, split: Split) -> Split:
    """What was learned from, with a model that was trained again all facts; then what steered and what was held out."""
    if not trained.about.refitted:
        return split
    nothing = split.train.with_rows(np.empty((0, 3), np.int64))
    return Split(split.train.with_rows(split.known), nothing, nothing)


def _number(named: Named, split: Split) -> tuple[Rows, Named]:
    entities = {name: at for at, name in enumerate(split.train.entities)}
    relations = {name: at for at, name in enumerate(split.train.relations)}
    known = [one for one in named if one[0] in entities and one[1] in relations and one[2] in entities]
    rows = [(entities[subject], relations[predicate], entities[object_]) for subject, predicate, object_ in known]
    strange = [one for one in named if one[0] not in entities or one[1] not in relations or one[2] not in entities]
    return np.array(rows, np.int64).reshape(-1, 3), strange


def _find_leaks(split: Split, lexicon: Lexicon | None) -> list[Leak]:
    """The leaks of what is asked; those between what was learned from and what steered were judged in training."""
    background = read_background(split.train.entities, lexicon) if lexicon else Background()
    return [leak for leak in find_leaks(split, background=background) if leak.part is Part.TEST]


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
    return Split(train, train.with_rows(learned.valid.rows), train.with_rows(learned.test.rows), learned.aside)


def _rank(
    model: TrainedKge, split: Split, asked: dict[str, Rows]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """How the model ranks parts of the facts, filtered by all that is known, and how who only counts does."""
    from kg.embed.popularity import rank_by_counting

    ranks = {name: asdict(model.rank(rows, known=split.known)) for name, rows in asked.items()}
    scores = {name: {key: float(value) for key, value in figures.items()} for name, figures in ranks.items()}
    return scores, rank_by_counting(split, asked)
