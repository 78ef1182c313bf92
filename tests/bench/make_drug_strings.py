"""Drug strings with the concepts they stand for, made from RxNorm's products, UNII and the DrugBank vocabulary.

    python tests/bench/make_drug_strings.py SHARED_DATA FOLDER [--drugs 400] [--seed 7]
    kg evaluate drug-strings FOLDER/report.tsv --terminology rxnorm=SHARED_DATA/rxnorm/RXNORM-bioportal.csv.gz

Common strings are written as a prescriber writes them: ingredient or brand, strength, form, how to take it. Noisy
strings are common ones with one to three faults that a keyboard, a printer, an interface or a hurried hand makes. The
faults are written from what real prescription tables show, not from what the product's rules undo; some cannot be
undone. Drugs are parted in two halves by seed: rules are made on `tune.tsv`, figures reported on `report.tsv`.
Columns: name, sort (common, noisy), language, expected (any of these CURIEs), parts (CURIEs of each ingredient,
ingredients set apart by `;`: for lexicons that know none of `expected`), made (how the string came about).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.bench.drug_noise import NOISES, SALTS, Written

_PART = re.compile(r"^(?P<name>.+?) (?P<amount>[\d.]+) (?P<unit>MG/ML|MG/ACTUAT|MG|UNT/ML|UNT|MEQ/ML|MEQ|%)$")
_FORMS = {
    "Extended Release Tablet": "ER tablet",
    "Extended Release Capsule": "ER capsule",
    "Oral Tablet": "tablet",
    "Oral Capsule": "capsule",
    "Chewable Tablet": "chewable tablet",
    "Enteric Coated Tablet": "EC tablet",
    "Enteric Coated Capsule": "DR capsule",
    "Disintegrating Tablet": "ODT",
    "Sublingual Tablet": "SL tablet",
    "Injectable Solution": "injection",
    "Oral Solution": "oral solution",
    "Oral Suspension": "oral suspension",
    "Ophthalmic Solution": "eye drops",
    "Ophthalmic Ointment": "ophthalmic ointment",
    "Inhalant Solution": "nebulizer solution",
    "Nasal Spray": "nasal spray",
    "Transdermal Patch": "patch",
    "Topical Cream": "cream",
    "Topical Ointment": "ointment",
    "Rectal Suppository": "suppository",
}
_TIMES = (
    "daily",
    "once daily",
    "BID",
    "twice daily",
    "TID",
    "three times a day",
    "QHS",
    "at bedtime",
    "q8h",
    "every 6 hours",
    "PO daily",
    "PO BID",
    "by mouth daily",
    "po q12h",
    "prn",
    "q4h prn",
    "every day",
    "QID",
)
_TIMES_ZH = ("口服 一日三次", "每日2次", "qd", "bid 口服", "每日一次", "一次1片 一日3次", "睡前口服", "每8小时一次")
_SALTS_ZH = {
    "hydrochloride": "盐酸",
    "maleate": "马来酸",
    "fumarate": "富马酸",
    "succinate": "琥珀酸",
    "tartrate": "酒石酸",
    "sulfate": "硫酸",
    "besylate": "苯磺酸",
    "mesylate": "甲磺酸",
    "phosphate": "磷酸",
    "acetate": "醋酸",
    "citrate": "枸橼酸",
    "hydrobromide": "氢溴酸",
}
_FORMS_ZH = {
    "tablet": "片",
    "capsule": "胶囊",
    "ER tablet": "缓释片",
    "injection": "注射液",
    "oral solution": "口服溶液",
}


@dataclass(slots=True)
class Product:
    """A product of RxNorm: what is in it with how much of it, its form and brand."""

    names: tuple[str, ...]
    strengths: tuple[str, ...]
    form: str
    brand: str = ""


@dataclass(slots=True)
class Names:
    """CURIEs by name, and what belongs to them."""

    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def of(self, name: str) -> list[str]:
        """All CURIEs of that name, sorted."""
        return sorted(self.ids.get(name.lower(), ()))

    def base(self, name: str) -> str:
        """The ingredient of a salt: the beginning of its name that is a name of its own, before words of salts."""
        words = name.split()
        for end in range(1, len(words)):
            start, rest = " ".join(words[:end]), words[end:]
            if self.of(start) and all(word.lower() in SALTS for word in rest) and start.lower() not in SALTS:
                return start
        return name


def read_names(shared: Path) -> Names:
    """Names of RxNorm's substances, each with its UNII and DrugBank ids."""
    names, uniis, banks = Names(), defaultdict(set), defaultdict(set)
    for row in csv.DictReader((shared / "rxnorm/rxcui-unii-map.tsv").open(), delimiter="\t"):
        uniis[row["rxnorm_id"]].add(row["fdasrs_id"])
    for row in _rows(shared / "drugbank-vocabulary/drugbank_vocabulary.csv.gz"):
        banks[row["UNII"]].add(row["DrugBank ID"])
    for row in _rows(shared / "rxnorm/RXNORM-bioportal.csv.gz"):
        if "STY/T200" in row["Semantic Types"] or row["Obsolete"] == "true":
            continue
        code = row["Class ID"].rpartition("/")[2]
        ids = {f"rxnorm:{code}"} | {f"unii:{unii}" for unii in uniis[code]}
        ids |= {f"drugbank:{bank}" for unii in uniis[code] for bank in banks[unii]}
        names.ids[row["Preferred Label"].lower()] |= ids
    return names


