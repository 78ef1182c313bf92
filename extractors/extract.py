"""From a document to what it says: the one function behind `kg extract`, `kg build` and `kg evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from extractors.assertion import assess
from extractors.mentions import find_mentions
from extractors.model import Document, Extraction, Mention, Qualifier, Relation
from extractors.relations import classes, coded, conditions, doses, interactions, pharmacokinetics, tables
from extractors.relations.context import Context, name_of, place_sentences, split_document
from ontologies.lexicon import Lexicon

Finder = Callable[[Context], Iterator[Relation]]

#: The relation extractors, each a file of `extractors/relations/`, by name.
EXTRACTORS: dict[str, Finder] = {
    "coded": coded.find_relations,
    "conditions": conditions.find_relations,
    "interactions": interactions.find_relations,
    "pharmacokinetics": pharmacokinetics.find_relations,
    "classes": classes.find_relations,
    "doses": doses.find_relations,
    "tables": tables.find_relations,
}

#: The languages whose sentences the rules understand. Of a text in another one only the coded parts are taken: a name
#: may be spelt alike in both, but what is said of it, and whether it is denied, would be a guess.
LANGUAGES = frozenset({"en", "zh"})


def extract(document: Document, lexicon: Lexicon, *, extractors: Iterable[str] | None = None) -> Extraction:
    """The mentions of `document` and the relations that the named `extractors` (default: all) find in it."""
    if document.language.partition("-")[0] not in LANGUAGES:
        return _coded_alone(document, lexicon)
    spans = split_document(document)
    mentions = assess(document, spans, find_mentions(document, lexicon))
    context = make_context(document, lexicon, spans, mentions)
    names = EXTRACTORS if extractors is None else extractors
    found = [relation for name in names for relation in EXTRACTORS[name](context)]
    return Extraction(document, tuple(mentions), tuple(merge(found)), notes(context))


def _coded_alone(document: Document, lexicon: Lexicon) -> Extraction:
    found = coded.find_relations(make_context(document, lexicon, (), ()))
    note = f"{document.id}: no rules for the language {document.language!r}, so only its coded parts are read"
    return Extraction(document, (), tuple(merge(found)), (note,))


def make_context(
    document: Document, lexicon: Lexicon, spans: Sequence[tuple[int, int]], mentions: Sequence[Mention]
) -> Context:
    """The document as the relation extractors see it: sentences with their mentions, and the label's own drug."""
    subject = coded.find_subject_of_label(document, lexicon, mentions)
    ordered = tuple(sorted(mentions, key=lambda mention: (mention.start, -mention.end)))
    sentences = place_sentences(document, spans, ordered)
    context = Context(document, sentences, subject, lexicon, _remembered(document), ordered)
    return replace(context, classes=tuple(classes.find_own_classes(context)))


def _remembered(document: Document) -> tuple[Qualifier, ...]:
    names = dict.fromkeys(product.name for product in document.products if product.name)
    country = [Qualifier("country", document.country)] if document.country else []
    return (*(Qualifier("product", name) for name in names), *country)


def notes(context: Context) -> tuple[str, ...]:
    """What the operator should know of the document: why it says less than it might."""
    if context.subject is None:
        return (f"{context.document.id}: no drug is named as its own, so its prose leads to no relation",)
    return ()


def merge(relations: Iterable[Relation]) -> list[Relation]:
    """Each relation once, in the order of the text; of those that say the same in one place, the surest.

    What a place says of one concept by two names is kept twice, since a curator may part the names.
    """
    best: dict[tuple[object, ...], Relation] = {}
    for relation in relations:
        sides = ((name_of(side), side.text.lower()) for side in (relation.subject, relation.object))
        key = (relation.predicate, *sides, relation.start, relation.end, relation.assertion, _arm(relation))
        if key not in best or best[key].score < relation.score:
            best[key] = relation
    return sorted(best.values(), key=_order)


def _order(relation: Relation) -> tuple[int, int, int, str, str]:
    return relation.start, relation.end, relation.object.start, relation.predicate, name_of(relation.subject)


def _arm(relation: Relation) -> tuple[Qualifier, ...]:
    return tuple(q for q in relation.qualifiers if q.name in ("arm", "grade", "product", "strength"))
