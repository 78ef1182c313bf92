"""From what a user asks for to an import: which format a path is of, by which rules it is read, and doing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from extractors.graphs import find_graph, get_graph_rules, graph_names
from extractors.graphs.model import ROLES, GraphRules, TableRules
from extractors.graphs.rules import read_graph_rules
from extractors.places import DAMAGE, Place, iter_places, why_unreadable
from kg.align import DECISIONS, LOOKED_UP, bring_up_to_date
from kg.credits import NOT_STATED, Import, keep_import, keep_licence, keep_terminologies
from kg.errors import ImportFailedError, UnknownNameError
from kg.imports.documents import source_of
from kg.imports.foreign import Told, import_foreign
from kg.imports.model import Imported
from kg.imports.own import import_own
from kg.imports.own_files import KNOWN_BY, find_own
from kg.imports.refusals import Refusals
from kg.imports.understand import check_meanings
from kg.roles import Store
from ontologies.lexicon import Lexicon

#: The rules that tables with columns named by the user are read by.
_MAPPED = "kgx"

_QUALIFIER = "qualifier."


@dataclass(frozen=True, slots=True)
class Asked:
    """An import to be done: of an export of medkg's own, where there are no rules."""

    path: Path
    format: str
    rules: GraphRules | None = None
    place: Place | None = None
    release: str = ""
    name: str = ""
    """Under which name an export of medkg's own is brought in."""
    prune: bool = False
    """Whether what earlier imports under that name had, and this one lacks, goes; see `Wishes`."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user says of an import; what is empty is told by the content, or by the rules."""

    format: str = ""
    licence: str = ""
    name: str = ""
    release: str = ""
    rules: Path | None = None
    columns: Sequence[str] = ()
    """Which column holds what, as `subject=drug`."""
    fixed: Sequence[str] = ()
    """What every row has, as `predicate=treats`."""
    prune: bool = False
    """Whether what earlier exports had goes, and what an earlier foreign graph had goes although rows are refused."""


def ask(path: Path, wishes: Wishes) -> Asked:
    """What is to be done for these wishes.

    Raises:
        ImportFailedError: the path is of no format that is known, or a wish cannot be.
        UnknownNameError: a format, role or predicate that is not known is named.
    """
    own = None if wishes.rules or wishes.columns else find_own(path)
    if own and wishes.format in ("", own):
        if wishes.licence:
            raise ImportFailedError(f"{path} is an export of medkg, which names its licences itself: no --licence")
        if wishes.name:
            _check_name(wishes.name, unfit="/#:+")
        return Asked(path, own, name=wishes.name, prune=wishes.prune)
    place = _find_place(path)
    given = _rules(place, wishes)
    check_meanings(given)
    mapped = wishes.columns and not wishes.rules
    name = wishes.name or (path.name.partition(".")[0] if mapped else given.name)
    _check_name(name)
    title = wishes.name or name if mapped else given.title
    licence = wishes.licence or given.licence or NOT_STATED
    rules = replace(given, name=name, title=title, licence=licence)
    return Asked(path, given.name, rules, place, wishes.release, prune=wishes.prune)


def run(
    asked: Asked,
    store: Store,
    lexicon: Lexicon,
    refusals: Refusals,
    *,
    dry_run: bool = False,
    on_progress: Told = lambda _: None,
) -> Imported:
    """What the import did; refused rows are on the quarantine list afterwards, and the credits name the graph."""
    if not dry_run:
        keep_terminologies(store, lexicon.terminologies)
    if asked.rules is None or asked.place is None:
        done = import_own(
            asked.path,
            asked.format,
            store,
            refusals=refusals,
            name=asked.name,
            prune=asked.prune,
            dry_run=dry_run,
            on_progress=on_progress,
        )
        if done.documents and not dry_run:
            done.moved = _realign(store, lexicon)
    else:
        if not dry_run:
            # First, so that what is written, and left by an import that is cut off, is under it.
            keep_licence(store, source_of(asked.rules), asked.rules.licence)
        done = import_foreign(
            asked.place,
            asked.rules,
            store,
            lexicon,
            refusals=refusals,
            prune=asked.prune,
            dry_run=dry_run,
            on_progress=on_progress,
        )
        if not dry_run:
            _credit(store, asked, asked.rules)
    if not dry_run:
        refusals.quarantine(store, str(asked.path))
    return done


