"""`kg embed evaluate` of a model of care: what it is worth on the records that it was learned from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.records.options import key_option, opened, records_option

if TYPE_CHECKING:
    from kg.embed.care.running import Answer
    from kg.embed.trained import Numbers, Trained

#: The options that mean something for models of care alone.
OF_CARE = ("records", "key_file", "seeds")


def care_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--records`, `--key-file` and `--seeds`."""
    seeds = click.option(
        "--seeds", type=click.IntRange(1, 100), default=5, show_default=True, help="Of me2vec: trainings a question."
    )
    return seeds(records_option(key_option(command)))


def evaluate(trained: Trained, *, records: Path, key_file: Path, seeds: int, device: str, as_json: bool) -> None:
    """Prints the figures, and nothing else of the records; the card of the model has them then."""
    from kg.commands.progress import steps_shown
    from kg.embed.background import read_background
    from kg.embed.care.records import evaluate_care, get_scores
    from kg.embed.device import get_device
    from kg.embed.me2vec.reading import read_journeys
    from kg.embed.me2vec.settings import make_settings
    from kg.render.embed_care import print_worth
    from ontologies.registry import open_lexicon

    settings = make_settings(trained.about.settings, where=trained.about.name)
    with opened(records, key_file, mode="r") as (store, keys), steps_shown() as say:

        def told(answer: Answer) -> None:
            say(f"{answer.task}, {answer.baseline}, seed {answer.seed}")

        say("reading journeys")
        journeys = read_journeys(store)
        worth = evaluate_care(
            journeys,
            read_background(journeys.codes, open_lexicon()).parents,
            settings,
            name=trained.about.name,
            device=get_device(device),
            seeds=seeds,
            told=told,
        )
    print_worth(worth, trained.about, as_json=as_json)
    _keep(trained, get_scores(worth), records, keys.store)


def _keep(trained: Trained, scores: Mapping[str, Numbers], records: Path, key: bytes | None) -> None:
    from kg.embed.record_running import keep_scores
    from kg.errors import KGError
    from kg.telling import tell

    try:
        keep_scores(trained, scores, records, key=key, say=tell)
    except (KGError, OSError) as error:
        tell(f"the card of {trained.about.name} does not have these figures: {error}")
