"""How vectors of a graph are trained: settings with checked values, from TOML, and the recipes that are shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.embed import settings
from kg.embed.errors import SettingsError
from kg.embed.settings import check_values, fill

#: In which the shipped recipes lie.
PACKAGE = "kg.embed.kge"

#: What a setting that is a word may be.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "model": ("complex", "distmult", "rotate", "transe_l1", "transe_l2"),
    "objective": ("one_vs_all", "negatives"),
    "optimizer": ("adagrad", "adam", "sparse_adam"),
    "regularizer": ("none", "n3", "dura"),
    "table": ("dense", "sparse", "host"),
    "precision": ("float32", "bfloat16"),
    "loss": ("self_adversarial", "margin", "softmax"),
}

_POSITIVE = ("rank", "batch", "epochs", "learning_rate", "init", "negatives", "evaluate_every")
_NOT_NEGATIVE = ("regularizer_weight", "relation_weight", "margin", "temperature", "patience", "seed")


@dataclass(frozen=True, slots=True, kw_only=True)
class KgeSettings:
    """Everything that decides what a training gives, beside the facts; a wrong value raises `SettingsError`."""

    model: str = "complex"
    rank: int = 200
    """Numbers in a vector: complex ones for complex and rotate, real ones for the others."""
    objective: str = "one_vs_all"
    """`one_vs_all`: softmax over all entities; `negatives`: against some drawn by chance, for graphs of any size."""
    batch: int = 1000
    """Facts in a step of one process; each fact counts twice, once from either side."""
    epochs: int = 40
    optimizer: str = "adagrad"
    learning_rate: float = 0.1
    init: float = 1e-3
    """Standard deviation of what vectors start from."""
    regularizer: str = "n3"
    """Of the sizes of numbers, complex ones with complex and rotate; the angles of rotate are not regularised."""
    regularizer_weight: float = 0.01
    relation_weight: float = 0.0
    """Weight of predicting the relation between two entities, beside predicting the entity; one_vs_all only."""
    reciprocal: bool = True
    """Whether a relation seen from its object has a vector of its own, rather than the inverse of the relation's."""
    table: str = "dense"
    """`sparse`: a step writes only to the vectors it used; `host`: the same, with vectors in the memory of the CPU."""
    precision: str = "float32"
    """Of the products of vectors; vectors and what the optimiser keeps are float32 always."""
    negatives: int = 256
    shared_negatives: bool = True
    """Whether a batch shares its negatives, which makes them one matrix product, or each fact has its own."""
    loss: str = "self_adversarial"
    """Of the objective `negatives`."""
    margin: float = 9.0
    temperature: float = 1.0
    """How much harder negatives count more, in the loss self_adversarial."""
    evaluate_every: int = 5
    """Epochs between two looks at the facts that steer the training."""
    patience: int = 3
    """Looks without a better one after which training stops; 0 goes on to the last epoch."""
    seed: int = 0

    def __post_init__(self) -> None:
        check_values(self, choices=CHOICES, positive=_POSITIVE, not_negative=_NOT_NEGATIVE)
        self._check_together()

    def _check_together(self) -> None:
        if self.objective == "one_vs_all" and self.table != "dense":
            raise SettingsError(
                f"table = {self.table!r} goes with objective = 'negatives': one_vs_all uses all vectors"
            )
        if self.objective == "negatives" and self.relation_weight:
            raise SettingsError("relation_weight goes with objective = 'one_vs_all'; set it to 0")
        if self.optimizer == "adam" and self.table != "dense":
            raise SettingsError(
                f"optimizer = 'adam' writes to all vectors; with table = {self.table!r} use sparse_adam"
            )
        if self.optimizer == "sparse_adam" and self.table == "dense":
            raise SettingsError("optimizer = 'sparse_adam' goes with table = 'sparse' or 'host'; use adam")
        if self.regularizer == "dura" and self.model not in ("complex", "distmult"):
            raise SettingsError("regularizer = 'dura' goes with model = complex or distmult; use n3 or none")


def make_settings(given: Mapping[str, Any], *, told_of: str) -> KgeSettings:
    """Settings of a table of names and values; `told_of` is where they come from, for errors.

    Raises:
        SettingsError: for a name that is no setting, a value of another type, or one that cannot be.
    """
    return fill(KgeSettings, given, told_of=told_of)


def list_presets() -> list[str]:
    """The names of the recipes that are shipped."""
    return settings.list_presets(PACKAGE)


def read_preset(name: str) -> KgeSettings:
    """The settings of a shipped recipe; raises `SettingsError` where there is none of that name."""
    return make_settings(settings.read_preset_table(PACKAGE, name), told_of=f"presets/{name}.toml")
