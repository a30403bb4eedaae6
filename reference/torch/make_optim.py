"""Trajectories of torch.optim and of its learning-rate schedules on a small fixed problem, in double precision.

The problem: a matrix W [2, 3] and a vector b [2]; loss = sum(c * tanh(W x + b)^2) + 0.1 sum((W - A)^2 * s) with fixed
x, c, A and s (s spreads the curvature over two decades).
"""
import json
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
STEPS = 6

W0 = [[0.5, -1.2, 0.3], [1.5, 0.7, -0.4]]
B0 = [0.1, -0.6]
X = torch.tensor([0.9, -0.3, 1.4])
C = torch.tensor([1.0, 2.5])
A = torch.tensor([[1.0, -0.5, 0.25], [0.0, 2.0, -1.0]])
S = torch.tensor([[1.0, 10.0, 0.1], [5.0, 0.5, 2.0]])


def problem():
    return torch.tensor(W0, requires_grad=True), torch.tensor(B0, requires_grad=True)


def loss_of(W, b):
    return (C * torch.tanh(W @ X + b) ** 2).sum() + 0.1 * ((W - A) ** 2 * S).sum()


def trajectory(make, closure=False, steps=STEPS):
    W, b = problem()
    optimizer = make([W, b])
    out = []
    for _ in range(steps):
        def evaluate():
            optimizer.zero_grad()
            loss = loss_of(W, b)
            loss.backward()
            return loss
        if closure:
            optimizer.step(evaluate)
        else:
            evaluate()
            optimizer.step()
        out.append([*W.detach().flatten().tolist(), *b.detach().tolist()])
    return out


o = torch.optim
cases = {
    "SGD": (o.SGD, dict(lr=0.1), {}),
    "SGD momentum": (o.SGD, dict(lr=0.1, momentum=0.9), {}),
    "SGD dampening": (o.SGD, dict(lr=0.1, momentum=0.9, dampening=0.3), {}),
    "SGD nesterov": (o.SGD, dict(lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.05), {}),
    "RMSprop": (o.RMSprop, dict(lr=0.01), {}),
    "RMSprop all": (o.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-3, momentum=0.5, centered=True, weight_decay=0.1), {}),
    "Adagrad": (o.Adagrad, dict(lr=0.1), {}),
    "Adagrad all": (o.Adagrad, dict(lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.2, eps=1e-4), {}),
    "Adadelta": (o.Adadelta, dict(lr=1.0), {}),
    "Adadelta all": (o.Adadelta, dict(lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.1), {}),
    "Adam": (o.Adam, dict(lr=0.05), {}),
    "Adam all": (o.Adam, dict(lr=0.05, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1, amsgrad=True), {}),
    "AdamW": (o.AdamW, dict(lr=0.05, weight_decay=0.1), {}),
    # foreach: the loop over single tensors of 1.13 multiplies the look-ahead product by mu once too often.
    "NAdam": (o.NAdam, dict(lr=0.05, foreach=True), {}),
    "NAdam all": (o.NAdam, dict(lr=0.05, betas=(0.8, 0.9), weight_decay=0.1, momentum_decay=0.01, foreach=True), {}),
    "RAdam": (o.RAdam, dict(lr=0.05, betas=(0.9, 0.9)), {}),
    "Adamax": (o.Adamax, dict(lr=0.05, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1), {}),
    "LBFGS": (o.LBFGS, dict(lr=0.5, max_iter=3, history_size=4, max_eval=99), dict(closure=True)),
}
rules = [
    {"name": name, "optimizer": kind.__name__, "options": {k: v for k, v in options.items() if k not in ("foreach", "max_eval")}, "path": trajectory(lambda p: kind(p, **options), **more)}
    for name, (kind, options, more) in cases.items()
]



def by_hand(update, steps=STEPS):
    """Trajectory of an update (params, grads, state, t) -> new params, written as in its paper. g(params) evaluates."""
    def gradient(params):
        leaves = [p.clone().requires_grad_() for p in params]
        return torch.autograd.grad(loss_of(*leaves), leaves)

    params = [p.detach() for p in problem()]
    states = [{}, {}]
    out = []
    for t in range(1, steps + 1):
        params = update(params, gradient, states, t)
        out.append([*params[0].flatten().tolist(), *params[1].tolist()])
    return out


def each(rule):
    return lambda params, gradient, states, t: [
        rule(p, g, s, t) for p, g, s in zip(params, gradient(params), states)]


def lion(p, g, s, t, lr=0.05, b1=0.8, b2=0.9, decay=0.1):
    m = s.get("m", torch.zeros_like(p))
    c = torch.sign(b1 * m + (1 - b1) * g)
    s["m"] = b2 * m + (1 - b2) * g
    return p - lr * (c + decay * p)


def lars(p, g, s, t, lr=0.5, trust=0.02, mu=0.9, decay=0.1):
    local = trust * p.norm() / (g.norm() + decay * p.norm()) if p.dim() >= 2 else 1.0
    g = g + decay * p
    s["v"] = mu * s.get("v", torch.zeros_like(p)) + local * g
    return p - lr * s["v"]


def lamb(p, g, s, t, lr=0.05, b1=0.9, b2=0.99, eps=1e-6, decay=0.1):
    s["m"] = b1 * s.get("m", torch.zeros_like(p)) + (1 - b1) * g
    s["v"] = b2 * s.get("v", torch.zeros_like(p)) + (1 - b2) * g * g
    r = (s["m"] / (1 - b1 ** t)) / ((s["v"] / (1 - b2 ** t)).sqrt() + eps) + decay * p
    ratio = p.norm() / r.norm() if p.dim() >= 2 else 1.0
    return p - lr * ratio * r


