"""The coded parts of a label written as plain sentences, so that every fact read from a code has words to point at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extractors.model import Coded, Product
from extractors.sources.spl_text import LINE, Mark, TextWriter
from ontologies.model import Kind

#: LOINC code of "SPL product data elements section", and the title that section has in every document.
PRODUCT_DATA, PRODUCT_DATA_TITLE = "48780-1", "Product data"


@dataclass(frozen=True, slots=True)
class Name:
    """Something named by a coded part, with its CURIE where the source gives a code."""

    text: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An ingredient of a product; `words` is how the sentence says so, `basis` what the strength is counted as."""

    name: Name
    role: str
    words: str
    strength: str = ""
    basis: str = ""
    moieties: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """All that the coded part of a label says of one product."""

    product: Product
    category: str = ""
    approval: str = ""
    since: str = ""
    until: str = ""
    forms: tuple[Name, ...] = ()
    routes: tuple[Name, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    parts: tuple[str, ...] = ()
    part_of: str = ""
    packages: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a sentence that a coded part points at."""

    role: str
    name: Name
    kind: Kind


class ProductData:
    """Writes sentences about products and keeps what they say as coded parts.

    A sentence is written once; said again of another product of the same name, it is pointed at again.
    """

    def __init__(self, writer: TextWriter) -> None:
        self.writer = writer
        self.products: list[Product] = []
        self.coded: list[Coded] = []
        self._said: dict[tuple[str | Said, ...], list[tuple[int, int]]] = {}

    def say(self, *pieces: str | Said) -> tuple[int, int]:
        """The range of the sentence made of `pieces`, about the product written last."""
        ranges = self._said.get(pieces) or self._write(pieces)
        said = (piece for piece in pieces if isinstance(piece, Said))
        for piece, (start, end) in zip(said, ranges[1:], strict=True):
            self.point_at(piece, start, end)
        return ranges[0]

    def point_at(self, said: Said, start: int, end: int) -> None:
        """Add a coded part that points at what was written already."""
        product = max(len(self.products) - 1, 0)
        self.coded.append(Coded(said.role, said.name.code, said.name.text, said.kind, start, end, product))

    def _write(self, pieces: tuple[str | Said, ...]) -> list[tuple[int, int]]:
        self.writer.gap(LINE)
        marks = [self.writer.open()]
        for piece in pieces:
            if isinstance(piece, Said):
                marks.append(self._write_name(piece.name.text))
            else:
                self.writer.write(piece)
        if not self.writer.last.endswith("."):
            self.writer.write(".")
        self._said[pieces] = [self.writer.close(marks[0]), *((mark.start, mark.end) for mark in marks[1:])]
        return self._said[pieces]

    def _write_name(self, text: str) -> Mark:
        mark = self.writer.open()
        self.writer.write(text)
        self.writer.close(mark)
        return mark


def write_product(data: ProductData, facts: ProductFacts, *, makers: Sequence[Name], sites: Sequence[Name]) -> None:
    """Write all the sentences about one product."""
    name = facts.product.name
    start, end = data.say(*_introduction(facts))
    data.products.append(replace(facts.product, start=start, end=end))
    _write_ingredients(data, facts)
    for form in facts.forms:
        data.say(f"The dosage form of {name} is ", Said("has_dosage_form", form, Kind.DOSAGE_FORM))
    for route in facts.routes:
        data.say(f"The route of administration of {name} is ", Said("has_route", route, Kind.ROUTE))
    if facts.product.dea_schedule:
        data.say(f"{name} is a controlled substance of DEA schedule {facts.product.dea_schedule}")
    if facts.packages:
        data.say(f"{name} is packaged as {_enumerate(facts.packages)}")
    if facts.equivalents:
        data.say(f"{name} is the same product as {_enumerate(facts.equivalents)}")
    for maker in makers:
        data.say(f"The manufacturer or labeler of {name} is ", _maker(maker))
    for site in sites:
        data.say(f"{name} is manufactured at ", _maker(site))


def _maker(name: Name) -> Said:
    return Said("manufactured_by", name, Kind.ORGANIZATION)


def _introduction(facts: ProductFacts) -> Iterable[str]:
    product = facts.product
    yield product.name
    if product.generic_name and product.generic_name.lower() != product.name.lower():
        yield f" ({product.generic_name})"
    if product.code:
        yield f", {spell_code(product.code)},"
    if facts.parts:
        yield f" is a kit of {_enumerate(facts.parts)}"
    else:
        yield f" is a part of {facts.part_of}" if facts.part_of else " is a product"
    if facts.category or facts.approval:
        known = facts.approval if facts.approval.startswith(facts.category) else f"{facts.category} {facts.approval}"
        yield f" marketed under {known.strip()}"
    if product.marketing_status:
        yield f", marketing status {product.marketing_status}"
        yield f" since {facts.since}" if facts.since else ""
        yield f" until {facts.until}" if facts.until else ""


def _write_ingredients(data: ProductData, facts: ProductFacts) -> None:
    name = facts.product.name
    for ingredient in facts.ingredients:
        if ingredient.role == "has_active_ingredient":
            _write_active(data, name, ingredient)
    for words in dict.fromkeys(i.words for i in facts.ingredients if i.role != "has_active_ingredient"):
        others = [i for i in facts.ingredients if i.words == words]
        pieces: list[str | Said] = []
        for index, other in enumerate(others):
            pieces.append("" if not index else "; and " if index == len(others) - 1 else "; ")
            said = Said(other.role, other.name, Kind.DRUG)
            pieces.append(said if other.role else other.name.text)
        plural = "s" if len(others) > 1 and words.endswith("t") and " the " in words else ""
        data.say(f"{name} {words}{plural} ", *pieces)


def _write_active(data: ProductData, name: str, ingredient: Ingredient) -> None:
    active = Said(ingredient.role, ingredient.name, Kind.DRUG)
    strength: list[str | Said] = []
    if ingredient.strength:
        strength = [", ", Said("has_strength", Name(ingredient.strength), Kind.QUANTITY)]
        strength += [f" (as {ingredient.basis})"] if ingredient.basis else []
    data.say(f"{name} {ingredient.words} ", active, *strength)
    place = next(c for c in reversed(data.coded) if c.role == ingredient.role)
    for moiety in ingredient.moieties:
        said = Said("moiety", moiety, Kind.DRUG)
        if moiety.text.lower() == ingredient.name.text.lower():
            data.point_at(said, place.start, place.end)
        else:
            data.say(f"The active moiety of {ingredient.name.text} is ", said)


def spell_code(curie: str) -> str:
    """A product code as a reader knows it: `ndc:0071-0155` as "NDC 0071-0155"."""
    prefix, colon, code = curie.partition(":")
    return f"{prefix.upper()} {code}" if colon else curie


def _enumerate(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
