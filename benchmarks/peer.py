#!/usr/bin/env python3
"""The peer of training_step.py: training steps in PyTorch, DistributedDataParallel over gloo, with Lightly's
losses, memory bank and momentum update.

Plain modules on padded batches, as fast as eager PyTorch allows with the same mathematics: fused attention,
one mask per batch, fused SGD, no DistributedDataParallel on one rank. Dropout as in sslslr: after the
embedding, after the attention projection and twice in the feed-forward. Negatives and keys come from all
ranks, BYOL and SimSiam are symmetrised, and momentum networks move every step. With --precision bfloat16 the
networks run under autocast, the loss in float32. On both sides the heads are sslslr's without batch norm:
torch's SyncBatchNorm does not run on the CPU in several processes.
One thread per rank. Prints one JSON object.

    benchmarks/make-environment
    .venv-peer/bin/python benchmarks/peer.py --method byol --blocks 12 --width 512 --lengths mixed
        --global-batch 4 --ranks 2
"""

import argparse
import copy
import json
import os
import resource
import statistics
import tempfile
import time

import torch
from lightly.loss import NegativeCosineSimilarity, NTXentLoss
from lightly.models.utils import update_momentum
from lightly.utils.scheduler import cosine_schedule
from torch import distributed, nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

import workload

DROPOUT = 0.1


class Block(nn.Module):
    """Pre-norm transformer block. Computes the same as nn.TransformerEncoderLayer,
    without its conversions of the mask."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(DROPOUT),
            nn.Linear(4 * width, width), nn.Dropout(DROPOUT),
        )
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x, mask):
        clips, tokens, width = x.shape
        qkv = self.qkv(self.attention_norm(x)).view(clips, tokens, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.dropout(self.projection(attended.transpose(1, 2).reshape(clips, tokens, width)))
        return x + self.feed_forward(x)


class Encoder(nn.Module):
    def __init__(self, case):
        super().__init__()
        width = case.width
        self.embedding = nn.Sequential(nn.LayerNorm(workload.FEATURES), nn.Linear(workload.FEATURES, width),
                                       nn.LayerNorm(width))
        self.cls = nn.Parameter(0.02 * torch.randn(1, width))
        self.position = nn.Parameter(0.02 * torch.randn(1 + case.frames, width))
        self.dropout = nn.Dropout(DROPOUT)
        self.blocks = nn.ModuleList(Block(width, case.heads) for _ in range(case.blocks))
        self.norm = nn.LayerNorm(width)

    def forward(self, clips, mask):
        """[B, L, F] and the tokens that exist [B, 1, 1, 1 + L], or None if all do -> [B, W]"""
        x = (torch.cat([self.cls.expand(len(clips), 1, -1), self.embedding(clips)], 1) +
             self.position[: 1 + clips.shape[1]])
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x[:, 0])


def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


class Projections(nn.Module):
    """Encoder and projector."""

    def __init__(self, case):
        super().__init__()
        self.together = case.passes == "together"
        self.encoder = Encoder(case)
        self.projector = mlp(case.width, case.width, workload.EMBEDDING)

    def forward(self, views, mask):
        """A list of views [B, L, F] of the same clips -> their projections, a list of [B, D]"""
        if self.together:
            masks = None if mask is None else mask.repeat(len(views), 1, 1, 1)
            return self.projector(self.encoder(torch.cat(views), masks)).chunk(len(views))
        return [self.projector(self.encoder(view, mask)) for view in views]


class Network(nn.Module):
    """All parts that are trained by gradients."""

    def __init__(self, case):
        super().__init__()
        self.predicted = workload.METHODS[case.method].predicted
        self.projections = Projections(case)
        self.predictor = (mlp(workload.EMBEDDING, workload.EMBEDDING, workload.EMBEDDING)
                          if self.predicted else None)

    def forward(self, views, mask):
        """-> projections of all views and predictions of the first ones, lists of [B, D]"""
        z = self.projections(views, mask)
        p = self.predictor(torch.cat(z[: self.predicted])).chunk(self.predicted) if self.predicted else ()
        return z, p


def criterion_of(case):
    """Returns the loss as a function of projections z,
    predictions p and the momentum network's projections t."""
    gather = case.ranks > 1
    if case.method == "sl-fpn":
        mse = functional.mse_loss
        return lambda z, p, t: mse(z[1], z[2]) + mse(z[1], z[0]) + mse(p[0], z[2].detach())
    if case.method == "simclr":
        contrast = NTXentLoss(temperature=0.5, gather_distributed=gather)
        return lambda z, p, t: contrast(z[0], z[1])
    if case.method == "moco-v2":
        contrast = NTXentLoss(temperature=0.2, memory_bank_size=(workload.QUEUE, workload.EMBEDDING),
                              gather_distributed=gather)
        return lambda z, p, t: contrast(z[0], t[0])
    distance = NegativeCosineSimilarity()
    if case.method == "simsiam":
        return lambda z, p, t: 0.5 * (distance(p[0], z[1].detach()) + distance(p[1], z[0].detach()))
    assert case.method == "byol"
    return lambda z, p, t: 4 + 2 * (distance(p[0], t[1]) + distance(p[1], t[0]))


