"""A device that is not there: tensors on it are computed on the CPU, and whatever mixes the two fails as on a GPU.

Code that is written once for CPU and CUDA goes wrong where a tensor was left on the other side. A test on a machine
without a GPU sees that by training on `OTHER`: torch's device `lazy`, which nothing else here uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

OTHER = torch.device("lazy")
_HERE = torch.device("cpu")

_MAKE = torch.tensor

#: What takes tensors of two devices: a copy from one to the other, and places on the CPU in a tensor elsewhere.
_COPY, _BY_PLACES = "aten::copy_", ("aten::index.", "aten::index_put", "aten::_index_put")


class There(Tensor):
    """A tensor on `OTHER`; `held` is where it is computed."""

    held: Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    def __new__(cls, held: Tensor) -> There:
        strides = held.stride() if held.layout is torch.strided else None
        made: There = torch.Tensor._make_wrapper_subclass(
            cls, held.size(), strides=strides, dtype=held.dtype, device=OTHER
        )
        made.held = held
        return made

    # What torch makes of plain numbers it makes on the device itself, of which there is none.

    def tolist(self) -> Any:
        """Plain numbers."""
        return self.held.tolist()

    def new_tensor(self, data: Any, **more: Any) -> Tensor:  # type: ignore[override]
        """A tensor of plain numbers, here."""
        return There(self.held.new_tensor(data, **more))

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(_lists_there(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_lists_there(key), value)

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # type: ignore[override]
        """Run what is asked of tensors of which one is there."""
        return _run(func, args, kwargs or {})


def _lists_there(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(map(_lists_there, key))
    return There(_MAKE(key)) if isinstance(key, list) else key


def _make(data: Any, *, device: Any = None, **more: Any) -> Tensor:
    made = _MAKE(data, **more)
    return made if device is None else made.to(device)


class _Mode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


def _run(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    tensors = [each for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)]
    there = [each for each in tensors if isinstance(each, There)]
    _check(func.name(), args, tensors)
    found = func(*tree_map(_held, args), **tree_map(_held, dict(kwargs)))
    if func.name() == "aten::_local_scalar_dense" or not _ends_there(func.name(), args, kwargs, there):
        return found
    known = {id(each.held): each for each in there}

    def there_again(each: Any) -> Any:
        if not isinstance(each, Tensor):
            return each
        return known[id(each)] if id(each) in known else There(_plain(each))

    return tree_map(there_again, found)


def _check(name: str, args: Sequence[Any], tensors: Sequence[Tensor]) -> None:
    """Raise where devices are mixed; numbers, as tensors without dimensions, go anywhere."""
    if name.startswith(_COPY):
        return
    mixed = [each for each in tensors if each.dim()]
    if name.startswith(_BY_PLACES) and isinstance(args[0], There):
        mixed = [args[0], *(each for each in args[2:] if isinstance(each, Tensor) and each.dim())]
    if len({each.device.type for each in mixed}) > 1:
        raise RuntimeError(f"{name} got tensors of two devices, of the shapes {[tuple(each.shape) for each in mixed]}")


def _ends_there(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], there: Sequence[There]) -> bool:
    if name.startswith(_COPY):
        return isinstance(args[0], There)
    return kwargs["device"] == OTHER if kwargs.get("device") is not None else bool(there)


def _held(each: Any) -> Any:
    if isinstance(each, There):
        return each.held
    return _HERE if isinstance(each, torch.device) else each


def _plain(tensor: Tensor) -> Tensor:
    return tensor.resolve_conj().resolve_neg()


class _Generator(torch.Generator):
    """A generator of the CPU that says it is of whatever device was asked for."""

    def __new__(cls, device: Any = _HERE) -> _Generator:
        made = super().__new__(cls)
        made.asked = torch.device(device)  # type: ignore[attr-defined]
        return made

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        """As asked."""
        asked: torch.device = self.asked  # type: ignore[attr-defined]
        return asked


@contextmanager
def other_device() -> Iterator[torch.device]:
    """The device, which is there inside only; precision is float32 and nothing is compiled."""
    import torch._dynamo

    with (
        patch("torch.Generator", _Generator),
        patch("torch.tensor", _make),
        patch("torch.inference_mode", torch.no_grad),
        patch("torch.autocast", lambda *_args, **_kwargs: nullcontext()),
        _Mode(),  # type: ignore[no-untyped-call]
    ):
        yield OTHER
