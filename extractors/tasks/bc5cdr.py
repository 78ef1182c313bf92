"""The tasks `bc5cdr`: annotated diseases and chemicals of abstracts as MeSH concepts (Li et al., Database 2016).

The file is in PubTator format (also gzipped), as BC5CDR and NCBI Disease come: `PMID|t|title`, `PMID|a|abstract`, then
tab-separated PMID, start, end, mention, type, ids. The spans are given; what is scored is the concept alone, for each
mention. A short form that its abstract defines is asked for by its long form, as the pipeline reads it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.abbreviations import find_abbreviations
from extractors.errors import CorpusError
from extractors.score import Report
from extractors.tasks import Options
from extractors.tasks.name_lists import NameCase, score_names
from ontologies.curies import standard_xref
from ontologies.decided import lay_decisions
from ontologies.ground import Grounder
from ontologies.model import Decision, Kind, Verdict
from ontologies.standing import Standing, form_of
from ontologies.tables import open_text

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

_TITLE = re.compile(r"(\d+)\|([ta])\|(.*)")
_IDS = re.compile(r"[|+,;]")
_KINDS = {"disease": Kind.DISEASE}
_CHEMICAL = "chemical"
_CHEMICALS = (Kind.DRUG, Kind.DRUG_CLASS)
"""What annotators mark as chemicals: drugs and other substances, and classes of them."""


@dataclass(frozen=True, slots=True)
class GoldMention:
    """An annotated mention: its characters and the ids of its concepts, several for a composite one, none for -1."""

    start: int
    end: int
    text: str
    kind: str
    curies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abstract:
    """Title and abstract of a paper, and what is annotated in them."""

    id: str
    text: str
    mentions: tuple[GoldMention, ...]


def read_pubtator(path: Path) -> Iterator[Abstract]:
    """The abstracts of a PubTator file; raises CorpusError for a line that is neither text nor annotation."""
    pieces: list[str] = []
    mentions: list[GoldMention] = []
    current = ""
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            text, row = _TITLE.match(line), line.rstrip("\n").split("\t")
            if text and text[2] == "t" and current:
                yield Abstract(current, "\n".join(pieces), tuple(mentions))
                pieces, mentions = [], []
            if text:
                current = text[1]
                pieces.append(text[3])
            elif len(row) >= 6:
                mentions.append(_mention(row))
            elif line.strip() and len(row) != 4:
                raise CorpusError(f"{path}, line {number} ({line.strip()[:40]}): not PubTator; mend the line")
    if current:
        yield Abstract(current, "\n".join(pieces), tuple(mentions))


def _mention(row: list[str]) -> GoldMention:
    ids = [one.strip() for one in _IDS.split(row[5]) if one.strip() not in ("", "-1", "-")]
    curies = tuple(standard_xref(one if ":" in one else f"mesh:{one}") for one in ids)
    return GoldMention(int(row[1]), int(row[2]), row[3], row[4].lower(), curies)


def find_cases(abstracts: Iterable[Abstract]) -> Iterator[NameCase]:
    """One case a mention that has a concept; a short form that its abstract defines is asked for by its long form."""
    for abstract in abstracts:
        long_forms = _long_forms(abstract)
        for mention in abstract.mentions:
            if mention.curies:
                kind = _KINDS.get(mention.kind)
                name = long_forms.get(mention.text, mention.text)
                several = len(mention.curies) > 1
                expected = frozenset(mention.curies)
                yield NameCase(name, expected, kind, "en", abstract.text, every=several, sort=mention.kind)


def _long_forms(abstract: Abstract) -> dict[str, str]:
    """Short forms and their long ones: those that the abstract defines, and mentions in brackets behind others."""
    text = abstract.text
    defined = {
        found.short: text[found.long_start : found.long_end]
        for found in find_abbreviations(text)
        if found.long_start is not None
    }
    apposed: dict[str, str] = {}
    for one, two in pairwise(abstract.mentions):
        between, behind = text[one.end : two.start], text[two.end : two.end + 1]
        if between.strip() in ("(", "[") and behind in (")", "]", ";", ",") and _is_short(two.text, one.text):
            apposed.setdefault(two.text, one.text)
    return apposed | defined


def _is_short(short: str, long: str) -> bool:
    return len(short) < len(long) and " " not in short and sum(map(str.isupper, short)) > 1


@dataclass(frozen=True, slots=True)
class PubTatorTask:
    """Mentions with concept ids."""

    name: str = "bc5cdr"
    description: str = (
        "annotated diseases and chemicals of abstracts, as MeSH concepts (BC5CDR, NCBI Disease: PubTator)"
    )

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """The figures of the file, or of the development part in a folder; with `train` its names count as decided."""
        abstracts = list(read_pubtator(_find_file(folder, ("dev", "devel"))))
        cases = list(find_cases(abstracts))
        left_out = sum(not mention.curies for abstract in abstracts for mention in abstract.mentions)
        notes = [f"{left_out} mentions without a concept (id -1) are left out", _gaps(cases, lexicon)]
        if options.train:
            names = find_cases(read_pubtator(_find_file(options.train, ("train",))))
            lexicon = lay_decisions(lexicon, learn_names(names))
            notes.append("names of the training part are answered as annotated there most often")
        kinds = _CHEMICALS if all(case.kind or case.sort == _CHEMICAL for case in cases) else ()
        return score_names(self.name, cases, Grounder(lexicon), kinds=kinds, to=options.to, notes=notes)


def _find_file(path: Path, words: tuple[str, ...]) -> Path:
    if path.is_file():
        return path
    files = [one for one in sorted(path.iterdir()) if any(word in one.name.lower() for word in words)]
    if not files:
        raise CorpusError(f"no file in {path} has {' or '.join(words)} in its name; give the PubTator file itself")
    return files[0]


def _gaps(cases: Iterable[NameCase], lexicon: Lexicon) -> str:
    """How many mentions cannot be right, since the lexicon has none of their concepts."""
    missing: Counter[str] = Counter()
    for case in cases:
        missing[case.sort] += all(lexicon.concept(lexicon.canonical(curie)) is None for curie in case.expected)
    told = ", ".join(f"{sort} {count}" for sort, count in sorted(missing.items()))
    return f"mentions whose concept the lexicon does not have, so that none can be right: {told}"


def learn_names(cases: Iterable[NameCase]) -> Standing:
    """The names of `cases` as decisions for the concept that each has most often; composite ones teach nothing."""
    counted: dict[tuple[str, Kind | None], Counter[str]] = defaultdict(Counter)
    for case in cases:
        if len(case.expected) == 1:
            counted[case.name, case.kind][next(iter(case.expected))] += 1
    by_form: dict[str, tuple[Decision, ...]] = {}
    for (name, kind), curies in sorted(counted.items(), key=lambda one: one[0][0]):
        curie = curies.most_common(1)[0][0]
        reason = f"annotated so {curies[curie]} times of {curies.total()}"
        decision = Decision(f"{name}:{curie}", name, kind, Verdict.EXACT, curie, "", "corpus", "2015-01-01", reason)
        by_form.setdefault(form_of(name), (decision,))
    return Standing(by_form, stamp="training part")


TASK = PubTatorTask()
