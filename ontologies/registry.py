"""The terminologies of this computer: adding, listing and removing them, and the lexicon compiled of them all.

Under the home folder, `terminologies/` has a copy of every file that was added with `added.json` (what it is), and
`lexicon/` what is compiled. The starter is not copied: it is read from the package.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

import ontologies.rules
from ontologies.compile import FORMAT, Progress, ignore_progress
from ontologies.compiled import write_files
from ontologies.contents import Contents
from ontologies.decided import lay_home_decisions
from ontologies.errors import LexiconError, TerminologyError, UnknownNameError
from ontologies.home import get_home
from ontologies.lexicon import Lexicon
from ontologies.locks import alone
from ontologies.mapping_rows import RefusedRow
from ontologies.model import Concept, TerminologyInfo
from ontologies.reading import Reading, find_refused_rows
from ontologies.room import copied, room_wanted
from ontologies.starter.sources import Source, read_sources
from ontologies.terminologies import get_terminology, read_terminology, wanted_files

_RECORD = "added.json"


@dataclass(frozen=True, slots=True)
class Installed:
    """A terminology of this computer: what it is, how much it holds, since when, and whether it came with medkg."""

    info: TerminologyInfo
    reader: str
    contents: Contents
    path: Path
    """The file or folder that is compiled: the copy of what was added."""
    added: float
    """Seconds since 1970 when it was added; for the starter, the date of its file."""
    starter: bool

    @property
    def concepts(self) -> int:
        """How many concepts it has."""
        return self.contents.concepts

    @property
    def names(self) -> int:
        """How many names its concepts have."""
        return self.contents.names

    @property
    def age_days(self) -> float:
        """Days since it was added."""
        return max(0.0, time.time() - self.added) / 86400


@dataclass(frozen=True, slots=True)
class _Entry:
    info: TerminologyInfo
    reader: str
    path: Path
    added: float
    starter: bool

    @property
    def record(self) -> dict[str, Any]:
        """What is written of it."""
        return {"info": asdict(self.info), "reader": self.reader, "path": str(self.path), "added": self.added}


def open_lexicon(*, progress: Progress = ignore_progress, home: Path | None = None, decided: bool = True) -> Lexicon:
    """The lexicon of all terminologies here; compiled first where there is none or it is of other terminologies.

    The curators' decisions are laid over it, but where `decided` is False.
    """
    home = home or get_home()
    lexicon = _open_compiled(home, progress)
    return lay_home_decisions(lexicon, home=home) if decided else lexicon


def _open_compiled(home: Path, progress: Progress) -> Lexicon:
    folder = home / "lexicon"
    if lexicon := _open_fitting(folder, _entries(home)):
        return lexicon
    with _alone(folder, progress):
        entries = _entries(home)
        if lexicon := _open_fitting(folder, entries):
            return lexicon
        _compile(home, entries, progress)
        return Lexicon.open(folder)


def _open_fitting(folder: Path, entries: Sequence[_Entry]) -> Lexicon | None:
    """The lexicon in `folder`, or None where there is none or it is of other terminologies than these."""
    try:
        lexicon = Lexicon.open(folder)
    except LexiconError:
        return None
    return lexicon if lexicon.inputs == _digest(entries) else None


@contextmanager
def _alone(folder: Path, progress: Progress) -> Iterator[None]:
    """Keeps other processes from changing what is compiled into `folder`, and waits for one that does."""
    with ExitStack() as stack:
        with room_wanted(folder):
            told = partial(progress, "waiting for another process that does it", 0, 1)
            stack.enter_context(alone(folder / "making.lock", on_wait=told))
        yield


def add_terminology(
    name: str, path: Path, *, progress: Progress = ignore_progress, home: Path | None = None
) -> Installed:
    """What was added: the release at `path`, read by reader `name`, copied under the home folder and compiled in.

    One of the same name is replaced. Changes nothing where the release cannot be read (TerminologyError), or where
    there is no room for it (LexiconError).
    """
    home = home or get_home()
    info, concepts = read_terminology(name, path)
    with _alone(home / "lexicon", progress):
        for old in _entries(home):
            if old.info.name == info.name and old.reader != name:
                raise TerminologyError(f"{info.name!r} is there already, read as {old.reader}; name {path} otherwise")
        folder = home / "terminologies" / re.sub(r"[^\w-]", "_", info.name)
        state = _read_state(home)
        others = [old for old in state.added if old.info.name != info.name]
        with copied(path, folder, wanted_files(name)) as copy:
            entry = _Entry(info, name, copy, time.time(), starter=False)
            _change(home, _State((*others, entry), state.removed), progress, {info.name: concepts})
        for old_copy in folder.iterdir():
            if old_copy not in (entry.path, entry.path.parent):
                shutil.rmtree(old_copy, ignore_errors=True)
    return get_installed(info.name, home=home)


def find_refused(name: str, *, home: Path | None = None) -> list[RefusedRow]:
    """The rows of the mapping set `name` that are left out, with the reason; none of any other terminology."""
    home = home or get_home()
    return find_refused_rows(_entries(home), name, Lexicon.open(home / "lexicon"))


def list_terminologies(*, home: Path | None = None) -> list[Installed]:
    """The terminologies that the lexicon has or will have, in the order in which they are compiled."""
    home = home or get_home()
    try:
        counts = Lexicon.open(home / "lexicon").contents
    except LexiconError:
        counts = {}
    return [
        Installed(e.info, e.reader, counts.get(e.info.name, Contents()), e.path, e.added, e.starter)
        for e in _entries(home)
    ]


def get_installed(name: str, *, home: Path | None = None) -> Installed:
    """The terminology of that name; raises UnknownNameError, which lists those that are here."""
    here = {one.info.name: one for one in list_terminologies(home=home)}
    if name not in here:
        raise UnknownNameError("terminology", name, list(here))
    return here[name]


def remove_terminology(name: str, *, progress: Progress = ignore_progress, home: Path | None = None) -> None:
    """Takes the terminology of that name out of the lexicon; one of the starter comes back with `install_starter`."""
    home = home or get_home()
    with _alone(home / "lexicon", progress):
        get_installed(name, home=home)
        state = _read_state(home)
        kept = tuple(old for old in state.added if old.info.name != name)
        own = [old.path for old in state.added if old.info.name == name]
        _change(home, _State(kept, state.removed if own else (*state.removed, name)), progress)
        for path in own:
            copy = path if path.is_dir() else path.parent
            shutil.rmtree(copy.parent, ignore_errors=True)


def install_starter(*, progress: Progress = ignore_progress, home: Path | None = None) -> Lexicon:
    """The lexicon with all terminologies of the starter in it, also those that were removed."""
    home = home or get_home()
    with _alone(home / "lexicon", progress):
        state = _State(_read_state(home).added, ())
        if state != _read_state(home):
            _change(home, state, progress)
    return open_lexicon(progress=progress, home=home)


def compile_releases(
    releases: Iterable[tuple[str, Path]], folder: Path, *, progress: Progress = ignore_progress
) -> Lexicon:
    """A lexicon of these releases alone, as (reader, path), compiled into `folder` and opened; nothing is installed."""
    with _alone(folder, progress):
        write_files(folder, (read_terminology(reader, path) for reader, path in releases), progress=progress)
        return Lexicon.open(folder)


@dataclass(frozen=True, slots=True)
class _State:
    added: tuple[_Entry, ...] = ()
    removed: tuple[str, ...] = ()


def _read_state(home: Path) -> _State:
    path = home / "terminologies" / _RECORD
    if not path.is_file():
        return _State()
    try:
        record = orjson.loads(path.read_bytes())
        added = [
            _Entry(TerminologyInfo(**e["info"]), e["reader"], Path(e["path"]), e["added"], starter=False)
            for e in record["added"]
        ]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise LexiconError(f"{path} is damaged ({error}); take it away and add your terminologies again") from error
    return _State(tuple(added), tuple(record["removed"]))


def _change(
    home: Path, state: _State, progress: Progress, ready: Mapping[str, Sequence[Concept]] | None = None
) -> None:
    """Makes `state` what is here, once the lexicon of it is compiled; where that cannot be, nothing has changed.

    Killed between the two, the lexicon is of another state than the one written, and compiled again when next opened.
    """
    folder = home / "terminologies"
    record = {"added": [entry.record for entry in state.added], "removed": state.removed}
    new = folder / f"{_RECORD}.new"
    try:
        with room_wanted(home):
            folder.mkdir(parents=True, exist_ok=True)
            new.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2))
        _compile(home, _entries_of(state), progress, ready)
        new.replace(folder / _RECORD)
    finally:
        new.unlink(missing_ok=True)


def _entries(home: Path) -> list[_Entry]:
    return _entries_of(_read_state(home))


def _entries_of(state: _State) -> list[_Entry]:
    """The starter's terminologies but for the removed ones and those that an added one of the same name replaces."""
    gone = {*state.removed, *(entry.info.name for entry in state.added)}
    return [_starter_entry(s) for s in read_sources() if s.name not in gone] + list(state.added)


