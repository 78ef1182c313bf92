"""Networks that make vectors of nodes from features and neighbours, of layers of torch-geometric."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from kg.embed.gnn.sampling import Adjacency, Block, iter_blocks, whole_block
from kg.embed.gnn.settings import GnnSettings

with warnings.catch_warnings():
    # torch-geometric 2.8 calls what torch 2.15 gives up; no user can do anything about it.
    warnings.simplefilter("ignore", FutureWarning)
    from torch_geometric.nn import GATv2Conv, RGCNConv, SAGEConv


class Encoder(nn.Module):
    """Features of nodes, made as wide as the vectors, through layers that each add what neighbours say.

    A layer reads a `Block`, so that the same weights work on drawn neighbours, on all, and on the whole graph.
    """

    def __init__(self, features: int, nodes: int, relations: int, settings: GnnSettings) -> None:
        super().__init__()
        self.settings = settings
        self.own = nn.Parameter(torch.randn(nodes, settings.own) * 0.1) if settings.own else None
        self.enter = nn.Linear(features + settings.own, settings.width)
        self.layers = nn.ModuleList(make_layer(relations, settings) for _ in range(settings.layers))
        self.norms = nn.ModuleList(nn.LayerNorm(settings.width) for _ in range(settings.layers))
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, features: Tensor, blocks: Sequence[Block]) -> Tensor:
        """Vectors of the targets of the last block; `features` are those of all nodes."""
        vectors = self.begin(features, blocks[0].nodes)
        for at, block in enumerate(blocks):
            vectors = self.step(at, vectors, block)
        return vectors

    def begin(self, features: Tensor, nodes: Tensor) -> Tensor:
        """What the first layer reads of some nodes."""
        given = features[nodes]
        if self.own is not None:
            given = torch.cat((given, self.own[nodes]), dim=1)
        entered: Tensor = self.enter(given)
        return entered

    def step(self, at: int, vectors: Tensor, block: Block) -> Tensor:
        """What a layer makes of the vectors of a block's nodes: those of its targets."""
        kept = vectors[: block.targets]
        read = self.dropout(self.norms[at](vectors).relu())
        added: Tensor = self.layers[at]((read, read[: block.targets]), block.edges, block.relations)
        return kept + added.float()

    def encode_all(self, features: Tensor, adjacency: Adjacency) -> Tensor:
        """Vectors of all nodes from all their neighbours, layer by layer, in parts: memory for two of them."""
        nodes = torch.arange(adjacency.node_count, device=features.device)
        vectors = torch.cat([self.begin(features, part) for part in torch.split(nodes, self.settings.chunk)])
        for at in range(len(self.layers)):
            parts = iter_blocks(adjacency, self.settings.chunk)
            vectors = torch.cat([self.step(at, vectors[block.nodes], block) for block in parts])
        return vectors

    def encode_whole(
        self, features: Tensor, adjacency: Adjacency, *, hidden: Tensor | None = None, alone: Tensor | None = None
    ) -> Tensor:
        """Vectors of all nodes at once, to learn from, without the edges that `draw_blocks` leaves out."""
        made: Tensor = self(features, [whole_block(adjacency, hidden=hidden, alone=alone)] * len(self.layers))
        return made


class _Relational(nn.Module):
    """Neighbours by relation, the mean of each through a matrix of the relation's own."""

    def __init__(self, relations: int, settings: GnnSettings) -> None:
        super().__init__()
        width = settings.width
        self.layer = RGCNConv((width, width), width, relations, num_bases=min(settings.bases, relations))

    def forward(self, vectors: tuple[Tensor, Tensor], edges: Tensor, relations: Tensor) -> Tensor:
        made: Tensor = self.layer(vectors, edges, relations)
        return made


class _Mean(nn.Module):
    """The mean of all neighbours, whatever the relation."""

    def __init__(self, relations: int, settings: GnnSettings) -> None:
        super().__init__()
        self.layer = SAGEConv((settings.width, settings.width), settings.width)

    def forward(self, vectors: tuple[Tensor, Tensor], edges: Tensor, relations: Tensor) -> Tensor:
        made: Tensor = self.layer(vectors, edges)
        return made


class _Attending(nn.Module):
    """Neighbours weighted by what they are, what the node is, and the relation between them."""

    def __init__(self, relations: int, settings: GnnSettings) -> None:
        super().__init__()
        width, heads = settings.width, settings.heads
        self.kinds = nn.Embedding(relations, width)
        self.layer = GATv2Conv((width, width), width // heads, heads, add_self_loops=False, edge_dim=width)
        self.itself = nn.Linear(width, width, bias=False)

    def forward(self, vectors: tuple[Tensor, Tensor], edges: Tensor, relations: Tensor) -> Tensor:
        made: Tensor = self.layer(vectors, edges, self.kinds(relations))
        added: Tensor = made + self.itself(vectors[1])
        return added


def make_layer(relations: int, settings: GnnSettings) -> nn.Module:
    """The layer that the settings name; it takes vectors of sources and targets, edges, and their relations."""
    made: dict[str, type[_Relational] | type[_Mean] | type[_Attending]] = {
        "rgcn": _Relational,
        "sage": _Mean,
        "gat": _Attending,
    }
    return made[settings.encoder](relations, settings)
