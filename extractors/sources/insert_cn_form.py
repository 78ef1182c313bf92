"""The forms in which a Chinese insert comes (text, HTML, JSON) as one stream of lines, headings and tables."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from extractors.errors import UnreadableError
from extractors.rules import read_rules
from extractors.sources.insert_cn_headings import count_headings, kind_of_title
from extractors.sources.markup import Block, clean_text, local_name, read_blocks

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ESCAPE = re.compile(r"\\u([4-9][0-9A-Fa-f]{3})")
_TAG = re.compile(r"<(?:!doctype|html|head|body|div|p|table|t[dr]|br|h[1-6]|span|ul|li|section|strong|b)\b[^>]*>", re.I)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SENTENCE_END = "。；;！!？?：:】］〕…"
_ITEM = re.compile(r"\s*(?:[\d一二三四五六七八九十]+\s*[.．、)）]|[（(①-⑳•·●◆■\-—*【［〔\[])")


def decode(data: bytes, *, whole: bool = True) -> str:
    """The text of `data`, or "" where it is in none of UTF-8, UTF-16 with a mark, GB18030 and Big5.

    Big5 bytes are often valid GB18030 as well: the encoding in which more headings are found wins, GB18030 where they
    are even. `whole` says that `data` is not cut off inside a character.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name, whole) or ""
    plain = _decoded(data, "utf-8", whole)
    if plain is not None:
        return plain
    texts = [text for name in ("gb18030", "big5") if (text := _decoded(data, name, whole)) is not None]
    return max(texts, key=count_headings, default="")


def unescaped(text: str) -> str:
    """JSON text with its escapes of Chinese characters as the characters, for looking at it before it is parsed."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _decoded(data: bytes, encoding: str, whole: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, whole)
    except UnicodeDecodeError:
        return None


def is_html(text: str) -> bool:
    """Whether `text` is HTML rather than plain text."""
    return _TAG.search(text) is not None


def is_json(text: str) -> bool:
    """Whether `text` is JSON: an object or a list of objects; a heading in square brackets is not."""
    return re.match(r"\s*(?:\{|\[\s*[{\[\]])", text) is not None


def blocks_of_text(text: str) -> list[Block]:
    """The lines of a plain-text insert, those that were only wrapped at the margin joined again."""
    lines = [re.sub(r"[ \t\u3000\u00a0\ufeff]+", " ", line).strip() for line in text.splitlines()]
    return [Block(line) for line in _unwrapped([line for line in lines if line])]


def _unwrapped(lines: Sequence[str]) -> Iterator[str]:
    """Lines joined where one ends at the right margin without the end of a sentence and the next begins no item.

    A text counts as wrapped where at least four lines, and a sixth of all, break off within three characters of the
    longest line, which no text that is not wrapped has.
    """
    widths = [_width(line) for line in lines]
    margin = max(widths, default=0) - 6
    broken = [w >= margin and line[-1] not in _SENTENCE_END for line, w in zip(lines, widths, strict=True)]
    wrapped = margin >= 40 and sum(broken) >= 4 and sum(broken) * 6 >= len(lines)
    held = ""
    for (line, is_broken), (following, _) in pairwise([*zip(lines, broken, strict=True), ("【", False)]):
        held += line
        if wrapped and is_broken and not _ITEM.match(following) and not kind_of_title(following):
            held += " " if re.search(r"[A-Za-z,.]$", held) and following[0].isascii() else ""
            continue
        yield held
        held = ""


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def blocks_of_html(text: str) -> list[Block]:
    """The lines, headings and tables of an insert as HTML."""
    from lxml import etree, html

    text = _XML_DECLARATION.sub("", text)
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(text, parser=parser)
    except etree.ParserError as error:
        raise UnreadableError("is a page without text: save it again from the browser") from error
    return list(read_blocks(root, is_layout=_is_layout))


def _is_layout(table: Any) -> bool:
    """Whether a table is the page's frame or a list of headings and texts, and not a table of the insert."""
    cells = (cell for cell in table.iter() if local_name(cell) in {"td", "th"})
    texts = (clean_text("".join(cell.itertext())) for cell in cells)
    return sum(1 for text in texts if kind_of_title(text[:40]) or count_headings(text) > 1) >= 2


