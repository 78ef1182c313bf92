"""Relations that a label states with codes: ingredients, form, route, strength, class and manufacturer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from extractors.model import Coded, Document, Mention, Product, Qualifier, Relation
from extractors.own_drug import ingredient_of, match_coded
from extractors.relations.context import Context, Span, name_of
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

ACTIVE, MOIETY = "has_active_ingredient", "moiety"


class Ingredients(NamedTuple):
    """What a product is made of: its active ingredients as coded, and the ingredients they amount to (moieties)."""

    active: tuple[Coded, ...]
    moieties: tuple[Coded, ...]


def as_mention(coded: Coded, lexicon: Lexicon) -> Mention:
    """`coded` as a mention: by its code, else by its name; a code that no terminology knows is kept as it is."""
    return Mention(coded.start, coded.end, coded.name, coded.kind, match_coded(coded, lexicon))


def ingredients_of(document: Document) -> dict[int, Ingredients]:
    """The active ingredients of each product by its index; a moiety belongs to the ingredient before it."""
    found: dict[int, tuple[list[Coded], list[Coded]]] = {}
    for coded in document.coded:
        if coded.role == ACTIVE:
            found.setdefault(coded.product, ([], []))[0].append(coded)
        elif coded.role == MOIETY:
            found.setdefault(coded.product, ([], []))[1].append(coded)
    return {product: Ingredients(tuple(active), tuple(moieties)) for product, (active, moieties) in found.items()}


def subject_of(ingredients: Ingredients, lexicon: Lexicon) -> Mention | None:
    """What facts of a product attach to: its one ingredient, or the combination under the names of all, sorted."""
    parts = ingredients.moieties if len(ingredients.moieties) >= len(ingredients.active) else ingredients.active
    mentions = {name_of(mention): mention for mention in (_own(part, lexicon) for part in parts)}
    if len(mentions) < 2:
        return next(iter(mentions.values()), None)
    names = sorted((m.match.name if m.match else m.text for m in mentions.values()), key=str.lower)
    name = " / ".join(names)
    known = lexicon.find(name, kinds=(Kind.DRUG,))
    first = min(mentions.values(), key=lambda mention: mention.start)
    return Mention(first.start, first.end, name, Kind.DRUG, known[0] if known else None, own=True)


def _own(part: Coded, lexicon: Lexicon) -> Mention:
    """The ingredient itself where the label codes its salt alone, as openFDA's do."""
    mention = as_mention(part, lexicon)
    return replace(mention, match=ingredient_of(mention.match, lexicon))


def find_subject_of_label(document: Document, lexicon: Lexicon, mentions: Sequence[Mention]) -> Mention | None:
    """What the label's prose is about: its first product's ingredient or combination, else the drug of its title."""
    for ingredients in ingredients_of(document).values():
        if subject := subject_of(ingredients, lexicon):
            return subject
    if own := [mention for mention in mentions if mention.own and mention.match is not None]:
        return own[0]
    if found := lexicon.find(document.title, kinds=(Kind.DRUG,)):
        return Mention(0, 0, document.title, Kind.DRUG, found[0], own=True)
    named = [mention for mention in mentions if mention.own]
    return named[0] if named else _from_title(document)


def _from_title(document: Document) -> Mention | None:
    title = " ".join(document.title.split())
    return Mention(0, 0, title, Kind.DRUG, own=True) if title else None


def find_relations(context: Context) -> Iterator[Relation]:
    """One relation for each coded part, from the product's ingredient (or combination), remembering the product."""
    document, lexicon = context.document, context.lexicon
    subjects = {index: subject_of(parts, lexicon) for index, parts in ingredients_of(document).items()}
    for coded in document.coded:
        subject = subjects.get(coded.product) or context.subject
        if subject is None or (coded.role == MOIETY and not _differs(coded, document)):
            continue
        if coded.role in (ACTIVE, MOIETY):
            yield from _ingredient(context, coded, subject)
        else:
            yield _relation(context, coded.role, subject, coded)


def _differs(moiety: Coded, document: Document) -> bool:
    names = {coded.name.lower() for coded in document.coded if coded.role == ACTIVE and coded.product == moiety.product}
    return moiety.name.lower() not in names


def _ingredient(context: Context, coded: Coded, subject: Mention) -> Iterator[Relation]:
    # A brand is not its generic, a combination not its parts: both point at what they hold.
    holders = [_product(context, coded.product), subject if " / " in subject.text else None]
    part = as_mention(coded, context.lexicon)
    for holder in holders:
        if holder is not None and name_of(holder) != name_of(part):
            yield _relation(context, ACTIVE, holder, coded)


def _product(context: Context, index: int) -> Mention | None:
    products: Sequence[Product] = context.document.products
    if index >= len(products) or not products[index].name:
        return None
    product = products[index]
    found = context.lexicon.find(product.name, kinds=(Kind.DRUG,))
    return Mention(product.start, product.end, product.name, Kind.DRUG, found[0] if found else None, own=True)


def _relation(context: Context, predicate: str, subject: Mention, coded: Coded) -> Relation:
    products = context.document.products
    start, end = _quoted(context, coded.start, coded.end)
    qualifiers = list(coded.qualifiers)
    if coded.product < len(products):
        product = products[coded.product]
        if product.start <= coded.start < product.end:
            start, end = product.start, product.end
        if product.name:
            qualifiers.append(Qualifier("product", product.name))
    if context.document.country:
        qualifiers.append(Qualifier("country", context.document.country))
    return Relation(
        predicate, subject, as_mention(coded, context.lexicon), start, end, 1.0, "coded", qualifiers=tuple(qualifiers)
    )


def _quoted(context: Context, start: int, end: int) -> Span:
    """The whole sentence that a coded part stands in: "ORAL" alone tells a reader nothing."""
    after = bisect_right(context.sentences, start, key=lambda sentence: sentence.start)
    sentence = context.sentences[after - 1] if after else None
    return (sentence.start, sentence.end) if sentence is not None and end <= sentence.end else (start, end)
