"""The settings of all levels, read from TOML with checked keys and values; two files of them are bundled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.embed.errors import SettingsError
from kg.embed.me2vec.service_graph import Kernel
from kg.embed.settings import fill, read_preset_table

#: In which the bundled settings lie.
PACKAGE = "kg.embed.me2vec"

#: What a patient's vector may be put together from.
PARTS = ("line", "proximity", "services", "recent", "givers")


@dataclass(frozen=True, slots=True)
class JourneySettings:
    """Which events take part; `unit` (visit or patient) is whose vectors level 3 gives."""

    fewest_events: int = 5
    fewest_uses: int = 10
    drop_repeats: bool = True
    unit: str = "visit"


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """The service graph; `minutes` is the width of a bin, or the greatest time between two; `half_life` in minutes.

    With `hierarchy` above 0, codes lend edges to what stands above them that share of the weight of their own edges.
    """

    kernel: Kernel = Kernel.BINS
    minutes: float = 60.0
    half_life: float = 360.0
    hierarchy: float = 0.0
    learn: str = "walks"
    """From the graph by `walks` and skip-gram, or by `factors`: its PMI in closed form. Dimensions are skip-gram's."""


@dataclass(frozen=True, slots=True)
class WalkSettings:
    """How walks go: `p` above 1 keeps them from turning back, `q` above 1 keeps them near; `each` from every node."""

    length: int = 100
    each: int = 10
    p: float = 4.0
    q: float = 1.0


@dataclass(frozen=True, slots=True)
class SkipgramSettings:
    """How vectors are learned from walks; every epoch walks anew."""

    dimensions: int = 128
    window: int = 20
    negatives: int = 5
    epochs: int = 5
    batch: int = 64
    """Walks of one step."""
    rate: float = 0.01


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """How attention over services is trained; dimensions are those of the services."""

    heads: int = 4
    dropout: float = 0.3
    epochs: int = 100
    patience: int = 10
    """Epochs without a lesser loss on those held out, after which training ends."""
    held_out: float = 0.1
    batch: int = 512
    rate: float = 0.01
    decay: float = 0.0


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How patients are brought near their contexts; `later` is the number of steps for one that comes later."""

    dimensions: int = 128
    negatives: int = 10
    epochs: int = 50
    batch: int = 512
    rate: float = 0.0025
    start: str = "mean"
    later: int = 50


@dataclass(frozen=True, slots=True)
class PatientSettings:
    """What patients' vectors are put together from, and how much each part counts beside the others.

    `line` is the paper's level 3. `proximity` is the closed form of the same thought, with what stands above codes;
    `recent` the same where what came last in a visit counts most; `services` the mean of the vectors of level 1,
    `givers` that of those of level 2. `weights` has one number for each of `parts`: one of 1 is as long, in the mean
    square, as a row of a bag of services.
    """

    parts: tuple[str, ...] = ("proximity", "recent", "services", "givers")
    weights: tuple[float, ...] = (0.7, 0.7, 0.5, 0.5)
    even: tuple[str, ...] = ("givers",)
    """Parts whose directions are all given the same variance."""
    dimensions: int = 128
    """Of `proximity` and `recent`; the others have those of their level."""
    fewest: int = 5
    """Patients (or visits) that a code, or what stands above it, needs to count in `proximity`."""
    half_life: float = 6.0
    """Hours in which an event loses half of what it counts in `recent`."""


@dataclass(frozen=True, slots=True)
class Me2vecSettings:
    """All of it."""

    journeys: JourneySettings = field(default_factory=JourneySettings)
    graph: GraphSettings = field(default_factory=GraphSettings)
    walks: WalkSettings = field(default_factory=WalkSettings)
    skipgram: SkipgramSettings = field(default_factory=SkipgramSettings)
    givers: ProviderSettings = field(default_factory=ProviderSettings)
    line: LineSettings = field(default_factory=LineSettings)
    patients: PatientSettings = field(default_factory=PatientSettings)
    seed: int = 1


def read_preset(name: str) -> Me2vecSettings:
    """The bundled settings of that name: `care`, which is ours, or `paper`, which is that of the published code."""
    return make_settings(read_preset_table(PACKAGE, name), where=name)


def make_settings(given: Mapping[str, Any], *, where: str = "settings") -> Me2vecSettings:
    """Settings of nested tables; what is not given is as it stands here. Raises `SettingsError`."""
    made = fill(Me2vecSettings, given, told_of=where)
    _check(made, where)
    return made


def _check(made: Me2vecSettings, where: str) -> None:
    parts, weights = made.patients.parts, made.patients.weights
    if not parts or set(parts) - set(PARTS) or len(set(parts)) < len(parts):
        raise SettingsError(f"{where}, patients, parts: {list(parts)} is not made of {', '.join(PARTS)}, each once")
    if len(weights) != len(parts) or not all(isinstance(each, int | float) and each > 0 for each in weights):
        raise SettingsError(f"{where}, patients, weights: needs a number above 0 for each of {', '.join(parts)}")
    if set(made.patients.even) - set(PARTS):
        raise SettingsError(f"{where}, patients, even: {list(made.patients.even)} is not made of {', '.join(PARTS)}")
    if made.journeys.unit not in ("visit", "patient"):
        raise SettingsError(f"{where}, journeys, unit: {made.journeys.unit!r} is neither visit nor patient")
    if made.graph.learn not in ("walks", "factors"):
        raise SettingsError(f"{where}, graph, learn: {made.graph.learn!r} is neither walks nor factors")
    if made.line.start not in ("mean", "chance"):
        raise SettingsError(f"{where}, line, start: {made.line.start!r} is neither mean nor chance")
    if made.skipgram.dimensions % made.givers.heads:
        raise SettingsError(f"{where}: skipgram dimensions {made.skipgram.dimensions} are no multiple of givers heads")
    for name, value in (("p", made.walks.p), ("q", made.walks.q), ("minutes", made.graph.minutes)):
        if value <= 0:
            raise SettingsError(f"{where}: {name} is {value}; it must be above 0")