def power(A, p):
    w, V = torch.linalg.eigh(A)
    return V @ torch.diag(w ** p) @ V.T


def shampoo(p, g, s, t, lr=0.3, eps=1e-3, mu=0.5):
    if p.dim() == 1:
        s["L"] = s.get("L", eps * torch.eye(len(p))) + torch.outer(g, g)
        d = power(s["L"], -0.5) @ g
    else:
        s["L"] = s.get("L", eps * torch.eye(p.shape[0])) + g @ g.T
        s["R"] = s.get("R", eps * torch.eye(p.shape[1])) + g.T @ g
        d = power(s["L"], -0.25) @ g @ power(s["R"], -0.25)
    s["v"] = mu * s.get("v", torch.zeros_like(p)) + d
    return p - lr * s["v"]


def sam(params, gradient, states, t, lr=0.1, rho=0.2):
    g = gradient(params)
    norm = sum((x * x).sum() for x in g).sqrt()
    away = gradient([p + rho * x / norm for p, x in zip(params, g)])
    return [p - lr * x for p, x in zip(params, away)]


def lookahead(params, gradient, states, t, lr=0.1, k=2, alpha=0.3):
    if t == 1:
        states[0]["slow"] = params
    params = [p - lr * g for p, g in zip(params, gradient(params))]
    if t % k == 0:
        params = [s + alpha * (p - s) for s, p in zip(states[0]["slow"], params)]
        states[0]["slow"] = params
    return params


papers = {
    "Lion": by_hand(each(lion)),
    "LARS": by_hand(each(lars)),
    "LAMB": by_hand(each(lamb)),
    "Shampoo": by_hand(each(shampoo)),
    "SAM": by_hand(sam),
    "Lookahead": by_hand(lookahead),
}

sch = torch.optim.lr_scheduler


def rates(make, n, lr=0.4):
    p = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=lr, momentum=0.9)
    schedule = make(optimizer)
    lrs, momenta = [], []
    for _ in range(n):
        lrs.append(optimizer.param_groups[0]["lr"])
        momenta.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        schedule.step()
    return lrs, momenta


schedules = {
    "step": rates(lambda q: sch.StepLR(q, 10, 0.1), 25)[0],
    "multi-step": rates(lambda q: sch.MultiStepLR(q, [3, 8, 9], 0.5), 12)[0],
    "exponential": rates(lambda q: sch.ExponentialLR(q, 0.9), 12)[0],
    "linear": rates(lambda q: sch.LinearLR(q, 0.25, 0.75, 8), 12)[0],
    "polynomial": rates(lambda q: sch.PolynomialLR(q, 8, 2.0), 12)[0],
    "cosine": rates(lambda q: sch.CosineAnnealingLR(q, 10, 0.01), 11)[0],
    "warm restarts": rates(lambda q: sch.CosineAnnealingWarmRestarts(q, 4, 2, 0.01), 20)[0],
    "one cycle": rates(lambda q: sch.OneCycleLR(q, 0.4, total_steps=20), 20),
    "one cycle linear": rates(
        lambda q: sch.OneCycleLR(q, 0.4, total_steps=20, pct_start=0.4, anneal_strategy="linear", three_phase=True,
                                 div_factor=10, final_div_factor=100, base_momentum=0.8, max_momentum=0.9), 20),
    "warmup then cosine": rates(
        lambda q: sch.SequentialLR(q, [sch.LinearLR(q, 0.2, 1.0, 5), sch.CosineAnnealingLR(q, 10)], [5]), 15)[0],
}

metrics = [5, 4, 3, 3.0001, 3.2, 3.1, 3, 3, 3, 2.9, 2.95, 2.95, 2.95, 2.95, 2.95, 2.95, 2.95]


def plateau(**options):
    p = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=0.4)
    schedule = sch.ReduceLROnPlateau(optimizer, **options)
    out = []
    for m in metrics:
        schedule.step(m)
        out.append(optimizer.param_groups[0]["lr"])
    return out


plateaus = [
    {"options": options, "rates": plateau(**options)}
    for options in [dict(patience=2, factor=0.5), dict(patience=1, factor=0.1, cooldown=2, min_lr=0.01),
                    dict(mode="max", patience=3, factor=0.5, threshold=0.1, threshold_mode="abs")]
]


def clipped(norm_type):
    W, b = problem()
    loss_of(W, b).backward()
    norm = torch.nn.utils.clip_grad_norm_([W, b], 0.7, norm_type)
    return {"norm": norm.item(), "grads": [*W.grad.flatten().tolist(), *b.grad.tolist()]}


W, b = problem()
loss_of(W, b).backward()
torch.nn.utils.clip_grad_value_([W, b], 0.3)
clipping = {"2": clipped(2.0), "1": clipped(1.0), "inf": clipped(float("inf")), "value": [*W.grad.flatten().tolist(), *b.grad.tolist()]}

out = Path(__file__).parent.parent / "values/torch/optim.json"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps({
    "versions": {"torch": torch.__version__},
    "rules": rules,
    "papers": papers,
    "schedules": schedules,
    "metrics": metrics,
    "plateaus": plateaus,
    "clipping": clipping,
}, indent=None, separators=(",", ":")) + "\n")
