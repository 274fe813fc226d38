"""Training steps of the engines' networks, each with the shapes of its engine."""

import torch
from torch import nn
from torch.nn import functional as F

from blocks import Block, Pool, train


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
                q, k = rotated(q), rotated(k)
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


def rotated(x):
    """x: [batch, heads, tokens, depth]; pairs (2i, 2i + 1) turned by their position."""
    t, d = x.shape[-2:]
    angle = torch.arange(t)[:, None] / 10_000 ** (torch.arange(0, d, 2) / d)
    c, s = angle.cos(), angle.sin()
    x, y = x[..., ::2], x[..., 1::2]
    return torch.stack([x * c - y * s, x * s + y * c], -1).flatten(-2)


def musicinfuser():
    width, heads, rank, batch, frames = 64, 4, 16, 20, 32

    class LoRA(nn.Module):
        def __init__(self, inputs, outputs):
            super().__init__()
            self.layer = nn.Linear(inputs, outputs).requires_grad_(False)
            self.a, self.b = nn.Linear(inputs, rank, bias=False), nn.Linear(rank, outputs, bias=False)

        def forward(self, x):
            return self.layer(x) + self.b(self.a(x))

    def attend(q, k, v):
        q, k, v = (y.view(batch, -1, heads, width // heads).transpose(1, 2) for y in (q, k, v))
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)

    class FrozenBlock(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.out = LoRA(width, 3 * width), LoRA(width, width)
            self.up = nn.Linear(width, 4 * width).requires_grad_(False)
            self.down = nn.Linear(4 * width, width).requires_grad_(False)
            self.modulation = nn.Linear(width, 6 * width).requires_grad_(False)

        def forward(self, x, condition):
            shift, scale, gate, shift2, scale2, gate2 = self.modulation(F.silu(condition))[:, None].chunk(6, -1)
            y = F.layer_norm(x, (width,)) * (1 + scale) + shift
            x = x + gate * self.out(attend(*self.qkv(y).split(width, 2)))
            y = F.layer_norm(x, (width,)) * (1 + scale2) + shift2
            return x + gate2 * self.down(F.gelu(self.up(y), approximate="tanh"))

    class Listening(nn.Module):
        def __init__(self):
            super().__init__()
            self.query, self.out = nn.Linear(width, width), nn.Linear(width, width)
            self.key, self.value = nn.Linear(width, width), nn.Linear(width, width)

        def forward(self, x, sound):
            return x + self.out(attend(self.query(x), self.key(sound), self.value(sound)))

    class Dancing(nn.Module):
        def __init__(self):
            super().__init__()
            self.input, self.output = (layer.requires_grad_(False) for layer in (nn.Linear(8, width), nn.Linear(width, 8)))
            self.labels = nn.Embedding(5, width).requires_grad_(False)
            self.time = nn.Sequential(
                nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width)).requires_grad_(False)
            self.blocks = nn.ModuleList([FrozenBlock() for _ in range(4)])
            self.listening = nn.ModuleList([Listening() for _ in range(2)])
            self.projector = nn.Sequential(nn.Linear(68, width), nn.SiLU(), nn.Linear(width, width))

        def forward(self, z, sigma, labels, onsets, places):
            angle = 1_000 * sigma[:, None] / 10_000 ** (torch.arange(width // 2) / (width // 2))
            condition = self.time(torch.cat([angle.sin(), angle.cos()], -1)) + self.labels(labels)
            sound = self.projector(onsets)[:, torch.arange(frames) * 2] + places
            x = self.input(z) + places
            for place, block in enumerate(self.blocks):
                x = block(x, condition)
                if place < 2:
                    x = self.listening[place](x, sound)
            return self.output(F.layer_norm(x, (width,)))

    network = Dancing()
    dances, labels = torch.randn(batch, frames, 8), torch.randint(5, (batch,))
    onsets, places = torch.randn(batch, 2 * frames, 68), torch.randn(frames, width)

    def loss():
        sigma, noise = torch.rand(batch), torch.randn(batch, frames, 8)
        z = dances + (noise - dances) * sigma[:, None, None]
        return F.mse_loss(network(z, sigma, labels, onsets, places), dances - noise)

    return train(network, loss, clip=1)


def phi_decoding():
    width, heads = 112, 4

    class RotaryBlock(Block):
        def forward(self, x):
            b, t, c = x.shape
            q, k, v = (y.view(b, t, heads, -1).transpose(1, 2) for y in self.qkv(self.norm1(x)).split(c, 2))
            y = F.scaled_dot_product_attention(rotated(q), rotated(k), v, is_causal=True)
            x = x + self.out(y.transpose(1, 2).flatten(2))
            return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(9, width)
            self.blocks = nn.Sequential(*[RotaryBlock(width, heads) for _ in range(3)])
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 9)

        def forward(self, x):
            # The answer's 30 tokens alone are learnt.
            return self.head(self.norm(self.blocks(self.words(x))[:, 25:]))

    model = Model()
    # 25 cells, the token that asks, and all of the answer but its last token.
    x, y = torch.randint(9, (64, 55)), torch.randint(9, (64, 30))
    return train(
        model, lambda: F.cross_entropy(model(x).flatten(0, 1), y.flatten()), clip=1, weight_decay=0.01,
        betas=(0.9, 0.99))


def curie():
    """Logistic regression on 20 of 4,120 features, a pair after the other, as a paper's five extractions have them."""
    weights = torch.zeros(4_120, requires_grad=True)
    optimiser = torch.optim.Adagrad([weights], lr=0.15)
    pairs = [(torch.randint(4_120, (20,)), torch.rand(20), torch.rand(()).round()) for _ in range(320)]

    def step():
        for places, values, match in pairs:
            F.binary_cross_entropy_with_logits(weights[places] @ values, match).backward()
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

    return step
