#!/usr/bin/env python3
"""The peer of training_step.py: SL-FPN training steps in PyTorch, DistributedDataParallel over gloo.

Plain modules on padded batches, set as fast as eager PyTorch allows with the same mathematics: fused attention, one mask a
batch, fused SGD, no DistributedDataParallel on one rank. Dropout as in sslslr: after the embedding, the attention projection and
twice in the feed-forward. One thread a rank. Prints one JSON object.

    benchmarks/make-environment
    .venv-peer/bin/python benchmarks/peer.py --blocks 12 --width 512 --lengths mixed --global-batch 4 --ranks 2
"""

import argparse
import json
import os
import statistics
import tempfile
import time

import torch
from torch import distributed, nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

import workload

DROPOUT = 0.1


class Block(nn.Module):
    """Pre-norm transformer block; what nn.TransformerEncoderLayer computes, without its conversions of the mask."""

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
        self.embedding = nn.Sequential(nn.LayerNorm(workload.FEATURES), nn.Linear(workload.FEATURES, width), nn.LayerNorm(width))
        self.cls = nn.Parameter(0.02 * torch.randn(1, width))
        self.position = nn.Parameter(0.02 * torch.randn(1 + case.frames, width))
        self.dropout = nn.Dropout(DROPOUT)
        self.blocks = nn.ModuleList(Block(width, case.heads) for _ in range(case.blocks))
        self.norm = nn.LayerNorm(width)

    def forward(self, clips, mask):
        """[B, L, F] and the tokens that exist [B, 1, 1, 1 + L], or None if all do -> [B, W]"""
        x = torch.cat([self.cls.expand(len(clips), 1, -1), self.embedding(clips)], 1) + self.position[: 1 + clips.shape[1]]
        x = self.dropout(x)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x[:, 0])


def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


class SlFpn(nn.Module):
    def __init__(self, case):
        super().__init__()
        self.passes = case.passes
        self.encoder = Encoder(case)
        self.projector = mlp(case.width, case.width, workload.EMBEDDING)
        self.predictor = mlp(workload.EMBEDDING, workload.EMBEDDING, workload.EMBEDDING)

    def forward(self, views, mask):
        """Three views [B, L, F] of the same clips -> the loss."""
        if self.passes == 1:
            masks = None if mask is None else mask.repeat(len(views), 1, 1, 1)
            z0, z1, z2 = self.projector(self.encoder(torch.cat(views), masks)).chunk(len(views))
        else:
            z0, z1, z2 = (self.projector(self.encoder(view, mask)) for view in views)
        mse = functional.mse_loss
        return mse(z1, z2) + mse(z1, z0) + mse(self.predictor(z0), z2.detach())


def batch(case, rank):
    """This rank's share: three padded views [B, L, F], and the mask of tokens that exist or None."""
    lengths = workload.clip_lengths(case)
    share = range(rank * len(lengths) // case.ranks, (rank + 1) * len(lengths) // case.ranks)
    lengths = torch.tensor([lengths[i] for i in share])
    longest = int(lengths.max())
    clips = torch.randn(len(share), longest, workload.FEATURES, generator=torch.Generator().manual_seed(rank))
    exists = torch.arange(1 + longest) < 1 + lengths.unsqueeze(1)
    clips = clips * exists[:, 1:].unsqueeze(2)
    first, second = (clips.roll(shift, 1) * exists[:, 1:].unsqueeze(2) for shift in (1, 2))
    mask = None if case.lengths == "equal" else exists[:, None, None, :]
    return [clips, first, second], mask


def train(rank, case, store):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = SlFpn(case)
    if case.ranks > 1:
        distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=case.ranks)
        model = DistributedDataParallel(model, gradient_as_bucket_view=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9, fused=True)
    views, mask = batch(case, rank)

    seconds, losses = [], []
    for _ in range(case.max_steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=case.ranks == 1)
        loss = model(views, mask)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)

    if rank == 0:
        rate = case.global_batch / statistics.median(seconds[1:])
        print(json.dumps({**vars(case), "clips_per_s": rate, "step_s": seconds, "loss": losses}), flush=True)
    if case.ranks > 1:
        distributed.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    workload.add_options(parser)
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--passes", type=int, choices=[1, 3], default=1,
                        help="the three views concatenated, or one after another")
    case = parser.parse_args()
    if case.max_steps < 2 or case.global_batch < case.ranks:
        parser.error("--max-steps must be at least 2, --global-batch at least --ranks")
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "store")
        if case.ranks == 1:
            train(0, case, store)
        else:
            torch.multiprocessing.spawn(train, (case, store), case.ranks)


if __name__ == "__main__":
    main()
