"""Golden values of the float64 transcendental functions of packages/whetstone/src/tensor/wasm/vector-math.

For each function: arguments, the correctly rounded results, and what the true value has beyond them in thousandths of
a unit in the last place, all computed with mpmath. Writes reference/values/tensor/vector-math.json.
With a number as argument, writes that many points per function to the given file instead, for a wider search:
python3 make_vector_math.py 20000 /tmp/wide.json
"""
import json
import math
import os
import random
import sys

import mpmath
from mpmath import mp, mpf

mp.prec = 300


def log_uniform(generator, low, high):
    return math.exp(generator.uniform(math.log(low), math.log(high)))


def signed(generator, low, high):
    return generator.choice([-1, 1]) * log_uniform(generator, low, high)


def mixed(low, high, tiny=1e-12):
    """Half of the points uniform in [low, high], half with logarithms uniform."""

    def draw(generator):
        if generator.random() < 0.5:
            return (generator.uniform(low, high),)
        sign = generator.choice([-1, 1]) if low < 0 else 1
        return (sign * log_uniform(generator, tiny, max(-low if sign < 0 else high, 2 * tiny)),)

    return draw


def logs(generator):
    kind = generator.random()
    if kind < 0.4:
        return (generator.uniform(0.3, 3),)
    if kind < 0.6:
        return (1 + signed(generator, 1e-14, 0.3),)
    return (log_uniform(generator, 5e-324, 1e308),)


def log1ps(generator):
    kind = generator.random()
    if kind < 0.5:
        return (generator.uniform(-0.9, 2),)
    if kind < 0.7:
        return (signed(generator, 1e-16, 0.5),)
    return (log_uniform(generator, 1e-5, 1e300),)


def angles(generator):
    kind = generator.random()
    if kind < 0.4:
        return (generator.uniform(-10, 10),)
    if kind < 0.7:
        return (signed(generator, 1e-9, 3e7),)
    if kind < 0.85:
        # The float64 next to a multiple of pi/2: the result is tiny or next to 1.
        return (float(generator.randrange(1, 10**7) * mpmath.pi / 2),)
    return (signed(generator, 1e7, 1e308),)


def powers(generator):
    kind = generator.random()
    if kind < 0.4:
        return (generator.uniform(0.1, 10), generator.uniform(-30, 30))
    x = log_uniform(generator, 1e-300, 1e300) if kind < 0.7 else 1 + signed(generator, 1e-8, 0.5)
    limit = 709 / abs(math.log(x))
    return (x, generator.uniform(-min(limit, 1e300), min(limit, 1e300)))


FUNCTIONS = {
    "exp": (mixed(-745, 709.7), mpmath.exp),
    "exp2": (mixed(-1074, 1023.9), lambda x: mpf(2) ** x),
    "expm1": (mixed(-3, 6), mpmath.expm1),
    "log": (logs, mpmath.log),
    "log2": (logs, lambda x: mpmath.log(x) / mpmath.log(2)),
    "log1p": (log1ps, mpmath.log1p),
    "sin": (angles, mpmath.sin),
    "cos": (angles, mpmath.cos),
    "tan": (angles, mpmath.tan),
    "tanh": (mixed(-4, 4), mpmath.tanh),
    "sigmoid": (mixed(-40, 40), lambda x: 1 / (1 + mpmath.exp(-x))),
    "erf": (mixed(-6, 6), mpmath.erf),
    "atan": (mixed(-8, 8), mpmath.atan),
    "pow": (powers, mpmath.power),
}


def entry(function, arguments):
    with mpmath.workprec(1500 if abs(arguments[0]) > 1e16 else 300):
        true = function(*map(mpf, arguments))
        value = float(true)
        rest = float((true - mpf(value)) / mpf(math.ulp(value))) if math.isfinite(value) else 0
    return [*arguments, value, round(1000 * rest)]


def main():
    wide = len(sys.argv) > 2
    count = int(sys.argv[1]) if wide else 150
    path = (
        sys.argv[2]
        if wide
        else os.path.join(os.path.dirname(__file__), "../values/tensor/vector-math.json")
    )
    generator = random.Random(7)
    out = {"versions": {"mpmath": mpmath.__version__}}
    for name, (draw, function) in FUNCTIONS.items():
        out[name] = [entry(function, draw(generator)) for _ in range(count)]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(json.dumps(out, separators=(",", ":")).replace("]],", "]],\n"))


main()
