"""Training in several processes that `torchrun` starts: each has all vectors and a part of every batch.

Gradients are means over the batch of all processes, so n processes do what one does with batches n times as large.
"""

from __future__ import annotations

import atexit
import os

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, distributed

from kg.embed.kge.batches import Part
from kg.embed.kge.objectives import Gradients


def join(device: torch.device) -> tuple[Part, torch.device]:
    """Which process of how many this is, and its device; just this one where `torchrun` did not start it.

    The group stays until the process ends: a second one of the same store would read the addresses of the first and
    wait for them for ever.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        return Part(), device
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        atexit.register(distributed.destroy_process_group)
    return Part(distributed.get_rank(), world), device


def add_up(found: Gradients, part: Part) -> Gradients:
    """The gradients of all processes; those of this one where it is alone."""
    if part.world == 1:
        return found
    for tensor in (found.loss, found.relations):
        distributed.all_reduce(tensor)
    if found.rows is None:
        distributed.all_reduce(found.entities)
        return found
    rows, at = torch.unique(_gather(found.rows, part.world), return_inverse=True)
    values = _gather(found.entities, part.world)
    summed = values.new_zeros(len(rows), values.shape[1]).index_add_(0, at, values)
    return Gradients(found.loss, summed, found.relations, rows)


def gather_ranks(own: npt.NDArray[np.float64], part: Part, device: torch.device) -> npt.NDArray[np.float64]:
    """The ranks that all processes found, each of its part of the facts."""
    if part.world == 1:
        return own
    return _gather(torch.from_numpy(own).to(device), part.world).cpu().numpy()


def _gather(own: Tensor, world: int) -> Tensor:
    """The rows of all processes, one after the other; each may have another number of them."""
    count = torch.tensor([len(own)], device=own.device)
    counts = [torch.zeros_like(count) for _ in range(world)]
    distributed.all_gather(counts, count)
    sizes = [int(size) for size in counts]
    padded = own.new_zeros(max(sizes), *own.shape[1:])
    padded[: len(own)] = own
    parts = [torch.zeros_like(padded) for _ in range(world)]
    distributed.all_gather(parts, padded)
    return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)])
