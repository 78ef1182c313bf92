"""The words of the graph as GraphQL enumerations, made from the tables of the rooms below."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING

import strawberry

from extractors.model import Assertion
from kg.model import Status
from kg.predicates import PREDICATES
from ontologies.model import Kind

strawberry.enum(Kind, name="ConceptKind", description="What sort of thing a concept is.")
strawberry.enum(Status, name="FactStatus", description="Whether the evidence affirms a fact, denies it, or is divided.")
strawberry.enum(Assertion, description="What the sentence says of the concept it names.")

if TYPE_CHECKING:

    class Predicate(StrEnum):
        """The predicates of `kg.predicates`; for the type checker, the members are made below."""

else:
    Predicate = strawberry.enum(
        Enum(
            "Predicate",
            {
                p.name.upper(): strawberry.enum_value(p.name, description=f"{p.label} · {p.label_zh}")
                for p in PREDICATES.values()
            },
        ),
        description="What a fact says of its subject and object.",
    )


@strawberry.enum(description="On which side of its facts a concept is looked for.")
class Side(Enum):
    """On which side of its facts a concept is looked for; the values are fields of `FactQuery`."""

    EITHER = "about"
    SUBJECT = "subject"
    OBJECT = "object"


@strawberry.enum(description="Languages in which labels are written.")
class Language(Enum):
    """Languages in which labels are written."""

    EN = "en"
    ZH = "zh"