def read_products(shared: Path) -> Iterator[Product]:
    """The clinical drugs and branded drugs with strengths, in forms that are prescribed."""
    for row in _rows(shared / "rxnorm/RXNORM-bioportal.csv.gz"):
        label, _, brand = row["Preferred Label"].rstrip("]").partition(" [")
        form = next((form for form in _FORMS if label.endswith(" " + form)), "")
        parts = [_PART.match(part) for part in label.removesuffix(" " + form).split(" / ")] if form else []
        if parts and all(parts):
            found = [part for part in parts if part]
            strengths = tuple(_strength(part["amount"], part["unit"]) for part in found)
            yield Product(tuple(part["name"] for part in found), strengths, _FORMS[form], brand)


def _strength(amount: str, unit: str) -> str:
    spoken = {"UNT": "units", "UNT/ML": "units/mL", "MG/ACTUAT": "mg", "MEQ": "mEq", "MEQ/ML": "mEq/mL"}
    return f"{amount} {spoken.get(unit, unit.lower().replace('/ml', '/mL'))}"


def read_frequent(shared: Path) -> set[str]:
    """Words of the names that hospitals prescribe and that test data for records name: in lower case."""
    medications = json.loads((shared / "faker-healthcare-zh-en/diseases_zh_en.json").read_text())["medications_en_zh"]
    texts = list(medications)
    for path, column in (("mimic3-demo/PRESCRIPTIONS.csv.gz", "drug"), ("eicu-demo/medication.csv.gz", "drugname")):
        texts += [row[column] for row in _rows(shared / path)]
    return {word for text in texts for word in re.findall(r"[a-z]{5,}", text.lower())}


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as text:
        yield from csv.DictReader(text)


