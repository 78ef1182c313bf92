"""N-Triples (W3C, RDF 1.1 N-Triples), line by line: for files that are too big to be held as a graph."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ontologies.errors import TerminologyError
from ontologies.tables import File, open_text

_LINE = re.compile(
    r'\s*(<[^>]*>|_:\S+)\s*<([^>]*)>\s*(?:<([^>]*)>|(_:\S+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<[^>]*>)?)\s*\.\s*(?:#.*)?'
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


class Triple(NamedTuple):
    """One triple: the address of its subject, that of its predicate, and an address or a text with its language."""

    subject: str
    predicate: str
    object: str
    literal: bool
    language: str


def read_triples(path: File, *, predicates: Collection[str] = ()) -> Iterator[Triple]:
    """The triples of a file, plain or gzipped; only those of `predicates` where any is given, which is much faster.

    Raises TerminologyError with the number of a line that is none.
    """
    wanted = {f"<{predicate}>" for predicate in predicates}
    with open_text(path) as text:
        for number, line in enumerate(text, start=1):
            if wanted and _is_other(line, wanted):
                continue
            found = _LINE.fullmatch(line)
            if found is None:
                if line.strip() and not line.lstrip().startswith("#"):
                    raise TerminologyError(
                        f"{path}, line {number} ({line.strip()[:60]}): no triple; is the file whole?"
                    )
                continue
            subject, predicate, address, blank, literal, language = found.groups()
            value = address or blank or _unescaped(literal or "")
            yield Triple(subject.strip("<>"), predicate, value, literal is not None, (language or "").lower())


def _is_other(line: str, wanted: Collection[str]) -> bool:
    """True for a whole line whose predicate is none of those wanted."""
    parts = line.split(None, 2)
    return len(parts) == 3 and parts[1] not in wanted and parts[1][:1] == "<" and parts[2].endswith(".\n")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _LETTERS.get(found[3], found[3])
