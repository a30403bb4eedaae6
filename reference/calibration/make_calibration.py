"""Golden values for calibration: scikit-learn's sigmoid and isotonic fits, statsmodels' logistic fit for beta calibration."""
import json
import pathlib
import sys

import numpy as np
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.calibration import _sigmoid_calibration, calibration_curve
from sklearn.isotonic import IsotonicRegression

OUT = pathlib.Path(__file__).resolve().parents[1] / "values" / "calibration" / "calibration.json"
rng = np.random.default_rng(8)
n = 120
s = np.round(rng.normal(size=n), 2)
y = (rng.random(n) < 1 / (1 + np.exp(-(1.7 * s + 0.4)))).astype(int)
w = np.round(rng.uniform(0.1, 2, n), 2)
at = np.linspace(-3, 3, 25)
a0, b0 = _sigmoid_calibration(s, y)
a1, b1 = _sigmoid_calibration(s, y, sample_weight=w)
iso = IsotonicRegression(out_of_bounds="clip").fit(s, y)
isow = IsotonicRegression(out_of_bounds="clip").fit(s, y, sample_weight=w)
p = np.round(1 / (1 + np.exp(-2.5 * s)), 3)
p = np.clip(p, 0.001, 0.999)
beta = sm.Logit(y, np.column_stack([np.log(p), -np.log1p(-p), np.ones(n)])).fit(disp=0, tol=1e-14).params
freq, conf = calibration_curve(y, p, n_bins=10)
logits = np.round(3 * rng.normal(size=(n, 4)), 3)
lab = np.array([rng.choice(4, p=np.exp(log_softmax(z / 2.2))) for z in logits])
t = minimize_scalar(lambda u: -log_softmax(logits / np.exp(u), axis=1)[np.arange(n), lab].mean(), bounds=(-3, 3), method="bounded",
                    options={"xatol": 1e-12})
data = {
    "versions": {"python": sys.version.split()[0], "scipy": scipy.__version__, "sklearn": sklearn.__version__, "statsmodels": statsmodels.__version__},
    "s": s, "y": y, "w": w, "at": at, "p": p, "platt": [-a0, -b0], "plattWeighted": [-a1, -b1],
    "isotonic": iso.predict(at), "isotonicWeighted": isow.predict(at), "beta": beta, "curve": [freq, conf],
    "logits": logits, "labels": lab, "temperature": float(np.exp(t.x)),
}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(data, default=lambda v: v.tolist()))
print(beta, data["temperature"])
