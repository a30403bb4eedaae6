"""Operations of tensors: PyTorch in float64 as the reference, values and gradients of sum(output * weights).

    /usr/bin/python3 reference/torch/make_ops.py
"""
import json
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).parents[1] / "values/torch/ops.json"
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
cases = []


def r(*shape, low=-2.0, high=2.0):
    """Distinct numbers of two decimals, so that no maximum is tied."""
    size = int(torch.tensor(shape).prod()) if shape else 1
    grid = torch.linspace(low, high, 401)[torch.randperm(401)[:size]]
    return (grid * 100).round().div(100).reshape(shape)


def pack(t):
    t = t.detach()
    kind = {torch.float64: "f64", torch.bool: "bool"}.get(t.dtype, "i32")
    return dict(dtype=kind, shape=list(t.shape), data=[float(f"{v:.15g}") if kind == "f64" else int(v) for v in t.reshape(-1).tolist()])


def case(name, f, *inputs):
    xs = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    y = f(*xs)
    entry = dict(name=name, inputs=[pack(x) for x in inputs], output=pack(y))
    if y.requires_grad:
        weights = (torch.arange(y.numel()) % 7 - 2.5).reshape(y.shape)
        (y * weights).sum().backward()
        entry["gradients"] = [pack(x.grad) if x.grad is not None else None for x in xs]
    cases.append(entry)


a, b = r(3, 4), r(4)
positive = r(3, 4, low=0.2, high=4)
for name, f in dict(
    add=torch.add, sub=torch.sub, mul=torch.mul, maximum=torch.maximum, minimum=torch.minimum,
).items():
    case(name, f, a, b)
case("maximum ties", torch.maximum, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]))
case("div", torch.div, a, r(3, 1, low=0.5, high=2))
case("mod", torch.remainder, a, r(4, low=0.6, high=1.7))
case("pow", torch.pow, positive, r(4))
case("pow 3", lambda x: x**3, a)
case("pow 0.5", lambda x: x**0.5, positive)
case("clamp", lambda x: x.clamp(-1.005, 1.005), a)
for name in ["neg", "abs", "sign", "floor", "ceil", "square", "exp", "expm1", "sin", "cos", "tanh", "sigmoid", "erf", "relu"]:
    case(name, getattr(torch, name), a)
case("round", torch.round, torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.4]))
case("relu at 0", torch.relu, torch.tensor([-1.0, 0.0, 1.0]))
case("abs at 0", torch.abs, torch.tensor([0.0]))
case("atan", torch.atan, a)
for name in ["sqrt", "rsqrt", "reciprocal", "log", "log1p"]:
    case(name, getattr(torch, name), positive)

case("lt", torch.lt, a, b)
case("ge", torch.ge, a, b)
case("eq", torch.eq, torch.tensor([1, 2, 3]), torch.tensor([1, 0, 3]))
case("ne", torch.ne, torch.tensor([1, 2, 3]), torch.tensor([1, 0, 3]))
case("and", torch.bitwise_and, torch.tensor([12, 7]), torch.tensor([10, 9]))
case("xor", torch.bitwise_xor, torch.tensor([12, 7]), torch.tensor([10, 9]))
case("where", lambda x, y: torch.where(x > 0, x, y), a, b)
case("maskedFill", lambda x: x.masked_fill(x < 0, 0.5), a)

c = r(2, 3, 4)
case("sum", lambda x: x.sum(), c)
case("sum 1", lambda x: x.sum(1), c)
case("sum 0 2 keep", lambda x: x.sum((0, 2), keepdim=True), c)
case("mean -1", lambda x: x.mean(-1), c)
case("variance", lambda x: x.var(1), c)
case("variance 0", lambda x: x.var(-1, unbiased=False, keepdim=True), c)
case("std", lambda x: x.std(), c)
case("max", lambda x: x.amax(), c)
case("max 1", lambda x: x.amax(1), c)
case("max ties", lambda x: x.amax(0), torch.tensor([[1.0, 2.0], [1.0, 0.0]]))
case("min 2", lambda x: x.amin(2), c)
case("prod 2", lambda x: x.prod(2), c)
case("prod with zero", lambda x: x.prod(0), torch.tensor([2.0, 0.0, 3.0]))
case("argmax 1", lambda x: x.argmax(1), c)
case("argmin", lambda x: x.argmin(), c)
case("any 1", lambda x: x.any(1), torch.tensor([[True, False], [False, False]]))
case("all 0", lambda x: x.all(0), torch.tensor([[True, False], [True, True]]))
case("softmax", lambda x: x.softmax(-1), c)
case("softmax 1", lambda x: (50 * x).softmax(1), c)
case("logSoftmax", lambda x: x.log_softmax(-1), c)
case("logSumExp", lambda x: x.logsumexp((0, 2)), c)
case("cumsum", lambda x: x.cumsum(1), c)
case("cumsum reverse", lambda x: x.flip(1).cumsum(1).flip(1), c)

