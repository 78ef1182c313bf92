"""`kg evaluate`: extraction scored against an annotated corpus."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import json_option


@click.command("evaluate")
@click.argument("task")
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
@click.option(
    "--predictions", type=click.Path(path_type=Path, dir_okay=False), help="Write what was found, JSON lines."
)
@click.option(
    "--folds", type=click.IntRange(0), default=10, show_default=True, help="0: take no words from the corpus."
)
@click.option("--train", type=click.Path(path_type=Path, file_okay=False), help="Take words from this corpus instead.")
@click.option("--system", default="", help="Which of the task's systems is measured; default: the best.")
def command(
    task: str, folder: Path, as_json: bool, predictions: Path | None, folds: int, train: Path | None, system: str
) -> None:
    """Score TASK on the annotated corpus in FOLDER; an unknown TASK lists the known ones.

    Words that a task takes from the corpus itself come by cross-validation over documents only.

    \b
    Example:  kg evaluate tac2017 tac2017-adr --predictions found.jsonl
    """
    from extractors.tasks import Options, run
    from kg.commands.lexicon import opened_lexicon
    from kg.render.report import print_report, write_predictions

    options = Options(folds=folds, train=train, system=system)
    if predictions:
        _check_writable(predictions)
    report = run(task, folder, lexicon=opened_lexicon(), options=options)
    if predictions:
        write_predictions(report, predictions)
    print_report(report, as_json=as_json)


def _check_writable(path: Path) -> None:
    """Raise now, rather than when minutes of scoring are done."""
    try:
        path.touch()
    except OSError as error:
        raise click.UsageError(f"cannot write to {path} ({error.strerror}); name another file") from error
