"""Series coefficients of packages/whetstone/src/math/special/coefficients.ts, made with mpmath at 50 digits.

Prints the TypeScript file. Chebyshev expansions are over t in [-1, 1], first coefficient halved already, and
are cut where the remaining terms are below 1e-18 of the largest.
Run: python3 reference/math/make_coefficients.py > packages/whetstone/src/math/special/coefficients.ts
"""
from mpmath import mp, mpf, cos, pi, zeta, exp, sqrt, erf, erfc, log, psi, euler, besselj, bessely, besseli, besselk
from mpmath import inf, findroot, taylor, rf, hyp0f1, gamma, loggamma, quad, cosh, bernoulli, e1

mp.dps = 50

DOC = {}


def chebyshev(f, n=60):
    """Chebyshev interpolation coefficients of f on [-1, 1]."""
    nodes = [cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    values = [f(t) for t in nodes]
    out = []
    for j in range(n):
        c = sum(values[k] * cos(pi * j * (2 * k + 1) / (2 * n)) for k in range(n)) * 2 / n
        out.append(c / 2 if j == 0 else c)
    top = max(abs(c) for c in out)
    last = max(j for j, c in enumerate(out) if abs(c) > mpf(10) ** -18 * top)
    return out[: last + 1]


def emit(name, values, doc):
    print(f"\n/** {doc} */")
    print(f"export const {name}: readonly number[] = [")
    for v in values:
        print(f"  {repr(float(v))},")
    print("];")


def expscaled_erfc(x):
    return exp(x * x) * erfc(x)


print('/**\n * Coefficients of the series in this folder, written by `reference/math/make_coefficients.py` (mpmath, 50\n'
      ' * digits). Do not edit: change the script.\n */')

emit("lgammaAt2", [1 - euler] + [(-1) ** k * (zeta(k) - 1) / k for k in range(2, 28)],
     "Taylor coefficients of log Gamma(2 + z) / z, valid for |z| <= 1/2.")
root = findroot(lambda x: psi(0, x), mpf("1.4616321449683623"))
hi = mpf(float(root))
print(f"\n/** Positive zero of digamma, as a sum of two doubles. */\nexport const psiRoot = {float(hi)!r};")
print(f"export const psiRootLow = {float(root - hi)!r};")


def psi_quotient(x):
    if abs(x - root) < mpf(10) ** -20:
        return psi(1, root)
    return psi(0, x) / (x - root)


emit("psiOn12", chebyshev(lambda t: psi_quotient(mpf(3) / 2 + t / 2)),
     "Chebyshev: digamma(x) / (x - root), x = 1.5 + t / 2.")
emit("erfSmall", chebyshev(lambda t: (lambda z: erf(sqrt(z)) / sqrt(z) if z > 0 else 2 / sqrt(pi))((t + 1) / 2)),
     "Chebyshev: erf(x) / x, x^2 = (t + 1) / 2.")
# t = (x - 4) / (x + 4) maps [0, inf) to [-1, 1); x erfcx(x) stays bounded, so scale by (1 + 2x).
emit("erfcxScaled", chebyshev(lambda t: (lambda x: (1 + 2 * x) * expscaled_erfc(x) if x < 60 else
                                         (1 + 2 * x) / (x * sqrt(pi)) * (1 - 1 / (2 * x**2) + 3 / (4 * x**4) - 15 / (8 * x**6) + 105 / (16 * x**8)
                                                                       - 945 / (32 * x**10) + 10395 / (64 * x**12)))(4 * (1 + t) / (1 - t)), 80),
     "Chebyshev: (1 + 2x) erfcx(x), t = (x - 4) / (x + 4).")

# Bessel functions of the first and second kind on [0, 8] in z = x^2 = 32 (t + 1).
def z8(t):
    return sqrt(32 * (t + 1))


emit("j0Small", chebyshev(lambda t: besselj(0, z8(t))), "Chebyshev: J0(x), x^2 = 32 (t + 1).")
emit("j1Small", chebyshev(lambda t: besselj(1, z8(t)) / z8(t)), "Chebyshev: J1(x) / x, x^2 = 32 (t + 1).")
emit("y0Small", chebyshev(lambda t: bessely(0, z8(t)) - 2 / pi * log(z8(t)) * besselj(0, z8(t))),
     "Chebyshev: Y0(x) - (2/pi) log(x) J0(x), x^2 = 32 (t + 1).")
emit("y1Small", chebyshev(lambda t: (bessely(1, z8(t)) - 2 / pi * (log(z8(t)) * besselj(1, z8(t)) - 1 / z8(t))) / z8(t)),
     "Chebyshev: (Y1(x) - (2/pi)(log(x) J1(x) - 1/x)) / x, x^2 = 32 (t + 1).")


def modulus_phase(nu, t):
    """P and Q of the large-argument form; (8/x)^2 = (t + 1) / 2."""
    x = 8 / sqrt((t + 1) / 2)
    chi = x - (mpf(nu) / 2 + mpf(1) / 4) * pi
    j, y = besselj(nu, x), bessely(nu, x)
    s = sqrt(pi * x / 2)
    p = s * (j * cos(chi) + y * mp.sin(chi))
    q = s * (y * cos(chi) - j * mp.sin(chi))
    return p, q * x


for nu in (0, 1):
    emit(f"p{nu}Large", chebyshev(lambda t: modulus_phase(nu, t)[0]), f"Chebyshev: P{nu}(x), (8/x)^2 = (t + 1) / 2.")
    emit(f"q{nu}Large", chebyshev(lambda t: modulus_phase(nu, t)[1]), f"Chebyshev: x Q{nu}(x), (8/x)^2 = (t + 1) / 2.")

# Modified Bessel functions, scaled, for large arguments.
for nu in (0, 1):
    emit(f"i{nu}Large", chebyshev(lambda t: (lambda x: exp(-x) * sqrt(x) * besseli(nu, x))(16 / (t + 1))),
         f"Chebyshev: exp(-x) sqrt(x) I{nu}(x), 8/x = (t + 1) / 2.")
    emit(f"k{nu}Large", chebyshev(lambda t: (lambda x: exp(x) * sqrt(x) * besselk(nu, x))(4 / (t + 1))),
         f"Chebyshev: exp(x) sqrt(x) K{nu}(x), 2/x = (t + 1) / 2.")


def temme_table(orders=10, terms=20):
    """c_k(eta) of DLMF 8.12.7-11 as Taylor series, from mu(eta) with eta^2 / 2 = mu - log(1 + mu)."""
    n = terms + 2 * orders + 6
    # mu = eta + sum a_k eta^k solves mu mu' = eta (1 + mu)  (differentiate the definition).
    a = [mpf(0), mpf(1)]
    for k in range(2, n + 2):
        # coefficient of eta^k:  sum_{i+j=k+1} a_i j a_j  =  a_{k-1}
        known = sum(a[i] * (k + 1 - i) * a[k + 1 - i] for i in range(2, k))
        a.append((a[k - 1] - known) / (k + 1))
    # 1/mu = (1/eta) * 1 / (1 + a_2 eta + ...)
    inverse = [mpf(1)]
    for k in range(1, n):
        inverse.append(-sum(a[j + 1] * inverse[k - j] for j in range(1, k + 1)))
    over_mu = {k - 1: v for k, v in enumerate(inverse)}
    g = stirling_coefficients(orders + 1)
    c = {k: v for k, v in over_mu.items() if k >= 0}
    table = [c]
    for k in range(1, orders):
        step = {}
        for power, v in table[-1].items():
            if power != 0:
                step[power - 2] = step.get(power - 2, mpf(0)) + power * v
        for power, v in over_mu.items():
            step[power] = step.get(power, mpf(0)) + (-1) ** k * g[k] * v
        assert abs(step.pop(-1)) < mpf(10) ** -35
        table.append({p: v for p, v in step.items() if p <= n - 2 - 2 * k})
    return [[row[p] for p in range(terms)] for row in table]


def stirling_coefficients(n):
    """g_k of Gamma(z) ~ e^-z z^z sqrt(2 pi / z) sum g_k z^-k: the exponential of Stirling's series."""
    s = [mpf(0)] * (2 * n)
    for k in range(1, n):
        s[2 * k - 1] = bernoulli(2 * k) / (2 * k * (2 * k - 1))
    g = [mpf(1)]
    for k in range(1, n + 1):
        g.append(sum(j * s[j] * g[k - j] for j in range(1, k + 1)) / k)
    return g


print("\n/** Rows k of Temme's uniform expansion of the incomplete gamma function: c_k(eta) as power series in eta. */")
print("export const temme: readonly (readonly number[])[] = [")
for row in temme_table():
    print("  [" + ", ".join(repr(float(v)) for v in row) + "],")
print("];")
