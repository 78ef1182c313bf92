"""`kg registry build`: a registry table from the events store."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import GivenPath, json_option
from kg.commands.records.options import key_option, opened


@click.command("build")
@click.argument("schema", type=GivenPath())
@click.argument("records", type=GivenPath())
@click.option("--out", type=GivenPath(), default=Path("registry"), show_default=True, help="Folder to write into.")
@key_option
@json_option
def command(schema: Path, records: Path, out: Path, key_file: Path, as_json: bool) -> None:
    """Fill the table that SCHEMA (a TOML file) asks for from the events store RECORDS.

    Written are the table (CSV and Parquet), the evidence behind each cell, the cells that a person should look at, and
    FHIR Questionnaire and QuestionnaireResponse. The files are of patients, by pseudonym, and for their owner only.

    \b
    A schema:
      [cohort]
      concepts = ["type 2 diabetes"]
      [[field]]
      name = "hba1c_last"
      concepts = ["loinc:4548-4"]
      unit = "%"

    \b
    Example:  kg registry build schema.toml records --out registry
    """
    from kg.commands.lexicon import lexicon_folder
    from kg.registry.build import build_registry
    from kg.registry.schema import read_schema
    from kg.registry.write import write_registry
    from kg.render.registry import print_coverage
    from ontologies.decided import open_decided

    asked = read_schema(schema)
    lexicon = open_decided(lexicon_folder())
    with opened(records, key_file, mode="r") as (store, _):
        coverage = write_registry(out, asked, build_registry(store, asked, lexicon))
    print_coverage(coverage, asked, out, as_json=as_json)
