"""How the name of a drug may be understood: strength, form, way and times of use taken off and kept, the rest read.

The readings come best first and lazily. All of it is work on the text and rules as data (`rules/drug_names.toml`); a
vocabulary, where the caller has one, helps to part names that are written without a mark between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from ontologies.drug_named import Named, is_maker, qualifiers_of, spell, strip_words
from ontologies.drug_variants import Known, find_by_sound, find_variants
from ontologies.drug_words import Word, drug_rules, read_words
from ontologies.model import NameQualifier, Reading
from ontologies.script import has_chinese

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_MIRROR = re.compile(r"^\s*(?:\(([A-Za-z]{1,2}|\+|-|±|\+/-)\)\s*-?\s*|([A-Za-z±]{1,7})-)(?=[A-Za-z]{4})")
_PLAIN = re.compile(r"[^\W_]+")
_LONGEST = 300
"""Characters: what is longer is no name of a drug."""
_ENDS = ("strength", "frequency")
_NAMES = ("name", "salt", "abbreviation")
_STARTS = ("strength", "form", "route", "frequency", "number", "diluent")
_NO_END = ("in", "with", "and", "w")
_VERBATIM = 0.99
_MERGED = 0.96
_BRACKET = 0.93
_FIRST_WORDS = 0.45
_RACEMATE = 0.9
_MIRRORED = 0.5
"""Below any threshold worth having: one mirror image is not the other, nor both of them."""
_ANOTHER_PRODUCT = 0.5
"""The same for a name that stands for more substances with what was left out."""


def find_readings(name: str, *, language: str = "", known: Known | None = None, drug: bool = True) -> Iterator[Reading]:
    """The ways to understand `name` as a drug, best first; nothing where there is nothing to take off or write out.

    `known` says whether a vocabulary has a name: with it, names written together are parted. Where `drug` is False it
    is not sure that a drug is meant, and letters that stand alone ("MTX") are not read. `language` is a BCP 47 tag;
    Chinese characters are read as Chinese whatever it says, and pinyin is not looked for where it says English.
    """
    if len(name) > _LONGEST:
        return
    if has_chinese(name):
        from ontologies.drug_names_zh import find_chinese_readings

        found = find_chinese_readings(name, known)
    else:
        found = _find_english(name, known, drug=drug, sound=not language.startswith("en"))
    seen: set[tuple[str, ...]] = {(_plain(name),)}
    product = _product().search(name)
    for reading in found:
        reading = _doubted(reading, product[1]) if product else reading
        said = tuple([_plain(part) for part in reading.names])
        if said not in seen and all(said):
            seen.add(said)
            yield reading


def _doubted(reading: Reading, product: str) -> Reading:
    """The reading for what little it is worth where it leaves out what makes another product of the name.

    Where the name lists its substances ("Tylenol w/ codeine #3") nothing is lost.
    """
    kept = {word for name in reading.names for word in _plain(name).split()}
    if len(reading.names) > 1 or kept.issuperset(_plain(product).split()):
        return reading
    reason = f"{reading.reason}, but {product.strip()!r} makes another product of it"
    return replace(reading, worth=round(reading.worth * _ANOTHER_PRODUCT, 4), reason=reason)


@cache
def _product() -> re.Pattern[str]:
    """Finds behind a word of letters what makes another product of it."""
    behind = "|".join(drug_rules()["products"]["behind"])
    return re.compile(
        rf"^[^\d#]*[a-z]{{3,}}[\s-]*?((?:(?<=[\s-])(?:{behind})|#\s?[1-4](?!\d))(?![a-z]))", re.IGNORECASE
    )


def _plain(name: str) -> str:
    return " ".join(_PLAIN.findall(name.lower()))


def _find_english(name: str, known: Known | None, *, drug: bool, sound: bool) -> Iterator[Reading]:
    mirror, text = _split_mirror(_folded(name))
    brackets = [inside for inside in _BRACKETS.findall(text) if inside.strip()]
    words = read_words(_BRACKETS.sub(" ", text) if brackets else text)
    named = strip_words(words)
    inner = [_inside(bracket) for bracket in brackets]
    noted = [bracket for bracket, other in zip(brackets, inner, strict=True) if not other.words]
    told = [*named.qualifiers, *(qualifier for other in inner for qualifier in other.qualifiers)]
    named = replace(named, qualifiers=tuple(dict.fromkeys(told)))
    if mirror:
        yield from _find_mirrored(mirror, named, known)
        return
    yield from _find_verbatim(words, named)
    yield from _find_named(named, [other for other in inner if other.words], known, drug=drug)
    if sound:
        yield from find_by_sound(named)
    if named.words and len(noted) == 1:
        yield named.reading(f"{named.text()} {noted[0]}", worth=_MERGED, done="with what is in brackets")


def _find_named(named: Named, inner: Sequence[Named], known: Known | None, *, drug: bool) -> Iterator[Reading]:
    """Readings of the name, with and without the names in brackets, then of those."""
    if named.words:
        beside = tuple(NameQualifier("beside", other.text()) for other in inner)
        for other in inner:
            yield named.reading(f"{named.text()} {other.text()}", worth=_MERGED, done="with what is in brackets")
        yield from find_variants(replace(named, qualifiers=named.qualifiers + beside), known, drug=drug)
    for other in inner:
        beside = (NameQualifier("beside", named.text()),) if named.words else ()
        done = (*named.done, "read what is in brackets")
        worth = other.worth * (_BRACKET if named.words else 1.0)
        told = replace(other, qualifiers=named.qualifiers + beside, done=done, worth=worth, is_used=named.is_used)
        yield from find_variants(told, known, drug=drug)
    if named.is_used and len(named.words) > 1:
        left = [word._replace(tag="note") for word in named.words[1:]]
        first = named.also(
            _FIRST_WORDS, f"{spell(left)!r} not understood and left out", left=left, words=named.words[:1]
        )
        yield first.reading()


def _folded(name: str) -> str:
    """The name in one width of characters, letters with dots ("b.i.d.") without them."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return _DOTTED.sub(lambda match: match[0].replace(".", ""), name) if "." in name else name


