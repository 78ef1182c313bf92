"""What speaks against decisions between two CURIEs before they are recorded, each with its proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ontologies.exchange.fields import is_curie
from ontologies.lexicon import Lexicon
from ontologies.mappings.cliques import Clash
from ontologies.mappings.directed import Directed
from ontologies.mappings.rejoined import Rejoined
from ontologies.model import Decision, Verdict
from ontologies.standing import form_of

#: What makes of two concepts one that cannot be: a curator may overrule mapping sets, but hardly these.
_SEVERE = frozenset({Clash.KIND, Clash.VOCABULARY, Clash.HIERARCHY, Clash.RETIRED})


def find_objections(lexicon: Lexicon, standing: Iterable[Decision], drafts: Sequence[Decision]) -> list[str]:
    """For each draft what speaks against it, in words and with the proof; "" where nothing does.

    `lexicon` is the one without decisions; `standing` are those in force. A draft against which something speaks has
    no say about the others.
    """
    if not any(is_curie(draft.name) for draft in drafts):
        return [""] * len(drafts)
    standing = list(standing)
    circles = list(_find_circles(lexicon, standing, drafts))
    rest = [draft for draft, told in zip(drafts, circles, strict=True) if not told]
    clashes = _find_clashes(lexicon, standing, rest)
    return [told or clashes.get(_pair(draft), "") for draft, told in zip(drafts, circles, strict=True)]


def _find_circles(lexicon: Lexicon, standing: Iterable[Decision], drafts: Iterable[Decision]) -> Iterator[str]:
    directed = Directed(lexicon.entry, standing)
    for draft in drafts:
        circle = directed.circle(draft)
        if not circle:
            directed.add(draft)
        told = " under ".join(circle)
        yield f"{told} would be a circle; say which of the two is the broader one" if told else ""


def _find_clashes(
    lexicon: Lexicon, standing: Iterable[Decision], drafts: Iterable[Decision]
) -> dict[tuple[str, str], str]:
    """The proof for each pair that drafts make one concept and that cannot be one."""
    joins = [draft for draft in drafts if draft.verdict is Verdict.EXACT and is_curie(draft.name)]
    if not joins:
        return {}
    anew = {(form_of(draft.name), draft.curie) for draft in joins}
    kept = [one for one in standing if (form_of(one.name), one.curie) not in anew]
    pairs = {_pair(draft) for draft in joins}
    found = Rejoined(lexicon, lexicon.database, [*kept, *joins]).conflicts_around(end for pair in pairs for end in pair)
    return {
        conflict.left_out: f"{conflict} ({conflict.clash}); map it as broad, narrow or related instead"
        for conflict in found
        if conflict.left_out in pairs and (conflict.clash in _SEVERE or not conflict.followed)
    }


def _pair(decision: Decision) -> tuple[str, str]:
    one, two = sorted((decision.name, decision.curie))
    return one, two
