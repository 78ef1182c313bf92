"""`kg deid`: a text without what points at a person."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.options import json_option

if TYPE_CHECKING:
    from extractors.deidentify import Cleaned, Deidentifier
    from extractors.events import Identifier


@click.command("deid")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--mode",
    type=click.Choice(["erase", "type", "pseudonym"]),
    default="type",
    show_default=True,
    help="What stands where an identifier stood: nothing, its type in brackets, or a keyed surrogate.",
)
@click.option("--shift-dates", is_flag=True, help="Move dates by a number of days that the key gives to the patient.")
@click.option("--patient", default="", metavar="ID", help="Whose text it is: dates of one patient move alike.")
@click.option("--language", default="", metavar="TAG", help="Language of the text: en, zh; default: as it looks.")
@click.option("--encoding", default="utf-8", show_default=True, metavar="NAME", help="Encoding in and out: gb18030 ...")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the secret of surrogates and shifts; without it each run has another.",
)
@click.option(
    "--known",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Values of the record to hunt for: lines of a type, a tab and a value (name, phone, date ...).",
)
@click.option(
    "--reach",
    type=int,
    metavar="POINTS",
    help="How far the trained recogniser reaches, 600 where not said; more finds more, and more in vain.",
)
@json_option
def command(
    file: Path,
    mode: str,
    shift_dates: bool,
    patient: str,
    language: str,
    encoding: str,
    key_file: Path | None,
    known: Path | None,
    reach: int | None,
    as_json: bool,
) -> None:
    """Print FILE without names, dates, numbers and places that point at a person; all else is unchanged.

    FILE - is standard input. The report, how many of each type, goes to standard error; with --json the spans are
    printed instead of the text: start, end (characters of the input, end exclusive) and type. No message quotes the
    text. What neither rules nor training know is not found: read docs/deidentification.md before you let a text out.

    \b
    Examples:  kg deid note.txt > clean.txt
               kg deid - --mode pseudonym --shift-dates --patient 42 --key-file key < note.txt
               kg deid 出院小结.txt --encoding gb18030 --known values.tsv
    """
    from extractors.deidentify import Report

    if shift_dates and not as_json:
        _warn_of_shift(key_file, patient)
    by = _make_deidentifier(mode, shift_dates=shift_dates, key_file=key_file, reach=reach)
    hunted = _read_known(known, encoding)
    text = _read(file, encoding)
    cleaned = by.clean_text(text, patient=patient, language=language, known=hunted)
    _print(cleaned, encoding, as_json=as_json)
    report = Report()
    report.note(cleaned, characters=len(text))
    for line in report.lines():
        click.echo(line, err=True)


def _warn_of_shift(key_file: Path | None, patient: str) -> None:
    """Says what nobody can repeat: a shift is made from the key and the patient."""
    if key_file is None:
        click.echo(
            "kg: without --key-file the key is thrown away: no other run moves dates by these days again, and the days "
            "between two texts of a patient mean nothing; make one (openssl rand -out key 32) and give --key-file key",
            err=True,
        )
    if not patient:
        click.echo(
            "kg: without --patient the dates of all texts move by the same days, whose they may be: give --patient ID",
            err=True,
        )


def _make_deidentifier(mode: str, *, shift_dates: bool, key_file: Path | None, reach: int | None) -> Deidentifier:
    import secrets

    from extractors.deidentify import Deidentifier, Mode
    from extractors.deidentify.cleaner import SHIFT_DAYS

    key = secrets.token_bytes(32) if key_file is None else _read_bytes(key_file)
    return Deidentifier(key=key, mode=Mode(mode), shift_days=SHIFT_DAYS if shift_dates else 0, reach=reach)


def _read_bytes(path: Path) -> bytes:
    """The bytes of a file or of standard input; raises UsageError that names the file and nothing of it."""
    try:
        with click.open_file(str(path), "rb") as stream:
            content: bytes = stream.read()
            return content
    except OSError as error:
        raise click.UsageError(f"cannot read {path} ({error.strerror}); name a file, or - for standard input") from None


def _read(path: Path, encoding: str) -> str:
    """The text as it is, line ends and all."""
    from extractors.errors import DeidentifyError

    content = _read_bytes(path)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        place = error.start
    except LookupError:
        raise click.UsageError(f"no encoding is called {encoding}; try utf-8 or gb18030") from None
    raise DeidentifyError(f"{path}: byte {place} is not {encoding}; say --encoding gb18030, or what it is in")


def _read_known(path: Path | None, encoding: str) -> list[Identifier]:
    """The values of a file of known values; raises DeidentifyError that says which line is wrong, not what is in it."""
    from extractors.errors import DeidentifyError
    from extractors.events import Identifier, IdentifierType

    if path is None:
        return []
    types = {kind.value: kind for kind in IdentifierType}
    known = []
    for number, line in enumerate(_read(path, encoding).lstrip("\ufeff").splitlines(), start=1):
        kind, tab, value = line.partition("\t")
        if line.strip() and (not tab or kind not in types):
            raise DeidentifyError(f"{path}: line {number} is no type, tab and value; the types are: {', '.join(types)}")
        if line.strip():
            known.append(Identifier(types[kind], value.strip()))
    return known


def _print(cleaned: Cleaned, encoding: str, *, as_json: bool) -> None:
    import orjson

    if as_json:
        spans = [{"start": f.start, "end": f.end, "type": f.type.value, "rule": f.rule} for f in cleaned.found]
        sys.stdout.buffer.write(orjson.dumps({"spans": spans}) + b"\n")
    else:
        sys.stdout.buffer.write(cleaned.text.encode(encoding))
    sys.stdout.flush()
