"""What is trained: the encoder with a vector for each relation from either side; and its file."""

from __future__ import annotations

import json
import pickle
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from kg.embed.errors import CheckpointError
from kg.embed.gnn.encoders import Encoder
from kg.embed.gnn.settings import GnnSettings, make_gnn_settings
from kg.embed.whole_files import replacing_file


class Network(nn.Module):
    """An encoder of so many features, nodes and relations, and `kinds`, the vectors of relations seen from both sides.

    Weights are drawn by the seed of the settings, the same on every kind of device.
    """

    def __init__(self, features: int, nodes: int, relations: int, settings: GnnSettings) -> None:
        super().__init__()
        self.sizes = features, nodes, relations
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            self.encoder = Encoder(features, nodes, 2 * relations, settings)
            self.kinds = nn.Parameter(torch.randn(2 * relations, settings.width) * settings.width**-0.5)


def write_network(path: Path, network: Network) -> None:
    """Writes the settings and weights of a network, for `read_network`."""
    told = json.dumps({"sizes": network.sizes, "settings": asdict(network.encoder.settings)})
    weights = {name: value.detach().cpu() for name, value in network.state_dict().items()}
    with replacing_file(path) as new:
        torch.save({"told": told, "weights": weights}, new)


def read_network(path: Path, *, device: torch.device | None = None) -> Network:
    """The network that `write_network` wrote; raises `CheckpointError` where it is none."""
    try:
        # Only tensors, numbers and text: a file from elsewhere must not be able to run anything.
        content = torch.load(path, map_location="cpu", weights_only=True)
        told = json.loads(content["told"])
        features, nodes, relations = told["sizes"]
        network = Network(features, nodes, relations, make_gnn_settings(told["settings"], told_of=str(path)))
        network.load_state_dict(content["weights"])
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, ValueError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"{path} is no network ({error}); name the file of a trained one") from error
    return network.to(device or torch.device("cpu")).eval()