def choose_products(shared: Path, names: Names, drugs: int, chance: random.Random) -> dict[str, list[Product]]:
    """The products of frequent ingredients (or combinations of two or three), by their names."""
    frequent, by_drug = read_frequent(shared), defaultdict(list)
    for product in read_products(shared):
        bases = [names.base(name) for name in product.names]
        if len(bases) < 4 and all(
            names.of(name) and base.split()[0].lower() in frequent
            for name, base in zip(product.names, bases, strict=True)
        ):
            by_drug[" / ".join(sorted(bases, key=str.lower))].append(product)
    single = sorted(drug for drug in by_drug if " / " not in drug)
    several = sorted(drug for drug in by_drug if " / " in drug)
    chosen = chance.sample(single, min(drugs, len(single))) + chance.sample(several, min(drugs // 6, len(several)))
    return {drug: by_drug[drug] for drug in chosen}


def write_common(product: Product, names: Names, chance: random.Random) -> Written:
    """One string as a prescriber writes it."""
    bases = [names.base(name) for name in product.names]
    single = len(product.names) == 1
    spoken = (
        chance.choice([product.names[0], product.names[0], bases[0]])
        if single
        else chance.choice(["/", "-", " and "]).join(bases)
    )
    if product.brand and chance.random() < 0.45:
        spoken, sort = product.brand, "brand"
    else:
        sort = "generic" if single else "combination"
    strength = "/".join(strength.split()[0] for strength in product.strengths) if not single else product.strengths[0]
    strength += "" if single else f" {product.strengths[-1].split()[-1]}"
    written = Written(spoken, strength, product.form, chance.choice(_TIMES) if chance.random() < 0.4 else "")
    if product.brand and sort == "generic" and chance.random() < 0.25:
        written.name = chance.choice([f"{spoken} ({product.brand})", f"{product.brand} ({spoken})"])
        sort = "brand"
    if chance.random() < 0.15:
        written.form = ""
    written.expected, written.parts = find_expected(product, spoken, sort, names)
    written.made = sort
    return written


def find_expected(product: Product, spoken: str, sort: str, names: Names) -> tuple[list[str], list[list[str]]]:
    """What is right for a string, and its ingredients where no concept stands for the whole."""
    bases = [names.base(name) for name in product.names]
    parts = [names.of(base) for base in bases]
    if sort == "generic":
        return names.of(spoken), parts
    whole = (
        names.of(product.names[0]) + parts[0] if len(parts) == 1 else names.of(" / ".join(sorted(bases, key=str.lower)))
    )
    return ([*names.of(product.brand), *whole] if sort == "brand" else whole), parts


def write_chinese(product: Product, chinese: str, names: Names, chance: random.Random) -> Written:
    """One string as a Chinese prescription writes it, the salt before the ingredient."""
    base = names.base(product.names[0])
    salt = _SALTS_ZH.get(product.names[0].removeprefix(base).strip().lower(), "") if chance.random() < 0.6 else ""
    strength = product.strengths[0].replace(" ", "")
    if chance.random() < 0.4:
        strength = strength.replace("mg", "毫克").replace("/mL", "/毫升")
    made = Written(
        salt + chinese,
        strength,
        _FORMS_ZH.get(product.form, ""),
        chance.choice(_TIMES_ZH) if chance.random() < 0.4 else "",
    )
    made.expected, made.parts = (names.of(product.names[0]) if salt else names.of(base)), [names.of(base)]
    made.language, made.made = "zh", "chinese"
    return made


def make_strings(shared: Path, drugs: int, seed: int) -> Iterator[tuple[str, ...]]:
    """The rows of the list."""
    chance, names = random.Random(seed), read_names(shared)
    said = json.loads((shared / "faker-healthcare-zh-en/diseases_zh_en.json").read_text())["medications_en_zh"]
    chinese = {english.lower(): name for english, name in said.items() if re.fullmatch(r"[\u4e00-\u9fff]+", name)}
    seen: set[str] = set()
    for drug, products in sorted(choose_products(shared, names, drugs, chance).items()):
        half = chance.choice(["tune", "report"])
        for sort in ["common"] * 3 + ["noisy"] * 4:
            written = write_any(chance.choice(products), chinese.get(drug.lower(), ""), names, chance)
            if sort == "noisy":
                add_noise(written, chance)
            text, parts = written.text(), ";".join("|".join(part) for part in written.parts)
            if text not in seen:
                seen.add(text)
                expected = "|".join(dict.fromkeys(written.expected))
                yield text, sort, written.language, expected, parts, half, written.made


def write_any(product: Product, chinese: str, names: Names, chance: random.Random) -> Written:
    """A common string, in Chinese for a quarter of the drugs that have a Chinese name."""
    if chinese and chance.random() < 0.25:
        return write_chinese(product, chinese, names, chance)
    return write_common(product, names, chance)


def add_noise(written: Written, chance: random.Random) -> None:
    """One to three faults, and more where they changed nothing."""
    clean = written.text()
    while written.text() == clean:
        for noise in chance.sample(NOISES, chance.randint(1, 3)):
            noise(written, chance)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--drugs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = list(make_strings(options.shared, options.drugs, options.seed))
    for half in ("tune", "report"):
        with (options.out / f"{half}.tsv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, delimiter="\t", lineterminator="\n")
            writer.writerow(["name", "sort", "language", "expected", "parts", "made"])
            writer.writerows([*row[:5], row[6]] for row in rows if row[5] == half)
    print(f"{len(rows)} strings in {options.out}")


if __name__ == "__main__":
    main()
