"""Where the graph uses a name."""

from __future__ import annotations

from kg.model import NameUse
from kg.roles import Alignments
from ontologies.standing import form_of


def find_uses(store: Alignments, name: str) -> list[NameUse]:
    """Where the graph uses a name, in any spelling."""
    return list(store.iter_names(forms=[form_of(name)], dormant=True))
