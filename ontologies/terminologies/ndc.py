"""The FDA's National Drug Code directory: product.txt with package.txt beside it, as folder, zip or product.txt alone.

A product and each of its packages are concepts under `ndc`, named in full, below what they contain. What they contain
is a concept under the local CURIE of its name, so that the lexicon joins it with the vocabulary that has that name
(RxNorm, UNII ...); a combination lies below its ingredients. Brand names are narrow synonyms of what they contain: a
brand is not its generic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.normalize import normal_form
from ontologies.releases import Release, open_release
from ontologies.tables import File, find_encoding, read_columns, split_list

_COLUMNS = (
    "PRODUCTID",
    "PRODUCTNDC",
    "PROPRIETARYNAME",
    "NONPROPRIETARYNAME",
    "DOSAGEFORMNAME",
    "LABELERNAME",
    "SUBSTANCENAME",
    "ACTIVE_NUMERATOR_STRENGTH",
    "ACTIVE_INGRED_UNIT",
)
_OPTIONAL = ("PROPRIETARYNAMESUFFIX", "NDC_EXCLUDE_FLAG")
_PACKAGE = ("PRODUCTNDC", "NDCPACKAGECODE", "PACKAGEDESCRIPTION")
_SOURCE = "U.S. Food and Drug Administration, National Drug Code Directory"


@dataclass(frozen=True, slots=True)
class _Product:
    name: str
    brand: str
    contents: tuple[str, ...]
    gone: bool


@dataclass(frozen=True, slots=True)
class Ndc:
    """The reader of the NDC directory."""

    name: str = "ndc"
    files: tuple[str, ...] = ("product.txt", "package.txt")

    def read_info(self, path: Path) -> TerminologyInfo:
        """A digest: the directory is made anew each day and bears no date."""
        version = open_release(path).version(r"(?<!\d)(20\d\d-?\d\d-?\d\d)(?!\d)")
        return TerminologyInfo(self.name, "ndc", "National Drug Code Directory", version, "public domain", _SOURCE)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """What products contain, then the products and their packages."""
        release = open_release(path)
        products = _read_products(release.main("product.txt"))
        yield from _contents(products)
        for code, product in products.items():
            yield _concept(code, product.name, _contained(product), gone=product.gone)
        yield from _packages(release, products)


def _concept(code: str, name: str, parent: str, *, gone: bool) -> Concept:
    return Concept(f"ndc:{code}", name, Kind.DRUG, parents=(parent,) if parent else (), deprecated=gone)


def _read_products(path: File) -> dict[str, _Product]:
    """The products by code; of several listings of one code the first."""
    products: dict[str, _Product] = {}
    listings: set[str] = set()
    for row in _read(path, _COLUMNS, _OPTIONAL):
        if row[0] in listings:
            raise TerminologyError(f"{path}: listing {row[0]} is there twice; keep one of them")
        listings.add(row[0])
        products.setdefault(row[1], _product(row))
    return products


def _product(row: list[str]) -> _Product:
    brand, generic, form, labeler, substances, amounts, units, suffix, flag = row[2:]
    contents = tuple(sorted(name.lower() for name in split_list(substances, ";")))
    full = f"{brand} {suffix}".strip() or generic
    inside = "" if normal_form(full) == normal_form(generic) else f" ({generic.lower()})" if generic else ""
    strength = " / ".join(f"{a} {u}".strip() for a, u in zip(_split(amounts), _split(units), strict=False))
    name = ", ".join(part for part in (f"{full}{inside}", strength, form.lower(), labeler) if part)
    return _Product(name, brand, contents, flag not in ("", "N"))


def _split(values: str) -> list[str]:
    return [value.strip() for value in values.split(";")]


def _contained(product: _Product) -> str:
    return _local(" / ".join(product.contents)) if product.contents else ""


def _local(name: str) -> str:
    """The CURIE under which the graph keeps a drug that no vocabulary has."""
    return f"local:{Kind.DRUG}/{normal_form(name).replace(' ', '_') or name}"


def _contents(products: Mapping[str, _Product]) -> Iterator[Concept]:
    """One concept a set of substances, with the brands of products that contain these and nothing else."""
    brands: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for product in products.values():
        for substance in product.contents:
            brands[substance,]
        if product.contents and normal_form(product.brand) != normal_form(" / ".join(product.contents)):
            brands[product.contents].setdefault(product.brand)
    seen: set[str] = set()
    for contents, names in brands.items():
        curie = _local(" / ".join(contents))
        if curie not in seen:
            seen.add(curie)
            parents = tuple(dict.fromkeys(map(_local, contents))) if len(contents) > 1 else ()
            narrow = tuple(Synonym(name, Scope.NARROW) for name in names if name)
            yield Concept(curie, " / ".join(contents), Kind.DRUG, synonyms=narrow, parents=parents)


def _packages(release: Release, products: Mapping[str, _Product]) -> Iterator[Concept]:
    path = release.first("package.txt")
    seen: set[str] = set()
    for code, package, description in _read(path, _PACKAGE, ()) if path else ():
        if code in products and package not in seen:
            seen.add(package)
            product = products[code]
            yield _concept(package, f"{product.name}: {description}", f"ndc:{code}", gone=product.gone)


def _read(path: File, needed: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[list[str]]:
    encoding = find_encoding(path, "utf-8-sig", "cp1252")
    for row in read_columns(path, needed, optional=optional, closed=True, encoding=encoding):
        yield [value.strip() for value in row]


TERMINOLOGY = Ndc()
