"""The formats of exports, by name."""

from __future__ import annotations

#: Format → module and function, called as `write(view, folder) -> counts`. A plug-in is one entry here and one module.
FORMATS = {
    "jsonl": "kg.export.jsonl:write",
    "parquet": "kg.export.parquet:write",
    "arrow": "kg.export.arrow:write",
    "neo4j-admin": "kg.export.neo4j_admin:write",
    "neo4j-admin-gz": "kg.export.neo4j_admin:write_packed",
    "kgx": "kg.export.kgx:write",
    "kgx-jsonl": "kg.export.kgx:write_jsonl",
    "turtle": "kg.export.rdf:turtle",
    "trig": "kg.export.rdf:trig",
    "nquads": "kg.export.rdf:nquads",
    "turtle-star": "kg.export.rdf:turtle_star",
    "graphml": "kg.export.graphml:write",
    "hetero": "kg.export.hetero:write",
    "sssom": "kg.export.sssom:write",
    "conceptmap-r4": "kg.export.conceptmap:write_r4",
    "conceptmap-r5": "kg.export.conceptmap:write_r5",
}

#: Formats that tell cross-references too, where a vocabulary is given.
WITH_VOCABULARY = frozenset({"sssom", "conceptmap-r4", "conceptmap-r5"})
