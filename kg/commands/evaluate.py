"""`kg evaluate`: extraction scored against an annotated corpus, grounding against a list of names."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.options import json_option

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon


class Release(click.ParamType[tuple[str, Path]]):
    """A reader and a file or folder that it reads, as READER=FILE."""

    name = "READER=FILE"

    def convert(
        self, value: str | tuple[str, Path], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """The pair; fails where there is no `=` with something on both sides."""
        if isinstance(value, tuple):
            return value
        reader, _, path = value.partition("=")
        if not reader or not path:
            self.fail(f"{value!r} is no READER=FILE; write for instance icd10-cn=table.tsv", param, ctx)
        return reader, Path(path)


@click.command("evaluate")
@click.argument("task")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@click.option(
    "--predictions", type=click.Path(path_type=Path, dir_okay=False), help="Write what was found, JSON lines."
)
@click.option(
    "--folds", type=click.IntRange(0), default=10, show_default=True, help="0: take no words from the corpus."
)
@click.option("--train", type=click.Path(path_type=Path, file_okay=False), help="Take words from this corpus instead.")
@click.option("--system", default="", help="Which of the task's systems is measured; default: the best.")
@click.option(
    "--terminology",
    "terminologies",
    type=Release(),
    multiple=True,
    help="Use a lexicon of this release alone, not the installed one; may be given several times.",
)
@click.option("--to", default="", metavar="PREFIX", help="Ground names in this vocabulary, a CURIE prefix.")
@click.option("--seed", type=int, default=2017, show_default=True, help="Of what a task draws by chance.")
def command(
    task: str,
    path: Path,
    as_json: bool,
    predictions: Path | None,
    folds: int,
    train: Path | None,
    system: str,
    terminologies: tuple[tuple[str, Path], ...],
    to: str,
    seed: int,
) -> None:
    """Score TASK on the annotated corpus or list of names at PATH; an unknown TASK lists the known ones.

    Words that a task takes from the corpus itself come by cross-validation over documents only.

    \b
    Examples:  kg evaluate tac2017 tac2017-adr --predictions found.jsonl
               kg evaluate names diagnoses.tsv --terminology icd10-cn=table.tsv
    """
    from extractors.tasks import Options, run
    from kg.render.report import print_report, write_predictions

    options = Options(folds=folds, seed=seed, train=train, system=system, terminologies=terminologies, to=to)
    if predictions:
        _check_writable(predictions)
    with _lexicon(terminologies) as lexicon:
        report = run(task, path, lexicon=lexicon, options=options)
    if predictions:
        write_predictions(report, predictions)
    print_report(report, as_json=as_json)


@contextmanager
def _lexicon(releases: tuple[tuple[str, Path], ...]) -> Iterator[Lexicon]:
    """The installed lexicon, or one of these releases alone in a folder that is gone afterwards."""
    from kg.commands.lexicon import opened_lexicon
    from ontologies.registry import compile_releases

    if not releases:
        yield opened_lexicon()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield compile_releases(releases, Path(folder))


def _check_writable(path: Path) -> None:
    """Raise now, rather than when minutes of scoring are done."""
    try:
        path.touch()
    except OSError as error:
        raise click.UsageError(f"cannot write to {path} ({error.strerror}); name another file") from error
