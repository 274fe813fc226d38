"""What several networks have in common."""

import torch
from torch import nn
from torch.nn import functional as F


def train(network, loss, clip=None, **options):
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, fused=True, **options)

    def step():
        loss().backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(network.parameters(), clip)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)

    return step


class Block(nn.Module):
    def __init__(self, width, heads, causal=True):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, mask=None):
        b, t, c = x.shape
        q, k, v = (
            part.view(b, t, self.heads, -1).transpose(1, 2) for part in self.qkv(self.norm1(x)).split(c, 2))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=self.causal)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Parameter(torch.randn(1, 1, 64))
        self.look = nn.MultiheadAttention(64, 4, batch_first=True)

    def forward(self, x, padding):
        queries = self.query.expand(x.shape[0], -1, -1)
        return self.look(queries, x, x, key_padding_mask=padding, need_weights=False)[0][:, 0]
