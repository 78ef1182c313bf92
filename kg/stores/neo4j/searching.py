"""Finding concepts by their names, in the same ways and with the same scores as the embedded store.

The full-text index holds names in our own words (`kg.stores.wording.search_text`), split at blanks alone, so that
what is found is a matter of those words and not of an engine's analyzer. Of more than CANDIDATES that fit one way,
each engine takes others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.model import Node
from kg.stores.neo4j.layout import SEARCH_INDEX
from kg.stores.neo4j.rows import node_columns, node_of
from kg.stores.neo4j.server import Cypher
from kg.stores.wording import BEGINS, CANDIDATES, EXACT, HAS_PREFIXES, HAS_WORDS, gather, phrases_of, search_words
from ontologies.model import Kind

_FIND = f"""
CALL db.index.fulltext.queryNodes('{SEARCH_INDEX}', $match) YIELD node AS n
WITH n WHERE size($kinds) = 0 OR n.kind IN $kinds
WITH n LIMIT {CANDIDATES}
RETURN {node_columns("n")} ORDER BY size(n.name), n.name, n.curie LIMIT $limit
"""


def find_nodes(cypher: Cypher, text: str, *, kinds: Sequence[Kind], limit: int) -> list[tuple[Node, float]]:
    """Nodes whose names fit `text`, best first, each with the score of the way it fits."""
    words = search_words(text)
    asked = {"kinds": [kind.value for kind in kinds], "limit": limit}

    def find(match: str) -> Iterable[Node]:
        return map(node_of, cypher.rows(_FIND, match=match, **asked))

    return gather(_ways(words) if words else (), find, limit=limit)


def _ways(words: list[str]) -> list[tuple[str, float]]:
    """In the query language of Lucene; words are letters and digits alone, so that none is taken for a sign of it."""
    whole = "_".join(words)
    runs = [f'"{run}"' for run in phrases_of(words)]
    ways = [
        (f'search_whole:"{whole}"', EXACT),
        (f"search_whole:{whole}*", BEGINS),
        (f"search_words:({' AND '.join(runs)})", HAS_WORDS),
    ]
    # The last of several Chinese characters is a word of its own already, which begins nothing longer.
    if " " not in runs[-1]:
        beginnings = [*runs[:-1], f"{runs[-1][1:-1]}*"]
        ways.append((f"search_words:({' AND '.join(beginnings)})", HAS_PREFIXES))
    return ways
