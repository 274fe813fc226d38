"""Makes pytorch.json: operations, layers and optimisers with their gradients, as PyTorch computes them.

Run it with python3 and torch; it writes beside itself. Tensors are stored as {"shape", "values"}; pictures are
[batch, height, width, channels] and kernels [height, width, inputs, outputs], as Benchtop lays them out.
"""

import json
import os

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(20)
cases = []


def plain(t):
    t = t.detach()
    return {"shape": list(t.shape), "values": [float("%.8g" % v) for v in t.flatten().tolist()]}


def case(name, inputs, function):
    """Runs `function` on inputs that need gradients, with a fixed weight on each output."""
    leaves = [t.detach().clone().requires_grad_() for t in inputs]
    y = function(*leaves)
    weights = torch.randn(y.shape)
    (y * weights).sum().backward()
    cases.append({
        "name": name, "inputs": [plain(t) for t in leaves], "output": plain(y), "weights": plain(weights),
        "gradients": [plain(t.grad) for t in leaves]})


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def oihw(w):
    return w.permute(3, 2, 0, 1)


R = torch.randn
case("linear", [R(3, 5), R(4, 5), R(4)], F.linear)
case("matmul", [R(2, 3, 5), R(2, 5, 4)], torch.matmul)
for name, function in {
    "gelu": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu, "tanh": torch.tanh,
    "sigmoid": torch.sigmoid, "softplus": F.softplus, "logSigmoid": F.logsigmoid, "exp": torch.exp,
    "softmax": lambda x: F.softmax(x, -1), "logSoftmax": lambda x: F.log_softmax(x, -1),
    "normalised": lambda x: F.normalize(x, dim=-1), "meanOfTokens": lambda x: x.mean(1),
}.items():
    case(name, [R(2, 3, 7) * 2], function)
case("layerNorm", [R(4, 9), R(9), R(9)], lambda x, g, b: F.layer_norm(x, [9], g, b))
case("rmsNorm", [R(4, 9), R(9)], lambda x, g: F.rms_norm(x, [9], g, 1e-6))
case("groupNorm", [R(2, 3, 4, 6), R(6), R(6)], lambda x, g, b: nhwc(F.group_norm(nchw(x), 3, g, b)))
case("crossEntropy", [R(4, 6)], lambda x: F.cross_entropy(x, torch.tensor([1, 5, -1, 0]), ignore_index=-1))
case("binaryCrossEntropy", [R(2, 3)], lambda x: F.binary_cross_entropy_with_logits(
    x, torch.tensor([[0.0, 1, 1], [0, 0.5, 1]])))
case("divergence", [R(3, 5), R(3, 5)], lambda a, b: F.kl_div(
    F.log_softmax(b, -1), F.log_softmax(a, -1), reduction="batchmean", log_target=True))


def focal(x):
    t = torch.tensor([[0.0, 1, 1], [0, 0, 1]])
    p = torch.sigmoid(x)
    pt = p * t + (1 - p) * (1 - t)
    return ((0.25 * t + 0.75 * (1 - t)) * (1 - pt) ** 2 * F.binary_cross_entropy_with_logits(x, t, reduction="none")).mean()


case("sigmoidFocalLoss", [R(2, 3)], focal)


def attention(q, k, v, causal):
    def split(x):
        return x.view(x.shape[0], x.shape[1], 2, -1).transpose(1, 2)

    y = F.scaled_dot_product_attention(split(q), split(k), split(v), is_causal=causal)
    return y.transpose(1, 2).reshape(q.shape)


case("attention", [R(2, 5, 8), R(2, 7, 8), R(2, 7, 8)], lambda q, k, v: attention(q, k, v, False))
case("attention causal", [R(2, 33, 8), R(2, 33, 8), R(2, 33, 8)], lambda q, k, v: attention(q, k, v, True))


