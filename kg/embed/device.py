"""Where numbers are computed: one setting, the same code on a CPU and on CUDA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import KGError

if TYPE_CHECKING:
    import torch


class DeviceError(KGError):
    """A device that was asked for and is not there."""


def get_device(name: str = "auto") -> torch.device:
    """The device of that name (`cpu`, `cuda`, `cuda:1`); `auto` is CUDA where there is one, else the CPU.

    Raises:
        DeviceError: where there is no such device, or torch is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise DeviceError("training needs torch, which is not installed; run: pip install 'medkg[train]'") from error
    there = torch.cuda.is_available()
    if name == "auto":
        return torch.device("cuda" if there else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceError(f"{name!r} is no device; use auto, cpu, cuda or cuda:N") from error
    if device.type == "cuda" and (not there or (device.index or 0) >= torch.cuda.device_count()):
        raise DeviceError(f"{name} was asked for and is not on this machine; use --device cpu")
    return device
