"""Joins a Ray cluster, or starts one of this machine, which a busy machine may not do in time at the first try."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable

from kg.errors import RunnerError

#: Seconds that Ray asks its own server, instead of 60.
ASKING = "180"

#: Seconds that a cluster has to answer the first knock.
_PATIENCE = 10.0
#: How often a cluster of this machine is started. Ray gives its node 30 seconds, a fixed number, and a busy machine may
#: need more; what the first try has read from the disk the next one finds in memory.
_STARTS = 3


def join(address: str, *, on_wait: Callable[[str], None]) -> None:
    """Connects this process; raises `RunnerError` where nobody answers, or this machine is too busy to start one."""
    import ray

    def start() -> None:
        _knock(address)
        dashboard = False if address == "local" else None
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=dashboard)

    if address != "local":
        try_to(start, address, remedy="start one with `ray start --head`")
        return
    try_to(
        start,
        address,
        tries=_STARTS,
        remedy="wait until this machine is less busy",
        undo=ray.shutdown,
        on_wait=on_wait,
    )


def try_to(
    start: Callable[[], object],
    address: str,
    *,
    remedy: str,
    tries: int = 1,
    undo: Callable[[], object] = lambda: None,
    on_wait: Callable[[str], None] = lambda _: None,
) -> None:
    """Does `start`, and after `undo` again where it fails; `RunnerError` with the `remedy` after the last try."""
    for left in reversed(range(tries)):
        try:
            start()
            return
        except Exception as error:  # that a node does not start in time is a plain Exception to Ray
            undo()
            said = (str(error).splitlines() or [type(error).__name__])[0]
            if not left:
                raise RunnerError(f"no Ray cluster answers at {address!r} ({said}): {remedy}") from error
            on_wait(f"Ray did not start in time ({said}): trying again, {left} more")


def _knock(address: str) -> None:
    """Raises `OSError` where nobody listens: Ray itself asks again for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
