"""`kg records publish`: what many patients have in common, into the graph."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from kg.commands.options import graph_option, json_option
from kg.commands.records.options import key_option, opened, records_option
from kg.config import Where, full_name


@click.command("publish")
@click.option(
    "--cohort",
    "name",
    default="patients",
    show_default=True,
    help="Name of the population, which everyone sees: letters, digits, - _ . and Chinese characters; nobody's name.",
)
@click.option("--country", default="", metavar="CODE", help="Its country, ISO 3166 alpha-2.")
@click.option("--k", type=click.IntRange(2), default=11, show_default=True, help="Fewest patients of any count.")
@click.option("--q", type=click.FloatRange(0, 1), default=0.05, show_default=True, help="Largest corrected p-value.")
@click.option("--epsilon", type=click.FloatRange(0, min_open=True), help="Noise: privacy that this release spends.")
@click.option(
    "--budget",
    type=click.FloatRange(0),
    default=0.0,
    help="Privacy that all releases may spend; stated once, for good.",
)
@click.option(
    "--per-patient",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="With noise: the most pairs that a patient adds to.",
)
@click.option(
    "--delta",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=1e-6,
    show_default=True,
    help="With noise: how likely at most a pair shows that one patient alone has.",
)
@click.option(
    "--sentences",
    type=click.IntRange(0, 20),
    default=5,
    show_default=True,
    help="Restricted sentences of notes a fact; 0: none. With noise there are none.",
)
@click.option("--dry-run", is_flag=True, help="Count and show, write nothing.")
@graph_option
@records_option
@key_option
@json_option
def command(
    name: str,
    country: str,
    k: int,
    q: float,
    epsilon: float | None,
    budget: float,
    per_patient: int,
    delta: float,
    sentences: int,
    dry_run: bool,
    graph: Where,
    records: Path,
    key_file: Path,
    as_json: bool,
) -> None:
    """Count what goes together in the patients of the events store, and bring what may be told into the graph.

    Drugs and what they were prescribed for, conditions that occur together, findings and tests of diseases: each with
    patients, lift, interval and corrected p-value. No count below --k patients is told, nor one from which such a
    count follows. What is told gets a few sentences of notes, de-identified and restricted. Run again when records have
    changed: the documents of the population are brought up to date.

    \b
    Example:  kg records publish --cohort heart-2026 --graph graph
    """
    from kg.cohorts.disclosure import DEFAULT_K, Noise
    from kg.cohorts.pairs import Terms
    from kg.cohorts.publish import Cohort, publish
    from kg.commands.lexicon import lexicon_folder
    from kg.commands.progress import steps_shown
    from kg.render.cohorts import print_published
    from kg.stores import connect
    from kg.telling import tell, tell_left_behind
    from ontologies.decided import open_decided

    if k < DEFAULT_K:
        tell(f"counts of fewer than {DEFAULT_K} patients will be told: be sure that you may")
    today = datetime.now(UTC).date().isoformat()
    noise = Noise(epsilon, per_patient, delta) if epsilon else None
    cohort = Cohort(name, today, country, Terms(k, q, noise), budget, full_name(graph), sentences)
    with opened(records, key_file, mode="rw") as (store, _), closing(connect(graph, mode="create")) as target:
        with steps_shown() as step:
            step("opening the lexicon")
            lexicon = open_decided(lexicon_folder())
            published = publish(store, target, lexicon, cohort, dry_run=dry_run, on_step=step)
        print_published(published, target, name, dry_run=dry_run, as_json=as_json)
        tell_left_behind(target.get_meta())
