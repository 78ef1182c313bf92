"""Notes for training and measuring: templates of some sets filled with varied names, roughened as clerks do."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from deid_variety import Pools, VariedFiller, is_held_out
from planted import FOLDER, Planted, PlantedNote, make_note, read_templates

#: One template in so many is kept apart, for measuring.
HELD_OUT = 5

#: How much of the notes each set gives.
SHARES = {"training": 0.7, "unseen": 0.12, "development": 0.08, "tuning": 0.06, "heldout": 0.04}

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
    return [_source(name, language, every=every) for name in names for language in ("en", "zh")]


def _source(name: str, language: str, *, every: bool) -> Source:
    pools = tomllib.loads((FOLDER / f"pools_{name}.toml").read_text(encoding="utf-8"))[language]
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
        share = 0.7 if kept_apart is False else 0.4
        filler = VariedFiller(pools, source.language, rng, held_out=kept_apart is not False, share=share)
        note = make_note(template, filler)
        yield _rough(note, rng) if kept_apart is False else note


def _mixed(templates: Sequence[str], rng: random.Random, language: str) -> str:
    """Sentences and lines of several templates, in a new order."""
    sentences = [part for template in templates for part in _SENTENCE.split(template) if _whole(part)]
    chosen = rng.sample(sentences, min(len(sentences), rng.randrange(1, 6)))
    return rng.choice([" ", "\n", " "] if language == "en" else ["", "\n", ""]).join(chosen)


def _whole(part: str) -> bool:
    return all(part.count(one) == part.count(two) for one, two in (("[[", "]]"), ("((", "))"))) and bool(part.strip())


Change = Callable[[str, bool], str]


def _rough(note: PlantedNote, rng: random.Random) -> PlantedNote:
    """The note, now and then in capitals or small letters, without some of its signs, or with words left out."""
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


def _thinned(piece: str, rng: random.Random) -> str:
    return re.sub(r"\b[A-Za-z]+ |[\u4e00-\u9fff](?=[\u4e00-\u9fff])", lambda m: "" if rng.random() < 0.1 else m[0], piece)


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
