"""Training steps of three plain networks."""

import torch
from torch import nn
from torch.nn import functional as F

from blocks import Block, train


def mlp():
    network = nn.Sequential(
        nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
    x, y = torch.randn(128, 64), torch.randint(10, (128,))
    return train(network, lambda: F.cross_entropy(network(x), y), weight_decay=0)


def gpt():
    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens, self.places = nn.Embedding(512, 128), nn.Embedding(128, 128)
            self.blocks = nn.Sequential(*[Block(128, 4) for _ in range(4)])
            self.norm, self.head = nn.LayerNorm(128), nn.Linear(128, 512, bias=False)

        def forward(self, x):
            return self.head(self.norm(self.blocks(self.tokens(x) + self.places.weight)))

    network = GPT()
    x, y = torch.randint(512, (16, 128)), torch.randint(512, (16, 128))
    return train(network, lambda: F.cross_entropy(network(x).flatten(0, 1), y.flatten()))


class UNetBlock(nn.Module):
    def __init__(self, inputs, outputs, width):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(8, inputs), nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm2, self.conv2 = nn.GroupNorm(8, outputs), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.time = nn.Linear(width, outputs)
        self.skip = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, t):
        h = self.conv1(F.silu(self.norm1(x))) + self.time(F.silu(t))[:, :, None, None]
        return self.conv2(F.silu(self.norm2(h))) + self.skip(x)


def unet():
    class Stack(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.head = nn.Conv2d(3, 32, 3, padding=1), nn.Conv2d(32, 3, 3, padding=1)
            self.down, self.middle = UNetBlock(32, 32, 64), UNetBlock(32, 64, 64)
            self.up = UNetBlock(96, 32, 64)

        def forward(self, x, t):
            fine = self.down(self.stem(x), t)
            coarse = F.interpolate(self.middle(F.avg_pool2d(fine, 2), t), scale_factor=2)
            return self.head(self.up(torch.cat([fine, coarse], 1), t))

    network = Stack()
    x, t, y = torch.randn(64, 3, 32, 32), torch.randn(64, 64), torch.randn(64, 3, 32, 32)
    return train(network, lambda: F.mse_loss(network(x, t), y), weight_decay=0)