def rope(x):
    b, t, width = x.shape
    x = x.view(b, t, 2, width // 4, 2)
    angles = torch.arange(t)[:, None] * 10000.0 ** (-torch.arange(width // 4) * 4 / width)
    turned = torch.view_as_complex(x.contiguous()) * torch.polar(torch.ones_like(angles), angles)[None, :, None]
    return torch.view_as_real(turned).reshape(b, t, width)


case("rotated", [R(2, 5, 8)], rope)
case("convolved", [R(2, 5, 6, 3), R(3, 3, 3, 4)], lambda x, w: nhwc(F.conv2d(nchw(x), oihw(w), padding=1)))
case("convolved stride", [R(2, 6, 7, 3), R(3, 3, 3, 4)], lambda x, w: nhwc(F.conv2d(nchw(x), oihw(w), padding=1, stride=2)))
case("convolvedDepthwise", [R(2, 5, 4, 3), R(3, 3, 3)], lambda x, w: nhwc(F.conv2d(
    nchw(x), w.permute(2, 0, 1)[:, None], padding=1, groups=3)))
case("conv1D", [R(2, 7, 3), R(1, 3, 3, 4)], lambda x, w: F.conv1d(
    x.transpose(1, 2), w[0].permute(2, 1, 0), padding=1, stride=2).transpose(1, 2))
case("upsampled", [R(2, 3, 2, 3)], lambda x: nhwc(F.interpolate(nchw(x), scale_factor=2)))
case("averagePooled", [R(2, 4, 6, 3)], lambda x: nhwc(F.avg_pool2d(nchw(x), 2)))


def gru(x, h, w, u, b, c):
    cell = nn.GRUCell(3, 4)
    return torch.func.functional_call(cell, {"weight_ih": w, "weight_hh": u, "bias_ih": b, "bias_hh": c}, (x, h))


case("gru", [R(2, 3), R(2, 4), R(12, 3), R(12, 4), R(12), R(12)], gru)


def transformer_block(x, g1, b1, w, b, wo, bo, g2, b2, wu, bu, wd, bd):
    width = x.shape[-1]
    h = F.layer_norm(x, [width], g1, b1)
    q, k, v = F.linear(h, w, b).chunk(3, -1)
    x = x + F.linear(attention(q, k, v, True), wo, bo)
    h = F.layer_norm(x, [width], g2, b2)
    return x + F.linear(F.gelu(F.linear(h, wu, bu), approximate="tanh"), wd, bd)


projections = [R(24, 8) / 3, R(24), R(8, 8) / 3, R(8)]
case("transformerBlock", [R(2, 5, 8), R(8), R(8)] + projections + [R(8), R(8), R(32, 8) / 3, R(32), R(8, 32) / 6, R(8)],
     transformer_block)


def unet_block(x, t, g1, b1, w1, c1, wt, bt, g2, b2, w2, c2, ws, cs):
    x = nchw(x)
    h = F.conv2d(F.silu(F.group_norm(x, 2, g1, b1)), oihw(w1), c1, padding=1)
    h = h + F.linear(F.silu(t), wt, bt)[:, :, None, None]
    h = F.conv2d(F.silu(F.group_norm(h, 2, g2, b2)), oihw(w2), c2, padding=1)
    return nhwc(h + F.conv2d(x, oihw(ws), cs))


case("unetBlock", [
    R(2, 4, 4, 4), R(2, 5), R(4), R(4), R(3, 3, 4, 6) / 6, R(6), R(6, 5), R(6), R(6), R(6), R(3, 3, 6, 6) / 7, R(6),
    R(1, 1, 4, 6) / 2, R(6)], unet_block)


def optimiser(name, make, clip=None):
    p = nn.Parameter(R(3, 4))
    start, gradients, steps = plain(p), [], []
    optimiser = make([p])
    for _ in range(4):
        p.grad = R(3, 4)
        gradients.append(plain(p.grad))
        if clip:
            nn.utils.clip_grad_norm_([p], clip)
        optimiser.step()
        steps.append(plain(p))
    cases.append({"name": name, "inputs": [start] + gradients, "steps": steps})


optimiser("AdamW", lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.9, 0.98), weight_decay=0.1))
optimiser("Adam clipped", lambda p: torch.optim.Adam(p, lr=0.02), clip=1.0)
optimiser("SGD", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01))

