"""Near-minimax polynomials of the vectorised transcendental functions, and the constants of their range reductions.

Writes packages/whetstone/src/tensor/wasm/vector-math/coefficients.ts. Every polynomial is a Chebyshev interpolation
in 60-digit arithmetic; the printed error is that of the polynomial, relative to the function it belongs to.
"""
import os
import struct

import mpmath as mp

mp.mp.dps = 70

OUT = os.path.join(
    os.path.dirname(__file__), "../../packages/whetstone/src/tensor/wasm/vector-math/coefficients.ts"
)


def fit(f, a, b, terms):
    """Coefficients, constant first, of the interpolation of f in the Chebyshev points of [a, b]."""
    coefficients = mp.chebyfit(f, [mp.mpf(a), mp.mpf(b)], terms)
    return list(reversed(coefficients))


def fit_weighted(f, weight, a, b, terms):
    """As `fit`, but least squares with a weight, iterated (Lawson) so that the largest weighted error shrinks."""
    n = 12 * terms
    nodes = [(mp.mpf(a) + b) / 2 + (mp.mpf(b) - a) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    scaled = [(2 * x - a - b) / (mp.mpf(b) - a) for x in nodes]
    columns = [[mp.chebyt(j, s) for j in range(terms)] for s in scaled]
    values = [f(x) for x in nodes]
    sizes = [weight(x) for x in nodes]
    lawson = [mp.mpf(1) / n] * n
    best = None
    for _ in range(12):
        rows = mp.matrix(n, terms)
        right = mp.matrix(n, 1)
        for i in range(n):
            w = mp.sqrt(lawson[i]) * sizes[i]
            for j in range(terms):
                rows[i, j] = columns[i][j] * w
            right[i] = values[i] * w
        solution = mp.lu_solve(rows.T * rows, rows.T * right)
        errors = [
            abs(sum(columns[i][j] * solution[j] for j in range(terms)) - values[i]) * sizes[i] for i in range(n)
        ]
        worst = max(errors)
        if best is None or worst < best[0]:
            best = (worst, solution)
        total = sum(l * e for l, e in zip(lawson, errors))
        lawson = [l * e / total for l, e in zip(lawson, errors)]
    # From Chebyshev polynomials in s to powers of x.
    power = [mp.mpf(0)] * terms
    slope, shift = 2 / (mp.mpf(b) - a), -(mp.mpf(a) + b) / (mp.mpf(b) - a)

    def times_s(p):
        out = [mp.mpf(0)] * (len(p) + 1)
        for i, c in enumerate(p):
            out[i] += c * shift
            out[i + 1] += c * slope
        return out

    previous, current = [mp.mpf(1)], [shift, slope]
    for j in range(terms):
        for i, c in enumerate(previous):
            power[i] += best[1][j] * c
        following = [2 * c for c in times_s(current)]
        for i, c in enumerate(previous):
            following[i] -= c
        previous, current = current, following
    return power, best[0]


def top(value, bits):
    """The leading bits of a number."""
    exponent = mp.floor(mp.log(abs(value), 2))
    scale = mp.mpf(2) ** (bits - 1 - exponent)
    return mp.nint(value * scale) / scale


def split(value, first, bits=53):
    """Parts whose sum is the value: short ones of the given numbers of bits, then one of full precision."""
    parts = []
    for size in first:
        parts.append(top(value, size))
        value -= parts[-1]
    parts.append(top(value, bits))
    return parts


def worst(name, p, f, scale, a, b, variable=lambda x: x):
    """Prints the largest error of `scale(x) p(variable(x))` against the same with f."""
    error = mp.mpf(0)
    for i in range(401):
        x = mp.mpf(a) + (mp.mpf(b) - a) * (i + mp.mpf(0.37)) / 402
        z = variable(x)
        got = mp.polyval(list(reversed(p)), z)
        error = max(error, abs(scale(x) * (got - f(z))))
    print(f"{name:24} 2^{mp.nstr(mp.log(error, 2), 4)}")


out = {}
names = [("f32", 24), ("f64", 53)]

# exp(r) = 1 + r + r^2 P(r), |r| <= ln 2 / 2
exp_tail = lambda r: (mp.exp(r) - 1 - r) / r**2
for t, n in [("f32", 5), ("f64", 11)]:
    p = fit(exp_tail, -0.34663, 0.34664, n)
    worst(f"exp {t}", p, exp_tail, lambda r: r**2, -0.3466, 0.3466)
    out[f"exp.{t}"] = p

# log(1 + f) = f - f^2/2 + s (f^2/2 + z Q(z)), s = f / (2 + f), z = s^2, sqrt(1/2) <= 1 + f <= sqrt 2
def log_tail(z):
    s = mp.sqrt(z)
    return (mp.log((1 + s) / (1 - s)) - 2 * s) / (s * z)


for t, n in [("f32", 3), ("f64", 8)]:
    p = fit(log_tail, 0, 0.0295, n)
    worst(f"log {t}", p, log_tail, lambda s: s**2, 1e-3, 0.1717, lambda s: s**2)
    out[f"log.{t}"] = p


# Power: the same series without its first term, so that this term can be had in higher precision.
def power_tail(z):
    return (log_tail(z) - mp.mpf(2) / 3) / z


p = fit(power_tail, 0, 0.0295, 8)
worst("pow f64", p, power_tail, lambda s: s**4, 1e-3, 0.1717, lambda s: s**2)
out["pow.f64"] = p

# float32 powers are computed in float64, to about 40 bits.
out["log.medium"] = fit(log_tail, 0, 0.0295, 5)
worst("log medium", out["log.medium"], log_tail, lambda s: s**2, 1e-3, 0.1717, lambda s: s**2)
out["exp.medium"] = fit(exp_tail, -0.34663, 0.34664, 8)
worst("exp medium", out["exp.medium"], exp_tail, lambda r: r**2, -0.3466, 0.3466)

# sin x = x + x^3 S(x^2), cos x = 1 - x^2/2 + x^4 C(x^2), |x| <= pi/4
sin_tail = lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z
cos_tail = lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2
quarter = (mp.pi / 4 + mp.mpf(1) / 1000) ** 2
for t, n in [("f32", 3), ("f64", 6)]:
    out[f"sin.{t}"] = fit(sin_tail, 0, quarter, n + 1)
    worst(f"sin {t}", out[f"sin.{t}"], sin_tail, lambda x: x**2, 1e-3, mp.pi / 4, lambda x: x**2)
    out[f"cos.{t}"] = fit(cos_tail, 0, quarter, n)
    worst(f"cos {t}", out[f"cos.{t}"], cos_tail, lambda x: x**4, 1e-3, mp.pi / 4, lambda x: x**2)

# exp r = 1 + r + r^2 T(r) for tanh, whose r is not centred: -ln 2 / 4 <= r <= 3 ln 2 / 4
low, high = -mp.log(2) / 4, 3 * mp.log(2) / 4
for t, n in [("f32", 5), ("f64", 11)]:
    p = fit(exp_tail, low, high, n)
    worst(f"tanh {t}", p, exp_tail, lambda x: x**2, low, high)
    out[f"tanh.{t}"] = p

# atan t = t + t^3 A(t^2), |t| <= tan(pi/8)
atan_tail = lambda z: (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z
for t, n in [("f32", 5), ("f64", 12)]:
    p = fit(atan_tail, 0, 0.1717, n)
    worst(f"atan {t}", p, atan_tail, lambda x: x**2, 1e-3, 0.4142, lambda x: x**2)
    out[f"atan.{t}"] = p

# erf x = x + x E(x^2), |x| <= edge; beyond it erf x = 1 - exp(q(x)).
erf_head = lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1
for t, n, m, end in [("f32", 6, 8, 4), ("f64", 12, 20, 6)]:
    p = fit(erf_head, 0, 0.86, n)
    worst(f"erf {t}", p, erf_head, lambda x: 1, 1e-3, 0.92, lambda x: x**2)
    out[f"erf.{t}"] = p
    p, error = fit_weighted(lambda x: mp.log(mp.erfc(x)), mp.erfc, 0.92, end, m)
    print(f"{'erf tail ' + t:24} 2^{mp.nstr(mp.log(error, 2), 4)}")
    out[f"erfTail.{t}"] = p

ln2 = mp.log(2)
out["ln2.f32"] = split(ln2, [9], 24)
out["ln2.f64"] = split(ln2, [32])
half_pi = mp.pi / 2
out["halfPi.f32"] = split(half_pi, [33])  # in double precision
out["halfPi.f64"] = split(half_pi, [29, 29])
out["quarterTurn.f32"] = split(half_pi, [24], 24)
out["quarterTurn.f64"] = split(half_pi, [53])
out["halfPi.slow"] = split(half_pi, [53])
out["twoThirds.f64"] = split(mp.mpf(2) / 3, [53])
out["log2e.f32"] = split(1 / ln2, [12], 24)
out["log2e.f64"] = split(1 / ln2, [26])

# 2/pi in words of 64 bits after the point, one word of zeros before.
words = [0]
rest = 2 / mp.pi
mp.mp.prec = 1600
rest = 2 / mp.pi
for _ in range(19):
    rest *= mp.mpf(2) ** 64
    words.append(int(mp.floor(rest)))
    rest -= mp.floor(rest)


def number(value, single):
    value = float(value)
    if single:
        value = struct.unpack("f", struct.pack("f", value))[0]
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


lines = [
    "// Made by reference/tensor/make_vector_coefficients.py, which says what each polynomial approximates and where.",
    "",
    "/** Polynomials, constant first, and constants split into parts. */",
    "export const coefficients = {",
]
for name in sorted({key.split(".")[0] for key in out}):
    lines.append(f"  {name}: {{")
    for t in ["f32", "f64", "medium", "slow"]:
        if f"{name}.{t}" in out:
            single = t == "f32" and name != "halfPi"
            values = ", ".join(number(v, single) for v in out[f"{name}.{t}"])
            lines.append(f"    {t}: [{values}],")
    lines.append("  },")
lines += [
    "} as const;",
    "",
    "/** 64 zero bits, then the first 1216 bits of 2/pi, as unsigned words of 64 bits. */",
    "export const twoOverPi: readonly bigint[] = [",
    *[f"  0x{word:016x}n," for word in words],
    "];",
]
with open(OUT, "w") as file:
    file.write("\n".join(lines) + "\n")
