"""The task `unknown-names`: real names that the lexicon does not have; every answer is a false match.

PATH is a list of names (one a line, or with a header as for the task `names`), or the file of a release that is given
as `--terminology READER=PATH`: then one concept in ten is held out with all its names, by the seed, and grounded in a
lexicon of the others. Names that the lexicon does have are left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.errors import CorpusError
from extractors.score import Report
from extractors.tasks import Options
from extractors.tasks.name_lists import Given, NameCase, score_names
from extractors.tasks.terminology_names import find_release
from ontologies.errors import TerminologyError
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.script import FIRST_CHINESE
from ontologies.tables import open_text

if TYPE_CHECKING:
    from ontologies.model import Concept

_SHARE = 0.1


class _UnknownNames:
    name = "unknown-names"
    description = "false matches for real names that the lexicon does not have"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """Right where nothing is answered, wrong where something is."""
        concepts = find_release(Given(folder, lexicon, options))
        if concepts:
            lexicon, names = _hold_out(concepts, options.seed)
        else:
            names = list(_read_words(folder))
        cases = [NameCase(name, sort=_script(name)) for name in dict.fromkeys(names) if not lexicon.find(name)]
        left_out = f"{len(names) - len(cases)} names left out that the lexicon has, or that come twice"
        return score_names(self.name, cases, Grounder(lexicon), to=options.to, notes=[left_out])


def _hold_out(concepts: list[Concept], seed: int) -> tuple[Lexicon, list[str]]:
    """A lexicon without one concept in ten, and the names of those."""
    chance = random.Random(seed)  # noqa: S311
    kept: list[Concept] = []
    names: list[str] = []
    for concept in concepts:
        if chance.random() < _SHARE:
            names += [concept.name, *(synonym.text for synonym in concept.synonyms)]
        else:
            kept.append(concept)
    return Lexicon.of(kept), names


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
