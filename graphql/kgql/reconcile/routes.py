"""The addresses of the Reconciliation API: the service's manifest, batches of queries, suggestions, previews."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from kg.version import get_version
from kgql.limits import Limits
from kgql.reconcile import answers, preview
from kgql.reconcile.queries import ReconcileError, read_batch, read_object
from kgql.requests import HttpError, read_body
from ontologies.curies import standard_xref
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

#: Queries that a client had best send at a time; OpenRefine asks ten without it.
BATCH = 200

#: Pages of every origin may ask, since there is nothing that only a signed-in user may see.
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Accept",
    "Cache-Control": "no-store",
}

Answer = Callable[["Reconciler", HttpRequest], Awaitable[Response]]


class Reconciler:
    """The API over the lexicon of the moment; without one it says what is missing."""

    def __init__(self, get_lexicon: Callable[[], Lexicon | None], limits: Limits) -> None:
        self._get_lexicon = get_lexicon
        self._limits = limits

    @property
    def grounder(self) -> Grounder:
        """What grounds names; raises `ReconcileError` where there is no lexicon."""
        lexicon = self._get_lexicon()
        if lexicon is None:
            raise ReconcileError(
                "no terminologies here yet: run `kg terminology install`, then serve again", status=503
            )
        return Grounder(lexicon)

    def routes(self, root: str = "/reconcile") -> list[BaseRoute]:
        """The routes of the API, all under `root`."""
        table: dict[str, Answer] = {
            "": answer_root,
            "/": answer_root,
            "/suggest/entity": suggest_entity,
            "/suggest/type": suggest_type,
            "/suggest/property": suggest_property,
            "/extend/propose": propose,
            "/preview": show_preview,
        }
        methods = ["GET", "POST", "OPTIONS"]
        return [Route(root + path, self._endpoint(answer), methods=methods) for path, answer in table.items()]

    def _endpoint(self, answer: Answer) -> Callable[[HttpRequest], Awaitable[Response]]:
        async def endpoint(http: HttpRequest) -> Response:
            if http.method == "OPTIONS":
                return Response(status_code=204, headers=_OPEN)
            try:
                return await answer(self, http)
            except ReconcileError as error:
                return _json({"status": "error", "message": str(error)}, status=error.status)

        return endpoint

    async def read_form(self, http: HttpRequest) -> dict[str, str]:
        """The parameters of a request, of its address and of its form; raises `ReconcileError`."""
        given = dict(http.query_params)
        if http.method == "POST":
            try:
                body = await read_body(http, self._limits.batch_bytes)
                given |= dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
            except HttpError as error:
                raise ReconcileError(error.message, status=error.status) from None
            except ValueError as error:
                raise ReconcileError(f"the body is no form: {error}") from None
        return given

    def answer(self, given: dict[str, str]) -> Any:
        """The answer to a batch of queries, or to a data extension request."""
        if "queries" in given:
            return answers.answer_batch(self.grounder, read_batch(given["queries"], self._limits))
        asked = read_object(given["extend"], "extend")
        ids, properties = asked.get("ids"), asked.get("properties")
        if not isinstance(ids, list) or not isinstance(properties, list) or len(ids) > self._limits.names:
            raise ReconcileError(f"'extend' must hold 'properties' and at most {self._limits.names} 'ids'")
        wanted = [str(one.get("id")) for one in properties if isinstance(one, dict)]
        return answers.extend(self.grounder.lexicon, map(str, ids), wanted)


def make_manifest(base: str) -> dict[str, Any]:
    """What the service at the address `base` is and can do, as version 0.2 of the API has it."""
    service = {"service_url": base}
    return {
        "versions": ["0.2"],
        "name": "medkg: drugs, diseases, findings and tests",
        "identifierSpace": "https://bioregistry.io/",
        "schemaSpace": f"{base}/kinds/",
        "serviceVersion": get_version(),
        "defaultTypes": [answers.type_form(kind) for kind in Kind],
        "view": {"url": f"{base}/preview?id={{{{id}}}}"},
        "preview": {"url": f"{base}/preview?id={{{{id}}}}", "width": preview.WIDTH, "height": preview.HEIGHT},
        "suggest": {name: {**service, "service_path": f"/suggest/{name}"} for name in ("entity", "type", "property")},
        "extend": {"propose_properties": {**service, "service_path": "/extend/propose"}, "property_settings": []},
        "batchSize": BATCH,
        "standardizedScore": True,
    }


async def answer_root(reconciler: Reconciler, http: HttpRequest) -> Response:
    """The manifest, or the answers to a batch of queries."""
    given = await reconciler.read_form(http)
    if not given.keys() & {"queries", "extend"}:
        if http.method == "POST":
            raise ReconcileError('POST a form with `queries`: queries={"q0": {"query": "a name"}}')
        return _json(make_manifest(str(http.base_url).rstrip("/") + "/reconcile"))
    return _json(reconciler.answer(given))


async def suggest_entity(reconciler: Reconciler, http: HttpRequest) -> Response:
    """Concepts for what was typed so far."""
    return _json({"result": answers.suggest_entities(reconciler.grounder.lexicon, _typed(http))})


async def suggest_type(_: Reconciler, http: HttpRequest) -> Response:
    """Kinds for what was typed so far."""
    return _json({"result": answers.suggest_types(_typed(http))})


async def suggest_property(_: Reconciler, http: HttpRequest) -> Response:
    """Properties of queries for what was typed so far."""
    return _json({"result": answers.suggest_properties(_typed(http))})


async def propose(_: Reconciler, http: HttpRequest) -> Response:
    """What can be fetched of matched concepts."""
    listed = [{"id": name, "name": title} for name, (title, _) in answers.EXTENSIONS.items()]
    limit = http.query_params.get("limit", "")
    kind = http.query_params.get("type", "")
    return _json({"type": kind, "properties": listed[: int(limit)] if limit.isdecimal() else listed})


async def show_preview(reconciler: Reconciler, http: HttpRequest) -> Response:
    """The small page of a concept."""
    lexicon, curie = reconciler.grounder.lexicon, http.query_params.get("id", "")
    concept = lexicon.concept(lexicon.canonical(standard_xref(curie)))
    page = preview.draw_preview(lexicon, concept) if concept else preview.draw_unknown(curie)
    return HTMLResponse(page, status_code=200 if concept else 404, headers=preview.HEADERS)


def _typed(http: HttpRequest) -> str:
    typed = http.query_params.get("prefix", "").strip()[:200]
    if not typed:
        raise ReconcileError("say what was typed: ?prefix=warf")
    return typed


def _json(body: object, *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json", headers=_OPEN)
