"""The headings of a Chinese insert: in brackets of any kind, numbered, bare, run into a line, simplified or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from extractors.rules import read_rules
from extractors.sections import kind_of_heading, normal_heading
from extractors.sources.markup import Block
from ontologies.normalize import normal_word

_OPEN, _CLOSE = "【［〔\\[〖", "】］〕\\]〗"
_BRACKETED = re.compile(rf"[{_OPEN}]\s*(?P<title>[^{_OPEN}{_CLOSE}\n]{{1,30}}?)\s*[{_CLOSE}]\s*[:：]?\s*")
_HALF = re.compile(rf"(?P<mark>[{_OPEN}])?\s*(?P<title>[^{_OPEN}{_CLOSE}\n]{{2,20}}?)\s*(?(mark)|[{_CLOSE}])\s*[:：]?$")
#: Characters behind a heading within which another one makes the line a mere reference to both.
_NEAR = 4
_ORDINAL = "一二三四五六七八九十"
_NUMBER = (
    rf"(?:[{_ORDINAL}]{{1,3}}\s*[、.．]|\d{{1,2}}(?:\.\d{{1,2}})*\s*[、.．)）]?|[（(][{_ORDINAL}\d]{{1,2}}[)）])?\s*"
)
_BARE = re.compile(
    rf"{_NUMBER}(?P<title>[^\s:：。，；、][^:：。，；]{{0,19}}?)\s*(?:(?P<colon>[:：])\s*(?P<rest>.*)|$)"
)

_TITLES = ("说明书", "說明書", "仿单", "仿單")


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of an insert and what stands under it; the part before the first heading has no title."""

    title: str
    kind: str
    heading: str = ""
    """The heading as it is written out, brackets and all."""
    blocks: list[Block] = field(default_factory=list)


@cache
def kind_of_title(title: str) -> str:
    """The section kind of a heading in simplified or traditional characters, or an empty string."""
    return kind_of_heading(title) or kind_of_heading(simplified(title))


def simplified(text: str) -> str:
    """`text` with traditional characters as simplified ones, character by character, so that offsets stay."""
    return "".join([normal_word(c) if "\u4e00" <= c <= "\u9fff" else c for c in text])


def count_headings(text: str) -> int:
    """How many kinds of section have a Chinese heading in `text`, for telling an insert from other texts."""
    titles = {found["title"] for found in _BRACKETED.finditer(text)}
    for line in re.split(r"\n|<[^>]*>|\\n|\"", text):
        if bare := _BARE.match(line[:60].strip()):
            titles.add(bare["title"])
    return len({kind_of_title(title) for title in titles if re.search(r"[\u4e00-\u9fff]", title)} - {""})


def find_parts(blocks: Sequence[Block]) -> list[Part]:
    """The parts of an insert in order, the first of them what stands before any heading."""
    blocks = [piece for block in blocks for piece in _pieces(block)]
    bracketed = {kind for block in blocks if (found := _leading(block)) and (kind := kind_of_title(found["title"]))}
    parts = [Part("", "")]
    for block in blocks:
        part, rest = _heading(block, bracketed)
        if part:
            parts.append(part)
        if rest.text or rest.cells:
            parts[-1].blocks.append(rest)
    return parts


def _pieces(block: Block) -> Iterator[Block]:
    """A line cut before each known heading in brackets that stands inside it and is not a mere reference."""
    if block.cells or block.heading in range(1, 7):
        yield block
        return
    cuts = [m.start() for m in _BRACKETED.finditer(block.text) if m.start() and _begins_section(block.text, m)]
    for start, end in zip([0, *cuts], [*cuts, len(block.text)], strict=True):
        if text := block.text[start:end].strip():
            yield Block(text, block.heading)


def _begins_section(text: str, found: re.Match[str]) -> bool:
    if not kind_of_title(found["title"]) or _is_reference(text, found):
        return False
    return found[0].lstrip()[0] in "【〖" or text[: found.start()].rstrip()[-1:] in "。；;.！"


def _is_reference(text: str, found: re.Match[str]) -> bool:
    rules = read_rules("insert_cn")["references"]
    before, after = text[: found.start()].rstrip(), text[found.end() :]
    return before.endswith(tuple(rules["before"])) or after.startswith(tuple(rules["after"]))


def _opens_line(text: str, found: re.Match[str]) -> bool:
    """Whether a known heading in 【】 begins a line that goes on in prose: 【药物相互作用】与华法林合用… and so on."""
    goes_on = not any(mark in text[found.end() : found.end() + _NEAR] for mark in "【〖")
    return text[0] in "【〖" and bool(kind_of_title(found["title"])) and goes_on


def _leading(block: Block) -> re.Match[str] | None:
    """The heading in brackets with which a line begins: any in 【】, a known one or a whole line in other brackets."""
    found = None if block.cells else _BRACKETED.match(block.text)
    if not found or (_is_reference(block.text, found) and not _opens_line(block.text, found)):
        return None
    strong = block.text[0] in "【〖" or kind_of_title(found["title"])
    return found if strong and not found["title"].isdigit() else None


def _heading(block: Block, bracketed: set[str]) -> tuple[Part | None, Block]:
    """The part that a line begins, if it does, and what remains of the line."""
    if block.cells:
        return None, block
    if found := _leading(block):
        text = block.text[found.end() :]
        return _part(found["title"], block.text[: found.end()].strip()), Block(text)
    if 1 <= block.heading <= 6 and not block.text.endswith(_TITLES):
        return _part(block.text, block.text), Block("")
    return _bare_heading(block, bracketed)


def _bare_heading(block: Block, bracketed: set[str]) -> tuple[Part | None, Block]:
    """A known heading without brackets, or with one lost, of a kind that no bracketed heading has."""
    half, bare = _HALF.match(block.text), _BARE.match(block.text)
    if half and _is_free(half["title"], bracketed):
        return _part(half["title"], block.text), Block("")
    if not bare or not _is_free(bare["title"], bracketed):
        return None, block
    weak, title = read_rules("insert_cn")["weak"], normal_heading(simplified(bare["title"]))
    if title in weak["bracketed"] and not re.match(r"\d+\.\d", block.text):
        return None, block
    if bare["rest"] and bracketed and title in weak["alone"]:
        return None, block
    rest = bare["rest"] or ""
    return _part(bare["title"], block.text.removesuffix(rest).strip()), Block(rest)


def _is_free(title: str, bracketed: set[str]) -> bool:
    kind = kind_of_title(title)
    return bool(kind) and kind not in bracketed


def _part(title: str, heading: str) -> Part:
    title = re.sub(r"\s+", "", title) if re.search(r"[\u4e00-\u9fff]", title) else title.strip()
    title = title.strip(":：")
    return Part(title, kind_of_title(title) or ("product_data" if is_name_label(title) else ""), heading)


def is_name_label(title: str) -> bool:
    """Whether a heading is one of those lines of 药品名称 that some inserts set apart: 【通用名称】, 【商品名】."""
    labels = read_rules("insert_cn")["labels"]
    return simplified(title) in (*labels["generic"], *labels["trade"], *labels["english"], *labels["pinyin"])
