"""`kg ground`: which standard concepts names stand for."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.options import json_option, kind_option
from kg.telling import tell

if TYPE_CHECKING:
    from kg.batch import GroundAll
    from ontologies.ground import Ask, Grounder
    from ontologies.model import Grounding, Kind

#: Exit status when a name has no answer that can be trusted.
EXIT_UNCLEAR = 4


@click.command("ground")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Ground the names of this TSV (header: name, kind, language, context; - reads standard input).",
)
@kind_option
@click.option("--language", default="", metavar="TAG", help="Language of the names: en, zh; default: as they look.")
@click.option("--context", default="", metavar="TEXT", help="Text around the names: tells one sense from another.")
@click.option("--to", default="", metavar="PREFIX", help="Answer with concepts of this vocabulary, a CURIE prefix.")
@click.option("--top", type=click.IntRange(1, 100), default=5, show_default=True, help="Matches of a name at most.")
@click.option("--roll-up", is_flag=True, help="Answer with the ingredient where a name is a salt of it.")
@click.option("--vectors", is_flag=True, help="Put guesses in order by meaning (pip install 'medkg[vectors]').")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Score below which nothing is an answer.")
@json_option
def command(
    names: tuple[str, ...],
    batch: Path | None,
    kinds: tuple[str, ...],
    language: str,
    context: str,
    to: str,
    top: int,
    roll_up: bool,
    vectors: bool,
    threshold: float | None,
    as_json: bool,
) -> None:
    """Find the standard concepts that NAMEs stand for, each with the reason, or no answer where none can be trusted.

    Exit status 4: a name has no answer. With --batch one JSON line a row comes out, in the same order; a row that
    cannot be read is told, and the exit status is 3; a blank line has a line without an answer.

    \b
    Examples:  kg ground "metoprolol succ ER 50mg po bid" 右肺癌
               kg ground RTA --context "hypokalemia with metabolic acidosis" --kind disease
               kg ground 拉肚子三天 --vectors
               kg ground --batch names.tsv --to icd10cm > grounded.jsonl
    """
    if bool(names) == bool(batch):
        raise click.UsageError('give names, or --batch with a file of them: kg ground "heart attack"')
    from kg.render.grounding import print_groundings
    from ontologies.decided import with_rejections
    from ontologies.model import Kind

    wanted = [Kind(kind) for kind in kinds]
    grounder, prefix = _make_grounder(threshold), _known_prefix(to)
    _tell_if_missing(grounder, prefix)
    if batch:
        ground_all = partial(grounder.ground_all, kinds=wanted, to=prefix, top=top, roll_up=roll_up)
        _ground_file(batch, partial(_told, grounder, ground_all, kinds=wanted), language=language, context=context)
        return
    groundings = [
        grounder.ground(name, kinds=wanted, language=language, context=context, to=prefix, top=top, roll_up=roll_up)
        for name in names
    ]
    guess = partial(_with_guesses, grounder, kinds=wanted, language=language, top=top, vectors=vectors)
    groundings = groundings if prefix else [guess(grounding) for grounding in groundings]
    tell_of = partial(with_rejections, grounder.lexicon, kinds=wanted, language=language)
    groundings = [tell_of(grounding) for grounding in groundings]
    print_groundings(groundings, as_json=as_json)
    if any(grounding.abstained for grounding in groundings):
        sys.exit(EXIT_UNCLEAR)


def _ground_file(path: Path, ground_all: GroundAll, *, language: str, context: str) -> None:
    from kg.batch import ground_lines
    from kg.cli import EXIT_QUARANTINED

    try:
        opened = click.open_file(str(path), "rb")
    except OSError as error:
        raise click.UsageError(
            f"cannot read {path} ({error.strerror}); name a file, or - for standard input"
        ) from error
    with opened as lines:
        bad = ground_lines(lines, ground_all, sys.stdout.buffer, language=language, context=context, tell=_tell)
    for sentence in bad:
        _tell(sentence)
    if bad:
        sys.exit(EXIT_QUARANTINED)


def _told(grounder: Grounder, ground_all: GroundAll, asks: Iterable[Ask], *, kinds: list[Kind]) -> Iterator[Grounding]:
    """What each of `asks` stands for, with what curators said that it is not."""
    from ontologies.decided import with_rejections

    asked = list(asks)
    for ask, found in zip(asked, ground_all(asked), strict=True):
        yield with_rejections(grounder.lexicon, found, kinds=[ask.kind] if ask.kind else kinds, language=ask.language)


def _with_guesses(
    grounder: Grounder, grounding: Grounding, *, kinds: list[Kind], language: str, top: int, vectors: bool
) -> Grounding:
    """The grounding with concepts whose names share words with one that has no answer."""
    from ontologies.suggestions import widened
    from ontologies.vectors import Reranker, get_encoder

    reranker = Reranker(get_encoder()) if vectors else None
    return widened(grounder.lexicon, grounding, kinds=kinds, language=language, top=top, reranker=reranker)


def _tell(sentence: str) -> None:
    tell(f"kg: {sentence}")


def _make_grounder(threshold: float | None) -> Grounder:
    from kg.commands.lexicon import opened_lexicon
    from ontologies.ground import THRESHOLD, Grounder

    return Grounder(opened_lexicon(), threshold=THRESHOLD if threshold is None else threshold)


def _tell_if_missing(grounder: Grounder, prefix: str) -> None:
    """Tells where no terminology of that prefix is there: only cross-references of others can answer with it."""
    installed = {info.prefix for info in grounder.lexicon.terminologies}
    if prefix and "" not in installed and prefix not in installed:
        _tell(f"no terminology here has the prefix {prefix}: `kg terminology` lists those there are, and adds others")


def _known_prefix(prefix: str) -> str:
    """The prefix as medkg writes it; raises UnknownNameError, which lists the known ones."""
    from ontologies.curies import parse_curie

    return parse_curie(f"{prefix}:1")[0] if prefix else ""
