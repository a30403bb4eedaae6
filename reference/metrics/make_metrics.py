"""Golden values for metrics: scikit-learn on small synthetic predictions, with and without weights."""
import json
import pathlib
import sys
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).resolve().parents[2] / "reference" / "values" / "metrics" / "metrics.json"
rng = np.random.default_rng(2)


def classification(y, p, w):
    out = {
        "confusion": m.confusion_matrix(y, p, sample_weight=w),
        "confusionTrue": m.confusion_matrix(y, p, sample_weight=w, normalize="true"),
        "accuracy": m.accuracy_score(y, p, sample_weight=w),
        "balancedAccuracy": m.balanced_accuracy_score(y, p, sample_weight=w),
        "balancedAdjusted": m.balanced_accuracy_score(y, p, sample_weight=w, adjusted=True),
        "matthews": m.matthews_corrcoef(y, p, sample_weight=w),
        "kappa": m.cohen_kappa_score(y, p, sample_weight=w),
        "kappaLinear": m.cohen_kappa_score(y, p, sample_weight=w, weights="linear"),
        "kappaQuadratic": m.cohen_kappa_score(y, p, sample_weight=w, weights="quadratic"),
    }
    for avg in ["macro", "micro", "weighted"]:
        out["prf" + avg] = [m.precision_score(y, p, average=avg, sample_weight=w), m.recall_score(y, p, average=avg, sample_weight=w),
                            m.f1_score(y, p, average=avg, sample_weight=w), m.fbeta_score(y, p, beta=2, average=avg, sample_weight=w),
                            m.fbeta_score(y, p, beta=0.5, average=avg, sample_weight=w)]
    return out


n = 60
yb = rng.integers(0, 2, n)
sb = np.round(rng.normal(size=n) + yb, 1)  # rounded, so that scores tie
w = np.round(rng.uniform(0, 3, n), 2)
prob = np.round(1 / (1 + np.exp(-sb)), 3)
pred = (sb > 0.6).astype(int)
ym = rng.integers(0, 4, n)
pm = np.where(rng.random(n) < 0.6, ym, rng.integers(0, 4, n))
pm[pm == 3] = 2  # class 3 is never predicted: zero division
logits = rng.normal(size=(n, 4)) + 1.5 * np.eye(4)[ym]
Pm = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
Pm = np.round(Pm, 3)
Pm[:, 3] = 1 - Pm[:, :3].sum(1)


def curves(y, s, w):
    f, t, th = m.roc_curve(y, s, sample_weight=w)
    f2, t2, th2 = m.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    p, r, pth = m.precision_recall_curve(y, s, sample_weight=w)
    return {"fpr": f, "tpr": t, "thresholds": th[1:], "fprAll": f2, "tprAll": t2, "precision": p, "recall": r, "prThresholds": pth,
            "auc": m.roc_auc_score(y, s, sample_weight=w), "ap": m.average_precision_score(y, s, sample_weight=w)}


yr = np.round(rng.gamma(2, 3, n), 3)
pr = np.round(np.abs(yr + rng.normal(size=n)) + 0.05, 3)
y0 = yr.copy()
y0[:5] = 0


def regression(y, p, w):
    return {
        "mse": m.mean_squared_error(y, p, sample_weight=w), "rmse": m.mean_squared_error(y, p, sample_weight=w, squared=False),
        "mae": m.mean_absolute_error(y, p, sample_weight=w), "medianAe": m.median_absolute_error(y, p, sample_weight=w),
        "r2": m.r2_score(y, p, sample_weight=w), "explainedVariance": m.explained_variance_score(y, p, sample_weight=w),
        "mape": m.mean_absolute_percentage_error(y, p, sample_weight=w), "msle": m.mean_squared_log_error(y, p, sample_weight=w),
        "pinball": m.mean_pinball_loss(y, p, sample_weight=w, alpha=0.8),
        "poisson": m.mean_poisson_deviance(y, p, sample_weight=w),
        "gamma": m.mean_gamma_deviance(np.maximum(y, 0.01), p, sample_weight=w),
    }


rel = rng.integers(0, 4, (5, 12)).astype(float)
score = rng.normal(size=(5, 12))
binary = (rel > 1).astype(int)
order = np.argsort(-score, axis=1)
topk = {str(k): m.top_k_accuracy_score(ym, Pm, k=k) for k in (1, 2, 3)}
topk["weighted2"] = m.top_k_accuracy_score(ym, Pm, k=2, sample_weight=w)

data = {
    "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "sklearn": sklearn.__version__},
    "w": w, "yb": yb, "sb": sb, "prob": prob, "pred": pred, "ym": ym, "pm": pm, "Pm": Pm,
    "binary": {"plain": classification(yb, pred, None), "weighted": classification(yb, pred, w)},
    "multi": {"plain": classification(ym, pm, None), "weighted": classification(ym, pm, w)},
    "binaryPRF": [m.precision_score(yb, pred), m.recall_score(yb, pred), m.f1_score(yb, pred), m.fbeta_score(yb, pred, beta=2),
                  m.fbeta_score(yb, pred, beta=0.5)],
    "zeroDivisionOne": [m.precision_score(ym, pm, average="macro", zero_division=1), m.recall_score(ym, pm, average="macro", zero_division=1)],
    "labelsSubset": [m.precision_score(ym, pm, labels=[0, 2], average="macro"), m.recall_score(ym, pm, labels=[0, 2], average="micro"),
                     m.f1_score(ym, pm, labels=[0, 2], average="weighted")],
    "curves": {"plain": curves(yb, sb, None), "weighted": curves(yb, sb, w)},
    "aucMulti": {f"{mc}-{av}": m.roc_auc_score(ym, Pm, multi_class=mc, average=av) for mc in ("ovr", "ovo") for av in ("macro", "weighted")},
    "aucMultiWeighted": m.roc_auc_score(ym, Pm, multi_class="ovr", sample_weight=w),
    "logLoss": [m.log_loss(yb, prob), m.log_loss(yb, prob, sample_weight=w), m.log_loss(ym, Pm), m.log_loss(ym, Pm, sample_weight=w)],
    "brier": [m.brier_score_loss(yb, prob), m.brier_score_loss(yb, prob, sample_weight=w),
              float(((Pm - np.eye(4)[ym]) ** 2).sum(1).mean())],
    "hinge": [m.hinge_loss(2 * yb - 1, sb), m.hinge_loss(2 * yb - 1, sb, sample_weight=w), m.hinge_loss(ym, logits)], "logits": logits,
    "yr": yr, "pr": pr, "y0": y0,
    "regression": {"plain": regression(yr, pr, None), "weighted": regression(yr, pr, w), "zeros": regression(y0, pr, w)},
    "ranking": {
        "rel": rel, "score": score,
        "ndcgLinear": [m.ndcg_score(rel[i:i + 1], score[i:i + 1], k=k) for i in range(5) for k in (None, 5)],
        "ndcgExp": [m.ndcg_score(2 ** rel[i:i + 1] - 1, score[i:i + 1], k=k) for i in range(5) for k in (None, 5)],
        "dcgExp": [m.dcg_score(2 ** rel[i:i + 1] - 1, score[i:i + 1]) for i in range(5)],
        "ap": [m.average_precision_score(binary[i], score[i]) for i in range(5)],
        "rr": [m.label_ranking_average_precision_score([np.eye(12)[order[i][binary[i][order[i]] > 0][0]]], score[i:i + 1]) for i in range(5)],
    },
    "topk": topk,
}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(data, default=lambda v: v.tolist()))
