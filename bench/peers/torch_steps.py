"""Training steps and elementwise chains by PyTorch, on the weights and data of bench/rows/tensor.mjs."""
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from serve import serve

state = {}


class Mlp(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.layers = nn.Sequential(linear(w, "1"), nn.ReLU(), linear(w, "2"), nn.ReLU(), linear(w, "3"))

    def forward(self, x):
        return self.layers(x)


class Cnn(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.layers = nn.Sequential(
            conv(w, "1"), nn.ReLU(), nn.MaxPool2d(2), conv(w, "2"), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), linear(w, "3")
        )

    def forward(self, x):
        return self.layers(x.view(-1, 1, 28, 28))


class Block(nn.Module):
    def __init__(self, w, p, heads):
        super().__init__()
        self.n1, self.n2 = norm(w, f"{p}.n1"), norm(w, f"{p}.n2")
        self.qkv, self.out = linear(w, f"{p}.qkv"), linear(w, f"{p}.out")
        self.up, self.down = linear(w, f"{p}.up"), linear(w, f"{p}.down")
        self.heads = heads

    def forward(self, x, mask):
        batch, time_, d = x.shape
        qkv = self.qkv(self.n1(x)).view(batch, time_, 3, self.heads, d // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-1, -2)) * (d // self.heads) ** -0.5
        a = scores.masked_fill(~mask, float("-inf")).softmax(-1) @ v
        x = x + self.out(a.transpose(1, 2).reshape(batch, time_, d))
        return x + self.down(F.gelu(self.up(self.n2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.tokens = nn.Embedding.from_pretrained(w["tokens"], freeze=False)
        self.places = nn.Parameter(w["places"])
        count = 1 + max(int(name.split(".")[0]) for name in w if name[0].isdigit())
        self.blocks = nn.ModuleList([Block(w, str(i), 4) for i in range(count)])
        self.norm = norm(w, "norm")
        self.head = nn.Linear(*w["head"].shape, bias=False)
        self.head.weight.data = w["head"].t().contiguous()
        n = len(w["places"])
        self.register_buffer("mask", torch.tril(torch.ones(n, n, dtype=torch.bool)))

    def forward(self, x):
        x = self.tokens(x.view(-1, len(self.places))) + self.places
        for block in self.blocks:
            x = block(x, self.mask)
        return self.head(self.norm(x)).flatten(0, 1)


def linear(w, name):
    weight = w[f"{name}.weight"]
    layer = nn.Linear(*weight.shape)
    layer.weight.data, layer.bias.data = weight.t().contiguous(), w[f"{name}.bias"]
    return layer


def conv(w, name):
    weight = w[f"{name}.weight"]
    layer = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
    layer.weight.data, layer.bias.data = weight, w[f"{name}.bias"]
    return layer


def norm(w, name):
    layer = nn.LayerNorm(w[f"{name}.weight"].shape)
    layer.weight.data, layer.bias.data = w[f"{name}.weight"], w[f"{name}.bias"]
    return layer


def timed(steps):
    start = time.perf_counter()
    for _ in range(steps):
        state["step"]()
    return (time.perf_counter() - start) * 1000


def choose_threads(steps):
    """The better of one and two threads, by alternating trials."""
    times = {1: [], 2: []}
    for _ in range(4):
        for threads in times:
            torch.set_num_threads(threads)
            times[threads].append(timed(steps))
    best = min(times, key=lambda threads: sorted(times[threads][1:])[1])
    torch.set_num_threads(best)
    return best


def prepare(kind, weights, names, shapes, x, y, integers, first, steps, weight_decay):
    flat, w, at = torch.from_numpy(np.fromfile(weights, dtype=np.float32)), {}, 0
    for name, shape in zip(names, shapes):
        size = int(np.prod(shape))
        w[name] = flat[at : at + size].reshape(shape)
        at += size
    inputs = torch.from_numpy(np.fromfile(x, dtype=np.int32 if integers else np.float32))
    inputs = inputs.long() if integers else inputs.view(64, 784)
    labels = torch.from_numpy(np.fromfile(y, dtype=np.int32)).long()
    make = torch.optim.AdamW if weight_decay else torch.optim.Adam

    def restart():
        net = {"mlp": Mlp, "cnn": Cnn, "gpt": Gpt}[kind]({name: values.clone() for name, values in w.items()})
        optimizer = make(net.parameters(), lr=1e-3, weight_decay=weight_decay)

        def step():
            optimizer.zero_grad()
            loss = F.cross_entropy(net(inputs), labels)
            loss.backward()
            optimizer.step()
            return loss.item()

        state["step"] = step
        return [step() for _ in range(first)]

    state["restart"] = restart
    return {"losses": restart(), "threads": choose_threads(steps), "torch": torch.__version__}


def prepare_chain(x, steps):
    values = torch.from_numpy(np.fromfile(x, dtype=np.float32))

    def step():
        with torch.no_grad():
            y = ((((values * 1.5 + 0.5).tanh() * values - 0.25).abs() + 1e-3).sqrt() * -2).exp() + values
        state["result"] = y
        return y[1].item()

    state["step"] = step
    return {"threads": choose_threads(steps), "torch": torch.__version__}


def restart():
    state["restart"]()


def result(file):
    state["result"].numpy().tofile(file)


serve({"prepare": prepare, "prepare_chain": prepare_chain, "run": timed, "restart": restart, "result": result})
