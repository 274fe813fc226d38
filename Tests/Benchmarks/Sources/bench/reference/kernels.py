"""Single operations, each as PyTorch has it, with its gradient where it has one."""

import torch
from torch.nn import functional as F


def product():
    a, b = torch.randn(512, 512), torch.randn(512, 512)
    return lambda: a @ b


def with_gradient(operands, operation):
    for operand in operands:
        operand.requires_grad_()

    def step():
        operation(*operands).sum().backward()
        for operand in operands:
            operand.grad = None

    return step


def modulated_norm():
    return with_gradient(
        [torch.randn(20, 32, 64), torch.randn(20, 1, 64), torch.randn(20, 1, 64)],
        lambda x, scale, shift: F.layer_norm(x, (64,)) * (1 + scale) + shift)


def one_query():
    q, k, v = torch.randn(64, 4, 1, 32), torch.randn(64, 4, 128, 32), torch.randn(64, 4, 128, 32)

    def step():
        with torch.inference_mode():
            F.scaled_dot_product_attention(q, k, v)

    return step


def biased_attention():
    shapes = [(16, 4, 64, 32)] * 3 + [(1, 4, 64, 64)]
    return with_gradient(
        [torch.randn(shape) for shape in shapes],
        lambda q, k, v, bias: F.scaled_dot_product_attention(q, k, v, attn_mask=bias))


def rotary():
    angle = torch.arange(64)[:, None] / 10_000 ** (torch.arange(0, 16, 2) / 16)
    c, s = angle.cos()[:, None], angle.sin()[:, None]

    def turned(x):
        x = x.view(64, 64, 4, 32)
        y, z = x[..., :16:2], x[..., 1:16:2]
        return torch.cat([torch.stack([y * c - z * s, y * s + z * c], -1).flatten(-2), x[..., 16:]], -1)

    return with_gradient([torch.randn(64, 64, 128)], turned)


def quantised():
    layer = torch.ao.quantization.quantize_dynamic(torch.nn.Sequential(torch.nn.Linear(512, 2_048)), dtype=torch.qint8)
    x = torch.randn(64, 512)

    def step():
        with torch.inference_mode():
            layer(x)

    return step


def sine():
    x = torch.randn(1 << 18)
    return lambda: x.sin()


WORKS = {
    "product": product, "adaln": modulated_norm, "onequery": one_query, "headbias": biased_attention,
    "rotary": rotary, "int8": quantised, "sine": sine, "noise": lambda: lambda: torch.randn(1 << 18),
}
