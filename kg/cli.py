"""The `kg` command: names every command and loads one only when it is asked for."""

from __future__ import annotations

import sys
from importlib import metadata
from io import StringIO

import click

from kg.errors import KGError
from kg.lazy import LazyGroup
from kg.telling import tell
from ontologies.printable import printable_lines

#: Command name → (module, help shown in the list). The module holds a click command called `command`.
COMMANDS = {
    "demo": ("kg.commands.demo", "Build the bundled sample labels, serve them and ask one question."),
    "build": ("kg.commands.build", "Build or update a graph from labels: files, folders, zips."),
    "assemble": ("kg.commands.assemble", "Build or update a graph from runs that kg extract --runs wrote."),
    "remove": ("kg.commands.remove", "Take a document and what it said out of the graph."),
    "diff": ("kg.commands.diff", "What the versions of a document added and retracted."),
    "quarantine": ("kg.commands.quarantine", "Inputs that could not be read, with the reason."),
    "stats": ("kg.commands.stats", "Counts by kind, predicate, status and country."),
    "show": ("kg.commands.show", "Facts about a name or CURIE, with the best sentence of each."),
    "search": ("kg.commands.search", "Concepts of the graph by words, prefixes or Chinese characters."),
    "conflicts": ("kg.commands.conflicts", "Facts that oppose each other."),
    "registry": ("kg.commands.registry", "Tables of the patients of a disease, with the evidence of each cell."),
    "unlabelled": ("kg.commands.unlabelled", "What records say of drugs that no label says."),
    "export": ("kg.commands.export", "Write the graph for other programs: JSON lines, Parquet, RDF, KGX, Neo4j, …"),
    "import": ("kg.commands.import_", "Bring in graphs of others, and exports of medkg."),
    "sync": ("kg.commands.sync", "Bring one graph level with another: folders and Neo4j servers."),
    "verify": ("kg.commands.verify", "Whether two graphs say the same, and where they differ."),
    "serve": ("kg.commands.serve", "Serve the graph through GraphQL."),
    "records": ("kg.commands.records", "Medical records, de-identified, in a store apart from the graph."),
    "extract": ("kg.commands.extract", "Sections, mentions and relations of documents, without a store."),
    "evaluate": ("kg.commands.evaluate", "Score extraction against a corpus."),
    "ground": ("kg.commands.ground", "Standard concepts for names, each with its reason."),
    "align": ("kg.commands.align", "Decide which concept a name stands for, and undo it."),
    "deid": ("kg.commands.deid", "A text without names, dates, numbers and places that point at a person."),
    "embed": ("kg.commands.embed", "Vectors of the graph: train them, what is alike, what may be missing."),
    "neo4j": ("kg.commands.neo4j", "A Neo4j server on this machine: start, stop, status, init, admin."),
    "terminology": ("kg.commands.terminology", "Add, list, show and remove terminologies."),
    "doctor": ("kg.commands.doctor", "What is installed, loaded and healthy, and what to type next."),
}

#: Exit status when the work is done but something went to quarantine.
EXIT_QUARANTINED = 3


@click.group(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="medkg", message="medkg %(version)s")
def kg() -> None:
    """Drug labels and medical records as a knowledge graph, with the sentence behind every fact.

    Start with `kg demo`; ask `kg doctor` when something seems missing.
    """


def main() -> None:
    """Run `kg`: a known error becomes one sentence on standard error and exit status 1."""
    try:
        kg.main(standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.Abort:
        _stop("interrupted; nothing that was committed is lost, and the same command goes on from there", 130)
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        click.echo(printable_lines(shown.getvalue()), nl=False, err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except (KGError, metadata.PackageNotFoundError) as error:
        _stop(str(error), 1)


def _stop(sentence: str, status: int) -> None:
    tell(f"kg: {sentence}")
    sys.exit(status)
