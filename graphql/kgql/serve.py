"""Runs the service: one process or several behind one address, stopped gracefully by SIGINT or SIGTERM."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from kg.config import Where
from kg.embed.shelf import LiveModel, Shelf
from kg.errors import KGError
from kgql.app import create_app
from kgql.loaders import no_model
from kgql.scope import Scope
from ontologies.decided import LiveLexicon
from ontologies.errors import LexiconError
from ontologies.lexicon import Lexicon

#: Seconds that running requests are given to end when the service is told to stop.
GRACE_SECONDS = 10


class ServeError(KGError):
    """The service cannot be started."""


def run(
    graph: Where,
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    workers: int = 1,
    lexicon: Path | None = None,
    restricted: bool = False,
    restricted_tokens: Sequence[str] = (),
    model: str = "",
    on_start: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the graph at a folder until told to stop; `on_start` gets the address of GraphQL once it takes connections.

    `lexicon` is the folder of a compiled lexicon, which makes ids of other vocabularies understood and tells what lies
    above what where uses are predicted; one that is compiled there later is read then. `restricted` shows
    the quotes of restricted evidence to all, `restricted_tokens` (SHA-256 in hexadecimal) to those who bear a token.
    `model` names the trained model that is asked, `none` none; without it it is the one that `kg embed use` says.
    Port 0 takes a free one. Requests are answered by `workers` processes, since one answers one at a time.

    Raises:
        LexiconError: the lexicon cannot be opened.
        UnknownNameError: there is no such model.
        ServeError: the address is taken, or not this machine's.
    """
    if lexicon is not None and lexicon.exists():
        Lexicon.open(lexicon)
    if model not in ("", "none"):
        Shelf(graph).open(model)
    listener = _listen(host, port)
    config = uvicorn.Config(
        partial(_make_app, graph, lexicon, Scope(everyone=restricted, tokens=tuple(restricted_tokens)), model),
        factory=True,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    if workers > 1:
        on_start(_address(listener))
        Multiprocess(config, sockets=[listener]).run()
    else:
        server = uvicorn.Server(config)
        with _obeying_signals(server):
            on_start(_address(listener))
            server.run(sockets=[listener])


def _make_app(graph: Where, lexicon: Path | None, scope: Scope, model: str) -> Starlette:
    """The application of one process; each opens graph, lexicon and vectors for itself."""
    get_model = no_model if model == "none" else LiveModel(graph, model)
    return create_app(graph, lexicon=LexiconOnceThere(lexicon) if lexicon else None, scope=scope, model=get_model)


class LexiconOnceThere:
    """The lexicon of a folder as `LiveLexicon` has it, from when it is compiled on; None before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._live: LiveLexicon | None = None

    def __call__(self) -> Lexicon | None:
        """The lexicon in force now, if there is one."""
        if self._live is None and self._folder.exists():
            # While it is compiled the folder is there, and cannot be opened.
            with suppress(LexiconError):
                self._live = LiveLexicon(self._folder)
        return self._live() if self._live else None


@contextmanager
def _obeying_signals(server: uvicorn.Server) -> Iterator[None]:
    """SIGINT and SIGTERM stop `server`, also before it runs, and end there.

    uvicorn raises the signal again when it has stopped; by default that would make a graceful end look like a kill.
    """

    def stop(*_: object) -> None:
        server.should_exit = True

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that connections queue from now on, whatever process takes them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        advice = "choose another with --port, or 0 for a free one"
        raise ServeError(f"cannot listen on {host} port {port} ({error.strerror}): {advice}") from error
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/graphql" if ":" in host else f"http://{host}:{port}/graphql"