case("reshape", lambda x: x.reshape(4, -1), c)
case("permute", lambda x: x.permute(2, 0, 1), c)
case("transpose", lambda x: x.transpose(0, 2), c)
case("squeeze", lambda x: x[:, :1].squeeze(1), c)
case("unsqueeze", lambda x: x.unsqueeze(-2), a)
case("flatten", lambda x: x.flatten(1), c)
case("expand", lambda x: x.expand(2, 3, 4), b)
case("slice", lambda x: x[:, :, 1:4:2], c)
case("at", lambda x: x[1, :, 2], c)
case("flip", lambda x: x.flip((0, 2)), c)
case("pad", lambda x: F.pad(x, (1, 2, 0, 1), value=3.0), a)
case("split", lambda x: torch.cat([p * (i + 1) for i, p in enumerate(x.split(2, 1))], 1), r(2, 5))
case("unfold", lambda x: x.unfold(1, 3, 2), r(2, 8))
case("concat", lambda x, y: torch.cat([x, y], 1), a, r(3, 2))
case("stack", lambda x, y: torch.stack([x, y], 1), a, r(3, 4))
case("tril", lambda x: x.tril(1), r(4, 4))
case("triu", lambda x: x.triu(-1), r(2, 3, 4))

case("gather", lambda x, i: x.gather(1, i), a, torch.tensor([[0, 3], [1, 1], [2, 0]]))
case("take", lambda x, i: F.embedding(i, x), r(5, 3), torch.tensor([[4, 0], [2, 4]]))
case("scatterAdd", lambda x, i, s: x.scatter_add(0, i, s), r(4, 2), torch.tensor([[0, 3], [0, 1], [2, 0]]), r(3, 2))
case("oneHot", lambda i: F.one_hot(i, 4), torch.tensor([3, 0, 2]))
case("argsort", lambda x: x.argsort(1), a)
case("sort", lambda x: x.sort(1, descending=True).values, a)
case("topk", lambda x: x.topk(2, 1).values, a)

case("matmul", torch.matmul, a, r(4, 5))
case("matmul vectors", torch.matmul, b, r(4))
case("matmul batch", torch.matmul, c, r(4, 2))
case("matmul broadcast", torch.matmul, r(2, 1, 3, 4), r(3, 4, 2))
case("einsum", lambda x, y: torch.einsum("bij,jk->bki", x, y), c, r(4, 2))
case("einsum outer", lambda x, y: torch.einsum("i,j->ij", x, y), r(3), r(4))

image, kernel = r(2, 4, 5, 4), r(6, 2, 3, 3, low=-1, high=1)
case("conv2d", lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 2), groups=2), image, kernel, r(6))
case("conv2d dilated", lambda x, w: F.conv2d(x, w, None, dilation=2, padding=2), r(1, 2, 6, 5), r(3, 2, 3, 2))
case("conv1d", lambda x, w: F.conv1d(x, w, None, stride=2, padding=1), r(2, 3, 8), r(4, 3, 3))
case("convTranspose2d", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1), r(2, 3, 3, 4), r(3, 2, 3, 3), r(2))
case("convTranspose1d", lambda x, w: F.conv_transpose1d(x, w, None, stride=3), r(2, 3, 4), r(3, 2, 3))
case("maxPool2d", lambda x: F.max_pool2d(x, 2), r(2, 2, 4, 6))
case("maxPool2d overlap", lambda x: F.max_pool2d(x, 3, stride=2, padding=1), r(1, 2, 5, 6))
case("maxPool1d", lambda x: F.max_pool1d(x, 3, stride=1), r(2, 2, 7))
case("avgPool2d", lambda x: F.avg_pool2d(x, 2, stride=1, padding=1), r(1, 2, 4, 5))
case("avgPool1d", lambda x: F.avg_pool1d(x, 2), r(2, 2, 6))


def attention(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ v


case("attention", attention, r(2, 3, 4), r(2, 5, 4), r(2, 5, 2))
case("attention causal", lambda q, k, v: attention(q, k, v, torch.tril(torch.ones(5, 5, dtype=torch.bool))[-3:]), r(2, 3, 4), r(2, 5, 4), r(2, 5, 2))

case("linspace", lambda: torch.linspace(-1, 2, 7))
case("arange", lambda: torch.arange(2, 11, 3))
case("eye", lambda: torch.eye(3))

OUT.write_text(json.dumps(dict(torch=torch.__version__, cases=cases), separators=(",", ":")) + "\n")
print(len(cases), "cases,", OUT.stat().st_size, "bytes")
