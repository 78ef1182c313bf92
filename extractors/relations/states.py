"""States of people that are no disease and yet forbid a drug: pregnancy, lactation, childhood, old age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.model import Mention
from extractors.qualifiers import find_values
from extractors.relations.context import Context, Sentence
from extractors.relations.cues import Sign
from extractors.rules import read_rules
from ontologies.model import Kind


def with_states(context: Context, sentence: Sentence, signs: Sequence[Sign]) -> Sentence:
    """`sentence` with mentions of such states added, where it says in what the drug is contraindicated."""
    if sentence.kind != "contraindications" and not any(_of_states(sign) for sign in signs):
        return sentence
    found = list(_find_states(context, sentence))
    if not found:
        return sentence
    return replace(sentence, mentions=tuple(sorted((*sentence.mentions, *found), key=lambda m: (m.start, -m.end))))


def may_name_state(sentence: Sentence) -> bool:
    """Whether the words of `sentence` let it be worth a look for such states."""
    text = sentence.text.lower()
    return any(word in text for word in read_rules("relations")["states"]["cues"])


def is_state(mention: Mention) -> bool:
    """Whether `mention` is one of such states."""
    return mention.kind is Kind.OTHER and mention.text in read_rules("relations")["states"]["names"].values()


def _of_states(sign: Sign) -> bool:
    return sign.cue.role == "contraindicated_in" or (sign.cue.role == "warns_of" and Kind.OTHER in sign.cue.kinds)


def _find_states(context: Context, sentence: Sentence) -> Iterator[Mention]:
    rules = read_rules("relations")["states"]
    for low, high, value in find_values("population", sentence.text, context.language):
        start, end = sentence.start + low, sentence.start + high
        if value not in rules["values"] or any(m.start < end and start < m.end for m in sentence.mentions):
            continue
        name = rules["names"][value]
        matches = context.lexicon.find(name, kinds=(Kind.FINDING, Kind.DISEASE, Kind.OTHER))
        yield Mention(start, end, name, Kind.OTHER, matches[0] if matches else None)
