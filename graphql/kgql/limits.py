"""Limits on what one request may ask: its text before it is validated, and the rows it makes the store read."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, GraphQLError, parse
from graphql.language.ast import InlineFragmentNode, OperationDefinitionNode, SelectionNode, SelectionSetNode

from kgql.errors import RequestError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask; the defaults leave room for what people write by hand."""

    body_bytes: int = 100_000
    tokens: int = 1_000
    depth: int = 15
    fields: int = 300
    aliases: int = 30
    first: int = 100
    ids: int = 100
    text_characters: int = 500
    rows: int = 10_000
    batch_bytes: int = 2_000_000
    """Of a batch of names for the Reconciliation API, which a form makes three times as long."""
    names: int = 1_000


def parse_query(text: str, limits: Limits) -> DocumentNode:
    """The parsed query; raises `RequestError` where it is not GraphQL or larger than `limits` allow."""
    try:
        document = parse(text, max_tokens=limits.tokens)
    except GraphQLError as error:
        code = "TOO_MANY_TOKENS" if "tokens" in error.message else "GRAPHQL_SYNTAX"
        place = f" (line {error.locations[0].line}, column {error.locations[0].column})" if error.locations else ""
        raise RequestError(code, error.message + place) from None
    _Measure(document, limits).check()
    return document


@dataclass(slots=True)
class _Measure:
    """Counts selections, aliases and depth with fragments followed, each as often as it is spread."""

    document: DocumentNode
    limits: Limits
    fields: int = 0
    aliases: int = 0
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)

    def check(self) -> None:
        definitions = self.document.definitions
        self.fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
        for definition in definitions:
            if isinstance(definition, OperationDefinitionNode):
                self._walk(definition.selection_set, depth=1, step=1)

    def _walk(self, selections: SelectionSetNode, *, depth: int, step: int, inside: tuple[str, ...] = ()) -> None:
        _refuse("TOO_DEEP", "is nested", depth, self.limits.depth, "levels", "follow ids in further queries")
        for node in selections.selections:
            self._count(node)
            if isinstance(node, FieldNode) and node.selection_set:
                # Introspection nests by nature; graphql-core's validation has a rule of its own for it.
                below = 0 if node.name.value in ("__schema", "__type") else step
                self._walk(node.selection_set, depth=depth + below, step=below, inside=inside)
            elif isinstance(node, InlineFragmentNode):
                self._walk(node.selection_set, depth=depth, step=step, inside=inside)
            elif isinstance(node, FragmentSpreadNode):
                self._follow(node.name.value, depth=depth, step=step, inside=inside)

    def _follow(self, name: str, *, depth: int, step: int, inside: tuple[str, ...]) -> None:
        fragment = self.fragments.get(name)
        # Unknown fragments and cycles are left to validation, which words them well.
        if fragment is not None and name not in inside:
            self._walk(fragment.selection_set, depth=depth, step=step, inside=(*inside, name))

    def _count(self, node: SelectionNode) -> None:
        self.fields += 1
        _refuse("TOO_MANY_FIELDS", "names", self.fields, self.limits.fields, "fields", "split it")
        self.aliases += isinstance(node, FieldNode) and node.alias is not None
        advice = "ask for several concepts with concepts(ids: [...])"
        _refuse("TOO_MANY_ALIASES", "has", self.aliases, self.limits.aliases, "aliases", advice)


def _refuse(code: str, verb: str, value: int, most: int, unit: str, advice: str) -> None:
    if value > most:
        raise RequestError(code, f"the query {verb} more than the {most} {unit} allowed: {advice}")


@dataclass(slots=True)
class Budget:
    """Rows that one request may still make the store read."""

    rows: int
    spent: int = 0

    def spend(self, rows: int) -> None:
        """Take `rows` off; raises `RequestError` when none are left."""
        self.spent += rows
        if self.spent > self.rows:
            message = f"the query asks for more than {self.rows} rows: lower `first`, or ask for less at a time"
            raise RequestError("TOO_MANY_ROWS", message)


def check_first(first: int, most: int) -> int:
    """`first` itself; raises `RequestError` where it is not between 1 and `most`."""
    if not 1 <= first <= most:
        advice = f"`first` must lie between 1 and {most}; page on with `after: pageInfo.endCursor`"
        raise RequestError("FIRST_OUT_OF_RANGE", f"`first` is {first}: {advice}")
    return first
