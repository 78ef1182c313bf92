"""The product on TAC 2017: `extract` over the label as a document, the corpus's words as one more terminology."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from extractors.extract import extract
from extractors.model import Assertion, Document, Mention, Product, Section
from extractors.sections import code_of_kind, kind_of_heading
from extractors.tasks.layered import LayeredLexicon
from extractors.tasks.tac_features import FeatureSpace
from extractors.tasks.tac_labels import TacLabel, iter_sections, spoken
from extractors.tasks.tac_score import Found, Outcome
from extractors.tasks.tac_terms import TermTable
from extractors.tasks.tac_words import Key, PhraseTable, Token, key_of, tokenise
from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS, Concept, Kind, Synonym

_LEAST_SHARE = 0.3
_PREDICATES = frozenset({"causes_adverse_event", "warns_of"})
_KINDS = {"boxed warnings": "boxed_warning"}


class ProductSystem:
    """What the product says a label's drug causes or warns of."""

    def __init__(self, labels: Sequence[TacLabel], *, lexicon: Lexicon, view: ProductView) -> None:
        self._phrases = PhraseTable(labels)
        self._silent = find_silent(labels, view)
        self._terms = TermTable(labels, lexicon=lexicon)
        words = Lexicon.of(_concepts(labels, self._phrases, self._terms))
        self._lexicon = LayeredLexicon(words, lexicon) if labels else lexicon

    def find(self, label: TacLabel) -> Outcome:
        """The objects of the label's relations, each where it is mentioned."""
        document, offsets = make_document(label)
        extraction = extract(document, self._lexicon)
        said = {r.object for r in extraction.relations if r.predicate in _PREDICATES if r.assertion in _AFFIRMED}
        conditions = [m for m in extraction.mentions if m.kind in CONDITIONS]
        kept = [m for m in conditions if m in said and key_of(m.text) not in self._silent]
        dropped = {m.text.lower(): _reason(m, said) for m in conditions if m not in kept}
        return Outcome(label, [f for m in kept for f in self._place(label, offsets, m)], dropped)

    def knows(self, text: str) -> bool:
        """Whether `text` was annotated in the labels it learnt from."""
        return key_of(text) in self._phrases

    def _place(self, label: TacLabel, offsets: dict[str, int], mention: Mention) -> Iterator[Found]:
        for key, _, text in iter_sections(label):
            start = offsets[key]
            if start <= mention.start < start + len(text):
                pieces = mention.parts or ((mention.start, mention.end),)
                parts = tuple((a - start, b - start) for a, b in pieces)
                string = spoken(text, parts)
                concept = mention.match.curie if mention.match else ""
                yield Found(key, parts, string, self._term(mention, string), concept)

    def _term(self, mention: Mention, string: str) -> str:
        names = (mention.text, mention.match.name, mention.match.matched) if mention.match else (mention.text,)
        return self._terms.find(string, also=names)


_AFFIRMED = frozenset({Assertion.PRESENT, Assertion.POSSIBLE, Assertion.HYPOTHETICAL})


def _reason(mention: Mention, said: Collection[Mention]) -> str:
    if mention in said:
        return "seldom a reaction in other labels"
    if mention.assertion is not Assertion.PRESENT:
        return f"read as {mention.assertion.value}"
    return "mentioned, but no relation"


def find_silent(labels: Iterable[TacLabel], view: ProductView) -> frozenset[Key]:
    """Names of the product's lexicon that stood in `labels` and were seldom annotated there: no reactions, mostly."""
    seen: Counter[Key] = Counter()
    annotated: Counter[Key] = Counter()
    for label in labels:
        spans = {(m.section, m.start, m.end) for m in label.reaction_mentions()}
        for section, _, text in iter_sections(label):
            for start, end, key in view.names(text):
                seen[key] += 1
                annotated[key] += (section, start, end) in spans
    return frozenset(key for key, times in seen.items() if times > 1 and annotated[key] < _LEAST_SHARE * times)


def _concepts(labels: Iterable[TacLabel], phrases: PhraseTable, terms: TermTable) -> Iterator[Concept]:
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for label in labels:
        for reaction in label.reactions:
            if phrases.share(key_of(reaction.text)) >= _LEAST_SHARE:
                names[terms.find(reaction.text) or reaction.text][reaction.text] = None
    for name, strings in names.items():
        curie = f"meddra:{terms.ids[name]}" if name in terms.ids else f"local:finding/{name}"
        first, *others = strings
        yield Concept(curie, first, Kind.FINDING, synonyms=tuple(Synonym(text) for text in others))


def make_document(label: TacLabel) -> tuple[Document, dict[str, int]]:
    """The label as the product reads labels, and where the text of each of its sections begins."""
    text = f"{label.drug}\n\n"
    sections = [Section(code_of_kind("product_data"), "Product data", 0, len(text), "product_data")]
    offsets: dict[str, int] = {}
    for key, name, body in iter_sections(label):
        kind = _KINDS.get(name) or kind_of_heading(name)
        offsets[key] = len(text)
        sections.append(Section(code_of_kind(kind), name, len(text), len(text) + len(body), kind))
        text += body + "\n\n"
    product = Product(label.drug, label.drug, start=0, end=len(label.drug))
    return (
        Document(f"tac2017:{label.id}", label.drug, text, tuple(sections), products=(product,), source="tac2017"),
        offsets,
    )


class ProductView:
    """What the product, with its own lexicon alone, makes of labels, as features of tokens."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._seen: dict[str, dict[str, list[list[str]]]] = {}
        self._names: dict[str, list[tuple[int, int, Key]]] = {}

    def names(self, text: str) -> list[tuple[int, int, Key]]:
        """The places of `text` where names of the lexicon stand, as start, end and words."""
        if text not in self._names:
            self._names[text] = [(h.start, h.end, key_of(text[h.start : h.end])) for h in self.lexicon.scan(text)]
        return self._names[text]

    def features(self, label: TacLabel, section: str, space: FeatureSpace) -> list[list[int]]:
        """For each token of a section the features that the product's mentions and relations give."""
        if label.id not in self._seen:
            self._seen[label.id] = self._read(label)
        return [[space.number(name) for name in row] for row in self._seen[label.id][section]]

    def _read(self, label: TacLabel) -> dict[str, list[list[str]]]:
        document, offsets = make_document(label)
        extraction = extract(document, self.lexicon)
        said = {r.object for r in extraction.relations if r.predicate in _PREDICATES}
        return {
            key: _features_of(tokenise(text), offsets[key], extraction.mentions, said)
            for key, _, text in iter_sections(label)
        }


def _features_of(
    tokens: Sequence[Token], offset: int, mentions: Sequence[Mention], said: Collection[Mention]
) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in tokens]
    starts = [token.start + offset for token in tokens]
    for mention in mentions:
        first, last = bisect_left(starts, mention.start), bisect_left(starts, mention.end)
        for place in range(first, last):
            where = (
                "single"
                if last - first == 1
                else "first"
                if place == first
                else "last"
                if place == last - 1
                else "middle"
            )
            whole = "pieces" if mention.parts else "whole"
            rows[place] += [
                f"product {mention.kind} {where} {whole}",
                f"product {mention.kind} {mention.assertion} {mention in said} {where}",
            ]
    return rows
