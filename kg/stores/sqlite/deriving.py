"""Derives facts from evidence, set-wise: confidence, status, support, qualifiers, and which facts oppose each other."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import apsw
import orjson

from kg.belief import CAP
from kg.model import Status
from kg.predicates import OPPOSITES
from kg.stores.sqlite.rows import fetch
from kg.stores.sqlite.schema import MANY, STATUS_CODES
from kg.stores.summing import sum_qualifiers
from kg.stores.written import MILLION

SUPPORTED, CONTESTED, NEGATIVE = (STATUS_CODES[s] for s in (Status.SUPPORTED, Status.CONTESTED, Status.NEGATIVE))

# Best belief of each document first, then 1 - ∏(1 - best) over documents; kg.belief says the same in Python.
# The rows of a restricted document count as one: how many patients of a few have a sentence is nobody's to count.
# A fact that is only denied is supported, as a negative, by the documents that deny it.
_SUMMED = f"""
select fact,
    case when max(best) <= 0 then 0 else min({round(CAP * MILLION)}, cast(round({MILLION} *
        (1 - exp(sum(case when best > 0 then ln(1 - best / {MILLION}.0) else 0 end)))) as integer)) end as confidence,
    case when max(best) <= 0 then {NEGATIVE} when min(worst) <= 0 then {CONTESTED} else {SUPPORTED} end as status,
    coalesce(nullif(sum(best > 0), 0), count(*)) as documents,
    sum(iif(d.restricted, 1, n)) as evidence,
    coalesce(group_concat(distinct nullif(country, '')) filter (where best > 0),
        case when max(best) <= 0 then group_concat(distinct nullif(country, '')) end, '') as countries,
    case when min(least) is max(most) then coalesce(max(most), 0) else {MANY} end as qualifiers
from (
    select e.fact, e.document, max(e.weight) as best, min(e.weight) as worst, count(*) as n,
        min(nullif(e.qualifiers, 0)) as least, max(nullif(e.qualifiers, 0)) as most
    from {{source}} group by e.fact, e.document)
join documents d on d.id = document group by fact
"""
_COLUMNS = "confidence, status, documents, evidence, countries, qualifiers"
_REFRESH = f"""
update facts set ({_COLUMNS}) = ({", ".join(f"a.{name}" for name in _COLUMNS.split(", "))})
from ({_SUMMED.format(source="touched t cross join evidence e on e.fact = t.fact")}) a
where facts.id = a.fact and (facts.confidence, facts.status, facts.documents, facts.evidence, facts.countries,
    facts.qualifiers) is not ({", ".join(f"a.{name}" for name in _COLUMNS.split(", "))})
"""
# Most facts of a first load have one row, which says all; the others are brought in line afterwards.
_FIRST = f"""
insert into facts
select fact, subject, predicate, object, max(0, weight), iif(weight < 0, {NEGATIVE}, {SUPPORTED}), 1, count(*),
    country, qualifiers
from staged group by fact
"""
_SEVERAL = "insert into touched select id from facts where evidence > 1"
_RETIRE = """
insert or replace into retired select f.id, s.curie, p.text, o.curie, s.name, o.name
from touched t cross join facts f on f.id = t.fact join words p on p.id = f.predicate
join nodes s on s.id = f.subject join nodes o on o.id = f.object
where not exists (select 1 from evidence where fact = f.id)
"""
_DROP = """
delete from facts where id in (select fact from touched) and not exists (select 1 from evidence where fact = facts.id)
"""
_DIFFERING = """
select e.fact, q.text, count(*) from touched t cross join facts f on f.id = t.fact and f.qualifiers = -1
cross join evidence e on e.fact = f.id join words q on q.id = e.qualifiers group by e.fact, q.id order by e.fact
"""


def derive(connection: apsw.Connection, touched: Iterable[int]) -> None:
    """Bring the facts whose evidence changed in line with it; those without evidence go."""
    connection.execute("create temp table if not exists touched (fact integer primary key); delete from touched")
    connection.executemany("insert or ignore into touched values (?)", ((fact,) for fact in touched))
    _touch_partners(connection)
    connection.execute(_REFRESH)
    connection.execute(_RETIRE)
    connection.execute(_DROP)
    _sum_qualifiers(connection)
    _find_conflicts(connection)


def derive_all(connection: apsw.Connection) -> None:
    """Make the facts of a first load from its staged rows, once the indexes of evidence are there."""
    connection.execute("create temp table if not exists touched (fact integer primary key); delete from touched")
    connection.execute(_FIRST)
    connection.execute(_SEVERAL)
    connection.execute(_REFRESH)
    _sum_qualifiers(connection)
    for opposing, predicate in _opposed(connection):
        connection.execute(_PAIR_ALL, {"opposing": opposing, "predicate": predicate})
    connection.execute(_CONTEST_ALL)


def _sum_qualifiers(connection: apsw.Connection) -> None:
    """Keep the union of the qualifiers of facts whose rows bring different ones, most frequent first."""
    connection.execute("delete from summaries where fact in (select fact from touched)")
    rows = fetch(connection, _DIFFERING)
    connection.executemany("insert into summaries values (?, ?)", _unions(rows))


def _unions(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[int, str]]:
    for fact, group in groupby(rows, key=itemgetter(0)):
        yield fact, sum_qualifiers((text, number) for _, text, number in group)


# The opposite facts of a pair are found through the side with the fewer facts of that predicate: the subject, which is
# a drug in every opposed predicate.
_PARTNERS = """
insert or ignore into touched
select b.id from touched t cross join facts a on a.id = t.fact and a.predicate = :one
cross join facts b on b.subject = a.subject and b.predicate = :other and b.object = a.object
"""
_PAIR = """
insert into conflicts (opposing, fact, rank)
select b.id, a.id, min(a.confidence, b.confidence)
from touched t cross join facts b on b.id = t.fact and b.predicate = :opposing and b.confidence > 0
cross join facts a on a.subject = b.subject and a.predicate = :predicate and a.object = b.object and a.confidence > 0
"""
_PAIR_ALL = """
insert into conflicts (opposing, fact, rank)
select max(iif(predicate = :opposing, id, null)), max(iif(predicate = :predicate, id, null)), min(confidence)
from facts where predicate in (:opposing, :predicate) and confidence > 0 group by subject, object having count(*) = 2
"""
_CONTEST_ALL = f"""
update facts set status = {CONTESTED} where status = {SUPPORTED}
and id in (select opposing from conflicts union select fact from conflicts)
"""
_CONTEST = f"{_CONTEST_ALL} and id in (select fact from touched)"


_NUMBERS = "select text, id from words where text in (select value from json_each(?))"


def _opposed(connection: apsw.Connection) -> list[tuple[int, int]]:
    names = orjson.dumps([name for pair in OPPOSITES for name in pair]).decode()
    numbers = dict(fetch(connection, _NUMBERS, (names,)))
    return [(numbers[one], numbers[other]) for one, other in OPPOSITES if one in numbers and other in numbers]


def _touch_partners(connection: apsw.Connection) -> None:
    """Touch what touched facts oppose, and what else opposes that: a fact may have several opponents."""
    pairs = _opposed(connection)
    for one, other in [*pairs, *((b, a) for a, b in pairs)]:
        connection.execute(_PARTNERS, {"one": one, "other": other})


def _find_conflicts(connection: apsw.Connection) -> None:
    connection.execute("delete from conflicts where opposing in touched or fact in touched")
    for opposing, predicate in _opposed(connection):
        connection.execute(_PAIR, {"opposing": opposing, "predicate": predicate})
    connection.execute(_CONTEST)
