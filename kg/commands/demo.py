"""`kg demo`: the main job on the bundled samples, from labels to an answer with its sentence."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click

from kg.config import Where
from ontologies.home import get_home
from ontologies.printable import printable

QUERY = """query WhatInteractsWithWarfarin {
  search(text: "warfarin", first: 1) {
    node {
      id name nameZh
      facts(first: 3, predicates: [INTERACTS_WITH, CONTRAINDICATED_IN]) {
        edges {
          predicate confidence status
          node { id name }
          evidence(first: 1, language: EN) { quote sectionTitle document { title country } }
        }
      }
    }
  }
}"""


@click.command("demo")
@click.option(
    "--graph",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: get_home() / "demo",
    show_default="demo under KG_HOME",
    help="Folder of the demo graph.",
)
@click.option("--keep", is_flag=True, help="Keep the service up until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the service (0: any free one).")
def command(graph: Where, keep: bool, port: int) -> None:
    """Build a graph from the bundled sample labels, serve it, ask one question and print the answer.

    \b
    Example:  kg demo --graph /tmp/demo --keep
    """
    with as_file(files("kg") / "samples") as samples:
        build = subprocess.run([sys.executable, "-m", "kg", "build", str(samples), "--graph", str(graph)], check=False)
    if build.returncode:
        sys.exit(build.returncode)
    with _service(graph, port) as (process, url):
        _ask(url)
        if keep:
            click.echo(f"\nThe service is up at {url} (GraphiQL in a browser). Ctrl-C stops it.")
            with suppress(KeyboardInterrupt):
                process.wait()
    if not keep:
        click.echo(
            f"\nThe service is stopped. The graph stays in {graph}: try `{_program()} show warfarin --graph {graph}`."
        )


def _program() -> str:
    """How this program was called, as the user may call it again."""
    return "python -m kg" if sys.argv[0].endswith("__main__.py") else sys.argv[0]


@contextmanager
def _service(graph: Where, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    arguments = [sys.executable, "-m", "kg", "serve", "--graph", str(graph), "--port", str(port)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = next((m for line in process.stdout if (m := re.search(r"http://\S+", line))), None)
            if found is None:
                raise click.ClickException("the service did not start; run `kg serve` to see why")
            yield process, found.group()
        finally:
            process.terminate()


def _ask(url: str) -> None:
    body = json.dumps({"query": QUERY}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - our own service
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    click.secho(f"\nPOST {url}", bold=True)
    click.echo(QUERY)
    click.secho("\nAnswer", bold=True)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    click.secho("\nThe sentence behind each fact", bold=True)
    for hit in found["data"]["search"]:
        for edge in hit["node"]["facts"]["edges"]:
            evidence = edge["evidence"][0]
            _say(f"  {hit['node']['name']} {edge['predicate'].lower()} {edge['node']['name']}")
            _say(f"    “{' '.join(evidence['quote'].split())}”")
            document = evidence["document"]
            _say(f"    {document['title']} ({document['country']}), {evidence['sectionTitle']}")


def _say(told: str) -> None:
    click.echo(printable(told))
