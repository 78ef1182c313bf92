"""How a graph neural network is trained: settings with checked values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.embed.errors import SettingsError
from kg.embed.settings import check_values, fill

#: What a setting that is a word may be.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "encoder": ("rgcn", "sage", "gat"),
    "scoring": ("distmult", "complex"),
    "precision": ("float32", "bfloat16"),
    "names": ("hashed", "encoded"),
}
_POSITIVE = ("width", "layers", "heads", "bases", "batch", "epochs", "learning_rate", "evaluate_every", "chunk")
_NOT_NEGATIVE = ("own", "negatives", "dropout", "alone", "weight_decay", "patience", "seed")


@dataclass(frozen=True, slots=True, kw_only=True)
class GnnSettings:
    """What decides what a training gives, beside facts and features; a wrong value raises `SettingsError`."""

    encoder: str = "rgcn"
    """`rgcn` (Schlichtkrull et al. 2018), `sage` (Hamilton et al. 2017, blind to relations), `gat` (Veličković et al.
    2018 in the form of Brody et al. 2022, which sees relations)."""
    scoring: str = "complex"
    """How facts are scored from vectors, by `kg.embed.kge.scoring`; distmult cannot tell subject from object."""
    names: str = "hashed"
    """How names become numbers, see `kg.embed.gnn.features`: `hashed` pieces, or `encoded` by what they mean, with the
    encoder of the extra `vectors`, some 30 ms a name."""
    width: int = 128
    layers: int = 2
    heads: int = 4
    """Of attention; the width is shared out among them."""
    bases: int = 8
    """Matrices that those of all relations are mixed from, of rgcn."""
    own: int = 0
    """Numbers that each concept learns for itself beside its features; 0 makes a model that can place new concepts."""
    fanouts: tuple[int, ...] = ()
    """Neighbours drawn for each concept, by layer from the outermost; none: all neighbours of all concepts."""
    negatives: int = 0
    """Concepts that a batch is held against; 0: all of them."""
    dropout: float = 0.2
    alone: float = 0.1
    """The share of concepts that hear no neighbours in a step, so that new ones, which have none, are placed too."""
    batch: int = 1024
    epochs: int = 50
    learning_rate: float = 0.01
    weight_decay: float = 0.0
    precision: str = "float32"
    """Of the layers; vectors, scores and losses are float32 always."""
    evaluate_every: int = 5
    """Epochs between two looks at the facts that steer the training."""
    patience: int = 5
    """Looks without a better one after which training stops; 0 goes on to the last epoch."""
    chunk: int = 4096
    """Concepts whose vectors are computed at a time once training is over."""
    seed: int = 0

    def __post_init__(self) -> None:
        check_values(self, choices=CHOICES, positive=_POSITIVE, not_negative=_NOT_NEGATIVE)
        self._check_together()

    def _check_together(self) -> None:
        for name in ("dropout", "alone"):
            if getattr(self, name) >= 1:
                raise SettingsError(f"{name} = {getattr(self, name)} leaves nothing; give less than 1")
        if self.fanouts and (len(self.fanouts) != self.layers or min(self.fanouts) < 1):
            raise SettingsError(
                f"fanouts = {list(self.fanouts)} must name a number above 0 for each of {self.layers} layers"
            )
        if self.fanouts and not self.negatives:
            raise SettingsError("fanouts go with negatives above 0: all concepts have no vectors in such a step")
        if self.width % (2 * self.heads):
            raise SettingsError(f"width = {self.width} must be a multiple of twice heads = {self.heads}")


def make_gnn_settings(given: Mapping[str, Any], *, told_of: str) -> GnnSettings:
    """Settings of a table of names and values; `told_of` is where they come from, for errors.

    Raises:
        SettingsError: for a name that is no setting, a value of another type, or one that cannot be.
    """
    return fill(GnnSettings, given, told_of=told_of)
