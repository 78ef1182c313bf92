"""Many decisions by a condition: what `accept --where` and `reject --where` have in common."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from kg.commands.align.options import EXIT_REFUSED, F, new_batch, read_lines, with_options
from kg.errors import KGError
from ontologies.model import Verdict

if TYPE_CHECKING:
    from kg.curation.desk import Desk
    from kg.curation.items import Item


def bulk_options(function: F) -> F:
    """The options of deciding by a condition."""
    options = [
        click.option("--where", default="", metavar="CONDITION", help="Decide all names for which this holds."),
        click.option("--sample", type=click.IntRange(1), default=50, show_default=True, help="Names to look at."),
        click.option(
            "--least", type=click.FloatRange(0, 1), default=0.95, show_default=True, help="Share to be right."
        ),
        click.option("--strict", is_flag=True, help="The interval's lower end must reach --least, not the share."),
        click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same sample."),
        click.option(
            "--verdicts", default="", metavar="FILE", help="Table of the sample: name, curie, right (y or n)."
        ),
    ]
    return with_options(function, *options)


def decide_where(desk: Desk, where: str, verdict: Verdict, given: Mapping[str, Any], *, named: bool) -> None:
    """Draws the sample, asks about it, and decides all or nothing."""
    from kg.curation.bulk import decide_pool, find_pool, mark
    from kg.curation.sample import draw_sample, estimate
    from kg.curation.where import parse_where
    from kg.render.curation import print_change

    if named:
        raise click.UsageError("give a NAME or --where, not both")
    pool = find_pool(desk, desk.ledger.standing(), parse_where(where))
    if not pool:
        raise KGError(f"no name that waits fits {where!r}; `kg align queue --status all` shows what there is")
    sample = draw_sample(pool, given["sample"], seed=given["seed"])
    right = _verdicts(sample, verdict, given)
    wrong = frozenset(mark(item) for item in sample if not right[mark(item)])
    found = estimate(len(sample) - len(wrong), len(sample))
    told = (
        f"{found.right} of {found.sample} sampled from {len(pool)} are right: {found.share:.1%}, "
        f"{found.confidence:.0%} interval {found.low:.1%} to {found.high:.1%}"
    )
    click.echo(told, err=given["as_json"])
    if (found.low if given["strict"] else found.share) < given["least"]:
        click.echo(f"kg: refused, since fewer than {given['least']:.1%} are right; nothing was decided", err=True)
        sys.exit(EXIT_REFUSED)
    why = f"{given['why']}; {where}; {told}" if given["why"] else f"{where}; {told}"
    batch = new_batch("accept" if verdict is Verdict.EXACT else "reject")
    change = decide_pool(desk, pool, verdict, wrong=wrong, batch=batch, reason=why)
    print_change(change, desk, as_json=given["as_json"])


def _verdicts(sample: Sequence[Item], verdict: Verdict, given: Mapping[str, Any]) -> dict[str, bool]:
    """Whether each of the sample is right: from a file, or asked one by one."""
    from kg.curation.bulk import mark

    if given["verdicts"]:
        known = _from_file(given["verdicts"])
        missing = [mark(item) for item in sample if mark(item) not in known]
        if missing:
            raise KGError(f"{given['verdicts']} lacks {len(missing)} of the sample, as {missing[0]!r}; add them")
        return known
    if not sys.stdin.isatty():
        for item in sample:
            click.echo(f"{mark(item)}\t\t{item.candidates[0].name}")
        click.echo("kg: judge this sample (a column `right`, y or n) and give it as --verdicts FILE", err=True)
        sys.exit(EXIT_REFUSED)
    return {mark(item): _ask(place, len(sample), item, verdict) for place, item in enumerate(sample, start=1)}


def _ask(place: int, of: int, item: Item, verdict: Verdict) -> bool:
    best, said = item.candidates[0], "is" if verdict is Verdict.EXACT else "is not"
    words = f"{place}/{of}  {item.usage.name} ({item.kind}) {said} {best.name} ({best.curie}, {best.reason})?"
    return click.confirm(words, default=None)


def _from_file(source: str) -> dict[str, bool]:
    rows = [line.split("\t") for line in read_lines(source) if line.strip()]
    if rows and rows[0][:3] == ["name", "curie", "right"]:
        rows = rows[1:]
    wrong = next((row for row in rows if len(row) < 3 or row[2].strip().lower() not in ("y", "n")), None)
    if wrong is not None:
        raise KGError(f"{source}: {wrong!r} is no verdict; a row is name, curie, y or n, with tabs between")
    return {f"{row[0]}\t{row[1]}": row[2].strip().lower() == "y" for row in rows}
