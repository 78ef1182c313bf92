"""The mentions of a document: names of the lexicon, abbreviations, lists with a shared head, the label's own drug."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from extractors.abbreviations import find_abbreviations, is_word
from extractors.choose import choose, is_blocked
from extractors.coordination import find_coordinated
from extractors.findings import complete, find_changes
from extractors.model import Document, Mention
from extractors.own_drug import OwnDrug, find_own, own_drug
from extractors.phrases import phrase_pattern
from extractors.positions import SectionKinds
from extractors.rules import read_rules
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

_STOP = "〇"
_STOPS = re.compile(
    r"[;:!?|()\[\]（）【】。；：、，！？•,.\n]"
    r"(?:(?<![,.\n])|(?<=,)(?=\s)|(?<=\.)(?=\s)(?<!\bSt\.)(?<!\b[A-Z]\.)|(?<=\n)(?![ \t]*[a-z]))"
)


def find_mentions(document: Document, lexicon: Lexicon) -> list[Mention]:
    """The mentions of `document` in order of place, each with its best match; assertions are left `present`.

    The longest name wins and no mention lies inside another, but for lists that share a word: their members have
    `parts`. What stands in sections that rules/mentions.toml ignores is left out.
    """
    kinds = SectionKinds(document)
    changes = list(find_changes(document.text, lexicon))
    named = [*_named(document, lexicon, kinds), *(m for m in changes if not m.parts)]
    own = own_drug(document, lexicon)
    spoken = list(find_own(document, own, kinds)) if own else []
    short = list(_abbreviated(document, named, spoken))
    flat = _flatten([*_mark_own(named, own), *spoken], short)
    found = [*find_coordinated(document.text, flat, lexicon), *(m for m in changes if m.parts)]
    lists = list({frozenset(m.parts): m for m in found}.values())
    flat = [*_outside(flat, lists), *lists]
    ignored = frozenset(read_rules("mentions")["sections"]["ignored"])
    kept = [m for m in flat if kinds.at(m.start) not in ignored]
    return sorted(kept, key=lambda m: (m.start, -m.end))


def _named(document: Document, lexicon: Lexicon, kinds: SectionKinds) -> Iterator[Mention]:
    text = document.text
    for hit in lexicon.scan(_with_stops(text), language=document.language):
        section = kinds.at(hit.start)
        match = choose(hit.matches, section)
        if match and not is_blocked(text, hit.start, hit.end, match.kind, section):
            yield complete(text, Mention(hit.start, hit.end, text[hit.start : hit.end], match.kind, match), lexicon)


def _with_stops(text: str) -> str:
    """`text`, as long as before, with a word of its own wherever no name runs on: "hypertension, pulmonary edema"."""
    return _STOPS.sub(_STOP, text)


def _mark_own(named: Iterable[Mention], own: OwnDrug | None) -> Iterator[Mention]:
    curies = {m.curie for m in own.members if m} | {own.match.curie if own.match else ""} if own else set()
    for mention in named:
        is_own = mention.match is not None and mention.match.curie in curies
        yield replace(mention, own=True) if is_own else mention


def _abbreviated(document: Document, named: list[Mention], spoken: list[Mention]) -> Iterator[Mention]:
    """Mentions of defined short forms; one without kind-giving long form comes with no match and kind `other`."""
    text = document.text
    by_end = {m.end: m for m in [*named, *spoken]}
    meant: dict[str, Mention | None] = {}
    for short in find_abbreviations(text):
        long = by_end.get(short.long_end)
        if long and (short.long_start is None or long.start <= short.long_start):
            meant[short.short] = long
        elif short.long_start is not None:
            meant[short.short] = None
    if not meant:
        return
    forms = phrase_pattern([*meant, *(f"{short}s" for short in meant)], words=False, flags=0).pattern
    for match in re.finditer(rf"(?<![A-Za-z\d]){forms}(?![A-Za-z\d])", text):
        if is_word(text, match.start(), match.end()):
            continue
        said = meant.get(match[0]) or meant.get(match[0].removesuffix("s"))
        if said:
            yield replace(said, start=match.start(), end=match.end())
        else:
            yield Mention(match.start(), match.end(), match[0], Kind.OTHER)


def _flatten(mentions: list[Mention], short: list[Mention]) -> list[Mention]:
    """Without those that lie in or across a longer one; at one place the document's own definition wins."""
    ranked = [(m.start - m.end, 0, m.start, m) for m in short]
    ranked += [(m.start - m.end, 1 if m.own else 2, m.start, m) for m in mentions]
    ranked.sort(key=lambda entry: entry[:3])
    taken = bytearray(max((entry[3].end for entry in ranked), default=0))
    kept: list[Mention] = []
    for *_, mention in ranked:
        if not any(taken[mention.start : mention.end]):
            taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
            kept.append(mention)
    return sorted((m for m in kept if m.kind is not Kind.OTHER or m.match), key=lambda m: m.start)


def _outside(mentions: list[Mention], lists: list[Mention]) -> Iterator[Mention]:
    """Without those that are a piece of a list's member: "diabetes" in "type 1 or 2 diabetes"."""
    parts = [part for member in lists for part in member.parts]
    inner = {place for start, end in parts for place in range(start, end)}
    for mention in mentions:
        if mention.start not in inner or not any(s <= mention.start and mention.end <= e for s, e in parts):
            yield mention