P = lambda *shape: torch.rand(*shape) + 0.5
C = lambda *shape: torch.randint(-2, 2, shape) + 0.1 + 0.8 * torch.rand(*shape)  # off the corners at -1, 0, 1
for name, inputs, function in [
    ("+ row", [R(2, 3, 4), R(4)], torch.add), ("- equal", [R(3, 4), R(3, 4)], torch.sub),
    ("* row", [R(2, 3, 4), R(4)], torch.mul), ("* number", [R(3, 4), R(())], torch.mul),
    ("/", [P(3, 4), P(3, 4)], torch.div), ("log", [P(3, 5)], torch.log), ("squareRoot", [P(3, 5)], torch.sqrt),
    ("square", [R(3, 5)], torch.square), ("abs", [C(3, 5)], torch.abs), ("relu", [C(3, 5)], torch.relu),
    ("clamped", [C(3, 5)], lambda x: x.clamp(-1, 1)), ("affine", [R(3, 5)], lambda x: -1.5 * x + 0.25),
    ("permuted", [R(2, 3, 4)], lambda x: x.permute(2, 0, 1)), ("slice", [R(2, 5, 3)], lambda x: x[:, 1:4]),
    ("concatenated", [R(2, 3, 2), R(2, 2, 2)], lambda a, b: torch.cat([a, b], 1)),
    ("stacked", [R(2, 3), R(2, 3)], lambda a, b: torch.stack([a, b])),
    ("gathered", [R(5, 3)], lambda t: F.embedding(torch.tensor([[4, 0], [4, 2]]), t)),
    ("sum of an axis", [R(2, 3, 4)], lambda x: x.sum(1)), ("meanOfRows", [R(2, 3, 4)], lambda x: x.mean(-1)),
    ("mean", [R(3, 4)], torch.mean), ("maxOfRows", [R(4, 6)], lambda x: x.max(-1).values),
    ("matmul transposed", [R(2, 3, 5), R(2, 4, 5)], lambda a, b: a @ b.transpose(1, 2)),
    ("meanSquaredError", [R(3, 4), R(3, 4)], F.mse_loss),
]:
    case(name, inputs, function)


def masked(q, k, v):
    """Two entries with 3 and 5 keys that count, and a bias on the scaled products."""
    bias = torch.arange(15.0).view(3, 5) / 7
    bias = torch.stack([bias.masked_fill(torch.arange(5) >= n, float("-inf")) for n in (3, 5)])
    return F.scaled_dot_product_attention(q, k, v, attn_mask=bias)


case("attention lengths, bias", [R(2, 3, 4), R(2, 5, 4), R(2, 5, 4)], masked)


def gru_layer(x, w, b, u, c):
    layer = nn.GRU(3, 4, batch_first=True)
    names = {"weight_ih_l0": w, "bias_ih_l0": b, "weight_hh_l0": u, "bias_hh_l0": c}
    return torch.func.functional_call(layer, names, (x,))[0]


case("gruLayer", [R(2, 5, 3), R(12, 3), R(12), R(12, 4), R(12)], gru_layer)


def swiglu_block(x, g1, b1, w, b, wo, bo, g2, b2, wu, bu, wg, bg, wd, bd):
    h = F.layer_norm(x, [8], g1, b1)
    q, k, v = F.linear(h, w, b).chunk(3, -1)
    x = x + F.linear(attention(rope(q), rope(k), v, True), wo, bo)
    h = F.layer_norm(x, [8], g2, b2)
    return x + F.linear(F.silu(F.linear(h, wg, bg)) * F.linear(h, wu, bu), wd, bd)


case("swigluBlock", [R(2, 5, 8), R(8), R(8)] + projections + [
    R(8), R(8), R(24, 8) / 3, R(24), R(24, 8) / 3, R(24), R(8, 24) / 5, R(8)], swiglu_block)
case("crossAttention", [R(2, 3, 8), R(2, 5, 6)] + [
    t for width in (8, 6, 6, 8) for t in (R(8, width) / 3, R(8))],
    lambda x, context, wq, bq, wk, bk, wv, bv, wo, bo: F.linear(attention(
        F.linear(x, wq, bq), F.linear(context, wk, bk), F.linear(context, wv, bv), False), wo, bo))


def schedule(name, make):
    """Learning rates before each of 101 steps, with a highest one of 1."""
    optimiser = torch.optim.SGD([nn.Parameter(R(1))], lr=1.0)
    scheduler, rates = make(optimiser), []
    for _ in range(101):
        rates.append(scheduler.get_last_lr()[0])
        optimiser.step()
        scheduler.step()
    cases.append({"name": name, "inputs": [], "rates": rates})


schedule("cosine", lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 100, eta_min=0.1))
schedule("linear", lambda o: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.1, 100))

# A parameter of a group whose rate is four times the optimiser's.
optimiser("AdamW groups", lambda p: torch.optim.AdamW(p, lr=0.04, weight_decay=0.1))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch.json")
with open(path, "w") as f:
    json.dump(cases, f, separators=(",", ":"))
    f.write("\n")
