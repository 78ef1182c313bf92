"""One training from beginning to end: facts divided, leaks looked for, trained, measured, kept, served."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from kg.embed.device import enough_memory, get_device
from kg.embed.fitting import Settings, Told, fit_again, measure_model, prepare
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


@enough_memory()
def run(
    material: Material,
    order: Order,
    shelf: Shelf,
    *,
    told: Told | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Trained | None:
    """The model, on the shelf, and served where that is asked; None in all processes of `torchrun` but the first.

    A training that was cut off goes on where it stopped, if it is ordered again with the same facts and settings.

    Raises:
        EmbeddingError: a model of that name is being trained already.
    """
    # Processes of one `torchrun` are one training: the first holds the name for all.
    with nullcontext() if _is_another() else shelf.claim(order.name):
        return _run(material, order, shelf, told=told, say=say)


def _is_another() -> bool:
    """Whether this is a process of `torchrun` other than the first."""
    return bool(int(os.environ.get("RANK", "0")))


def _run(
    material: Material, order: Order, shelf: Shelf, *, told: Told | None, say: Callable[[str], None]
) -> Trained | None:
    place, begun = shelf.place(order.name), time.perf_counter()
    device = get_device(order.device)
    prepared = prepare(material, order.settings, say=say)
    halfway = shelf.folder / f".{order.name}.{prepared.fingerprint[:12]}"
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
        shelf.serve(order.name)
    shutil.rmtree(halfway, ignore_errors=True)
    return trained
