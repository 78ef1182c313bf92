"""Reads the labels of TAC 2017 ADR (Roberts, Demner-Fushman, Tonning, TAC 2017): texts, mentions, reaction lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from extractors.errors import CorpusError
from extractors.score import Span

#: Sub-folders that may hold the labels to score, the first found wins; labels for taking words from lie in TRAIN.
SCORED = ("gold_xml", "test_xml")
TRAIN = "train_xml"


@dataclass(frozen=True, slots=True)
class TacMention:
    """An annotated mention; `parts` are its pieces in the section's text, `text` as annotated.

    `positive` is False for adverse reactions that are negated, or hypothetical by a drug class or an animal:
    those the official reaction lists leave out. One that is hypothetical by a factor ("risk of") counts.
    """

    section: str
    type: str
    text: str
    parts: tuple[Span, ...]
    positive: bool

    @property
    def start(self) -> int:
        """First character of the first piece."""
        return self.parts[0][0]

    @property
    def end(self) -> int:
        """End of the last piece."""
        return self.parts[-1][1]


class Term(NamedTuple):
    """A MedDRA preferred term, with the lower-level term that a string was found under ("" where it is the PT)."""

    pt: str
    pt_id: str
    llt: str


@dataclass(frozen=True, slots=True)
class TacReaction:
    """An entry of a label's reaction list: the lower-case string and its MedDRA terms."""

    text: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class TacLabel:
    """A label: `sections` maps a section's id to its name and text. `annotated` is False where a file has text only."""

    id: str
    drug: str
    sections: dict[str, tuple[str, str]]
    mentions: tuple[TacMention, ...]
    reactions: tuple[TacReaction, ...]
    annotated: bool

    def reaction_mentions(self, *, positive: bool = True) -> list[TacMention]:
        """The adverse reactions annotated in the text; only those that count unless `positive` is False."""
        return [m for m in self.mentions if m.type == "AdverseReaction" and (m.positive or not positive)]


def read_folder(folder: Path) -> tuple[list[TacLabel], list[TacLabel]]:
    """The labels of `folder` to score, and those to take words from (the same ones: cross-validate).

    To score are `gold_xml` or `test_xml` where there is one, else `train_xml`, else the XML files of `folder` itself.
    """
    train = read_labels(folder / TRAIN)
    scored = next((labels for name in SCORED if (labels := read_labels(folder / name))), None)
    scored = scored or train or read_labels(folder)
    if not scored:
        raise CorpusError(f"no TAC 2017 label in {folder}; expected {TRAIN}/*.xml or *.xml")
    return scored, train or scored


def read_labels(folder: Path) -> list[TacLabel]:
    """The labels in the XML files of `folder`, by file name; empty where there are none."""
    return [label for path in sorted(folder.glob("*.xml")) if (label := _read_label(path))]


def _read_label(path: Path) -> TacLabel | None:
    from lxml import etree

    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except etree.XMLSyntaxError as error:
        raise CorpusError(f"{path} is not well-formed XML ({error}); take the file out of the folder") from error
    if root.tag != "Label":
        return None
    sections = {s.get("id", ""): (s.get("name", ""), s.text or "") for s in root.iter("Section")}
    mentions = list(root.iter("Mention"))
    denied = _find_denied(root, mentions)
    return TacLabel(
        id=path.stem,
        drug=root.get("drug", ""),
        sections=sections,
        mentions=tuple(_read_mention(m, positive=m.get("id") not in denied) for m in mentions),
        reactions=tuple(_read_reaction(r) for r in root.iter("Reaction")),
        annotated=root.find("Mentions") is not None,
    )


def _find_denied(root: Any, mentions: list[Any]) -> set[str]:
    """Ids of the mentions that the official lists leave out; proven equal to `Reactions` on the training labels."""
    types = {m.get("id"): m.get("type") for m in mentions}
    return {
        relation.get("arg1")
        for relation in root.iter("Relation")
        if relation.get("type") == "Negated"
        or (relation.get("type") == "Hypothetical" and types.get(relation.get("arg2")) in {"DrugClass", "Animal"})
    }


def _read_mention(element: Any, *, positive: bool) -> TacMention:
    starts, lengths = element.get("start").split(","), element.get("len").split(",")
    parts = tuple((int(start), int(start) + int(length)) for start, length in zip(starts, lengths, strict=True))
    return TacMention(element.get("section"), element.get("type"), element.get("str"), parts, positive)


def _read_reaction(element: Any) -> TacReaction:
    found = [n for n in element.iter("Normalization") if n.get("meddra_pt")]
    terms = (Term(n.get("meddra_pt"), n.get("meddra_pt_id", ""), n.get("meddra_llt", "")) for n in found)
    return TacReaction(element.get("str"), tuple(terms))


def spoken(text: str, parts: tuple[Span, ...]) -> str:
    """The string of a mention as the corpus writes it: its pieces joined, runs of white space as one space."""
    return " ".join(" ".join(text[start:end] for start, end in parts).split())


def iter_sections(label: TacLabel) -> Iterator[tuple[str, str, str]]:
    """Id, name and text of each section."""
    for key, (name, text) in label.sections.items():
        yield key, name, text
