"""The task `unknown-names`: real names that the lexicon does not have.

An answer that claims to be what the name says is a false match. One that says that its concept is broader than the
name, or related, is told apart: it is no false claim as such, and where the release has a hierarchy, it is counted how
many of the broader ones are concepts above the one that was held out.

PATH is a list of names (one a line, or with a header as for the task `names`), or the file of a release that is given
as `--terminology READER=PATH`: then one concept in ten is held out with all its names, by the seed, and grounded in a
lexicon of the others. Names that the lexicon does have are left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.errors import CorpusError
from extractors.score import Report
from extractors.tasks import Options
from extractors.tasks.name_lists import Answer, Given, NameCase, score_names
from extractors.tasks.terminology_names import find_release
from ontologies.errors import TerminologyError
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Match, Verdict
from ontologies.script import FIRST_CHINESE
from ontologies.tables import open_text
from ontologies.typo_rules import CORRECTED

if TYPE_CHECKING:
    from ontologies.model import Concept

_SHARE = 0.1


class _UnknownNames:
    name = "unknown-names"
    description = "false matches for real names that the lexicon does not have"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """Right where nothing is answered, wrong where something is."""
        concepts = find_release(Given(folder, lexicon, options))
        above: dict[str, frozenset[str]] = {}
        if concepts:
            lexicon, above = _hold_out(concepts, options.seed)
        names = list(above or dict.fromkeys(_read_words(folder)))
        cases = [NameCase(name, sort=_script(name)) for name in names if not lexicon.find(name)]
        left_out = f"{len(names) - len(cases)} names left out that the lexicon has"
        tell = partial(_told, above=above)
        return score_names(self.name, cases, Grounder(lexicon), to=options.to, notes=[left_out], tell=tell)


def _told(answers: Sequence[Answer], *, above: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """What the answers claim: to be what the name says, to be its parts, or to be broader than it or related."""
    groundings = [answer.grounding for answer in answers if answer.grounding.matches]
    several = [one for one in groundings if len(one.parts) > 1]
    same = [one for one in groundings if len(one.parts) < 2 and _claims_same(one.matches[0])]
    others = [one for one in groundings if one not in several and one not in same]
    for said, some in (("as the same", same), ("as several names", several), ("as broader or related", others)):
        yield f"{len(some) / max(1, len(answers)):.2%} of the names ({len(some)}) are answered {said}"
    if above:
        known = sum(one.matches[0].curie in above[one.name] for one in others)
        yield f"{known} of the {len(others)} broader or related concepts are above the one that was held out"


def _claims_same(match: Match) -> bool:
    """Whether the concept is said to be what the name says; a name that was corrected claims as much."""
    return match.relation is Verdict.EXACT or CORRECTED in match.reason


def _hold_out(concepts: list[Concept], seed: int) -> tuple[Lexicon, dict[str, frozenset[str]]]:
    """A lexicon without one concept in ten, and the names of those with what is above them."""
    chance = random.Random(seed)  # noqa: S311
    parents = {concept.curie: concept.parents for concept in concepts}
    kept: list[Concept] = []
    above: dict[str, frozenset[str]] = {}
    for concept in concepts:
        if chance.random() < _SHARE:
            names = (concept.name, *(synonym.text for synonym in concept.synonyms))
            higher = _all_above(concept.curie, parents)
            above |= {name: above.get(name, frozenset()) | higher for name in names}
        else:
            kept.append(concept)
    return Lexicon.of(kept), above


def _all_above(curie: str, parents: Mapping[str, Sequence[str]]) -> frozenset[str]:
    found: set[str] = set()
    left = list(parents[curie])
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += parents.get(one, ())
    return frozenset(found)


def _read_words(path: Path) -> Iterator[str]:
    """The first column of a file of words, without its header where there is one."""
    try:
        with open_text(path) as text:
            for number, line in enumerate(text):
                word = line.strip().split("\t")[0].strip()
                if word and not word.startswith("#") and not (number == 0 and word.lower() == "name"):
                    yield word
    except TerminologyError as error:
        raise CorpusError(str(error)) from error


def _script(name: str) -> str:
    return "Chinese" if any(character >= FIRST_CHINESE for character in name) else "Latin"


TASK = _UnknownNames()
