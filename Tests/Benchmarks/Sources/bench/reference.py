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

    def train(network, loss, clip=None, **options):
        optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, fused=True, **options)

        def step():
            loss().backward()
            if clip:
                torch.nn.utils.clip_grad_norm_(network.parameters(), clip)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

        return step

    def mlp():
        network = nn.Sequential(
            nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
        x, y = torch.randn(128, 64), torch.randint(10, (128,))
        return train(network, lambda: F.cross_entropy(network(x), y), weight_decay=0)

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
                self.concepts, self.widgets = nn.Embedding(75, 32), nn.Embedding(151, 32)
                self.scorer = nn.Sequential(nn.Linear(96, 64), nn.ReLU(), nn.Linear(64, 1))

            def forward(self, concepts, widgets):
                c, w = self.concepts(concepts)[:, None].expand(-1, 6, -1), self.widgets(widgets)
                return self.scorer(torch.cat([c, w, c * w], -1)).squeeze(-1)

        policy, reference = Policy(), Policy()
        x, w = torch.randint(75, (24,)), torch.randint(151, (24, 6))
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

    class Pool(nn.Module):
        def __init__(self):
            super().__init__()
            self.query = nn.Parameter(torch.randn(1, 1, 64))
            self.look = nn.MultiheadAttention(64, 4, batch_first=True)

        def forward(self, x, padding):
            queries = self.query.expand(x.shape[0], -1, -1)
            return self.look(queries, x, x, key_padding_mask=padding, need_weights=False)[0][:, 0]

    def tulip():
        class Encoder(nn.Module):
            def __init__(self, first, tokens, blocks):
                super().__init__()
                self.first, self.places = first, nn.Parameter(0.02 * torch.randn(tokens, 64))
                self.blocks = nn.ModuleList([Block(64, 4, causal=False) for _ in range(blocks)])
                self.norm, self.pool = nn.LayerNorm(64), Pool()

            def forward(self, x, places=None, padding=None):
                x = self.first(x) + (self.places if places is None else self.places[places])
                for block in self.blocks:
                    x = block(x, None if padding is None else ~padding[:, None, None])
                return self.pool(self.norm(x), padding)

        class Decoder(nn.Module):
            def __init__(self, first, tokens, outputs, causal):
                super().__init__()
                self.first, self.latent = first, nn.Linear(64, 64)
                self.places = nn.Parameter(0.02 * torch.randn(tokens, 64))
                self.hidden = nn.Parameter(0.02 * torch.randn(64))
                self.block, self.norm = Block(64, 4, causal), nn.LayerNorm(64)
                self.output = nn.Linear(64, outputs)

            def forward(self, x, latent, mask=None):
                x = self.first(x)
                if mask is not None:
                    x = torch.where(mask[..., None], self.hidden, x)
                x = torch.cat([self.latent(latent)[:, None], x], 1) + self.places
                return self.output(self.norm(self.block(x)))

        image = Encoder(nn.Linear(48, 64), 16, 3)
        teacher = Encoder(nn.Linear(48, 64), 16, 3)
        text = Encoder(nn.Embedding(14, 64), 6, 2)
        rebuild = Decoder(nn.Linear(48, 64), 17, 48, False)
        say = Decoder(nn.Embedding(14, 64), 7, 14, True)
        scales, biases = nn.Parameter(torch.full((3,), 2.3)), nn.Parameter(torch.full((3,), -10.0))
        network = nn.ModuleList([image, text, rebuild, say, nn.ParameterList([scales, biases])])
        # Captions have 5 or 6 words; both sides pad to the longest of the batch.
        x, w = torch.randn(192, 16, 48), torch.randint(14, (192, 6))
        places = torch.stack([torch.randperm(16)[:9] for _ in range(64)])
        padding = torch.arange(6) >= torch.randint(5, 7, (192, 1))
        same = 2 * torch.eye(64, 128) - 1
        crossed = 2 * torch.eye(128) - 1
        crossed[64:, 64:] = 0
        both = torch.cat([2 * torch.eye(128).roll(64, 0) - 1, -torch.ones(128, 64)], 1)
        both[:64, :64] = both[64:128, 64:128] = 0

        def contrast(a, b, z, kind):
            logits = F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).T * scales[kind].exp() + biases[kind]
            return -F.logsigmoid(z * logits).sum() / a.shape[0]

        def loss():
            with torch.no_grad():
                for t, s in zip(teacher.parameters(), image.parameters()):
                    t.lerp_(s, 0.01)
                anchors = teacher(x[:128])
            i, t = image(x), text(w, padding=padding)
            views = torch.gather(x[:64], 1, places[..., None].expand(-1, -1, 48))
            local = image(views, places)
            others, words = torch.cat([i[:64], i[128:]]), torch.cat([t[:64], t[128:]])
            mask = torch.rand(64, 16) < 0.9
            rebuilt = rebuild(x[:64], i[:64], mask)[:, 1:]
            said = say(w[:64], i[:64])[:, :-1]
            return (
                contrast(others, words, crossed, 0) + contrast(anchors[:64], words, same, 0)
                + contrast(anchors, i, both, 1) + contrast(anchors[:64], local, same[:, :64], 1)
                + contrast(t[:128], t, both, 2) + ((rebuilt - x[:64]) ** 2)[mask].mean()
                + F.cross_entropy(said.flatten(0, 1), w[:64].flatten()))

        return train(network, loss, clip=2)

    def deepmesh():
        def rope(x):
            b, h, t, d = x.shape
            angle = torch.arange(t)[:, None] / 10_000 ** (torch.arange(0, d, 2) / d)
            c, s = angle.cos(), angle.sin()
            x, y = x[..., ::2], x[..., 1::2]
            return torch.stack([x * c - y * s, x * s + y * c], -1).flatten(-2)

        class Attention(nn.Module):
            def __init__(self, crossed):
                super().__init__()
                self.crossed = crossed
                self.q, self.kv, self.out = nn.Linear(96, 96), nn.Linear(96, 192), nn.Linear(96, 96)

            def forward(self, x, context):
                def heads(y):
                    return y.view(y.shape[0], y.shape[1], 4, 24).transpose(1, 2)

                k, v = self.kv(context).split(96, 2)
                q, k, v = heads(self.q(x)), heads(k), heads(v)
                if not self.crossed:
                    q, k = rope(q), rope(k)
                y = F.scaled_dot_product_attention(q, k, v, is_causal=not self.crossed)
                return self.out(y.transpose(1, 2).flatten(2))

        class MeshBlock(nn.Module):
            def __init__(self):
                super().__init__()
                self.norms = nn.ModuleList([nn.RMSNorm(96) for _ in range(3)])
                self.own, self.cross = Attention(False), Attention(True)
                self.gate, self.up, self.down = (
                    nn.Linear(96, 256, bias=False), nn.Linear(96, 256, bias=False), nn.Linear(256, 96, bias=False))

            def forward(self, x, context):
                y = self.norms[0](x)
                x = x + self.own(y, y)
                x = x + self.cross(self.norms[1](x), context)
                y = self.norms[2](x)
                return x + self.down(F.silu(self.gate(y)) * self.up(y))

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.second = nn.Linear(27, 96), nn.Linear(96, 96)
                self.queries, self.norm1, self.look = nn.Parameter(torch.randn(8, 96)), nn.RMSNorm(96), Attention(True)
                self.words = nn.Embedding(146, 96)
                self.before, self.within, self.after = MeshBlock(), MeshBlock(), MeshBlock()
                self.shorten, self.lengthen = nn.Linear(288, 96), nn.Linear(96, 288)
                self.norm2, self.head = nn.RMSNorm(96), nn.Linear(96, 146)

            def forward(self, tokens, points):
                angle = points[..., None] * (torch.pi / 2 * 2 ** torch.arange(4))
                waves = torch.stack([angle.sin(), angle.cos()], -1).flatten(-2)
                features = torch.cat([points[..., None], waves], -1).flatten(-2)
                cloud = self.norm1(self.second(F.gelu(self.first(features), approximate="tanh")))
                context = self.look(self.queries.expand(points.shape[0], -1, -1), cloud)
                x = self.before(self.words(tokens), context)
                b, t, d = x.shape
                groups = F.pad(x, (0, 0, 2, -2 + -t % 3)).reshape(b, -1, 3 * d)
                inner = self.lengthen(self.within(self.shorten(groups), context)).reshape(b, -1, d)[:, :t]
                return self.head(self.norm2(self.after(x + inner, context)))

        model = Model()
        # 76 tokens on the mean, with begin and end.
        tokens, points = torch.randint(146, (32, 78)), torch.rand(32, 128, 3)

        def loss():
            return F.cross_entropy(model(tokens[:, :-1], points).flatten(0, 1), tokens[:, 1:].flatten())

        return train(model, loss, clip=1)

    return {"mlp": mlp, "gpt": gpt, "unet": unet, "steve": steve, "tulip": tulip, "deepmesh": deepmesh}


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
