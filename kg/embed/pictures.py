"""Pictures of a training: its curve, and a map of the concepts in two dimensions, coloured by their kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.embed.neighbours import unit_rows
from kg.embed.vectors import Vectors
from ontologies.model import Kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Points = NDArray[np.float64]

#: Concepts on a map: more cannot be told apart, and take minutes to place.
MAPPED = 1_500

#: Fewer than this are placed by their two main directions, since neighbourhoods mean nothing.
_FEWEST = 20

_COLOURS = (
    *("#1f77b4", "#aec7e8", "#d62728", "#ff7f0e", "#2ca02c", "#98df8a", "#9467bd", "#c5b0d5"),
    *("#8c564b", "#c49c94", "#e377c2", "#f7b6d2", "#bcbd22", "#dbdb8d", "#7f7f7f", "#17becf"),
)
COLOUR = dict(zip((kind.value for kind in Kind), _COLOURS, strict=True))
_UNKNOWN = "#7f7f7f"

#: Of several losses.
_GREYS = ("#444444", "#999999", "#cccccc")

_SIDE = 1000


def draw_curve(curve: Sequence[Mapping[str, float]], path: Path) -> None:
    """Write a PNG of what was measured by epoch: losses against the left axis, everything else against the right.

    A loss is named `loss`, or after what it is of, as `loss of services`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    left = figure.subplots()
    right = left.twinx()
    left.set(xlabel="epoch", ylabel="loss")
    right.set(ylabel="validation")
    names = [name for name in dict.fromkeys(key for point in curve for key in point) if name != "epoch"]
    losses = [name for name in names if name.startswith("loss")]
    right.set_visible(losses != names)
    for name in names:
        if name in losses:
            _draw_line(left, curve, name, {"color": _GREYS[losses.index(name) % len(_GREYS)]})
        else:
            _draw_line(right, curve, name, {"marker": "o", "markersize": 3})
    if lines := [*left.get_lines(), *right.get_lines()]:
        left.legend(handles=lines, loc="center right")
    figure.savefig(path, dpi=120, metadata={"Software": None})


def _draw_line(axes: Axes, curve: Sequence[Mapping[str, float]], name: str, style: Mapping[str, Any]) -> None:
    points = [(point.get("epoch", at), point[name]) for at, point in enumerate(curve, 1) if name in point]
    axes.plot(*zip(*points, strict=True), label=name, **style)


def place_points(matrix: Floats, *, seed: int) -> Points:
    """Points in a square from 0 to 1, near each other where vectors point the same way.

    By t-SNE (van der Maaten and Hinton, JMLR 9:2579, 2008) started from the two main directions, which are all there
    is where scikit-learn is not installed, or where there are few vectors. Distances between groups mean nothing.
    """
    units = unit_rows(matrix).astype(np.float64)
    plain = _main_directions(units)
    if len(units) < _FEWEST:
        return _in_square(plain)
    try:
        from sklearn.manifold import TSNE
        from threadpoolctl import threadpool_limits
    except ImportError:
        return _in_square(plain)
    start = plain / max(float(plain[:, 0].std()), 1e-12) * 1e-4
    close = min(30.0, (len(units) - 1) / 3)
    # Threads gain little here, lose much where others use the machine, and sum up in another order each time.
    with threadpool_limits(1):
        placed = TSNE(perplexity=close, init=start, random_state=seed, n_jobs=1).fit_transform(units)
    return _in_square(np.asarray(placed, np.float64))


def _main_directions(units: Points) -> Points:
    centred = units - units.mean(axis=0) if len(units) else units
    turned, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    points = (turned * sizes)[:, :2]
    # The sign of a direction is arbitrary, and must not hang on the library.
    signs = np.sign(points[np.abs(points).argmax(axis=0), range(points.shape[1])]) if len(points) else 1
    placed: Points = np.pad(points * np.where(signs == 0, 1, signs), ((0, 0), (0, 2 - points.shape[1])))
    return placed


def _in_square(points: Points) -> Points:
    if not len(points):
        return points
    low, high = points.min(axis=0), points.max(axis=0)
    scaled: Points = (points - low) / np.where(high > low, high - low, 1)
    return scaled


def draw_map(points: Points, kinds: Sequence[str], path: Path, *, title: str) -> None:
    """Write a PNG of the points, coloured by kind."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 8), layout="constrained")
    axes = figure.subplots()
    for kind in sorted(set(kinds)):
        chosen = points[np.array(kinds) == kind]
        label = f"{_words(kind)} ({len(chosen):,})"
        axes.scatter(
            chosen[:, 0], chosen[:, 1], s=14, color=COLOUR.get(kind, _UNKNOWN), label=label, linewidths=0, alpha=0.8
        )
    axes.set(title=title, xticks=[], yticks=[])
    if kinds:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    figure.savefig(path, dpi=120, metadata={"Software": None})


def write_map_page(points: Points, vectors: Vectors, names: Sequence[str], path: Path, *, title: str) -> None:
    """Write the map as one HTML page that needs nothing else: names on pointing, kinds to switch off, a search."""
    kinds = vectors.kinds or ("",) * len(vectors.names)
    circles = (
        f'<circle class="k-{escape(kind or "other")}" cx="{_SIDE * x:.1f}" cy="{_SIDE * (1 - y):.1f}" r="4" '
        f'fill="{COLOUR.get(kind, _UNKNOWN)}"><title>{escape(f"{name} · {_words(kind)} · {curie}")}</title></circle>'
        for (x, y), kind, name, curie in zip(points, kinds, names, vectors.names, strict=True)
    )
    page = Template(files("kg.embed").joinpath("map.html").read_text(encoding="utf-8"))
    told = {"title": escape(title), "legend": "".join(map(_switch, sorted(set(kinds)))), "points": "\n".join(circles)}
    path.write_text(page.substitute(told), encoding="utf-8")


def _switch(kind: str) -> str:
    colour, word = COLOUR.get(kind, _UNKNOWN), escape(kind or "other")
    return (
        f'<label><input type="checkbox" checked data-kind="{word}">'
        f'<span style="color:{colour}">●</span> {_words(kind)}</label>'
    )


def _words(kind: str) -> str:
    return escape(kind.replace("_", " ") or "other")
