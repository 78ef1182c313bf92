"""One training from beginning to end: facts divided, leaks looked for, trained, measured, kept, served."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from kg.embed.device import enough_memory, get_device
from kg.embed.fitting import Prepared, Settings, Told, fit_again, measure_model, prepare
from kg.embed.keeping import Run, keep
from kg.embed.material import Material
from kg.embed.shelf import Shelf
from kg.embed.trained import Trained


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be trained, and how it is called."""

    model: str
    name: str
    settings: Settings
    device: str = "auto"
    command: str = "kg embed train"
    refit: bool = False
    """Whether, once measured, the vectors are learned anew from all facts."""
    pictures: bool = True
    serve: bool = True
    """Whether it is served where no model is served yet: which one is never changes by itself."""


def check(order: Order, shelf: Shelf) -> None:
    """Raises now, before facts are read for it, what would stop a training later.

    Raises:
        DeviceError: there is no torch, or no such device.
        EmbeddingError: the name is none or is in use, or nothing can be written where the model should lie.
    """
    get_device(order.device)
    if not _is_another():
        with shelf.claim(order.name):
            pass


@enough_memory()
def run(
    material: Material,
    order: Order,
    shelf: Shelf,
    *,
    told: Told | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Trained | None:
    """The model, on the shelf, and served where none is yet; None in all processes of `torchrun` but the first.

    A training that was cut off goes on where it stopped, if it is ordered again with the same facts and settings.

    Raises:
        EmbeddingError: a model of that name is being trained already.
    """
    # Processes of one `torchrun` are one training: the first holds the name for all.
    with nullcontext() if _is_another() else shelf.claim(order.name):
        prepared = prepare(material, order.settings, say=say)
        halfway = shelf.folder / f".{order.name}.{prepared.fingerprint[:12]}"
        try:
            return _run(material, order, shelf, prepared, halfway, told=told, say=say)
        finally:
            # What has no checkpoint yet is nothing to go on from.
            with suppress(OSError):
                halfway.rmdir()


def _is_another() -> bool:
    """Whether this is a process of `torchrun` other than the first."""
    return bool(int(os.environ.get("RANK", "0")))


def _run(
    material: Material,
    order: Order,
    shelf: Shelf,
    prepared: Prepared,
    halfway: Path,
    *,
    told: Told | None,
    say: Callable[[str], None],
) -> Trained | None:
    place, begun, device = shelf.place(order.name), time.perf_counter(), get_device(order.device)
    say("training")
    tell = (lambda point: told(point, order.settings.epochs)) if told else None
    fitted = prepared.start(device=device, told=tell, folder=halfway)
    if _is_another():
        return None
    say("measuring on the facts held out")
    measured = measure_model(material, order.settings, fitted)
    if order.refit:
        say("training again on all facts")
        fitted = fit_again(material, order.settings, fitted, device=device)
    made = Run(
        name=order.name,
        model=order.model,
        command=order.command,
        device=str(device),
        seconds=time.perf_counter() - begun,
        refitted=order.refit,
        pictures=order.pictures,
    )
    trained = keep(material, order.settings, fitted, measured, made, place, say=say)
    if order.serve:
        shelf.serve_first(order.name)
    shutil.rmtree(halfway, ignore_errors=True)
    return trained
