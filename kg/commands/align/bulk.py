"""Many decisions by a condition: what `accept --where` and `reject --where` have in common."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kg.commands.align.options import EXIT_REFUSED, F, new_batch, read_lines, with_options
from kg.errors import KGError
from kg.telling import tell
from ontologies.model import Verdict

if TYPE_CHECKING:
    from kg.curation.desk import Desk
    from kg.curation.items import Item
    from kg.curation.judging import Judgement


def bulk_options(function: F) -> F:
    """The options of deciding by a condition."""
    options = [
        click.option("--where", default="", metavar="CONDITION", help="Decide all names for which this holds."),
        click.option("--sample", type=click.IntRange(1), default=50, show_default=True, help="Names to look at."),
        click.option(
            "--least", type=click.FloatRange(0, 1), default=0.95, show_default=True, help="Share to be right."
        ),
        click.option(
            "--lowest",
            type=click.FloatRange(0, 1),
            default=0.8,
            show_default=True,
            help="What the interval's lower end must reach, unless every name was looked at.",
        ),
        click.option("--strict", is_flag=True, help="The interval's lower end must reach --least, not the share."),
        click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same sample."),
        click.option(
            "--verdicts", default="", metavar="FILE", help="Table of the sample: name, curie, right (y, n or u)."
        ),
    ]
    return with_options(function, *options)


def decide_where(desk: Desk, where: str, verdict: Verdict, given: Mapping[str, Any], *, named: bool) -> None:
    """Draws the sample, asks about it, and decides all or nothing."""
    from kg.curation.bulk import decide_pool, find_pool, mark
    from kg.curation.judging import Judgement
    from kg.curation.sample import draw_sample, estimate
    from kg.curation.where import parse_where
    from kg.render.curation import print_change

    if named:
        raise click.UsageError("give a NAME or --where, not both")
    pool = find_pool(desk, desk.ledger.standing(), parse_where(where))
    if not pool:
        raise KGError(f"no name that waits fits {where!r}; `kg align queue --status all` shows what there is")
    sample = draw_sample(pool, given["sample"], seed=given["seed"])
    said = _judged(desk, sample, verdict, where, given)
    wrong, unsure = (
        [mark(item) for item in sample if said[mark(item)] is one] for one in (Judgement.WRONG, Judgement.UNSURE)
    )
    found = estimate(len(sample) - len(wrong) - len(unsure), len(sample))
    doubt = f", of {len(unsure)} you are unsure" if unsure else ""
    told = (
        f"{found.right} of {found.sample} sampled from {len(pool)} are right{doubt}: {found.share:.1%}, "
        f"{found.confidence:.0%} interval {found.low:.1%} to {found.high:.1%}"
    )
    click.echo(told, err=given["as_json"])
    if (found.low if given["strict"] else found.share) < given["least"]:
        _refuse(f"refused, since fewer than {given['least']:.1%} are right; nothing was decided")
    if found.low < given["lowest"] and len(sample) < len(pool):
        _refuse(
            f"refused, since {found.sample} of {len(pool)} say too little: as few as {found.low:.1%} may be right;"
            f" look at more (--sample), or allow that (--lowest); nothing was decided"
        )
    why = f"{given['why']}; {where}; {told}" if given["why"] else f"{where}; {told}"
    batch = new_batch("accept" if verdict is Verdict.EXACT else "reject")
    change, refused = decide_pool(desk, pool, verdict, wrong=wrong, unsure=unsure, batch=batch, reason=why)
    print_change(change, desk, as_json=given["as_json"], refused=refused)
    if refused:
        sys.exit(EXIT_REFUSED)


def _judged(
    desk: Desk, sample: Sequence[Item], verdict: Verdict, where: str, given: Mapping[str, Any]
) -> dict[str, Judgement]:
    """What is said of each of the sample: in a file, or by keys at a terminal; without either it is printed."""
    from kg.curation.bulk import mark

    if given["verdicts"]:
        known = _from_file(given["verdicts"])
        missing = [mark(item) for item in sample if mark(item) not in known]
        if missing:
            raise KGError(f"{given['verdicts']} lacks {len(missing)} of the sample, as {missing[0]!r}; add them")
        return known
    if not sys.stdin.isatty():
        from kg.render.sample import COLUMNS, sample_row

        click.echo("\t".join(COLUMNS))
        for item in sample:
            click.echo(sample_row(item, desk))
        _refuse("judge this sample (the third column: y, n or u) and give it as --verdicts FILE")
    return _asked(desk, sample, verdict, where)


def _asked(desk: Desk, sample: Sequence[Item], verdict: Verdict, where: str) -> dict[str, Judgement]:
    """What the curator says of each of the sample, one key each."""
    from kg.curation.judging import judge
    from kg.render.console import make_console
    from kg.render.sample import draw_sample_card
    from kg.render.terminal import Terminal

    console = make_console()

    def show(place: int, said: Sequence[Judgement], message: str) -> None:
        page = draw_sample_card(sample, place, said, desk, console, verdict=verdict, where=where, message=message)
        terminal.show(page)

    with Terminal(console) as terminal:
        said = judge(sample, terminal, show)
    if said is None:
        _refuse("stopped before the sample was judged; nothing was decided")
    return said


def _refuse(why: str) -> NoReturn:
    tell(f"kg: {why}")
    sys.exit(EXIT_REFUSED)


def _from_file(source: str) -> dict[str, Judgement]:
    from kg.curation.judging import Judgement

    judged: dict[str, Judgement] = {}
    for number, line in enumerate(read_lines(source), start=1):
        name, curie, right = [*line.split("\t"), "", "", ""][:3]
        if not line.strip() or (name, curie, right) == ("name", "curie", "right"):
            continue
        if right.strip().lower() not in tuple(Judgement):
            told = f"says {right.strip()!r}" if right.strip() else "is not judged yet"
            raise KGError(f"{source}, line {number}: {name!r} {told}; its third column is to be y, n or u")
        judged[f"{name}\t{curie}"] = Judgement(right.strip().lower())
    return judged
