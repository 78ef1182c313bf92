"""`kg embed train`: a model of the graph, trained and measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.embed.leak_options import leak_options, read_allowed
from kg.commands.embed.typed import refuse, refuse_all_but, type_again
from kg.commands.options import graph_option, json_option
from kg.commands.records.options import key_option, records_option
from kg.config import Where

if TYPE_CHECKING:
    from kg.embed.material import Material, SplitChoice
    from kg.embed.trained import Trained

MODELS = ("complex", "distmult", "rotate", "transe", "gnn", "me2vec")
MANNERS = ("document", "chance", "time", "area")

#: What is asked of records, and what of facts in files; of the graph all but what is of records alone.
_OF_RECORDS = ("records", "key_file")
_WITH_RECORDS = (
    *_OF_RECORDS,
    *("model", "name", "config", "values", "device", "seed", "no_pictures", "no_serve", "graph", "as_json"),
)
_DIVIDING = ("manner", "valid", "test", "days", "areas")


def _training_options(command: Callable[..., None]) -> Callable[..., None]:
    """What is trained, and how."""
    for option in reversed(
        (
            click.option(
                "--model", type=click.Choice(MODELS), default="complex", show_default=True, help="What to train."
            ),
            click.option("--name", default="", metavar="NAME", help="What to call it.", show_default="the model"),
            click.option("--config", default="", metavar="FILE", help="Settings as TOML, or the name of a preset."),
            click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="One setting; may be repeated."),
            click.option(
                "--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu, cuda, cuda:N."
            ),
            click.option(
                "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all that is by chance."
            ),
            click.option("--refit", is_flag=True, help="Once it is measured, train again on all facts."),
            click.option("--no-pictures", is_flag=True, help="Draw no curve and no map."),
            click.option("--no-serve", is_flag=True, help="Serve it not even where no model is served yet."),
        )
    ):
        command = option(command)
    return command


def _split_options(command: Callable[..., None]) -> Callable[..., None]:
    """How facts are held out."""
    share = click.FloatRange(0, 1, max_open=True)
    for option in reversed(
        (
            click.option(
                "--split",
                "manner",
                type=click.Choice(MANNERS),
                default="document",
                show_default=True,
                help="What is held out: documents, facts by chance, what is newer, areas of medicine.",
            ),
            click.option(
                "--valid", type=share, default=0.05, show_default=True, help="Share that steers the training."
            ),
            click.option("--test", type=share, default=0.1, show_default=True, help="Share that is reported."),
            click.option(
                "--days", nargs=2, default=("", ""), metavar="DAY DAY", help="By time: valid from, test from."
            ),
            click.option(
                "--area", "areas", multiple=True, metavar="CURIE", help="By area: one that is tested; may be repeated."
            ),
            click.option(
                "--keep-unseen", is_flag=True, help="Ask of concepts that train has not, too; gnn alone can place them."
            ),
            click.option(
                "--triples",
                type=click.Path(path_type=Path, file_okay=False),
                help="Train on train.txt, valid.txt and test.txt of a folder instead of the graph.",
            ),
        )
    ):
        command = option(command)
    return command


@click.command("train")
@_training_options
@_split_options
@leak_options
@graph_option
@records_option
@key_option
@json_option
def command(graph: Where, as_json: bool, **asked: Any) -> None:
    """Train a model on the facts of a graph, and say how well it finds facts that it has not seen.

    Facts that can be read off those learned from make figures mean nothing: where the split has any, nothing is
    trained, and the error says what to do. The model lies beside the graph, with a card, a curve and a map.
    The same command again goes on with a training that was cut off.

    me2vec learns from the events store instead: vectors of services, of which those of at least 11 patients lie beside
    the graph; vectors of patients stay beside the records, encrypted.

    The first model of a graph is served at once; another one once `kg embed use` says so.

    \b
    Examples:  kg embed train --model complex --graph graph
               kg embed train --model rotate --split chance --allow document --drop-leaks --device cuda
               kg embed train --triples codex-s --config codex-s --allow symmetric
               kg embed train --model gnn --split area --area HP:0001626 --keep-unseen --drop-leaks
               kg embed train --model me2vec --records records
    """
    from kg.embed.shelf import Shelf
    from kg.render.embed import print_trained

    _refuse_what_means_nothing(click.get_current_context(), asked)
    trained = _train_on_records(graph, asked) if asked["model"] == "me2vec" else _train_on_facts(graph, asked)
    if trained is not None:
        print_trained(trained, current=Shelf(graph).current(), as_json=as_json)


def _refuse_what_means_nothing(context: click.Context, asked: dict[str, Any]) -> None:
    if asked["model"] == "me2vec":
        refuse_all_but(context, _WITH_RECORDS, "me2vec learns from records, of which no facts are held out")
        return
    refuse(context, _OF_RECORDS, f"{asked['model']} learns from facts, and --model me2vec from records")
    if asked["triples"]:
        refuse(context, _DIVIDING, "--triples is divided by its files")
    if asked["manner"] != "time":
        refuse(context, ("days",), "it goes with --split time")
    if asked["manner"] != "area":
        refuse(context, ("areas",), "it goes with --split area")


def _type_again(places: tuple[str, ...]) -> str:
    return type_again(click.get_current_context(), always=("model", *places), files=("config",))


def _train_on_facts(graph: Where, asked: dict[str, Any]) -> Trained | None:
    from kg.commands.embed.progress import training_shown
    from kg.embed.recipes import choose_settings
    from kg.embed.running import Order, check, run
    from kg.embed.shelf import Shelf

    if asked["keep_unseen"] and asked["model"] != "gnn":
        raise click.UsageError(
            f"{asked['model']} makes nothing of unseen concepts: --keep-unseen goes with --model gnn"
        )
    settings = choose_settings(asked["model"], config=asked["config"], values=asked["values"], seed=asked["seed"])
    order = Order(
        model=asked["model"],
        name=asked["name"] or asked["model"],
        settings=settings,
        device=asked["device"],
        command=_type_again(("graph",)),
        refit=asked["refit"],
        pictures=not asked["no_pictures"],
        serve=not asked["no_serve"] and not asked["triples"],
    )
    check(order, Shelf(graph))
    with training_shown() as (told, say):
        say("reading and dividing facts, looking for leaks")
        return run(_read(graph, asked), order, Shelf(graph), told=told, say=say)


def _train_on_records(graph: Where, asked: dict[str, Any]) -> Trained:
    from kg.commands.embed.progress import levels_shown
    from kg.commands.records.options import opened
    from kg.embed.record_running import RecordOrder, choose_care_settings, run_on_records
    from kg.embed.shelf import Shelf
    from kg.stores import connect
    from ontologies.registry import open_lexicon

    order = RecordOrder(
        name=asked["name"] or asked["model"],
        settings=choose_care_settings(config=asked["config"], values=asked["values"], seed=asked["seed"]),
        device=asked["device"],
        command=_type_again(("graph", "records")),
        pictures=not asked["no_pictures"],
    )
    store = connect(graph)
    try:
        with opened(asked["records"], asked["key_file"], mode="r") as (_, keys):
            key = keys.store
        with levels_shown() as (told, say):
            return run_on_records(
                asked["records"],
                store,
                order,
                Shelf(graph),
                key=key,
                lexicon=open_lexicon(),
                graph_version=store.get_meta()["graph_version"],
                told=told,
                say=say,
            )
    finally:
        store.close()


def _read(graph: Where, asked: dict[str, Any]) -> Material:
    from kg.config import full_name
    from kg.embed.material import read_files, read_material
    from kg.stores import connect
    from ontologies.registry import open_lexicon

    if asked["triples"]:
        return read_files(asked["triples"], _choice(asked))
    store = connect(graph)
    try:
        return read_material(store, _choice(asked), graph=full_name(graph), lexicon=open_lexicon())
    finally:
        store.close()


def _choice(asked: dict[str, Any]) -> SplitChoice:
    from kg.embed.material import SplitChoice
    from kg.embed.splits import Shares

    return SplitChoice(
        manner=asked["manner"],
        shares=Shares(asked["valid"], asked["test"]),
        seed=asked["seed"],
        days=asked["days"],
        areas=asked["areas"],
        keep_unseen=asked["keep_unseen"],
        drop=asked["drop_leaks"],
        allow=read_allowed(asked["allow"]),
    )