def momentum_at(case, step):
    return 0.999 if case.method == "moco-v2" else cosine_schedule(step, case.max_steps, 0.996, 1)


def batch(case, rank):
    """Returns this rank's share: padded views [B, L, F], and the mask of tokens that exist or None."""
    lengths = workload.clip_lengths(case)
    share = range(rank * len(lengths) // case.ranks, (rank + 1) * len(lengths) // case.ranks)
    lengths = torch.tensor([lengths[i] for i in share])
    longest = int(lengths.max())
    clips = torch.randn(len(share), longest, workload.FEATURES, generator=torch.Generator().manual_seed(rank))
    exists = torch.arange(1 + longest) < 1 + lengths.unsqueeze(1)
    views = [clips.roll(shift, 1) * exists[:, 1:].unsqueeze(2)
             for shift in range(workload.METHODS[case.method].made)]
    mask = None if case.lengths == "equal" else exists[:, None, None, :]
    return views, mask


def train(rank, case, store):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    used = workload.METHODS[case.method]
    network = model = Network(case)
    target = copy.deepcopy(network.projections).requires_grad_(False) if used.momentum else None
    if case.ranks > 1:
        distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank,
                                       world_size=case.ranks)
        model = DistributedDataParallel(network, gradient_as_bucket_view=True)
    criterion = criterion_of(case)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.001, momentum=0.9, fused=True)
    views, mask = batch(case, rank)

    seconds, losses = [], []
    for step in range(case.max_steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=case.ranks == 1)
        with torch.autocast("cpu", torch.bfloat16, enabled=case.precision == "bfloat16"):
            t = target(views[-used.momentum :], mask) if used.momentum else ()
            z, p = model(views[: used.trained], mask)
        loss = criterion(*([rows.float() for rows in part] for part in (z, p, t)))
        loss.backward()
        optimizer.step()
        if used.momentum:
            update_momentum(network.projections, target, momentum_at(case, step))
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)

    if rank == 0:
        rate = case.global_batch / statistics.median(seconds[1:])
        memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024e-9
        print(json.dumps({**vars(case), "clips_per_s": rate, "step_s": seconds, "loss": losses,
                          "peak_memory_gb": memory_gb}), flush=True)
    if case.ranks > 1:
        distributed.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    workload.add_options(parser)
    parser.add_argument("--ranks", type=int, default=1, help="processes to train with; default: %(default)s")
    parser.add_argument("--passes", choices=["together", "apart"], default="together",
                        help="one pass of an encoder over all its views, or one pass per view; "
                             "default: %(default)s")
    case = parser.parse_args()
    if case.max_steps < 2 or case.global_batch < case.ranks or case.global_batch % case.ranks != 0:
        parser.error("--max-steps must be at least 2, --global-batch a multiple of --ranks")
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "store")
        if case.ranks == 1:
            train(0, case, store)
        else:
            torch.multiprocessing.spawn(train, (case, store), case.ranks)


if __name__ == "__main__":
    main()
