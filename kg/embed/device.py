"""Where numbers are computed: one setting, the same code on a CPU and on CUDA."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kg.embed.errors import TrainingError
from kg.errors import KGError

if TYPE_CHECKING:
    import torch


_NAME = re.compile(r"auto|cpu|cuda(:\d+)?")

#: How torch words that memory is short, on CUDA and on the CPU of each system; it has no error for the latter.
_SHORT = ("out of memory", "allocate memory", "not enough memory", "size calculation overflowed")


class DeviceError(KGError):
    """A device that was asked for and is not there."""


def get_device(name: str = "auto") -> torch.device:
    """The device of that name (`cpu`, `cuda`, `cuda:1`); `auto` is CUDA where there is one, else the CPU.

    Raises:
        DeviceError: where there is no such device, or torch is not installed.
    """
    if not _NAME.fullmatch(name):
        raise DeviceError(f"{name!r} is no device that medkg computes on; use auto, cpu, cuda or cuda:N")
    try:
        import torch
    except ImportError as error:
        raise DeviceError("training needs torch, which is not installed; run: pip install 'medkg[train]'") from error
    there = torch.cuda.is_available()
    if name == "auto":
        return torch.device("cuda" if there else "cpu")
    device = torch.device(name)
    if device.type == "cuda" and (not there or (device.index or 0) >= torch.cuda.device_count()):
        raise DeviceError(f"{name} was asked for and is not on this machine; use --device cpu")
    return device


@contextmanager
def enough_memory() -> Iterator[None]:
    """Says in one sentence that memory is short; for use as a decorator too.

    Raises:
        TrainingError: the memory of the machine or of the device does not suffice.
    """
    try:
        yield
    except MemoryError as error:
        raise _too_large(error) from error
    except RuntimeError as error:
        if not any(word in str(error) for word in _SHORT):
            raise
        raise _too_large(error) from error


def _too_large(error: Exception) -> TrainingError:
    told = next(iter(str(error).splitlines()), "") or "nothing more is known"
    return TrainingError(
        f"memory is too small for this ({told}): choose fewer numbers a vector (--set rank=…, width=… or "
        "skipgram.dimensions=…) or a smaller batch (--set batch=…)"
    )
