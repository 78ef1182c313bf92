"""What privacy was spent on patients: a line for each release with noise, kept over all names and never taken back.

The budget is stated with the first such release, and holds for all: releases add up (sequential composition, Dwork &
Roth 2014, theorem 3.16), under whatever name they are made.
"""

from __future__ import annotations

from dataclasses import dataclass

import apsw

from kg.records.database import Database
from kg.records.errors import RecordsError

_BUDGET = "privacy_budget"


@dataclass(frozen=True, slots=True)
class Spent:
    """The sums of ε and δ of all releases with noise, and the budget of ε; 0 where none was stated yet."""

    epsilon: float = 0.0
    delta: float = 0.0
    budget: float = 0.0


@dataclass(frozen=True, slots=True)
class Spending:
    """What one release spends, and how many counts a patient adds to at most in it."""

    release: str
    version: int
    epsilon: float
    delta: float
    contributions: int


class Ledger:
    """The part of an events store that keeps the privacy spent."""

    _db: Database

    def get_spent(self) -> Spent:
        """What was spent so far."""
        with self._db.read() as connection:
            return _read(connection)

    def spend(self, spending: Spending, *, budget: float = 0.0) -> Spent:
        """What is spent with one more release, noted before it is made.

        `budget` is stated once; later it may be left out (0). Raises `RecordsError`, and notes nothing, where it does
        not allow the release, or would be raised.
        """
        with self._db.write() as connection:
            spent = _read(connection)
            _check(spent, spending.epsilon, budget)
            connection.execute(
                "insert into ledger (release, version, epsilon, delta, contributions) values (?, ?, ?, ?, ?)",
                (spending.release, spending.version, spending.epsilon, spending.delta, spending.contributions),
            )
            connection.execute(
                "insert or ignore into meta values (?, ?)", (_BUDGET, repr(float(spent.budget or budget)))
            )
            return _read(connection)

    def check_spending(self, epsilon: float, *, budget: float = 0.0) -> None:
        """Raises `RecordsError` where `spend` would."""
        _check(self.get_spent(), epsilon, budget)


def _check(spent: Spent, epsilon: float, budget: float) -> None:
    if spent.budget and budget > spent.budget * (1 + 1e-9):
        raise RecordsError(
            f"the privacy budget of these patients is ε = {spent.budget:g}, stated with the first release with noise; "
            f"one of {budget:g} would break what was promised: leave --budget out"
        )
    allowed = min(filter(None, (spent.budget, budget)), default=0.0)
    if not allowed:
        raise RecordsError(
            "no privacy budget was stated for these patients: say with --budget what all releases may spend together"
        )
    if spent.epsilon + epsilon > allowed * (1 + 1e-9):
        left = max(0.0, allowed - spent.epsilon)
        raise RecordsError(
            f"the privacy budget of ε = {allowed:g} has {left:g} left, {epsilon:g} were asked; ask for less"
        )


def _read(connection: apsw.Connection) -> Spent:
    kept = connection.execute("select value from meta where name=?", (_BUDGET,)).get
    budget = float(str(kept)) if kept else 0.0
    if not connection.execute("select 1 from sqlite_schema where name='ledger'").get:
        # A file of before there was a ledger, opened to read.
        before = connection.execute("select coalesce(sum(spent), 0) from releases").get
        return Spent(float(before), 0.0, budget)
    epsilon, delta = connection.execute("select coalesce(sum(epsilon), 0), coalesce(sum(delta), 0) from ledger").get
    return Spent(float(epsilon), float(delta), budget)
