"""GraphQL types and fields whose descriptions are their docstrings, so that each is worded once."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getdoc
from typing import Any, TypeVar, dataclass_transform

import strawberry

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass_transform(kw_only_default=True, order_default=True, field_specifiers=(strawberry.field,))
def described_type(cls: type[T]) -> type[T]:
    """The class as a GraphQL object type."""
    return strawberry.type(cls, description=getdoc(cls))


@dataclass_transform(kw_only_default=True, order_default=True, field_specifiers=(strawberry.field,))
def described_interface(cls: type[T]) -> type[T]:
    """The class as a GraphQL interface."""
    return strawberry.interface(cls, description=getdoc(cls))


def described_field(resolver: F) -> F:
    """The method as a GraphQL field that it answers."""
    field: F = strawberry.field(resolver=resolver, description=getdoc(resolver))
    return field
