"""What a training needs to go on as if it had never stopped, in one file; and trained models."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kg.embed.errors import CheckpointError
from kg.embed.kge.model import KgeModel, make_model
from kg.embed.kge.settings import KgeSettings, make_settings
from kg.embed.triples import Split
from kg.embed.whole_files import replacing_file

if TYPE_CHECKING:
    from kg.embed.gnn.settings import GnnSettings

#: The file of a folder that a training goes on from.
CHECKPOINT = "checkpoint.pt"
_NO_MATTER = ("epochs", "patience")


@dataclass(frozen=True, slots=True)
class Point:
    """How a training stood after an epoch; `mrr` is None where it was not looked at."""

    epoch: int
    loss: float
    seconds: float
    """Spent in training so far, evaluation apart."""
    facts_per_second: float
    mrr: float | None = None


@dataclass(slots=True)
class Course:
    """How a training went, and the best numbers so far by what steers it."""

    curve: list[Point]
    best_mrr: float = -1.0
    best_epoch: int = 0
    waited: int = 0
    best: dict[str, Tensor] = field(default_factory=dict)


def get_fingerprint(split: Split, settings: KgeSettings | GnnSettings, *, features: bytes = b"") -> str:
    """What two trainings have in common that give the same numbers up to where the shorter ends."""
    digest = sha256(features)
    # Test and what stands aside steer nothing, and are left out of the rankings of valid.
    for rows in (split.train.rows, split.valid.rows, split.test.rows, split.aside):
        digest.update(rows.tobytes() + b"\0")
    digest.update(json.dumps([split.train.entities, split.train.relations]).encode())
    chosen = {name: value for name, value in asdict(settings).items() if name not in _NO_MATTER}
    return sha256(digest.digest() + json.dumps(chosen, sort_keys=True).encode()).hexdigest()


def write_checkpoint(folder: Path, fingerprint: str, state: Mapping[str, Any], course: Course) -> None:
    """Writes all that `read_checkpoint` takes, as a whole or not at all."""
    told = {"best_mrr": course.best_mrr, "best_epoch": course.best_epoch, "waited": course.waited}
    content: dict[str, object] = {
        "fingerprint": fingerprint,
        "told": json.dumps({**told, "curve": [asdict(point) for point in course.curve]}),
        "state": dict(state),
        "best": course.best,
    }
    _write(folder / CHECKPOINT, content)
    write_curve(folder, course.curve)


def read_checkpoint(folder: Path, fingerprint: str, *, epochs: int) -> tuple[dict[str, Any], Course] | None:
    """What was trained so far in a folder, and how that went.

    None where no training was begun there, or it is further than `epochs`: what it was then is not known any more.

    Raises:
        CheckpointError: where the file is of other facts or settings, or damaged.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return None
    content = _read(path)
    if content.get("fingerprint") != fingerprint or "state" not in content:
        raise CheckpointError(f"{path} is of other facts or settings; train into another folder, or remove it")
    told = json.loads(content["told"])
    curve = [Point(**point) for point in told.pop("curve")]
    if len(curve) > epochs:
        return None
    return content["state"], Course(curve, **told, best=content["best"])


def write_curve(folder: Path, curve: Sequence[Point]) -> None:
    """Writes `curve.json`: a list of what is known after each epoch."""
    text = json.dumps([asdict(point) for point in curve], indent=1)
    with replacing_file(folder / "curve.json") as new:
        new.write_text(text, encoding="utf-8")


def write_model(path: Path, model: KgeModel) -> None:
    """Writes the settings and vectors of a model, without what only training needs."""
    vectors = {"entities": model.entities.values.cpu(), "relations": model.relations.values.cpu()}
    _write(path, {"settings": json.dumps(asdict(model.settings)), **vectors})


def read_model(path: Path, device: torch.device) -> KgeModel:
    """The model that `write_model` wrote; raises `CheckpointError` where it is none."""
    content = _read(path)
    try:
        settings = make_settings(json.loads(content["settings"]), told_of=str(path))
        entities, relations = content["entities"], content["relations"]
    except KeyError as error:
        raise CheckpointError(f"{path} is no model: it has no {error}; name the file of a trained one") from error
    model = make_model(len(entities), len(relations) // (2 if settings.reciprocal else 1), settings, device)
    model.entities.values.copy_(entities)
    model.relations.values.copy_(relations)
    return model


def _write(path: Path, content: dict[str, object]) -> None:
    with replacing_file(path) as new:
        torch.save(content, new)


def _read(path: Path) -> dict[str, Any]:
    # Only tensors, numbers and text: a file from elsewhere must not be able to run anything.
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"{path} cannot be read ({error}); remove it and train again") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path} is no checkpoint; remove it and train again")
    return content
