"""The benchmarks' other side: reads "name count", does that work, and answers with CPU-seconds.

`torch`: training steps in eager mode, one thread, with the optimiser in its fused form.
`tensorboard`: its event writer and its event loader.
"""

import os
import sys
import tempfile
import time


def torch_works():
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.set_num_threads(1)
    torch.manual_seed(1)

    def train(network, loss, **options):
        optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, fused=True, **options)

        def step():
            loss().backward()
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

        return step

    def mlp():
        network = nn.Sequential(
            nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
        x, y = torch.randn(128, 64), torch.randint(10, (128,))
        return train(network, lambda: F.cross_entropy(network(x), y), weight_decay=0)

    class Block(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def forward(self, x):
            b, t, c = x.shape
            q, k, v = (
                part.view(b, t, self.heads, -1).transpose(1, 2) for part in self.qkv(self.norm1(x)).split(c, 2))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(y.transpose(1, 2).reshape(b, t, c))
            return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))

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

    def steve():
        class Policy(nn.Module):
            def __init__(self):
                super().__init__()
                self.concepts, self.widgets = nn.Embedding(60, 32), nn.Embedding(121, 32)
                self.scorer = nn.Sequential(nn.Linear(96, 64), nn.ReLU(), nn.Linear(64, 1))

            def forward(self, concepts, widgets):
                c, w = self.concepts(concepts)[:, None].expand(-1, 6, -1), self.widgets(widgets)
                return self.scorer(torch.cat([c, w, c * w], -1)).squeeze(-1)

        policy, reference = Policy(), Policy()
        x, w = torch.randint(60, (24,)), torch.randint(121, (24, 6))
        y, kto = torch.randint(6, (24,)), list(range(8)) + list(range(16, 24))
        sign = torch.tensor([1.0] * 8 + [-1.0] * 8)

        def loss():
            with torch.no_grad():
                ref = F.log_softmax(reference(x, w), -1)
            logp = F.log_softmax(policy(x, w), -1)
            rows, other = torch.arange(24)[kto], y[kto].roll(1)
            z0 = (logp[rows, other] - ref[rows, other]).mean().clamp(min=0).detach()
            r = logp[rows, y[kto]] - ref[rows, y[kto]]
            return (1 - torch.sigmoid(sign * 0.5 * (r - z0))).mean()

        return train(policy, loss, weight_decay=0)

    return {"mlp": mlp, "gpt": gpt, "unet": unet, "steve": steve}


def tensorboard_works():
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    folder = tempfile.mkdtemp()

    def write():
        writer = EventFileWriter(folder)
        place = [0]

        def step():
            place[0] += 1
            value = Summary.Value(tag="loss", simple_value=1.0 / place[0])
            writer.add_event(Event(wall_time=time.time(), step=place[0], summary=Summary(value=[value])))
            if place[0] % 10000 == 0:
                writer.flush()

        return step

    def load():
        def step():
            accumulator = EventAccumulator(folder, size_guidance={"scalars": 0})
            accumulator.Reload()
            accumulator.Scalars("loss")

        return step

    def size():
        def step():
            pass

        return step

    return {"write": write, "load": load, "size": size, "folder": lambda: folder}


def main():
    works = {"torch": torch_works, "tensorboard": tensorboard_works}[sys.argv[1]]()
    print("ready", flush=True)
    steps = {}
    for line in sys.stdin:
        name, count = line.split()
        if name == "bytes":
            folder = works["folder"]()
            print(sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)), flush=True)
            continue
        if name not in works:
            print("none", flush=True)
            continue
        if name not in steps:
            steps[name] = works[name]()
        start = time.process_time()
        for _ in range(int(count)):
            steps[name]()
        print(time.process_time() - start, flush=True)


main()
