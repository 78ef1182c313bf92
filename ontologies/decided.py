"""The lexicon with curators' decisions laid over it: what every command and every worker process uses."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from ontologies.decisions import log_path, open_log
from ontologies.kept import Starts
from ontologies.lexicon import Lexicon
from ontologies.mappings.rejoined import Rejoined
from ontologies.model import Concept, Grounding, Kind, Match, Verdict
from ontologies.overlay import Overlay
from ontologies.settings import read_settings
from ontologies.standing import Standing, counts_for, fold, form_of, no_concept_fits
from ontologies.suggestions import Suggestions
from ontologies.typos import TypoIndex


def lay_decisions(lexicon: Lexicon, standing: Standing) -> Lexicon:
    """A lexicon that answers as curators decided, and as `lexicon` where they did not; that one stays as it is."""
    return DecidedLexicon(lexicon, standing)


def open_decided(folder: Path) -> Lexicon:
    """The lexicon compiled into `folder`, with the decisions laid over it that are kept beside that folder."""
    return lay_home_decisions(Lexicon.open(folder), home=folder.parent)


def lay_home_decisions(lexicon: Lexicon, *, home: Path) -> Lexicon:
    """The lexicon with the decisions of a home folder laid over it; itself where there are none."""
    standing = read_standing(home=home)
    return lay_decisions(lexicon, standing) if standing.stamp else lexicon


def undecided(lexicon: Lexicon) -> Lexicon:
    """The lexicon below the decisions: what the program thinks by itself; `lexicon` itself where none are laid over."""
    return lexicon.below if isinstance(lexicon, DecidedLexicon) else lexicon


def has_decisions(lexicon: Lexicon, name: str) -> bool:
    """Whether curators said anything of a name."""
    return isinstance(lexicon, DecidedLexicon) and form_of(name) in lexicon.overlay


def find_meant(
    lexicon: Lexicon, name: str, found: list[Match], *, kinds: Collection[Kind] = (), language: str = ""
) -> tuple[Match, ...]:
    """What a name that was read as `found`, best first, stands for once curators had their say.

    All the concepts that they gave it with their newest word, which are several where they split it; else the best of
    `found` that they leave; none where they leave none.
    """
    form = form_of(name)
    if not isinstance(lexicon, DecidedLexicon) or not has_decisions(lexicon, name):
        return tuple(found[:1])
    kinds = lexicon.overlay.widened(form, kinds, language)
    given = lexicon.overlay.meant(form, kinds=kinds, language=language)
    return given or tuple(lexicon.judge(name, found, kinds=kinds, language=language)[:1])


def find_around(lexicon: Lexicon, curie: str) -> frozenset[str]:
    """The CURIEs whose speaker a decision about `curie` may change: what hangs together with it."""
    below = {curie, lexicon.canonical(curie), *undecided(lexicon).members(curie)}
    return frozenset(below | lexicon.rejoined.around(curie) if isinstance(lexicon, DecidedLexicon) else below)


class LiveLexicon:
    """The lexicon compiled into a folder under the decisions of the moment: calling it gives the one in force.

    For services, which live longer than a decision: one look at the log's file, and nothing is read while it stays.
    """

    def __init__(self, folder: Path) -> None:
        self._below = Lexicon.open(folder)
        self._home = folder.parent
        self._seen: tuple[int, int] | None = (-1, -1)
        self._now = self._below

    def __call__(self) -> Lexicon:
        """The lexicon in force now."""
        seen = _state_of(log_path(home=self._home))
        if seen != self._seen:
            self._now, self._seen = lay_home_decisions(self._below, home=self._home), seen
        return self._now


def _state_of(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_mtime_ns, state.st_size


def read_standing(*, home: Path | None = None, as_of: str = "", until: str = "") -> Standing:
    """The decisions in force: all of the log, up to a time, or up to the line with the hash `until`."""
    log = open_log(home=home)
    return fold(log.lines, as_of=as_of, until=until, four_eyes=read_settings(home=home).four_eyes)


def with_rejections(
    lexicon: Lexicon, grounding: Grounding, *, kinds: Collection[Kind] = (), language: str = ""
) -> Grounding:
    """The grounding with what curators said that its name is not; what they rejected is no candidate either."""
    said = lexicon.standing.by_form.get(form_of(grounding.name), ()) if isinstance(lexicon, DecidedLexicon) else ()
    counted = (one for one in said if counts_for(one, kinds, language))
    rejected = tuple(one for one in counted if one.verdict not in (Verdict.EXACT, Verdict.UNSURE))
    if not rejected:
        return grounding
    gone = {lexicon.canonical(one.curie) for one in rejected if one.curie}
    left = (match for match in grounding.candidates if lexicon.canonical(match.curie) not in gone)
    return replace(grounding, rejected=rejected, candidates=() if no_concept_fits(rejected) else tuple(left))


class DecidedLexicon(Lexicon):
    """A lexicon under an `Overlay`; made by `lay_decisions`."""

    def __init__(self, below: Lexicon, standing: Standing) -> None:
        self.__dict__.update(below.__dict__)
        self.below = below
        self.standing = standing
        self.rejoined = Rejoined(below, below.database, standing)
        self.overlay = Overlay(standing, self.rejoined)
        self.decisions = standing.stamp
        self._concepts, self._speakers, self._postings = {}, {}, {}
        self._prefixes = partial(_names_at, below._prefixes, self.overlay)
        self._starts = Starts(partial(_begins, below._starts.begins, self.overlay))

    @property
    def typos(self) -> TypoIndex:
        """That of the lexicon below, which keeps it."""
        return self.below.typos

    @property
    def suggestions(self) -> Suggestions:
        """That of the lexicon below, which keeps it."""
        return self.below.suggestions

    def judge(self, name: str, found: list[Match], *, kinds: Collection[Kind] = (), language: str = "") -> list[Match]:
        """The matches that curators leave of those that were `found` for `name` in any way, and those they give."""
        form = form_of(name)
        if form not in self.overlay:
            return found
        return list(self.overlay.over(form, found, kinds=kinds, language=language))

    def concept(self, curie: str) -> Concept | None:
        """The concept of that CURIE, or the one that replaced it unless a decision holds on to it, or None."""
        return self.entry(curie) if self.overlay.holds(curie) else super().concept(curie)

    def canonical(self, curie: str) -> str:
        """The CURIE that speaks for `curie`, by decision or among all vocabularies."""
        if curie not in self._speakers:
            self._speakers[curie] = self.overlay.canonical(curie) or self.rejoined.canonical(curie)
        return self._speakers[curie]

    def members(self, curie: str) -> tuple[str, ...]:
        """All CURIEs of the concept of `curie`, by decision or among all vocabularies; retired ones are left out."""
        return self.rejoined.members(self.canonical(curie))

    def _spoken_for(self, owner: str, speaker: str) -> str:
        return speaker if self.rejoined.unchanged(owner) else self.rejoined.canonical(owner)

    def _read_at(self, key: str, text: str, start: int, end: int, language: str) -> tuple[Match, ...]:
        found = super()._read_at(key, text, start, end, language)
        if key not in self.overlay:
            return found
        return self.overlay.in_text(key, text[start:end], found, place=(text, start, end), language=language)


def _names_at(listed: Callable[[str], list[str]], overlay: Overlay, joined: str) -> list[str]:
    """The keys that `joined` begins with, shortest first: of the terminologies, and those that curators added."""
    added = overlay.prefixes(joined)
    return sorted({*listed(joined), *added}, key=len) if added else listed(joined)


def _begins(listed: Callable[[str], bool], overlay: Overlay, form: str) -> bool:
    return listed(form) or overlay.starts(form)
