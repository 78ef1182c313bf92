"""The names that documents write, and what hangs on each, read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from kg.model import Evidence, NameUse, Node, Touched
from kg.stores.keys import keys_of
from kg.stores.neo4j.rows import EVIDENCE_COLUMNS, evidence_of, node_columns, node_of
from kg.stores.neo4j.server import Cypher, Server
from kg.stores.sleeping import names_asleep, read_sleeper, read_sleepers_node
from kg.stores.tally import count_uses, split_key
from ontologies.standing import form_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EVERY = """
MATCH (e:Evidence) WHERE e.subject_name <> '' OR e.object_name <> ''
RETURN e.fact, e.document, e.subject, e.subject_name, e.object, e.object_name
"""
_RESTRICTED = "MATCH (d:Document) WHERE d.restricted RETURN d.id"
_NODES = f"MATCH (n:Concept) RETURN {node_columns('n')}"
_BY_FORM = """
UNWIND $forms AS form MATCH (e:Evidence {{{side}_form: form}}) RETURN e, e.{side} AS curie, e.{side}_name AS name
"""
_BY_NODE = """
UNWIND $curies AS curie MATCH (:Concept {{curie: curie}}){arrow}(:Concept) MATCH (e:Evidence {{fact: r.id}})
RETURN e, curie, e.{side}_name AS name
"""
_FOUND = " UNION ".join(
    found.format(side=side, arrow=arrow)
    for found in (_BY_FORM, _BY_NODE)
    for side, arrow in (("subject", "-[r]->"), ("object", "<-[r]-"))
)
# The rows of a name and fact in a restricted document are one row: how many there are is not told.
_NAMES = f"""
CALL () {{ {_FOUND} }}
MATCH (e)-[:SAID_IN]->(d:Document)
WITH curie, name, count(DISTINCT e.fact) AS facts, count(DISTINCT d) AS documents,
    count(DISTINCT CASE WHEN d.restricted THEN [d.id, e.fact] ELSE [e.id] END) AS evidence
WHERE name <> '' MATCH (n:Concept {{curie: curie}})
RETURN name, {node_columns("n")}, facts, evidence, documents ORDER BY facts DESC, evidence DESC, name, curie
"""
_EXAMPLES = f"""
CALL () {{
    MATCH (e:Evidence {{subject_form: $form}}) WHERE e.subject_name = $name AND e.subject = $curie RETURN e
    UNION MATCH (e:Evidence {{object_form: $form}}) WHERE e.object_name = $name AND e.object = $curie RETURN e
}}
MATCH (e)-[:SAID_IN]->(d:Document)
WITH e, d ORDER BY e.key
WITH d, CASE WHEN d.restricted THEN e.fact ELSE e.id END AS row, collect(e)[0] AS e
ORDER BY abs(e.weight) DESC, e.key LIMIT $first
RETURN {EVIDENCE_COLUMNS} ORDER BY abs(e.weight) DESC, e.key
"""
_ASLEEP = """
MATCH (s:Dormant) WHERE $all OR s.curie IN $curies OR s.subject_form IN $forms OR s.object_form IN $forms
RETURN s.row, s.node
"""
#: Rows that are taken at a time.
_BLOCK = 100_000


class Names:
    """The reading side of the `Alignments` role of the store on a server."""

    _server: Server

    def iter_names(
        self, *, curies: Collection[str] = (), forms: Collection[str] = (), dormant: bool = False
    ) -> Iterator[NameUse]:
        """Every name with its concept, most facts first.

        Where any are given, those of these concepts alone, and those with one of these normal forms. With `dormant`
        also, at the end, the names in rows that sleep since both of their sides are one concept.
        """
        touched = Touched(frozenset(forms), frozenset(curies))
        uses = self._server.read(lambda cypher: _find(cypher, touched) if touched else _count(cypher))
        yield from uses
        if dormant:
            yield from self._server.read(lambda cypher: _find_asleep(cypher, touched))

    def find_examples(self, name: str, curie: str, *, first: int) -> list[Evidence]:
        """Up to `first` evidence rows in which `name` was aligned to `curie`, best score first."""
        asked = {"form": form_of(name), "name": name, "curie": curie, "first": first}
        scope = self._server.restricted
        rows = self._server.read(lambda cypher: cypher.rows(_EXAMPLES, **asked, restricted=scope))
        return [evidence_of(row, restricted=scope) for row in rows]


def _find(cypher: Cypher, touched: Touched) -> list[NameUse]:
    rows = cypher.rows(_NAMES, forms=sorted(filter(None, touched.forms)), curies=sorted(touched.curies))
    return [NameUse(row[0], node_of(row[1:7]), *row[7:]) for row in rows]


def _find_asleep(cypher: Cypher, touched: Touched) -> list[NameUse]:
    asked = {"all": not touched, "forms": sorted(touched.forms), "curies": sorted(touched.curies)}
    rows = cypher.rows(_ASLEEP, **asked)
    return list(names_asleep(((read_sleeper(row), read_sleepers_node(node)) for row, node in rows), touched))


def _count(cypher: Cypher) -> list[NameUse]:
    """Every name, counted here: a server would hold the facts of every name at once."""
    numbers: dict[str, int] = {"": 0}
    table = _read(cypher, numbers)
    keys, *counts = count_uses(table, _is_restricted(cypher, numbers, table))
    texts = list(numbers)
    nodes: dict[str, Node] = {row[0]: node_of(row) for row in cypher.each(_NODES)} if keys else {}
    uses = [
        NameUse(texts[word], nodes[texts[node]], *counted)
        for (node, word), *counted in zip(map(split_key, keys), *counts, strict=True)
    ]
    return sorted(uses, key=lambda use: (-use.facts, -use.evidence, use.name, use.node.curie))


def _read(cypher: Cypher, numbers: dict[str, int]) -> NDArray[np.int64]:
    """The rows of evidence as `count_uses` takes them; names, nodes and documents are given `numbers`."""
    import numpy as np

    rows = cypher.each(_EVERY)
    blocks = [np.empty((0, 6), np.int64)]
    while block := list(islice(rows, _BLOCK)):
        blocks.append(np.array(_numbered(block, numbers), np.int64))
    table = np.concatenate(blocks)
    return table[np.lexsort((table[:, 1], table[:, 0]))]


def _is_restricted(cypher: Cypher, numbers: dict[str, int], table: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each row is of a restricted document."""
    import numpy as np

    return np.isin(table[:, 1], [numbers.get(name, -1) for (name,) in cypher.each(_RESTRICTED)])


def _numbered(block: list[list[Any]], numbers: dict[str, int]) -> list[list[int]]:
    keys = keys_of([row[0] for row in block])
    return [
        [key, *(numbers.setdefault(text, len(numbers)) for text in row[1:])]
        for key, row in zip(keys, block, strict=True)
    ]
