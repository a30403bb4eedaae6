"""Golden values of packages/whetstone/src/stats (descriptive statistics, tests, corrections).

Run: /usr/bin/python3 reference/stats/make_statistics.py
"""
import json
import pathlib
import sys

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(5)
x = rng.normal(1.3, 2.0, 23)
y = rng.normal(0.4, 0.7, 17)
z = x[:17] * 0.5 + y
A = rng.normal(size=(12, 4)) @ rng.normal(size=(4, 4))


def interval(mean, se, df, alternative, level):
    d = stats.t(df) if df else stats.norm()
    if alternative == "two-sided":
        w = d.isf((1 - level) / 2) * se
        return [mean - w, mean + w]
    w = d.isf(1 - level) * se
    return [None, mean + w] if alternative == "less" else [mean - w, None]


t_cases = []
for alternative in ("two-sided", "less", "greater"):
    one = stats.ttest_1samp(x, 1.0, alternative=alternative)
    welch = stats.ttest_ind(x, y, equal_var=False, alternative=alternative)
    pooled = stats.ttest_ind(x, y, equal_var=True, alternative=alternative)
    paired = stats.ttest_rel(x[:17], y, alternative=alternative)
    va, vb = x.var(ddof=1) / 23, y.var(ddof=1) / 17
    df = (va + vb) ** 2 / (va**2 / 22 + vb**2 / 16)
    t_cases.append(dict(
        alternative=alternative,
        one=[one.statistic, one.pvalue], oneInterval=interval(x.mean(), x.std(ddof=1) / 23**0.5, 22, alternative, 0.9),
        welch=[welch.statistic, welch.pvalue], welchDf=df,
        welchInterval=interval(x.mean() - y.mean(), (va + vb) ** 0.5, df, alternative, 0.9),
        pooled=[pooled.statistic, pooled.pvalue], paired=[paired.statistic, paired.pvalue]))
gof = stats.chisquare([18, 25, 30, 12, 15])
weighted = stats.chisquare([18, 25, 30, 27], np.array([1, 2, 3, 4]) * 10.0, ddof=1)
table = [[12, 5, 9], [7, 14, 11]]
two = [[10, 3], [4, 12]]
independence = stats.chi2_contingency(table)
yates = stats.chi2_contingency(two)
plain = stats.chi2_contingency(two, correction=False)
ks = []
for n, m, shift in [(5, 7, 0), (20, 31, 0.5), (100, 80, 0.3), (60, 60, 2.0), (300, 400, 0.05)]:
    a, b = rng.normal(size=n), rng.normal(shift, 1, size=m)
    exact = stats.ks_2samp(a, b, method="exact")
    d = exact.statistic
    ks.append(dict(a=list(a), b=list(b), statistic=d, exact=exact.pvalue,
                   asymptotic=float(stats.kstwobign.sf(d * np.sqrt(n * m / (n + m))))))
p = [0.001, 0.2, 0.012, 0.04, 0.03, 0.03, 0.9, 0.0005, 0.049, 1.0]
multiple = {name: [list(map(float, r[1])), [bool(v) for v in r[0]]] for name, r in (
    (n, multipletests(p, 0.05, m)) for n, m in
    [("bonferroni", "bonferroni"), ("holm", "holm"), ("benjaminiHochberg", "fdr_bh"), ("benjaminiYekutieli", "fdr_by")])}
METHODS = {1: "inverted_cdf", 2: "averaged_inverted_cdf", 4: "interpolated_inverted_cdf", 5: "hazen", 6: "weibull",
           7: "linear", 8: "median_unbiased", 9: "normal_unbiased"}
probs = [0, 0.03, 0.1, 0.25, 1 / 3, 0.5, 0.61, 0.9, 1]
mvn = stats.multivariate_normal([1, -2, 0.5], [[2, 0.6, -0.4], [0.6, 1, 0.1], [-0.4, 0.1, 0.5]])
points = rng.normal(size=(5, 3)) * 2
alpha = [0.7, 2.0, 3.5]
dirichlet_points = rng.dirichlet(alpha, 5)
out = dict(
    versions=dict(python=sys.version.split()[0], scipy=scipy.__version__, numpy=np.__version__, statsmodels=statsmodels.__version__),
    x=list(x), y=list(y), z=list(z), A=A.tolist(),
    mean=x.mean(), variance=x.var(ddof=1), populationVariance=x.var(), covariance=np.cov(y, z)[0, 1], correlation=np.corrcoef(y, z)[0, 1],
    covarianceMatrix=np.cov(A.T).tolist(), correlationMatrix=np.corrcoef(A.T).tolist(), median=float(np.median(x)),
    columnVariance=A.var(axis=0, ddof=1).tolist(), rowMedian=np.median(A, axis=1).tolist(),
    probs=probs, quantiles={str(k): np.quantile(x, probs, method=v).tolist() for k, v in METHODS.items()},
    t=t_cases, zTest=[float((x.mean() - 1) / (2 / 23**0.5)), float(2 * stats.norm.sf(abs((x.mean() - 1) / (2 / 23**0.5))))],
    gof=[gof.statistic, gof.pvalue], weighted=[weighted.statistic, weighted.pvalue],
    table=table, independence=[independence[0], independence[1]], two=two, yates=[yates[0], yates[1]], plain=[plain[0], plain[1]],
    ks=ks, p=p, multiple=multiple,
    mvn=dict(points=points.tolist(), logPdf=mvn.logpdf(points).tolist(), entropy=float(mvn.entropy())),
    multinomial=[float(stats.multinomial(7, [0.2, 0.5, 0.3]).logpmf(k)) for k in ([1, 4, 2], [0, 7, 0], [3, 2, 2])],
    dirichlet=dict(alpha=alpha, points=dirichlet_points.tolist(),
                   logPdf=[float(stats.dirichlet(alpha).logpdf(v)) for v in dirichlet_points],
                   entropy=float(stats.dirichlet(alpha).entropy()), variance=stats.dirichlet(alpha).var().tolist()),
)
path = pathlib.Path(__file__).parents[1] / "values" / "stats" / "statistics.json"
path.write_text(json.dumps(out, default=float).replace('], "', '],\n"'))
