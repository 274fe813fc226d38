"""Sampling from the plain transformer with keys and values kept: 127 tokens after the first one of each row."""

import torch
from torch import nn
from torch.nn import functional as F

from blocks import Block

CONTEXT, WIDTH, HEADS, LAYERS, VOCABULARY = 128, 128, 4, 4, 512


def sampler(batch):
    depth = WIDTH // HEADS
    blocks = nn.ModuleList([Block(WIDTH, HEADS) for _ in range(LAYERS)])
    words, places = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(CONTEXT, WIDTH)
    norm, head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, VOCABULARY, bias=False)
    # Written in place, so that no step copies what was read before.
    caches = [torch.zeros(2, batch, HEADS, CONTEXT, depth) for _ in range(LAYERS)]

    def attend(block, cache, x, place):
        q, k, v = (y.view(batch, HEADS, 1, depth) for y in block.qkv(block.norm1(x)).split(WIDTH, 1))
        cache[0][:, :, place], cache[1][:, :, place] = k[:, :, 0], v[:, :, 0]
        keys, values = cache[:, :, :, :place + 1]
        y = F.scaled_dot_product_attention(q, keys, values)
        return x + block.out(y.reshape(batch, WIDTH))

    def step():
        with torch.inference_mode():
            tokens = torch.zeros(batch, dtype=torch.long)
            for place in range(CONTEXT - 1):
                x = words(tokens) + places.weight[place]
                for block, cache in zip(blocks, caches):
                    x = attend(block, cache, x, place)
                    x = x + block.down(F.gelu(block.up(block.norm2(x)), approximate="tanh"))
                tokens = torch.multinomial(head(norm(x)).softmax(-1), 1)[:, 0]

    return step
