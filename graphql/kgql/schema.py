"""The schema as a whole; `python -m kgql.schema` prints it as it stands in graphql/schema.graphql."""

from __future__ import annotations

import sys
from functools import cache
from hashlib import sha256

import strawberry
from graphql import GraphQLSchema

from kgql.query import Query
from kgql.types import Fact


@cache
def make_schema() -> strawberry.Schema:
    """The schema, made once a process."""
    return strawberry.Schema(query=Query, types=[Fact])


def print_schema() -> str:
    """The schema in GraphQL's own language, with a line end."""
    return make_schema().as_str().rstrip() + "\n"


@cache
def schema_version() -> str:
    """The first twelve digits of the SHA-256 of the printed schema."""
    return sha256(print_schema().encode()).hexdigest()[:12]


def core_schema() -> GraphQLSchema:
    """The schema as graphql-core executes it."""
    return make_schema()._schema


if __name__ == "__main__":
    sys.stdout.write(print_schema())