def _inside(bracket: str) -> Named:
    """What stands in brackets: no name where it is a manufacturer."""
    words = read_words(bracket)
    named = strip_words(words)
    if named.words and is_maker(words):
        return Named((), qualifiers=(*named.qualifiers, NameQualifier("manufacturer", bracket.strip())))
    return named


def _split_mirror(text: str) -> tuple[str, str]:
    """What says which mirror image is meant, as "(S)-" or "dl-" before the name, and the rest."""
    match = _MIRROR.match(text)
    rules = drug_rules()["stereo"]
    said = (match[1] or match[2]).lower() if match else ""
    return (said, text[match.end() :]) if match and said in (*rules["one"], *rules["both"]) else ("", text)


def _find_mirrored(mirror: str, named: Named, known: Known | None) -> Iterator[Reading]:
    """The mirror image by its whole name; without it, for what it is worth: a racemate is mostly the name itself."""
    if not named.words:
        return
    before = Word("name", mirror, mirror, "")
    first = named.words[0]._replace(before="-")
    yield from find_variants(replace(named, words=(before, first, *named.words[1:])), known)
    both = mirror in drug_rules()["stereo"]["both"]
    said = "both mirror images, as the name without it" if both else f"{mirror!r} left out: not the same mirror image"
    qualifier = NameQualifier("stereo", mirror)
    plain = named.also(_RACEMATE if both else _MIRRORED, said)
    yield from find_variants(replace(plain, qualifiers=(*plain.qualifiers, qualifier)), known)


def _find_verbatim(words: Sequence[Word], named: Named) -> Iterator[Reading]:
    """What stands before the first strength or time, forms and all: names of products have such words in them."""
    begin = next((place for place, word in enumerate(words) if word.tag not in _STARTS), 0)
    first, words = words[:begin], words[begin:]
    end = next((place for place, word in enumerate(words) if word.tag in _ENDS), len(words))
    if words[:end] and words[end - 1].text in _NO_END:
        end -= 1
    if (first or end < len(words)) and _any_name(words[:end]) and not _any_name(words[end:]):
        yield _as_written(words[:end], [*first, *words[end:]], named).reading()
    kept = [word for place, word in enumerate(words) if _goes_with_name(words, place)]
    if len(kept) > len(named.words):
        yield _as_written(kept, [word for word in (*first, *words) if word not in kept], named).reading()


def _any_name(words: Sequence[Word]) -> bool:
    return any(word.tag in _NAMES and word.text not in _NO_END for word in words)


def _as_written(kept: Sequence[Word], left: Sequence[Word], named: Named) -> Named:
    """The words as they stand, but for salts; `left` is taken off, and what stood in brackets stays told."""
    plain = tuple([word if word.tag in ("name", "salt") else word._replace(value=word.text) for word in kept])
    done = (f"left out: {', '.join([word.text for word in left])}",) if left else ()
    told = qualifiers_of(left) + tuple(q for q in named.qualifiers if q.name in ("manufacturer", "note", "beside"))
    return Named(plain, _VERBATIM, done, tuple(dict.fromkeys(told)), named.is_used)


def _goes_with_name(words: Sequence[Word], place: int) -> bool:
    """True for words of the name, and for those of release or two letters behind one: "Toprol XL", "Guiatuss AC"."""
    word = words[place]
    if word.tag == "release" or (word.tag not in _NAMES and word.text.isalpha() and len(word.text) < 3):
        return place > 0 and words[place - 1].tag in ("name", "abbreviation")
    return word.tag in _NAMES
