"""`kg doctor`: what is there, what is missing, what to type next."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where


@click.command("doctor")
@graph_option
@json_option
def command(graph: Where, as_json: bool) -> None:
    """Show what is installed, which terminologies are loaded, whether the graph is healthy, and what to type next.

    The exit status is 1 where something is broken.

    \b
    Example:  kg doctor --graph graph
    """
    from kg.doctor import Health, examine
    from kg.render.console import print_json
    from kg.render.doctor import print_findings

    findings = examine(graph)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_findings(findings)
    if any(finding.health is Health.BAD for finding in findings):
        sys.exit(1)
