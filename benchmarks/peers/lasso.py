#!/usr/bin/env python3
"""Penalties with corners beside other libraries: processor time to the same duality gap, one thread.

    lasso.py PEER_LASSO [--small] [--only path|logistic] [--gaps 1e-4,1e-6,1e-8] [--peers NAME,...] [--limit SECONDS]

PEER_LASSO is the program of lasso.cpp (cmake target peer_lasso). Two problems, made here from a seed:

    path      lasso, dense 2000 x 10000, 100 lambdas down to 0.01 of the largest
    logistic  L1 logistic regression, sparse 100000 x 50000 with some 48 entries in a row, lambda = 1e-4

The objective is the mean loss plus lambda sum |w|, without an intercept, for all. The gap is computed here, outside the clock, the same
way for all, as a share of the loss at w = 0; of a path the largest. Each library's own tolerance is made ten times smaller until its
gap is small enough, or a run takes longer than --limit; the time is that of that run, the least of two, and that of the
processor, which others who work on the machine do not change much. Libraries that are not installed are named and skipped;
glmnet takes part where Rscript is there (apt-get install r-base-core r-cran-glmnet), the others by

    python3 -m venv peers && peers/bin/pip install numpy scipy scikit-learn celer skglm adelie
"""
import argparse
import os
import subprocess
import sys
import tempfile

from common import ended_after, has_module, has_r_package, timed

import numpy as np
import scipy.sparse as sp


