"""Variational Gaussian mixtures by scikit-learn, from given shares and for a given number of rounds.

    /usr/bin/python3 reference/mixture/make_bayesian.py
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.mixture import BayesianGaussianMixture

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).parents[1] / "values/mixture"
given = json.loads((HERE / "mixture.json").read_text())
X, new = np.array(given["X"]), np.array(given["new"])
rng = np.random.default_rng(5)
owner = rng.integers(0, 5, len(X))
ROUNDS = 12


class FromOwners(BayesianGaussianMixture):
    bounds = ()

    def _initialize_parameters(self, X, random_state):
        self.bounds = []
        self._initialize(X, np.eye(5)[owner])

    def _compute_lower_bound(self, log_resp, log_prob_norm):
        self.bounds.append(float(super()._compute_lower_bound(log_resp, log_prob_norm)))
        return self.bounds[-1]


S = [[2.0, 0.3, 0], [0.3, 1.5, 0.1], [0, 0.1, 1]]
cases = []
for kind, covariance in (("full", S), ("tied", S), ("diag", [2.0, 1.5, 1]), ("spherical", 1.7)):
    for process in (True, False):
        for priors in (dict(), dict(weight_concentration_prior=20, mean_precision_prior=0.5, mean_prior=[1.0, 1, 0],
                                    degrees_of_freedom_prior=4.5, covariance_prior=covariance)):
            m = FromOwners(n_components=5, covariance_type=kind, tol=0, max_iter=ROUNDS,
                           weight_concentration_prior_type="dirichlet_" + ("process" if process else "distribution"), **priors).fit(X)
            cases.append(dict(
                kind=kind, process=process, priors=priors, weights=m.weights_.tolist(), means=m.means_.tolist(),
                covariances=np.ravel(m.covariances_).tolist(), bounds=m.bounds, meanPrecision=m.mean_precision_.tolist(),
                degreesOfFreedom=(m.degrees_of_freedom_ * np.ones(5)).tolist(), logs=m.score_samples(new).tolist(),
                shares=m.predict_proba(new).tolist()))
(HERE / "bayesian.json").write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), owner=owner.tolist(), rounds=ROUNDS, cases=cases),
                                               separators=(",", ":")) + "\n")
