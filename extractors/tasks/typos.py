"""The task `typos`: names with one typo each, substitution, insertion, deletion and swap at equal shares.

PATH is a list of names as for the task `names`, or the file of a release that is given as `--terminology READER=PATH`:
then up to 8,000 of its concepts are drawn with all their exact names. A typo that makes another name which the lexicon
has is that name: such cases are told apart as `another name`, for no reader could tell what was meant. So are names
with numbers in them, codes of compounds most of all: a number is never corrected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractors.tasks.name_lists import Given, NameCase, NameListTask
from extractors.tasks.terminology_names import cases_of, draw, find_release, read_list
from extractors.tasks.typo_cases import make_typos


def _read(given: Given) -> Iterator[NameCase]:
    concepts = find_release(given)
    cases = list(cases_of(draw(concepts, given), given)) if concepts else read_list(given.path)
    for case in make_typos(cases, seed=given.options.seed):
        found = given.lexicon.find(case.name)
        if found and found[0].curie not in case.expected:
            yield replace(case, sort="another name")
        elif any(map(str.isdigit, case.name)):
            yield replace(case, sort="with numbers")
        else:
            yield case


TASK = NameListTask("typos", "grounding of names with one typo each, made by a seed", _read)
