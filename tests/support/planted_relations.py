"""A small graph that hides a rule: people live in a country by the city they live in."""

from __future__ import annotations

import numpy as np

from kg.embed.reading import make_split
from kg.embed.triples import Split

PEOPLE, CITIES, COUNTRIES = 60, 12, 4


def make_planted_split() -> Split:
    """Who lives in which city, which city lies in which country, and, for most, who is a citizen of which country."""
    draw = np.random.default_rng(5)
    homes = [int(city) for city in draw.integers(CITIES, size=PEOPLE)]
    lives = [(f"person {at}", "lives_in", f"city {city}") for at, city in enumerate(homes)]
    lies = [(f"city {city}", "lies_in", f"country {city % COUNTRIES}") for city in range(CITIES)]
    citizens = [(f"person {at}", "citizen_of", f"country {city % COUNTRIES}") for at, city in enumerate(homes)]
    told = [citizens[at] for at in draw.permutation(PEOPLE)]
    return make_split(lives + lies + told[20:], told[:10], told[10:20])
