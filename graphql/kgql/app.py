"""The web service: GraphQL over one graph, the page to try it on, and whether it is alive and ready."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kg.config import Where
from kg.errors import GraphChangedError, KGError
from kg.stores import connect
from kgql.errors import format_error
from kgql.execute import Engine
from kgql.limits import Limits
from kgql.loaders import GetModel, Graph, no_model
from kgql.reconcile.routes import Reconciler
from kgql.requests import HttpError, read_request
from kgql.scope import Scope
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon

STATIC = Path(__file__).parent / "static"

#: What gives the lexicon of the moment.
GetLexicon = Callable[[], Lexicon | None]

#: The word of a graph's meta data under which the stamp of its lexicon stands.
LEXICON_STAMP = "lexicon"

#: The media type of the GraphQL-over-HTTP draft; who asks for it gets 400 for a query that cannot be executed.
GRAPHQL_JSON = "application/graphql-response+json"

#: Everything the page needs comes from this service; only fonts and images are carried as data.
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Service:
    """One graph behind HTTP: what the routes share.

    Where the graph cannot be opened the service lives on, answers 503 with the reason, and tries again at the next
    request: the graph may still be on its way.
    """

    def __init__(
        self,
        where: Where,
        *,
        limits: Limits,
        lexicon: GetLexicon,
        scope: Scope,
        open_graph: Callable[[Where], Graph],
        model: GetModel,
    ) -> None:
        self.where = where
        self.scope = scope
        self.open_graph = open_graph
        self.limits = limits
        self.get_lexicon = lexicon
        self.get_model = model
        self._graph: Graph | None = None
        self._engine: Engine | None = None
        self._lexicon: Lexicon | None = None

    def open(self) -> Engine:
        """The engine on the open graph, with the lexicon of the moment; raises `KGError` where there is no graph."""
        lexicon = self.get_lexicon()
        if self._graph is None:
            self._graph = self.open_graph(self.where)
        if self._engine is None or lexicon is not self._lexicon:
            grounder = Grounder(lexicon) if lexicon else None
            canonical = lexicon.canonical if lexicon else str
            self._engine = Engine(
                self._graph,
                limits=self.limits,
                canonical=canonical,
                grounder=grounder,
                get_model=self.get_model,
            )
            self._lexicon = lexicon
        return self._engine

    def close(self) -> None:
        """Let go of the graph."""
        if self._graph is not None:
            self._graph.close()
            self._graph = self._engine = None

    def find_hindrances(self) -> list[str]:
        """Why the service should not be sent questions now; empty when it should."""
        try:
            meta = _ask_meta(self.open().graph)
            model = self.get_model()
        except KGError as error:
            return [str(error)]
        stale = model.tell_stale(meta["graph_version"]) if model else ""
        return [*self._other_lexicon(meta), *([stale] if stale else [])]

    def _other_lexicon(self, meta: Mapping[str, str]) -> list[str]:
        """That the graph was built with another lexicon, where it was."""
        stamp = self._lexicon.stamp if self._lexicon else ""
        if stamp and meta.get(LEXICON_STAMP, stamp) != stamp:
            return [
                f"the graph was built with lexicon {meta[LEXICON_STAMP]} and the loaded one is {stamp}: "
                "run `kg build` again, or serve with the lexicon it was built with"
            ]
        return []

    async def post(self, http: HttpRequest) -> Response:
        """The answer to a GraphQL request."""
        try:
            request = await read_request(http, most_bytes=self.limits.body_bytes)
            allowed = self.scope.covers(http.headers.get("authorization", ""))
            answer = await self.open().answer(replace(request, restricted=allowed))
        except HttpError as error:
            return _json({"errors": [format_error(error)]}, status=error.status)
        except KGError as error:
            return _json(_refusal("NOT_READY", str(error)), status=503)
        if GRAPHQL_JSON in http.headers.get("accept", ""):
            return _json(answer.body, status=200 if answer.executed else 400, media_type=GRAPHQL_JSON)
        return _json(answer.body)

    async def page(self, http: HttpRequest) -> Response:
        """GraphiQL for browsers; to others, a sentence on how to ask."""
        if "text/html" not in http.headers.get("accept", ""):
            advice = _refusal("POST_ONLY", 'POST the query as JSON: {"query": "...", "variables": {...}}')
            return _json(advice, status=405, headers={"Allow": "POST"})
        return FileResponse(STATIC / "index.html", headers=PAGE_HEADERS)

    async def alive(self, http: HttpRequest) -> Response:
        """200 as long as the process answers."""
        return _json({"status": "alive"})

    async def ready(self, http: HttpRequest) -> Response:
        """200 when questions will be answered, else 503 with the reasons."""
        reasons = self.find_hindrances()
        body = {"status": "not ready", "reasons": reasons} if reasons else {"status": "ready"}
        return _json(body, status=503 if reasons else 200)


def _ask_meta(graph: Graph) -> Mapping[str, str]:
    """The graph's words about itself, asked for once.

    What is read in a snapshot is not tried again, so that a server that is gone is told of at once.
    """
    try:
        with graph.snapshot():
            return graph.get_meta()
    except GraphChangedError:
        return graph.get_meta()


def create_app(
    graph: Where,
    *,
    limits: Limits | None = None,
    lexicon: Lexicon | GetLexicon | None = None,
    scope: Scope | None = None,
    open_graph: Callable[[Where], Graph] = connect,
    model: GetModel = no_model,
) -> Starlette:
    """The ASGI application that serves the graph at a folder, or wherever `open_graph` finds it.

    With a `lexicon`, ids of every vocabulary it knows are understood, and `/readyz` says no while the graph was
    built with another one. `/reconcile` is the W3C Reconciliation API over it. Given as a function, the lexicon is
    asked for at every request, so that a curator's decision counts at once. `scope` says who sees the quotes of
    restricted evidence; without it nobody does. `model` gives the trained model that is asked what is similar and what
    may be missing; `/readyz` says no while it was trained on another version of the graph.
    """
    get_lexicon: GetLexicon = lexicon if callable(lexicon) else lambda: lexicon
    service = Service(
        graph,
        limits=limits or Limits(),
        lexicon=get_lexicon,
        scope=scope or Scope(),
        open_graph=open_graph,
        model=model,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        service.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", _to_graphql, methods=["GET"]),
            Route("/graphql", service.post, methods=["POST"]),
            Route("/graphql", service.page, methods=["GET"]),
            Mount("/graphql/static", StaticFiles(directory=STATIC)),
            *Reconciler(get_lexicon, service.limits).routes(),
            Route("/healthz", service.alive, methods=["GET"]),
            Route("/readyz", service.ready, methods=["GET"]),
        ],
    )


async def _to_graphql(_: HttpRequest) -> Response:
    return RedirectResponse("graphql")


def _refusal(code: str, message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}


def _json(
    body: object, *, status: int = 200, media_type: str = "application/json", headers: dict[str, str] | None = None
) -> Response:
    # No store outlives a build, so nothing between us and the client may keep an answer.
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(body), status_code=status, media_type=media_type, headers=kept)
