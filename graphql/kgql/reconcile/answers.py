"""Answers to reconciliation queries: candidates with score, reason and features; suggestions; values of properties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kgql.reconcile.queries import PROPERTIES, Query, ReconcileError
from ontologies.curies import standard_xref
from ontologies.ground import Ask, Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Grounding, Kind, Match, Verdict
from ontologies.normalize import normal_form
from ontologies.relations import join_relations, relation_of_reading

#: Suggestions given for what was typed so far.
SUGGESTED = 10
_LOOKED_AT = 50

Form = dict[str, Any]


def answer_batch(grounder: Grounder, batch: Mapping[str, Query | ReconcileError]) -> Form:
    """The candidates of each query, by its key, or none and a message where it cannot be answered."""
    answered = _answer_queries(grounder, {key: one for key, one in batch.items() if isinstance(one, Query)})
    wrong = {key: {"result": [], "message": str(one)} for key, one in batch.items() if isinstance(one, ReconcileError)}
    return {key: answered[key] if key in answered else wrong[key] for key in batch}


def _answer_queries(grounder: Grounder, batch: Mapping[str, Query]) -> Form:
    """The candidates of each query; those of one vocabulary are grounded together."""
    groups: dict[str, list[str]] = defaultdict(list)
    found: dict[str, Grounding] = {}
    for key, query in batch.items():
        if query.nothing:
            found[key] = Grounding(query.name, abstained=True)
        elif (match := _by_id(grounder.lexicon, query)) is not None:
            found[key] = Grounding(query.name, (match,))
        elif len(query.kinds) > 1:
            found[key] = _ground_one(grounder, query)
        else:
            groups[query.to].append(key)
    for to, keys in groups.items():
        asks = (_ask(batch[key]) for key in keys)
        top = max(batch[key].limit for key in keys)
        found.update(zip(keys, grounder.ground_all(asks, to=to, top=top), strict=True))
    return {key: {"result": _candidates(query, found[key])} for key, query in batch.items()}


def type_form(kind: Kind) -> Form:
    """A kind as a type of the API."""
    return {"id": kind.value, "name": kind.value.replace("_", " ")}


def suggest_entities(lexicon: Lexicon, prefix: str) -> list[Form]:
    """Concepts by an id, or whose names begin with what was typed."""
    concept = lexicon.concept(standard_xref(prefix))
    known = [Match(concept.curie, concept.name, concept.kind, 1.0, "its id", prefix)] if concept else []
    completed = lexicon.complete(prefix, limit=_LOOKED_AT)
    # A concept that is itself called so comes before one that has such a name among others (aspirin, insulin aspart).
    form = normal_form(prefix)
    completed.sort(key=lambda match: not normal_form(match.name).startswith(form))
    matches = {match.curie: match for match in (*known, *completed)}
    return [
        {"id": m.curie, "name": m.name, "description": f"{m.kind.value}: {m.matched}", "notable": [type_form(m.kind)]}
        for m in matches.values()
    ][:SUGGESTED]


def suggest_types(prefix: str) -> list[Form]:
    """Kinds whose names hold what was typed."""
    return [type_form(kind) for kind in Kind if prefix.lower() in type_form(kind)["name"]]


def suggest_properties(prefix: str) -> list[Form]:
    """What a query may say beside the name."""
    return [
        {"id": name, "name": name, "description": text}
        for name, text in PROPERTIES.items()
        if prefix.lower() in f"{name} {text}".lower()
    ]


def _by_id(lexicon: Lexicon, query: Query) -> Match | None:
    """The concept of a query that is a CURIE."""
    if ":" not in query.name:
        return None
    concept = lexicon.concept(lexicon.canonical(standard_xref(query.name)))
    if concept is None or (query.kinds and concept.kind not in query.kinds):
        return None
    return Match(concept.curie, concept.name, concept.kind, 1.0, "its id", query.name)


def _ask(query: Query) -> Ask:
    return Ask(query.name, next(iter(query.kinds), None), query.language, query.context)


def _ground_one(grounder: Grounder, query: Query) -> Grounding:
    said: Form = {"language": query.language, "context": query.context, "to": query.to}
    return grounder.ground(query.name, kinds=query.kinds, top=query.limit, **said)


def _candidates(query: Query, found: Grounding) -> list[Form]:
    """The candidates, best first; only one that grounding stands for as just what the name says is a match."""
    ordered = [*found.matches, *found.candidates][: query.limit]
    sure = not found.abstained and len(found.parts) < 2
    return [
        _candidate(query, match, match=sure and place == 0 and _is_just(found, match))
        for place, match in enumerate(ordered)
    ]


def _is_just(found: Grounding, match: Match) -> bool:
    """Whether a name is the concept as such: not denied, suspected, of the family, nor more than the concept."""
    return join_relations(match.relation, relation_of_reading(found.qualifiers)) is Verdict.EXACT


def _candidate(query: Query, found: Match, *, match: bool) -> Form:
    return {
        "id": found.curie,
        "name": found.name,
        "description": f"{found.kind.value.replace('_', ' ')}; {found.reason}",
        "type": [type_form(found.kind)],
        "score": round(100 * found.score, 2),
        "features": list(_features(query, found)),
        "match": match,
    }


def _features(query: Query, found: Match) -> Iterator[Form]:
    """What the score is made of; the reason in words stands as the name of the feature that bears it."""
    same = normal_form(query.name) == normal_form(found.matched)
    yield {"id": "score", "name": found.reason, "value": round(100 * found.score, 2)}
    exact = found.relation is Verdict.EXACT
    yield {"id": "relation", "name": f"relation of the concept to the name: {found.relation}", "value": exact}
    yield {"id": "same_name", "name": f"the name but for case and signs: {found.matched}", "value": same}
    yield {"id": "decided", "name": "decided by a curator", "value": found.reason.startswith("decided by ")}


#: What can be fetched of concepts once they are matched: name → (title, values).
EXTENSIONS: dict[str, tuple[str, Callable[[Lexicon, Concept], Iterable[str]]]] = {
    "name": ("Preferred name", lambda _, concept: [concept.name]),
    "name_zh": ("中文名称", lambda _, concept: filter(None, [concept.name_in("zh")])),
    "kind": ("Kind", lambda _, concept: [concept.kind.value]),
    "synonyms": ("Synonyms", lambda _, concept: dict.fromkeys(synonym.text for synonym in concept.synonyms)),
    "parents": ("Parents", lambda _, concept: concept.parents),
    "same_as": ("Ids in other vocabularies", lambda lexicon, concept: lexicon.members(concept.curie)),
}


def extend(lexicon: Lexicon, ids: Iterable[str], properties: Iterable[str]) -> Form:
    """The values of properties, for each id, as the data extension service gives them."""
    known = [name for name in properties if name in EXTENSIONS]
    rows = {}
    for curie in ids:
        concept = lexicon.concept(lexicon.canonical(standard_xref(curie)))
        rows[curie] = {name: _values(lexicon, concept, name) for name in known}
    return {"meta": [{"id": name, "name": EXTENSIONS[name][0]} for name in known], "rows": rows}


def _values(lexicon: Lexicon, concept: Concept | None, name: str) -> list[Form]:
    return [{"str": value} for value in EXTENSIONS[name][1](lexicon, concept)] if concept else []