@contextmanager
def refused_to(path: Path | None) -> Iterator[Refusals]:
    """Collects refused rows, and writes each to `path`, where one is given; it must not be there yet."""
    try:
        every = path.open("x", encoding="utf-8") if path else None
    except OSError as error:
        raise ImportFailedError(f"cannot write {path} ({error.strerror}): name a new file") from error
    with Refusals(every) as refusals:
        yield refusals


def _realign(store: Store, lexicon: Lexicon) -> int:
    """How many names moved, after decisions made here were laid over what came, and waiting names were looked up."""
    store.set_meta(DECISIONS, "")
    store.set_meta(LOOKED_UP, "")
    return sum(len(done.moves) for done in bring_up_to_date(store, lexicon))


def _credit(store: Store, asked: Asked, rules: GraphRules) -> None:
    keep_import(store, source_of(rules), Import(rules.title, asked.release, rules.licence, rules.credit))


def _check_name(name: str, *, unfit: str = "/#") -> None:
    if not name.isprintable() or not name.strip() or {*unfit} & {*name}:
        raise ImportFailedError(f"{name!r} is no name for an import: choose one without {' and '.join(unfit)} (--name)")


def _find_place(path: Path) -> Place:
    try:
        return next(iter_places([path], lambda _: True))
    except StopIteration:
        raise ImportFailedError(f"{path} is an empty folder: name the file or folder of the graph") from None
    except DAMAGE as error:
        raise ImportFailedError(f"{path} {why_unreadable(error)}") from error


def _rules(place: Place, wishes: Wishes) -> GraphRules:
    if wishes.format and wishes.format not in graph_names():
        raise UnknownNameError("format of graphs", wishes.format, [*graph_names(), *KNOWN_BY])
    given = read_graph_rules(wishes.rules) if wishes.rules else get_graph_rules(_find_name(place, wishes))
    return _mapped(given, _pairs(wishes.columns), _pairs(wishes.fixed)) if wishes.columns or wishes.fixed else given


def _find_name(place: Place, wishes: Wishes) -> str:
    name = wishes.format or (_MAPPED if wishes.columns else find_graph(place))
    if name is None:
        known = ", ".join(graph_names())
        raise ImportFailedError(
            f"{place.locator} is of no format that is known by its content ({known}): say what its columns hold with "
            "--map subject=COLUMN, --map predicate=COLUMN and --map object=COLUMN, or give --rules"
        )
    return name


def _mapped(rules: GraphRules, columns: Mapping[str, str], fixed: Mapping[str, str]) -> GraphRules:
    """The rules with one table, whose columns are those that the user named."""
    sides = [side for side in ("subject", "object") if not {side, f"{side}_name"} & {*columns, *fixed}]
    missing = [*sides, *({"predicate"} - {*columns, *fixed})]
    if missing:
        raise ImportFailedError(f"nothing says which column holds the {missing[0]}: add --map {missing[0]}=COLUMN")
    table = TableRules("rows", columns, fixed, header=tuple(columns.values()))
    return replace(rules, tables=(table,))


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = {role: value for role, _, value in (one.partition("=") for one in given)}
    for role, value in pairs.items():
        if role not in ROLES and not role.startswith(_QUALIFIER):
            raise UnknownNameError("role of a column", role, [*ROLES, f"{_QUALIFIER}NAME"])
        if not value:
            raise ImportFailedError(f"{role} is given nothing: write {role}=COLUMN")
    return pairs
