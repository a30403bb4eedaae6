"""Layers, activations, losses and initial values: PyTorch in float64 as the reference.

    /usr/bin/python3 reference/torch/make_nn.py

Each case: parameters (by this library's names), inputs, the output, and the gradients of sum(output * weights).
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from torch import nn

OUT = pathlib.Path(__file__).parents[1] / "values/torch"
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def rand(*shape):
    return (torch.randn(*shape) * 1.0).mul(100).round().div(100)


def pack(t):
    t = t.detach()
    return dict(shape=list(t.shape), data=[round(v, 13) if isinstance(v, float) else v for v in t.reshape(-1).tolist()])


layers, functions, losses = [], [], []


def case(kind, args, module, inputs, names, train=True, call=None, extra=None, buffers=None):
    """names: ours -> theirs. inputs: list of float tensors."""
    module.train(train)
    for p in module.parameters():
        p.data = rand(*p.shape)
    own = dict(module.named_parameters())
    before = {ours: pack(own[theirs]) for ours, theirs in names.items()}
    buf = dict(module.named_buffers())
    before_buffers = {ours: pack(buf[theirs]) for ours, theirs in (buffers or {}).items()}
    xs = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    y = call(module, *xs) if call else module(*xs)
    r = rand(*y.shape)
    wrt = [x for x in xs if x.requires_grad]
    grads = torch.autograd.grad((y * r).sum(), wrt + [own[t] for t in names.values()], allow_unused=True)
    after = dict(module.named_buffers())
    layers.append(dict(
        kind=kind, args=args, train=train, params=before, inputs=[pack(x) for x in inputs], weights=pack(r), output=pack(y),
        buffers=before_buffers, after={ours: pack(after[theirs]) for ours, theirs in (buffers or {}).items()},
        inputGrads=[pack(g) for g in grads[:len(wrt)]],
        paramGrads={ours: pack(g) for ours, g in zip(names, grads[len(wrt):])}, **(extra or {})))


wb = dict(weight="weight", bias="bias")
case("Linear", [3, 4], nn.Linear(3, 4), [rand(5, 3)], wb)
case("Linear", [3, 2], nn.Linear(3, 2), [rand(2, 2, 3)], wb)
case("Bilinear", [3, 2, 4], nn.Bilinear(3, 2, 4), [rand(5, 3), rand(5, 2)], wb)
case("Conv1d", [2, 3, 3, dict(stride=2, padding=1)], nn.Conv1d(2, 3, 3, 2, 1), [rand(2, 2, 7)], wb)
case("Conv2d", [2, 4, [2, 3], dict(padding=[1, 0], stride=[1, 2], groups=2)],
     nn.Conv2d(2, 4, (2, 3), padding=(1, 0), stride=(1, 2), groups=2), [rand(2, 2, 4, 5)], wb)
case("Conv2d", [1, 2, 2, dict(dilation=2)], nn.Conv2d(1, 2, 2, dilation=2), [rand(1, 1, 4, 5)], wb)
case("ConvTranspose1d", [2, 3, 3, dict(stride=2)], nn.ConvTranspose1d(2, 3, 3, 2), [rand(2, 2, 3)], wb)
case("ConvTranspose2d", [2, 2, 3, dict(stride=2, padding=1, outputPadding=1, groups=2)],
     nn.ConvTranspose2d(2, 2, 3, 2, 1, 1, groups=2), [rand(1, 2, 3, 2)], wb)
case("MaxPool2d", [2], nn.MaxPool2d(2), [rand(1, 2, 4, 5)], {})
case("MaxPool2d", [3, dict(stride=1, padding=1)], nn.MaxPool2d(3, 1, 1), [rand(1, 1, 4, 3)], {})
case("AvgPool2d", [2, dict(stride=1)], nn.AvgPool2d(2, 1), [rand(1, 2, 3, 4)], {})
case("MaxPool1d", [2], nn.MaxPool1d(2), [rand(2, 2, 6)], {})
case("AvgPool1d", [3, dict(padding=1)], nn.AvgPool1d(3, padding=1), [rand(2, 2, 6)], {})
case("AdaptiveAvgPool2d", [[2, 3]], nn.AdaptiveAvgPool2d((2, 3)), [rand(1, 2, 5, 7)], {})
case("Embedding", [5, 3], nn.Embedding(5, 3), [torch.tensor([[1, 4], [1, 0]])], dict(weight="weight"))
case("PReLU", [3], nn.PReLU(3), [rand(2, 3, 4)], dict(weight="weight"))
bn = dict(runningMean="running_mean", runningVariance="running_var")
for train in (True, False):
    m = nn.BatchNorm1d(3)
    m.running_mean.copy_(rand(3)), m.running_var.copy_(rand(3).abs() + 0.5)
    case("BatchNorm1d", [3], m, [rand(6, 3)], wb, train, buffers=bn)
    m = nn.BatchNorm2d(2, momentum=0.3, eps=1e-3)
    m.running_mean.copy_(rand(2)), m.running_var.copy_(rand(2).abs() + 0.5)
    case("BatchNorm2d", [2, dict(momentum=0.3, eps=1e-3)], m, [rand(3, 2, 2, 3)], wb, train, buffers=bn)
case("BatchNorm1d", [2], nn.BatchNorm1d(2), [rand(3, 2, 4)], wb, buffers=bn)
case("LayerNorm", [4], nn.LayerNorm(4), [rand(2, 3, 4)], wb)
case("LayerNorm", [[3, 4], dict(eps=1e-3)], nn.LayerNorm((3, 4), eps=1e-3), [rand(2, 3, 4)], wb)
case("GroupNorm", [2, 4], nn.GroupNorm(2, 4), [rand(2, 4, 3)], wb)
case("InstanceNorm", [3], nn.InstanceNorm2d(3, affine=True), [rand(2, 3, 2, 3)], wb)


class RMSNorm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(n))

    def forward(self, x):
        return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * self.weight


case("RMSNorm", [4], RMSNorm(4), [rand(2, 3, 4)], dict(weight="weight"))
lin = nn.Linear(4, 3)
sn = torch.nn.utils.parametrizations.spectral_norm(lin)
sn.parametrizations.weight[0]._u.copy_(F.normalize(rand(3), dim=0))
sn.parametrizations.weight[0]._v.copy_(F.normalize(rand(4), dim=0))
case("SpectralNorm", [4, 3], sn, [rand(2, 4)], {"layer.weight": "parametrizations.weight.original", "layer.bias": "bias"},
     buffers=dict(u="parametrizations.weight.0._u", v="parametrizations.weight.0._v"))
cell = dict(weightIh="weight_ih", weightHh="weight_hh", biasIh="bias_ih", biasHh="bias_hh")
case("RNNCell", [3, 2], nn.RNNCell(3, 2), [rand(4, 3), rand(4, 2)], cell)
case("GRUCell", [3, 2], nn.GRUCell(3, 2), [rand(4, 3), rand(4, 2)], cell)
case("LSTMCell", [3, 2], nn.LSTMCell(3, 2), [rand(4, 3), rand(4, 2), rand(4, 2)], cell,
     call=lambda m, x, h, c: torch.cat(m(x, (h, c)), 1))


def stacked(layer_count, both):
    names = {}
    i = 0
    for k in range(layer_count):
        for d in ("", "_reverse") if both else ("",):
            for ours, theirs in cell.items():
                names[f"cells.{i}.{ours}"] = f"{theirs}_l{k}{d}"
            i += 1
    return names


for kind, cls in (("RNN", nn.RNN), ("GRU", nn.GRU), ("LSTM", nn.LSTM)):
    case(kind, [2, 3, dict(layers=2, bidirectional=True)], cls(2, 3, 2, bidirectional=True, batch_first=True),
         [rand(2, 4, 2)], stacked(2, True), call=lambda m, x: m(x)[0])


class MHA(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.m = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.query, self.key, self.value, self.output = (nn.Linear(dim, dim) for _ in range(4))

    def forward(self, x, context=None, causal=False, padding=None):
        c = x if context is None else context
        w = torch.cat([self.query.weight, self.key.weight, self.value.weight])
        b = torch.cat([self.query.bias, self.key.bias, self.value.bias])
        mask = torch.triu(torch.ones(x.shape[1], x.shape[1]), 1).bool() if causal else None
        return F.multi_head_attention_forward(
            x.transpose(0, 1), c.transpose(0, 1), c.transpose(0, 1), x.shape[-1], self.m.num_heads, w, b, None, None, False,
            0.0, self.output.weight, self.output.bias, attn_mask=mask, key_padding_mask=padding)[0].transpose(0, 1)


four = {f"{a}.{b}": f"{a}.{b}" for a in ("query", "key", "value", "output") for b in ("weight", "bias")}
case("MultiHeadAttention", [4, 2], MHA(4, 2), [rand(2, 3, 4)], four)
case("MultiHeadAttention", [4, 2], MHA(4, 2), [rand(2, 3, 4)], four, call=lambda m, x: m(x, causal=True),
     extra=dict(causal=True))
pad = torch.tensor([[False, False, True], [False, True, True]])
case("MultiHeadAttention", [4, 2], MHA(4, 2), [rand(2, 3, 4), rand(2, 3, 4)], four,
     call=lambda m, x, c: m(x, c, padding=pad), extra=dict(padding=pad.int().tolist(), context=True))


class Encoder(nn.Module):
    """nn.TransformerEncoderLayer with its packed projection taken apart."""

    def __init__(self, norm_first, activation):
        super().__init__()
        self.attention = MHA(4, 2)
        self.layer = nn.TransformerEncoderLayer(4, 2, 6, 0.0, activation, batch_first=True, norm_first=norm_first)

    def forward(self, x):
        state = {k: v for k, v in self.layer.named_parameters()}
        a = self.attention
        state["self_attn.in_proj_weight"] = torch.cat([a.query.weight, a.key.weight, a.value.weight])
        state["self_attn.in_proj_bias"] = torch.cat([a.query.bias, a.key.bias, a.value.bias])
        state["self_attn.out_proj.weight"], state["self_attn.out_proj.bias"] = a.output.weight, a.output.bias
        return torch.nn.utils.stateless.functional_call(self.layer, state, (x,))


enc = {f"attention.{k}": f"attention.{v}" for k, v in four.items()}
enc.update({f"norm{i}.{p}": f"layer.norm{i}.{p}" for i in (1, 2) for p in ("weight", "bias")})
enc.update({f"feedForward.{a}.{p}": f"layer.{b}.{p}" for a, b in (("up", "linear1"), ("down", "linear2")) for p in ("weight", "bias")})
for first, act in ((False, "relu"), (True, "gelu")):
    case("TransformerEncoderLayer", [4, 2, dict(hidden=6, dropout=0, normFirst=first, activation=act)], Encoder(first, act),
         [rand(2, 3, 4)], enc)

x = torch.cat([torch.linspace(-4, 4, 17), torch.tensor([-60.0, -1e-3, 1e-3, 60.0])])
for name, f in dict(
    relu=F.relu, leakyRelu=lambda t: F.leaky_relu(t, 0.01), elu=F.elu, selu=F.selu, celu=lambda t: F.celu(t, 1.5),
    gelu=F.gelu, geluTanh=lambda t: F.gelu(t, approximate="tanh"), silu=F.silu, softplus=F.softplus, mish=F.mish,
    logSigmoid=F.logsigmoid, softsign=F.softsign, hardtanh=F.hardtanh, relu6=F.relu6, hardSigmoid=F.hardsigmoid,
    hardSwish=F.hardswish, sigmoid=torch.sigmoid, tanh=torch.tanh,
).items():
    t = x.clone().requires_grad_()
    y = f(t)
    functions.append(dict(name=name, x=pack(x), y=pack(y), dy=pack(torch.autograd.grad(y.sum(), t)[0])))
t = rand(2, 6).requires_grad_()
functions.append(dict(name="glu", x=pack(t), y=pack(F.glu(t)), dy=pack(torch.autograd.grad(F.glu(t).sum(), t)[0])))


def loss(name, call, inputs, f, wrt=(0,)):
    xs = [v.clone().requires_grad_(i in wrt) for i, v in enumerate(inputs)]
    y = f(*xs)
    grads = torch.autograd.grad(y.sum(), [xs[i] for i in wrt])
    losses.append(dict(name=name, call=call, inputs=[dict(pack(v), int=not v.is_floating_point()) for v in inputs],
                       wrt=list(wrt), value=pack(y), grads=[pack(g) for g in grads]))


Z, C, W = rand(5, 4), torch.tensor([0, 3, 2, 1, 3]), torch.tensor([0.5, 1.0, 2.0, 3.0])
P = torch.softmax(rand(5, 4), 1)
for red in ("mean", "sum", "none"):
    loss("crossEntropy", dict(reduction=red), [Z, C], lambda z, c: F.cross_entropy(z, c, reduction=red))
loss("crossEntropy", dict(weight=W.tolist(), labelSmoothing=0.1), [Z, C], lambda z, c: F.cross_entropy(z, c, W, label_smoothing=0.1))
loss("crossEntropy", dict(weight=W.tolist(), ignoreIndex=3), [Z, C], lambda z, c: F.cross_entropy(z, c, W, ignore_index=3))
loss("crossEntropy", dict(weight=W.tolist(), labelSmoothing=0.2), [Z, P], lambda z, c: F.cross_entropy(z, c, W, label_smoothing=0.2))
loss("crossEntropy", dict(labelSmoothing=0.2, ignoreIndex=1), [rand(2, 4, 3), torch.tensor([[0, 1, 2], [3, 1, 0]])],
     lambda z, c: F.cross_entropy(z, c, ignore_index=1, label_smoothing=0.2))
loss("nll", dict(weight=W.tolist()), [torch.log_softmax(Z, 1), C], lambda z, c: F.nll_loss(z, c, W))
loss("binaryCrossEntropy", {}, [torch.sigmoid(Z), (P > 0.3).double()], F.binary_cross_entropy)
B = (P > 0.3).double()
loss("binaryCrossEntropyWithLogits", {}, [Z * 30, B], F.binary_cross_entropy_with_logits)
loss("binaryCrossEntropyWithLogits", dict(posWeight=W.tolist(), reduction="sum"), [Z, B],
     lambda z, y: F.binary_cross_entropy_with_logits(z, y, pos_weight=W, reduction="sum"))
loss("mse", {}, [Z, P], F.mse_loss)
loss("mae", {}, [Z, P], F.l1_loss)
loss("huber", dict(delta=0.7), [Z, P], lambda a, b: F.huber_loss(a, b, delta=0.7))
loss("smoothL1", dict(beta=0.5), [Z, P], lambda a, b: F.smooth_l1_loss(a, b, beta=0.5))
K = torch.tensor([[0.0, 1, 2, 5], [3, 1, 0, 7]])
loss("poissonNll", dict(full=True), [rand(2, 4), K], lambda a, b: F.poisson_nll_loss(a, b, full=True))
loss("poissonNll", dict(logInput=False), [rand(2, 4).abs(), K], lambda a, b: F.poisson_nll_loss(a, b, log_input=False))
loss("gaussianNll", dict(full=True), [rand(5), rand(5), rand(5).abs() + 0.1], lambda a, b, v: F.gaussian_nll_loss(a, b, v, full=True), (0, 2))
L = torch.log_softmax(Z, 1)
loss("klDivergence", dict(reduction="batchmean"), [L, P], lambda a, b: F.kl_div(a, b, reduction="batchmean"))
loss("klDivergence", dict(logTarget=True), [L, torch.log(P)], lambda a, b: F.kl_div(a, b, log_target=True))
E1, E2, E3, Y = rand(5, 3), rand(5, 3), rand(5, 3), torch.tensor([1.0, -1, 1, -1, -1])
loss("cosineEmbedding", dict(margin=0.1), [E1, E2, Y], lambda a, b, y: F.cosine_embedding_loss(a, b, y, margin=0.1), (0, 1))
loss("triplet", dict(margin=0.8), [E1, E2, E3], lambda a, b, c: F.triplet_margin_loss(a, b, c, margin=0.8), (0, 1, 2))
loss("infoNce", dict(temperature=0.5), [E1, E2],
     lambda a, b: F.cross_entropy(F.normalize(a) @ F.normalize(b).T / 0.5, torch.arange(5)), (0, 1))
LP = rand(7, 3, 5)
T = torch.tensor([[1, 2, 2], [3, 1, 4], [4, 4, 1]])
IL, TL = torch.tensor([7, 6, 5]), torch.tensor([3, 2, 3])
for red in ("mean", "sum", "none"):
    loss("ctc", dict(reduction=red), [LP, T, IL, TL], lambda a, t, i, l: F.ctc_loss(a.log_softmax(2), t, i, l, reduction=red))

a = nn.AdaptiveLogSoftmaxWithLoss(16, 10, [3, 6], div_value=2.0)
for p in a.parameters():
    p.data = rand(*p.shape)
x = rand(6, 16).requires_grad_()
t = torch.tensor([0, 2, 4, 9, 5, 7])
out = a(x, t)
adaptive = dict(x=pack(x), target=t.tolist(), output=pack(out.output), loss=out.loss.item(), logProb=pack(a.log_prob(x)),
                xGrad=pack(torch.autograd.grad(out.loss, x, retain_graph=True)[0]),
                params={k: pack(v) for k, v in a.named_parameters()})

OUT.mkdir(parents=True, exist_ok=True)
version = torch.__version__
(OUT / "nn-layers.json").write_text(json.dumps(dict(torch=version, cases=layers)))
(OUT / "nn-losses.json").write_text(json.dumps(dict(torch=version, functions=functions, losses=losses, adaptive=adaptive)))