def inserts_of_json(value: Any) -> Iterator[list[Block]]:
    """Every insert in a JSON value, as blocks; objects without a heading's key are searched for one inside."""
    if isinstance(value, list):
        if pairs := _titled_texts(value):
            yield list(_blocks_of_object(pairs))
        else:
            for item in value:
                yield from inserts_of_json(item)
    elif isinstance(value, dict):
        flat = _flattened(value)
        if _is_insert(flat):
            yield list(_blocks_of_object(list(flat.items())))
        else:
            for item in value.values():
                yield from inserts_of_json(item)


def _is_insert(value: Mapping[str, Any]) -> bool:
    return len({kind for key in value if (kind := kind_of_title(heading_of_key(key)))} - {"product_data"}) >= 2


def _flattened(value: Mapping[str, Any]) -> dict[str, Any]:
    """An object with those that only wrap its sections opened up."""
    flat: dict[str, Any] = {}
    for key, item in value.items():
        wraps = _plain_key(key) in _json_rules()["wrappers"]
        if wraps and isinstance(item, dict):
            flat.update(_flattened(item))
        elif wraps and isinstance(item, list) and (pairs := _titled_texts(item)):
            flat.update(pairs)
        else:
            flat[key] = item
    return flat


def _titled_texts(value: list[Any]) -> list[tuple[str, Any]]:
    """The (title, text) pairs of a list of objects that are one section each, or nothing where it is no such list."""
    pairs = [_titled_text(item) for item in value if isinstance(item, dict)]
    found = [pair for pair in pairs if pair and kind_of_title(heading_of_key(pair[0]))]
    return [pair for pair in pairs if pair] if len(found) >= 2 else []


def _titled_text(item: Mapping[str, Any]) -> tuple[str, Any] | None:
    plain = {_plain_key(key): value for key, value in item.items()}
    title = next((plain[k] for k in _json_rules()["heading"] if isinstance(plain.get(k), str)), None)
    text = next((plain[k] for k in _json_rules()["text"] if k in plain), None)
    return (title, text) if title and text is not None else None


def _blocks_of_object(pairs: Sequence[tuple[str, Any]]) -> Iterator[Block]:
    names = [(heading, value) for key, value in pairs if (heading := heading_of_key(key)) in _name_labels()]
    if names:
        yield Block("【药品名称】")
        yield from (Block(f"{heading}：{line}") for heading, value in names for line in _lines(value)[:1])
    for key, value in pairs:
        heading = heading_of_key(key)
        blocks = _value_blocks(value)
        if heading in _name_labels() or not blocks or not _is_kept(heading, blocks):
            continue
        yield Block(heading if heading.startswith("【") else f"【{heading}】")
        yield from blocks


def _is_kept(heading: str, blocks: Sequence[Block]) -> bool:
    """Identifiers, links and the like are no part of the insert; whatever is in Chinese is."""
    chinese = r"[\u4e00-\u9fff]"
    return bool(re.search(chinese, heading) or any(re.search(chinese, b.text) or b.cells for b in blocks))


def _value_blocks(value: Any) -> list[Block]:
    if isinstance(value, str) and is_html(value):
        return [Block(b.text, 0, b.cells) for b in blocks_of_html(value)]
    if isinstance(value, dict):
        return [b for key, item in value.items() for b in (Block(f"{key}："), *_value_blocks(item))]
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return [block for item in value for block in _value_blocks(item)]
    return [Block(line) for line in _lines(value)]


def _lines(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    lines = (clean_text(line) for text in texts if text is not None for line in str(text).splitlines())
    return [line for line in lines if line]


@cache
def heading_of_key(key: str) -> str:
    """The Chinese heading that a key of a JSON insert stands for, or the key itself."""
    return _headings_by_key().get(_plain_key(key), key.strip())


def _plain_key(key: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", key)).lower()


@cache
def _headings_by_key() -> dict[str, str]:
    return {key: heading for heading, keys in _json_rules()["keys"].items() for key in keys}


@cache
def _name_labels() -> frozenset[str]:
    return frozenset({"通用名称", "商品名称", "英文名称", "汉语拼音"})


def _json_rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = read_rules("insert_cn")["json"]
    return rules
