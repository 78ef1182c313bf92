"""Notes for training and measuring: templates of some sets filled with varied names, roughened as clerks do."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from deid_variety import Pools, VariedFiller, is_held_out
from extractors.deidentify.english_words import get_words
from kg_command import ROOT
from planted import CHOICE, FOLDER, PLANT, Planted, PlantedNote, make_note, read_pools, read_templates

#: One template in so many is kept apart, for measuring.
HELD_OUT = 5

#: How much of the notes each set gives.
SHARES = {"training": 0.7, "training2": 0.7, "unseen": 0.12, "development": 0.08, "tuning": 0.06, "heldout": 0.04}

_SENTENCE = re.compile(r"(?<=[.。；;!?])\s+|(?<=[。；])|\n+")


@dataclass(frozen=True, slots=True)
class Source:
    """The templates of a set in a language, those kept apart, and its names."""

    name: str
    language: str
    templates: list[str]
    apart: list[str]
    pools: Pools
    held_out: Pools
    share: float


def read_sources(names: Sequence[str], *, every: bool) -> list[Source]:
    """The sources of these sets; with `every` nothing is kept apart."""
    sources = [_source(name, language, every=every) for name in names for language in ("en", "zh")]
    return [source for source in sources if source.templates]


def _source(name: str, language: str, *, every: bool) -> Source:
    pools = read_pools(name)[language]
    templates = [template for template in read_templates(name, language) if template.strip()]
    apart = [template for at, template in enumerate(templates) if at % HELD_OUT == HELD_OUT - 1]
    trained = templates if every else [template for template in templates if template not in apart]
    kept = {key: [v for v in values if not is_held_out(v)] or values for key, values in pools.items()}
    held = {key: [v for v in values if is_held_out(v)] or values for key, values in pools.items()}
    return Source(f"{name} {language}", language, trained, apart, kept, held, SHARES.get(name, 0.1))


def make_varied(source: Source, count: int, *, seed: int, kept_apart: bool | None) -> Iterator[PlantedNote]:
    """`count` notes; those of templates kept apart have names kept apart and are not roughened. None: of all."""
    rng = random.Random(crc32(f"{seed} {source.name}".encode()))
    templates = source.templates if not kept_apart else source.apart
    templates = templates + source.apart if kept_apart is None else templates
    pools = source.held_out if kept_apart is not False else source.pools
    for index in range(count if templates else 0):
        template = templates[index % len(templates)]
        if kept_apart is False and rng.random() < 0.35:
            template = _mixed([template, rng.choice(templates), rng.choice(templates)], rng, source.language)
        if kept_apart is not False:
            yield make_note(template, VariedFiller(pools, source.language, rng, held_out=True, share=0.4))
            continue
        template = _beside_plain(template, rng, source.language)
        yield _rough(make_note(template, VariedFiller(pools, source.language, rng, held_out=False)), rng)


def make_plain(language: str, count: int, *, seed: int) -> Iterator[PlantedNote]:
    """`count` notes of sentences in which nobody is named."""
    rng = random.Random(seed)
    for _ in range(count):
        lines = rng.sample(read_plain(language), rng.randrange(1, 6))
        yield _rough(PlantedNote(rng.choice(["\n", " ", "\n\n"]).join(lines), language, ()), rng)


@cache
def read_plain(language: str) -> list[str]:
    """Sentences without identifiers: written for this, of public-domain texts, and names of terminologies."""
    lines = (FOLDER / f"plain_written_{language}.txt").read_text(encoding="utf-8").splitlines()
    pieces = [part for line in lines for part in _SENTENCE.split(line) if part.strip()]
    found = (FOLDER / f"plain_{language}.txt").read_text(encoding="utf-8").splitlines()
    names = random.Random(1).sample(_names(language), 250)
    made = _drugs_and_eponyms(250) if language == "en" else []
    return [*found, *names, *made, *lines * 3, *pieces * 2]


def _drugs_and_eponyms(count: int) -> list[str]:
    """Lines such as `Zocor 20 mg daily` and `Foley catheter`, `count` of each."""
    rng, words = random.Random(2), get_words()
    content = gzip.decompress((ROOT / "ontologies" / "starter" / "drugs.tsv.gz").read_bytes()).decode("utf-8")
    rows = [line.split("\t") for line in content.splitlines() if not line.startswith("#")]
    drugs = sorted({name for row in rows[1:] for name in [row[1], *row[4].split("|")] if name.isalpha()})
    doses = [f"{rng.choice(drugs).capitalize()} {rng.randrange(1, 500)}{rng.choice(_DOSES)}" for _ in range(count)]
    eponyms, heads = sorted(words.eponyms), sorted(words.heads)
    return [*doses, *(f"{rng.choice(eponyms).capitalize()} {rng.choice(heads)}" for _ in range(count))]


_DOSES = (
    " mg daily",
    "mg bid",
    " mg PO q8h prn",
    " mcg",
    "",
    " units qhs",
    " mg IV x1",
    " po",
    " 10/20 daily",
    " ml/hr",
)


def _names(language: str) -> list[str]:
    """Names of diseases and findings."""
    file = "icd10cm.tsv.gz" if language == "en" else "conditions.tsv"
    path = ROOT / "ontologies" / "starter" / file
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    pattern = r"[A-Z][A-Za-z' -]{6,60}" if language == "en" else "[\u3400-\u9fff]{2,14}"
    lines = (line for line in content.decode("utf-8").splitlines() if not line.startswith("#"))
    return sorted({found for line in lines for found in re.findall(pattern, line)})


def _beside_plain(template: str, rng: random.Random, language: str) -> str:
    """The template, now and then with plain sentences before or after it."""
    if rng.random() > 0.4:
        return template
    plain, gap = rng.choice(read_plain(language)), rng.choice(["\n", " " if language == "en" else ""])
    plain = re.sub(r"[\[\](){}|]", "", plain)
    return f"{plain}{gap}{template}" if rng.random() < 0.5 else f"{template}{gap}{plain}"


def _mixed(templates: Sequence[str], rng: random.Random, language: str) -> str:
    """Sentences and lines of several templates, in a new order."""
    sentences = [part for template in templates for part in _SENTENCE.split(template) if _whole(part)]
    chosen = rng.sample(sentences, min(len(sentences), rng.randrange(1, 6)))
    return rng.choice([" ", "\n", " "] if language == "en" else ["", "\n", ""]).join(chosen)


def _whole(part: str) -> bool:
    """Whether no place of a template was cut in two."""
    return bool(part.strip()) and not re.search(r"\[\[|\]\]|\(\(|\)\)", CHOICE.sub("", PLANT.sub("", part)))


Change = Callable[[str, bool], str]


def _rough(note: PlantedNote, rng: random.Random) -> PlantedNote:
    """The note, now and then in capitals or small letters, with other numbers, without some signs or words."""
    if rng.random() < 0.5:
        note = _changed(note, lambda piece, planted: piece if planted else _renumbered(piece, rng))
    kind = rng.random()
    if note.language == "en" and kind < 0.05:
        return _changed(note, lambda piece, planted: piece.upper())
    if note.language == "en" and kind < 0.09:
        return _changed(note, lambda piece, planted: piece.lower())
    if kind < 0.15:
        return _changed(note, lambda piece, planted: piece if planted else re.sub(r"[,.;:，。；：]", " ", piece))
    if kind < 0.22:
        return _changed(note, lambda piece, planted: piece if planted else _thinned(piece, rng))
    if kind < 0.26:
        return _changed(note, lambda piece, planted: piece if planted else piece.replace("\n", " "))
    if kind < 0.29 and note.language == "zh":
        return _changed(note, lambda piece, planted: piece if planted else piece.translate(_PLAIN_SIGNS))
    return note


_PLAIN_SIGNS = str.maketrans("，。；：（）", ",.;:()")


def _renumbered(piece: str, rng: random.Random) -> str:
    """Half of the numbers other ones of as many digits; years stay."""
    return re.sub(r"\d+", lambda m: m[0] if rng.random() < 0.5 or len(m[0]) == 4 else _like(m[0], rng), piece)


def _like(number: str, rng: random.Random) -> str:
    return rng.choice("123456789") + "".join(rng.choice("0123456789") for _ in number[1:])


def _thinned(piece: str, rng: random.Random) -> str:
    return re.sub(
        r"\b[A-Za-z]+ |[\u4e00-\u9fff](?=[\u4e00-\u9fff])", lambda m: "" if rng.random() < 0.1 else m[0], piece
    )


def _changed(note: PlantedNote, change: Change) -> PlantedNote:
    """The note with each piece between and within planted ranges changed."""
    pieces: list[str] = []
    planted: list[Planted] = []
    position = length = 0
    for each in note.planted:
        between, value = change(note.text[position : each.start], False), change(note.text[each.start : each.end], True)
        planted.append(Planted(length + len(between), length + len(between) + len(value), each.type))
        pieces += between, value
        length += len(between) + len(value)
        position = each.end
    text = "".join([*pieces, change(note.text[position:], False)])
    return PlantedNote(text, note.language, tuple(planted))
