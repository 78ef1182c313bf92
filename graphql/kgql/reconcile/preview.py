"""A concept on a small page, as OpenRefine shows it in a frame when somebody points at a candidate."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ontologies.lexicon import Lexicon
from ontologies.model import Concept

#: Pixels of the frame.
WIDTH, HEIGHT = 430, 300

#: The page loads nothing and runs nothing; it may be framed by whoever asks.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

#: Names and ids of one sort that are shown.
_SHOWN = 12

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:14px/1.4 sans-serif;margin:10px}}h1{{font-size:17px;margin:0}}p{{margin:3px 0}}
dt{{color:#555;float:left;clear:left;width:90px}}dd{{margin:0 0 3px 95px}}</style></head>
<body><h1>{title}</h1>{body}</body></html>
"""


def draw_preview(lexicon: Lexicon, concept: Concept) -> str:
    """The page of a concept: names, kind, parents, ids in other vocabularies."""
    parents = (lexicon.concept(curie) for curie in concept.parents)
    same = [curie for curie in lexicon.members(concept.curie) if curie != concept.curie]
    rows = {
        "Kind": [concept.kind.value.replace("_", " ")],
        "中文": filter(None, [concept.name_in("zh") if concept.language != "zh" else None]),
        "Also": dict.fromkeys(synonym.text for synonym in concept.synonyms if synonym.text != concept.name),
        "Is a": (f"{parent.name} ({parent.curie})" for parent in parents if parent),
        "Same as": same,
        "Retired": filter(None, ["replaced by " + (concept.replaced_by or "nothing")] if concept.deprecated else []),
    }
    listed = "".join(_row(name, values) for name, values in rows.items())
    return _PAGE.format(title=escape(concept.name), body=f"<p>{escape(concept.curie)}</p><dl>{listed}</dl>")


def draw_unknown(curie: str) -> str:
    """The page of an id that no terminology here has."""
    return _PAGE.format(title="Not known", body=f"<p>{escape(curie)} is in no terminology of this service.</p>")


def _row(name: str, values: Iterable[str]) -> str:
    shown = list(values)
    if not shown:
        return ""
    more = f" … and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"<dt>{escape(name)}</dt><dd>{escape('; '.join(shown[:_SHOWN]))}{more}</dd>"
