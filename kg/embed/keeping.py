"""A trained and measured model into its folder, with the card, the curve and the map."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.card import write_card
from kg.embed.fitting import Fitted, Measured, Settings, get_scoring, get_vectors
from kg.embed.material import Material
from kg.embed.pictures import MAPPED, draw_curve, draw_map, place_points, write_map_page
from kg.embed.places import replacing
from kg.embed.split_files import write_split
from kg.embed.trained import CURVE, MAP, MAP_PAGE, SPLIT, STATE, About, Trained, write_about, write_matrices
from kg.embed.vectors import Vectors
from kg.version import get_version

if TYPE_CHECKING:
    from kg.embed.kge.checkpoints import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a training was called, and what was typed for it."""

    name: str
    model: str
    command: str
    device: str
    seconds: float
    refitted: bool = False
    """Whether the vectors were learned anew from all facts after the model was measured."""
    pictures: bool = True


def keep(
    material: Material,
    settings: Settings,
    fitted: Fitted,
    measured: Measured,
    run: Run,
    place: Path,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> Trained:
    """The model as it lies in the folder `place` now; what was there before is gone."""
    concepts, relations = get_vectors(material, fitted, model=run.model)
    about = _describe(material, settings, fitted, measured, run)
    with replacing(place) as folder:
        say("writing vectors and their index")
        write_matrices(folder, concepts, relations)
        write_split(material.split, folder / SPLIT, outside=material.outside)
        fitted.write(folder / STATE)
        write_about(about, folder)
        if run.pictures:
            say("drawing the curve and the map")
            draw(about, concepts, [node.name for node in material.nodes], _degrees(material), folder)
        write_card(about, folder)
    return Trained(place, about)


def _describe(material: Material, settings: Settings, fitted: Fitted, measured: Measured, run: Run) -> About:
    matrix = fitted.entity_matrix()
    return About(
        name=run.name,
        model=run.model,
        graph_version=material.graph_version,
        graph=material.graph,
        trained=datetime.now(UTC).isoformat(timespec="seconds"),
        medkg=get_version(),
        command=run.command,
        device=run.device,
        seed=settings.seed,
        seconds=round(run.seconds, 3),
        vectors=len(matrix),
        dimensions=matrix.shape[1],
        settings=asdict(settings),
        split=material.told,
        scores=measured.scores,
        counting=measured.counting,
        curve=tuple(map(_point, measured.curve)),
        calibrations={name: asdict(one) for name, one in measured.calibrations.items()},
        judged=measured.judged,
        refitted=run.refitted,
        scoring=get_scoring(settings),
    )


def _point(point: Point) -> dict[str, float]:
    told = {"epoch": float(point.epoch), "loss": point.loss}
    return told if point.mrr is None else {**told, "MRR": point.mrr}


def _degrees(material: Material) -> np.ndarray:
    """In how many facts that are learned from each concept stands."""
    rows = material.split.train.rows
    return np.bincount(rows[:, [0, 2]].reshape(-1), minlength=len(material.nodes))


def draw(about: About, vectors: Vectors, names: Iterable[str], degrees: np.ndarray, folder: Path) -> None:
    """Draw curve and map into a folder; of many concepts those of the most facts are on the map."""
    if about.curve:
        draw_curve(about.curve, folder / CURVE)
    rows = np.sort(np.argsort(-degrees, kind="stable")[:MAPPED])
    called, kinds = list(names), vectors.kinds or ("",) * len(vectors.names)
    shown = replace(
        vectors,
        names=tuple(vectors.names[row] for row in rows),
        matrix=vectors.matrix[rows],
        kinds=tuple(kinds[row] for row in rows),
    )
    points = place_points(shown.matrix, seed=about.seed)
    of_graph = f", graph {about.graph_version[:12]}" if about.graph_version else ""
    title = f"{about.name}: {len(rows):,} of {about.vectors:,} concepts{of_graph}"
    draw_map(points, shown.kinds, folder / MAP, title=title)
    write_map_page(points, shown, [called[row] for row in rows], folder / MAP_PAGE, title=title)
