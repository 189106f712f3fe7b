#!/usr/bin/env python3
"""Whole fits beside other libraries: processor time to the same gradient, one thread.

    fits.py PEER_FITS [--small] [--only NAME,...] [--repeats 3] [--limit SECONDS]

PEER_FITS is the program of fits.cpp (cmake target peer_fits). A fresh environment for the others:

    python3 -m venv peers && peers/bin/pip install numpy scipy scikit-learn scikit-learn-intelex glum statsmodels mlpack

The problems are made here from a seed. All minimise the mean loss plus lambda/2 sum w^2, the intercept being free. The
largest component of the gradient of that is computed here, outside the clock, the same way for all. Each library's tolerance
is made ten times smaller until its gradient is small enough, or a fit takes longer than --limit; gradus runs as it is by
default. Then all that arrived run in turn, --repeats times; the table gives the least and the median. Times are those of the
processor, which others who work on the machine do not change much. "sweeps": in units of one sum over X here.
Libraries that are not installed are named and skipped. R's glm and glmnet take part where Rscript is there (apt-get
install r-base-core r-cran-glmnet). With --picture FILE.svg the ratios are drawn, by gnuplot.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile

from common import ended_after, has_module, has_r_package, timed

import numpy as np
import scipy.sparse as sp


class Problem:
    def __init__(self, name, kind, X, y, lam, target):
        self.name, self.kind, self.X, self.y, self.lam, self.target = name, kind, X, y, lam, target

    def gradient(self, W, b):
        """Largest component; W: p x k, b: k."""
        n, eta = len(self.y), self.X @ W + b
        if self.kind == "softmax":
            P = np.exp(eta - eta.max(axis=1, keepdims=True))
            P /= P.sum(axis=1, keepdims=True)
            P[np.arange(n), self.y.astype(int)] -= 1
            r = P
        elif self.kind == "squares":
            r = eta - self.y[:, None]
        else:
            r = 1 / (1 + np.exp(-eta)) - self.y[:, None]
        return max(np.abs(self.X.T @ r / n + self.lam * W).max(), np.abs(r.sum(axis=0)).max() / n)

    def write(self, folder):
        np.array(self.X.shape, dtype=np.int64).tofile(os.path.join(folder, "shape"))
        self.y.astype(float).tofile(os.path.join(folder, "y"))
        if sp.issparse(self.X):
            self.X.data.tofile(os.path.join(folder, "X"))
            self.X.indices.astype(np.int32).tofile(os.path.join(folder, "inner"))
            self.X.indptr.astype(np.int32).tofile(os.path.join(folder, "outer"))
        else:
            self.X.T.tofile(os.path.join(folder, "X"))


def correlated(rng, n, p, share=0.6):
    X = np.empty((n, p), order="F")
    X[:, 0] = rng.standard_normal(n)
    for j in range(1, p):
        X[:, j] = share * X[:, j - 1] + np.sqrt(1 - share**2) * rng.standard_normal(n)
    return X


def draw(rng, eta):
    return (rng.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(float)


def squares(small):
    rng = np.random.default_rng(1)
    X = correlated(rng, 4000 if small else 400000, 100)
    return Problem("squares", "squares", X, X @ rng.normal(0, 0.3, 100) + rng.standard_normal(len(X)), 0, 1e-10)


def logistic(small):
    rng = np.random.default_rng(2)
    X = correlated(rng, 4000 if small else 400000, 100)
    return Problem("logistic", "logistic", X, draw(rng, X @ rng.normal(0, 0.3, 100) - 0.5), 1e-6, 1e-10)


def scaled(small):
    rng = np.random.default_rng(3)
    X = correlated(rng, 4000 if small else 100000, 50)
    y = draw(rng, X @ rng.normal(0, 0.3, 50) - 0.5)
    return Problem("scaled", "logistic", np.asfortranarray(X * 10.0 ** np.linspace(-4, 4, 50)), y, 0, 1e-8)


def softmax(small, share=0):
    rng = np.random.default_rng(4)
    n, p, k = (600, 50, 10) if small else (60000, 784, 10)
    X = correlated(rng, n, p, share) if share else np.asfortranarray(rng.standard_normal((n, p)))
    eta = X @ rng.normal(0, 0.06, (p, k)) + rng.gumbel(size=(n, k))
    return Problem("pixels" if share else "softmax", "softmax", X, eta.argmax(axis=1), 1e-4, 1e-7)


def pixels(small):
    """As softmax, but neighbouring columns are alike."""
    return softmax(small, 0.9)


def sparse(small):
    rng = np.random.default_rng(5)
    n, p = (2000, 1000) if small else (100000, 50000)
    columns = (p * rng.random((n, 48)) ** 3).astype(np.int32)
    X = sp.csr_matrix((rng.standard_normal(n * 48), (np.repeat(np.arange(n), 48), columns.ravel())), shape=(n, p))
    X.sum_duplicates()
    w = np.where(rng.random(p) < 0.05, rng.standard_normal(p), 0)
    return Problem("sparse", "sparse", X, draw(rng, X @ w), 1e-5, 1e-9)


class Gradus:
    name, module = "gradus", None

    def __init__(self, program):
        self.program = program

    def suits(self, problem):
        return True

    def fit(self, problem, _, folder):
        out = subprocess.run([self.program, problem.kind, folder, repr(problem.lam)], capture_output=True, text=True, check=True)
        numbers = np.fromfile(os.path.join(folder, "W"))
        k = len(numbers) // (problem.X.shape[1] + 1)
        return float(out.stdout.split()[0]), numbers[:-k].reshape(k, -1).T, numbers[-k:]


class Sklearn:
    module = "sklearn"

    def __init__(self, solver):
        self.name, self.solver = f"scikit-learn {solver}", solver

    def suits(self, problem):
        if problem.kind == "squares":
            return self.solver == "ols"
        if self.solver in ("ols", "newton-cholesky"):
            return self.solver != "ols" and problem.X.shape[1] <= 100
        return True

    def model(self, problem, tolerance):
        import sklearn.linear_model as lm

        if self.solver == "ols":
            return lm.LinearRegression(copy_X=False)
        amount = np.inf if problem.lam == 0 else 1 / (problem.lam * len(problem.y))
        return lm.LogisticRegression(C=amount, solver=self.solver, tol=tolerance, max_iter=2000)

    def fit(self, problem, tolerance, _):
        X = problem.X.copy() if sp.issparse(problem.X) else problem.X.copy(order="F")  # copy_X=False centres it in place
        seconds, model = timed(lambda: self.model(problem, tolerance).fit(X, problem.y))
        return seconds, np.atleast_2d(model.coef_).T, np.atleast_1d(model.intercept_)


class OneDAL(Sklearn):
    module = "sklearnex"

    def __init__(self):
        self.name, self.solver = "oneDAL", "lbfgs"

    def suits(self, problem):
        return not sp.issparse(problem.X)

    def model(self, problem, tolerance):
        import sklearnex.linear_model as lm

        if problem.kind == "squares":
            return lm.LinearRegression(copy_X=False)
        amount = 1e300 if problem.lam == 0 else 1 / (problem.lam * len(problem.y))
        return lm.LogisticRegression(C=amount, solver="lbfgs", tol=tolerance, max_iter=2000)


class Glum:
    name, module = "glum", "glum"

    def suits(self, problem):
        return problem.kind in ("squares", "logistic")

    def fit(self, problem, tolerance, _):
        import glum

        family = "normal" if problem.kind == "squares" else "binomial"
        model = glum.GeneralizedLinearRegressor(
            family=family, alpha=problem.lam, l1_ratio=0, gradient_tol=tolerance, max_iter=10000)
        seconds, _ = timed(lambda: model.fit(problem.X, problem.y))
        return seconds, np.atleast_2d(model.coef_).T, np.atleast_1d(model.intercept_)


class Statsmodels:
    name, module = "statsmodels", "statsmodels.api"

    def suits(self, problem):
        return problem.lam == 0 and problem.kind in ("squares", "logistic")

    def fit(self, problem, tolerance, _):
        import statsmodels.api as sm

        def run():
            X = sm.add_constant(problem.X)
            if problem.kind == "squares":
                return sm.OLS(problem.y, X).fit().params
            return sm.GLM(problem.y, X, family=sm.families.Binomial()).fit(tol=tolerance, maxiter=1000).params

        seconds, params = timed(run)
        return seconds, params[1:, None], params[:1]


class Mlpack:
    name, module = "mlpack", "mlpack.logistic_regression"

    def suits(self, problem):
        return problem.kind in ("squares", "logistic")

    def fit(self, problem, tolerance, _):
        from mlpack.linear_regression import LinearRegression
        from mlpack.logistic_regression import LogisticRegression

        if problem.kind == "squares":
            model = LinearRegression(lambda_=float(problem.lam * len(problem.y)))
            seconds, _ = timed(lambda: model.fit(training=problem.X, training_responses=problem.y))
            kept = model._LinearRegression
        else:
            model = LogisticRegression(lambda_=float(problem.lam * len(problem.y)), tolerance=tolerance, max_iterations=10000)
            labels = problem.y.astype(np.uint64)
            seconds, _ = timed(lambda: model.fit(training=problem.X, labels=labels))
            kept = model._LogisticRegression
        (numbers,) = kept.get_cpp_params().values()
        params = numbers["parameters"].ravel()
        return seconds, params[1:, None], params[:1]


class R:
    """lm.fit and glm.fit, or glmnet; the time is that of the call alone."""

    module = None
    read = """
        a <- commandArgs(TRUE); lambda <- as.numeric(a[2]); tolerance <- as.numeric(a[3]); kind <- a[4]
        get <- function(name, what, n, size = NA_integer_) readBin(file.path(a[1], name), what, n, size)
        shape <- get("shape", "integer", 4, 4L)[c(1, 3)]; n <- shape[1]; p <- shape[2]
        y <- get("y", "double", n)
        if (file.exists(file.path(a[1], "inner"))) {
            starts <- get("outer", "integer", n + 1, 4L); count <- starts[n + 1]
            X <- Matrix::sparseMatrix(j = get("inner", "integer", count, 4L), p = starts, x = get("X", "double", count),
                                      dims = shape, index1 = FALSE, repr = "R")
            X <- methods::as(X, "CsparseMatrix")
        } else X <- matrix(get("X", "double", n * p), n)
        """
    calls = {
        "glm": """
            seconds <- system.time({
                Z <- cbind(X, 1)
                fit <- if (kind == "squares") lm.fit(Z, y) else
                    glm.fit(Z, y, family = binomial(), control = list(epsilon = tolerance, maxit = 100))
            })[1]
            W <- coef(fit)
            """,
        "glmnet": """
            library(glmnet)
            family <- c(squares = "gaussian", logistic = "binomial", sparse = "binomial", softmax = "multinomial")[kind]
            if (kind != "squares") y <- factor(y)
            seconds <- system.time(fit <- glmnet(X, y, family, alpha = 0, lambda = lambda, standardize = FALSE,
                                                 thresh = tolerance, maxit = 1e7))[1]
            parts <- coef(fit); if (!is.list(parts)) parts <- list(parts)
            parts <- lapply(parts, as.matrix)
            W <- c(unlist(lapply(parts, function(part) part[-1, 1])), unlist(lapply(parts, function(part) part[1, 1])))
            """,
    }

    def __init__(self, call):
        self.name, self.call = f"R {call}", call

    def is_there(self):
        return has_r_package("glmnet" if self.call == "glmnet" else "stats")

    def suits(self, problem):
        if self.call == "glm":
            return problem.lam == 0
        return problem.lam > 0

    def fit(self, problem, tolerance, folder):
        code = self.read + self.calls[self.call] + 'writeBin(as.double(W), file.path(a[1], "W")); cat(seconds)'
        out = subprocess.run(["Rscript", "-e", code, folder, repr(problem.lam), repr(tolerance), problem.kind],
                             capture_output=True, text=True)
        if out.returncode != 0:
            raise RuntimeError(out.stderr.strip().splitlines()[-1])
        numbers = np.fromfile(os.path.join(folder, "W"))
        k = len(numbers) // (problem.X.shape[1] + 1)
        return float(out.stdout.split()[-1]), numbers[:-k].reshape(k, -1).T, numbers[-k:]


class NormalEquations:
    name, module = "NumPy normal equations", "numpy"

    def suits(self, problem):
        return problem.kind == "squares"

    def fit(self, problem, _, __):
        def run():
            m, c = problem.X.mean(axis=0), problem.y.mean()
            n = len(problem.y)
            G = problem.X.T @ problem.X - n * np.outer(m, m)
            w = np.linalg.solve(G, problem.X.T @ problem.y - n * c * m)
            return w, c - m @ w

        seconds, (w, b) = timed(run)
        return seconds, w[:, None], np.array([b])


def arrive(peer, problem, folder, limit):
    """The loosest tolerance of 1e-4, 1e-5, ... whose gradient is small enough."""
    tolerance, seconds, best = 1e-4, 0, np.inf
    while tolerance > 1e-17 and seconds < limit:
        with ended_after(2 * limit):
            seconds, W, b = peer.fit(problem, tolerance, folder)
        gradient = problem.gradient(W, b)
        best = min(best, gradient)
        if gradient <= problem.target:
            return tolerance, gradient
        if isinstance(peer, Gradus):
            break
        tolerance /= 10
    print(f"  {peer.name:26} did not arrive: gradient {best:.1e}, the last fit took {seconds:.2f} s", flush=True)
    return None, best


def compare(problem, peers, folder, repeats, limit):
    X = problem.X.data if sp.issparse(problem.X) else problem.X
    read = min(timed(lambda: X.sum())[0] for _ in range(5))
    print(f"\n{problem.name}: {problem.X.shape[0]} x {problem.X.shape[1]}, lambda {problem.lam:g}, gradient {problem.target:g}")
    problem.write(folder)
    arrived = []
    for peer in peers:
        if not peer.suits(problem):
            continue
        try:
            tolerance, gradient = arrive(peer, problem, folder, limit)
            if tolerance:
                arrived.append((peer, tolerance, gradient, []))
        except Exception as error:  # a peer's trouble is not ours
            print(f"  {peer.name:26} failed: {type(error).__name__}: {error}", flush=True)
    for _ in range(repeats):
        for peer, tolerance, _, times in arrived:
            times.append(peer.fit(problem, tolerance, folder)[0])
    ours = min((min(times) for peer, _, _, times in arrived if isinstance(peer, Gradus)), default=None)
    for peer, tolerance, gradient, times in sorted(arrived, key=lambda row: min(row[3])):
        ratio = f"{min(times) / ours:6.1f} times gradus" if ours else ""
        print(f"  {peer.name:26} {min(times):9.3f} s (median {statistics.median(times):.3f}) {min(times) / read:8.1f} sweeps {ratio}"
              f"   gradient {gradient:.0e}", flush=True)
    return [(peer.name, min(times) / ours) for peer, _, _, times in arrived] if ours else []


def draw_ratios(path, ratios):
    """A row for each fit, grouped by problem; logarithmic."""
    rows, labels, bars = 0, [], []
    for name, fits in ratios.items():
        for peer, ratio in sorted(fits, key=lambda fit: fit[1]):
            labels.append(f'"{name}: {peer}" {-rows}')
            bars.append(f"{ratio} {-rows} {int(peer == 'gradus')}")
            rows += 1
        rows += 1
    data = "\n".join(bars)
    most = 1.5 * max((ratio for fits in ratios.values() for _, ratio in fits), default=1)  # room for its number
    script = f"""
        $fits << EOD\n{data}\nEOD
        set terminal svg size 860,{130 + 24 * rows} font "sans-serif,13" background "white" name "ratios"
        set output "{path}"
        set title "Processor time of a whole fit to the same gradient, in units of gradus's"
        set logscale x; set xrange [0.5:{most}]; set yrange [{-rows}:1]; set grid x; set key off
        set xlabel "times gradus"; set ytics nomirror scale 0 ({", ".join(labels)}); set style fill solid; set lmargin 40
        plot $fits using (sqrt(0.5 * $1)):2:(0.5):1:($2 - 0.35):($2 + 0.35):($3 > 0 ? 0x1f77b4 : 0x999999) \\
            with boxxyerror lc rgb variable, $fits using 1:2:(sprintf(" %.2g", $1)) with labels left offset 0.5,0
        """
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", default="squares,logistic,scaled,softmax,pixels,sparse")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=60)
    parser.add_argument("--picture", help="an SVG file of the ratios")
    asked = parser.parse_args()
    peers = [Gradus(asked.program), NormalEquations()]
    others = [Sklearn(solver) for solver in ("ols", "lbfgs", "newton-cholesky", "newton-cg")] + [
        OneDAL(), Glum(), Statsmodels(), Mlpack()]
    missing = set()
    for peer in others:
        if has_module(peer.module):
            peers.append(peer)
        else:
            missing.add(peer.module)
    for module in sorted(missing):
        print(f"{module}: not installed, skipped")
    for peer in (R("glm"), R("glmnet")):
        if peer.is_there():
            peers.append(peer)
        else:
            print(f"{peer.name}: not installed, skipped")
    ratios = {}
    for name in asked.only.split(","):
        problem = globals()[name](asked.small)
        with tempfile.TemporaryDirectory() as folder:
            ratios[name] = compare(problem, peers, folder, asked.repeats, asked.limit)
    if asked.picture:
        draw_ratios(asked.picture, ratios)


if __name__ == "__main__":
    main()