def _starter_entry(source: Source) -> _Entry:
    prefix = get_terminology(source.reader).read_info(source.path).prefix
    info = TerminologyInfo(source.name, prefix, source.title, source.version, source.licence, source.source)
    return _Entry(info, source.reader, source.path, source.path.stat().st_mtime, starter=True)


def _compile(
    home: Path,
    entries: Sequence[_Entry],
    progress: Progress,
    ready: Mapping[str, Sequence[Concept]] | None = None,
) -> None:
    """Compiles the lexicon of `entries`; the concepts of those named in `ready` are given, the others are read."""
    reading = Reading(entries, ready or {})
    with room_wanted(home):
        write_files(
            home / "lexicon", reading.read(), mappings=reading.sets(), inputs=_digest(entries), progress=progress
        )


def _digest(entries: Iterable[_Entry]) -> str:
    """What a lexicon depends on: which files, what they hold, and the rules of names."""
    digest = hashlib.blake2b(str(FORMAT).encode(), digest_size=12)
    for entry in entries:
        digest.update(repr((entry.info, entry.reader)).encode())
        if entry.starter:
            for file in [entry.path] if entry.path.is_file() else sorted(entry.path.iterdir()):
                digest.update(file.read_bytes())
    for rules in sorted(Path(ontologies.rules.__file__).parent.glob("*.toml")):
        digest.update(rules.read_bytes())
    return digest.hexdigest()
