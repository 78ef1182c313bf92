"""The pickled dictionaries of names that two packages carry, opened as data only, and their variants thinned out."""

from __future__ import annotations

import bz2
import io
import pickle
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from ontologies.names import in_spoken_order
from ontologies.normalize import normal_form

_WORDS = re.compile(r"(?!(?:of|and|the|in|with|due|to)\b)[A-Za-z]+")


class _PlainUnpickler(pickle.Unpickler):
    """Opens pickles of plain dicts, lists and strings only."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Nothing but an error: no class is needed for names."""
        raise pickle.UnpicklingError(f"{module_name}.{global_name} in a dictionary of names: not opened")


def read_dictionary(package: str, name: str) -> Mapping[str, Any]:
    """The content of the dictionary `name` of an installed package."""
    packed = files(package).joinpath(name).read_bytes()
    content: Mapping[str, Any] = _PlainUnpickler(io.BytesIO(bz2.decompress(packed))).load()
    return content


def group_variants(by_variant: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Canonical name to its variants, the shortest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for variant, owners in by_variant.items():
        for owner in owners:
            found[owner].append(variant)
    return {owner: sorted(variants, key=lambda v: (len(v), v)) for owner, variants in found.items()}


def restore_capitals(name: str, variants: Sequence[str]) -> list[str]:
    """The variants, initials of the name or of another variant in capitals: the dictionaries have lower case only."""
    initials = {
        "".join(word[0] for word in _WORDS.findall(in_spoken_order(full))).lower() for full in (name, *variants)
    }
    return [variant.upper() if len(variant) > 1 and variant in initials else variant for variant in variants]


def find_distinct(name: str, variants: Iterable[str]) -> Iterator[str]:
    """One variant for each normal form, words in their natural order; the dictionary has every order and plural."""
    seen = {normal_form(name), normal_form(in_spoken_order(name))}
    for variant in sorted(variants, key=lambda v: (", " in v, v)):
        form = normal_form(in_spoken_order(variant))
        if form not in seen and sum(c.isalpha() for c in form) > 2:
            seen.add(form)
            yield variant
