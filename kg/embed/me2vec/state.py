"""A trained model as bytes and back, for patients who come later; it belongs beside the records, as vectors do."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from io import BytesIO

import torch

from kg.embed.me2vec.attention import Attention
from kg.embed.me2vec.levels import Levels
from kg.embed.me2vec.pooling import Pooling
from kg.embed.me2vec.providers import TrainedProviders
from kg.embed.me2vec.settings import Me2vecSettings, make_settings


def write_state(pooling: Pooling) -> bytes:
    """All that `read_state` makes the same from: settings, names, levels 1 and 2, and what was learned of patients."""
    levels, given = pooling.levels, pooling.levels.givers
    told = {
        "settings": asdict(pooling.settings),
        "parents": {child: list(above) for child, above in pooling.parents.items()},
        "codes": levels.codes,
        "names": levels.names,
        "providers": levels.providers,
        "specialties": levels.specialties,
        "givers": given.names,
    }
    state = {
        "told": json.dumps(told),
        "services": torch.from_numpy(levels.services),
        "provider_vectors": torch.from_numpy(given.providers),
        "specialty_vectors": torch.from_numpy(given.specialties),
        "accuracy": given.accuracy,
        "attention": {} if given.attention is None else given.attention.state_dict(),
        "pooling": pooling.get_state(),
    }
    written = BytesIO()
    torch.save(state, written)
    return written.getvalue()


def read_state(data: bytes, *, device: torch.device) -> Pooling:
    """What was written, on `device`; only tensors, numbers and texts are read, never code."""
    state = torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    told = json.loads(state["told"])
    settings = make_settings(told["settings"])
    services = state["services"].numpy()
    givers = TrainedProviders(
        tuple(told["givers"]),
        state["provider_vectors"].numpy(),
        state["specialty_vectors"].numpy(),
        state["accuracy"],
        services[: len(told["codes"])],
    )
    if state["attention"]:
        attention = _attention(settings, services.shape[1], len(told["specialties"]), device)
        attention.load_state_dict(state["attention"])
        givers = replace(givers, attention=attention)
    named = (tuple(told[name]) for name in ("codes", "names", "providers", "specialties"))
    codes, names, providers, specialties = named
    levels = Levels(codes, names, services, givers, providers, specialties)
    pooling = Pooling(levels, settings, told["parents"], device=device)
    pooling.set_state(state["pooling"])
    return pooling


def _attention(settings: Me2vecSettings, dimensions: int, labels: int, device: torch.device) -> Attention:
    chosen, generator = settings.givers, torch.Generator(device=device)
    return Attention(dimensions, labels, heads=chosen.heads, dropout=chosen.dropout, generator=generator)