def make_path(small):
    rng = np.random.default_rng(21)
    n, p = (200, 1000) if small else (2000, 10000)
    X = np.empty((n, p), order="F")
    X[:, 0] = rng.standard_normal(n)
    for j in range(1, p):
        X[:, j] = 0.5 * X[:, j - 1] + np.sqrt(0.75) * rng.standard_normal(n)
    w = np.zeros(p)
    w[:: p // 100] = rng.standard_normal(len(w[:: p // 100]))
    y = X @ w + 3 * rng.standard_normal(n)
    largest = np.abs(X.T @ y).max() / n
    return X, y, largest * 0.01 ** (np.arange(100) / 99)


def make_logistic(small):
    rng = np.random.default_rng(22)
    n, p = (2000, 1000) if small else (100000, 50000)
    columns = (p * rng.random((n, 48)) ** 3).astype(np.int32)
    X = sp.csc_matrix((rng.uniform(0.5, 1.5, n * 48), (np.repeat(np.arange(n), 48), columns.ravel())), shape=(n, p))
    X.sum_duplicates()
    w = np.zeros(p)
    w[rng.integers(0, p, 500)] = rng.standard_normal(500)
    y = (rng.random(n) < 1 / (1 + np.exp(-(X @ w)))).astype(float)
    return X, y, np.array([1e-4])


def gap(kind, X, y, w, lam):
    """F(w) minus the value of a dual point, as a share of F(0)."""
    n = len(y)
    eta = X @ w
    if kind == "path":
        primal, slope, start = ((eta - y) ** 2).sum() / (2 * n), eta - y, (y**2).sum() / (2 * n)
    else:
        primal, slope, start = np.logaddexp(0, np.where(y > 0, -eta, eta)).mean(), 1 / (1 + np.exp(-eta)) - y, np.log(2)
    primal += lam * np.abs(w).sum()
    u = slope * min(1, lam / max(np.abs(X.T @ slope).max() / n, 1e-300))
    if kind == "path":
        dual = -((u * u / 2 + u * y).sum()) / n
    else:
        q = np.clip(u + y, 0, 1)  # l*(u) = q log q + (1 - q) log(1 - q)
        dual = -(sp_xlogx(q) + sp_xlogx(1 - q)).sum() / n
    return (primal - dual) / start


def sp_xlogx(q):
    return np.where(q > 0, q * np.log(np.maximum(q, 1e-300)), 0.0)


class Gradus:
    name, module = "gradus", "numpy"

    def __init__(self, program):
        self.program = program

    def run(self, kind, X, y, lambdas, tolerance, folder):
        out = subprocess.run([self.program, kind, folder, repr(tolerance)], capture_output=True, text=True, check=True).stdout
        return float(out), np.fromfile(os.path.join(folder, "W")).reshape(len(lambdas), X.shape[1]).T


class Sklearn:
    name, module = "scikit-learn", "sklearn"

    def run(self, kind, X, y, lambdas, tolerance, _):
        from sklearn.linear_model import LogisticRegression, lasso_path

        if kind == "path":
            seconds, out = timed(lambda: lasso_path(X, y, alphas=lambdas, tol=tolerance, max_iter=100000, copy_X=False))
            return seconds, out[1]
        model = LogisticRegression(
            l1_ratio=1, C=1 / (lambdas[0] * len(y)), solver="liblinear", fit_intercept=False, tol=tolerance, max_iter=10000)
        seconds, _ = timed(lambda: model.fit(X, y))
        return seconds, model.coef_.reshape(1, -1).T


class Celer:
    name, module = "celer", "celer"

    def run(self, kind, X, y, lambdas, tolerance, _):
        import celer

        if kind == "path":
            seconds, out = timed(lambda: celer.celer_path(
                X, y, "lasso", alphas=lambdas, tol=tolerance, max_iter=100, max_epochs=10000, return_n_iter=False))
            return seconds, out[1]
        model = celer.LogisticRegression(C=1 / (lambdas[0] * len(y)), tol=tolerance, fit_intercept=False, max_iter=1000)
        seconds, _ = timed(lambda: model.fit(X, y))
        return seconds, model.coef_.reshape(1, -1).T


class Skglm:
    name, module = "skglm", "skglm"

    def run(self, kind, X, y, lambdas, tolerance, _):
        from skglm import SparseLogisticRegression
        from skglm.datafits import Quadratic
        from skglm.penalties import L1
        from skglm.solvers import AndersonCD

        if kind == "path":
            solver = AndersonCD(tol=tolerance, fit_intercept=False, max_iter=1000, max_epochs=10000, warm_start=True)
            seconds, out = timed(lambda: solver.path(X, y, Quadratic(), L1(1.0), alphas=lambdas))
            return seconds, out[1]
        model = SparseLogisticRegression(alpha=lambdas[0], tol=tolerance, fit_intercept=False, max_iter=1000)
        seconds, _ = timed(lambda: model.fit(X, y))
        return seconds, model.coef_.reshape(1, -1).T


class Adelie:
    name, module = "adelie", "adelie"

    def run(self, kind, X, y, lambdas, tolerance, _):
        import adelie

        matrix = X if kind == "path" else adelie.matrix.sparse(X, method="naive", n_threads=1)
        family = adelie.glm.gaussian(y) if kind == "path" else adelie.glm.binomial(y)
        seconds, state = timed(lambda: adelie.grpnet(
            matrix, family, lmda_path=lambdas, intercept=False, tol=tolerance, early_exit=False, n_threads=1, max_iters=10**8,
            progress_bar=False))
        return seconds, state.betas.toarray().T


class Glmnet:
    """By Rscript; the time is that of the call alone."""

    name, module = "glmnet", None
    code = """
        library(glmnet); a <- commandArgs(TRUE); kind <- a[2]; tolerance <- as.numeric(a[3])
        get <- function(name, what, n, size = NA_integer_) readBin(file.path(a[1], name), what, n, size)
        shape <- get("shape", "integer", 4, 4L)[c(1, 3)]; n <- shape[1]; p <- shape[2]
        y <- get("y", "double", n); lambdas <- get("lambdas", "double", 1000)
        if (kind == "path") X <- matrix(get("X", "double", n * p), n) else {
            starts <- get("outer", "integer", p + 1, 4L); count <- starts[p + 1]
            X <- Matrix::sparseMatrix(i = get("inner", "integer", count, 4L), p = starts, x = get("values", "double", count),
                                      dims = shape, index1 = FALSE)
        }
        glmnet.control(fdev = 0, devmax = 1)
        seconds <- system.time(fit <- glmnet(X, if (kind == "path") y else factor(y),
                                             if (kind == "path") "gaussian" else "binomial", lambda = lambdas,
                                             standardize = FALSE, intercept = FALSE, thresh = tolerance, maxit = 1e8))[1]
        writeBin(as.double(as.matrix(fit$beta)), file.path(a[1], "W")); cat(seconds)
        """

    def run(self, kind, X, y, lambdas, tolerance, folder):
        out = subprocess.run(["Rscript", "-e", self.code, folder, kind, repr(tolerance)], capture_output=True, text=True)
        if out.returncode != 0:
            raise RuntimeError(out.stderr.strip().splitlines()[-1])
        return float(out.stdout.split()[-1]), np.fromfile(os.path.join(folder, "W")).reshape(-1, X.shape[1]).T


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", choices=["path", "logistic"])
    parser.add_argument("--gaps", default="1e-4,1e-6,1e-8")
    parser.add_argument("--peers", default="gradus,scikit-learn,celer,skglm,adelie,glmnet")
    parser.add_argument("--limit", type=float, default=60)
    asked = parser.parse_args()
    peers = []
    for peer in (Gradus(asked.program), Sklearn(), Celer(), Skglm(), Adelie(), Glmnet()):
        if peer.name not in asked.peers.split(","):
            continue
        if has_r_package("glmnet") if isinstance(peer, Glmnet) else has_module(peer.module):
            peers.append(peer)
        else:
            print(f"{peer.name}: not installed, skipped")
    for kind, make in (("path", make_path), ("logistic", make_logistic)):
        if asked.only not in (None, kind):
            continue
        X, y, lambdas = make(asked.small)
        with tempfile.TemporaryDirectory() as folder:
            np.array(X.shape, dtype=np.int64).tofile(os.path.join(folder, "shape"))
            lambdas.tofile(os.path.join(folder, "lambdas"))
            y.tofile(os.path.join(folder, "y"))
            if kind == "path":
                X.T.tofile(os.path.join(folder, "X"))
            else:
                for what in ("data", "indices", "indptr"):
                    name = {"data": "values", "indices": "inner", "indptr": "outer"}[what]
                    array = getattr(X, what)
                    (array if what == "data" else array.astype(np.int32)).tofile(os.path.join(folder, name))
            print(f"\n{kind}: {X.shape[0]} x {X.shape[1]}, {len(lambdas)} lambdas")
            for peer in peers:
                targets = [float(g) for g in asked.gaps.split(",")]
                compare(peer, kind, X, y, lambdas, targets, folder, asked.limit)


def compare(peer, kind, X, y, lambdas, targets, folder, limit):
    tolerance, seconds = targets[0], 0
    try:
        peer.run(kind, X, y, lambdas, 0.1, folder)  # compiles what is compiled when it is first used
        for target in targets:
            while tolerance > 1e-20 and seconds < limit:
                with ended_after(2 * limit):
                    seconds, W = peer.run(kind, X, y, lambdas, tolerance, folder)
                reached = max(gap(kind, X, y, W[:, i], lam) for i, lam in enumerate(lambdas))
                if reached <= target:
                    break
                tolerance /= 10
            else:
                print(f"  {peer.name:14} gap {target:g}: not reached, {reached:.1e} in {seconds:.1f} s")
                break
            seconds = min(seconds, peer.run(kind, X, y, lambdas, tolerance, folder)[0])
            nonzero = int((W[:, -1] != 0).sum())
            print(f"  {peer.name:14} gap {target:g}: {seconds:8.3f} s   tolerance {tolerance:g}, reached {reached:.1e}, {nonzero} non-zero")
            sys.stdout.flush()
    except Exception as error:  # a peer's trouble is not ours
        print(f"  {peer.name:14} failed: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
