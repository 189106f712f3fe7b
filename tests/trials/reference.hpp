// The right answer of a problem, in a hundred digits: equilibrated columns, Newton's method on the independent ones,
// and the coefficients of least norm where others depend on them.
#pragma once

#include "trials/hostile.hpp"
#include "trials/wide.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/erf.hpp>

namespace gradus::trials {

struct Answer {
    bool is_finite = false;
    WideMatrix W;          ///< p x k, in the user's units
    WideVector size;       ///< root mean square of each centred column
    double condition = 0;  ///< of the centred columns that are independent, each of length one, weighted with curvature
    Index rank = 0;
};

namespace detail {

/// Value, gradient and Hessian of the loss of one row with respect to its q linear predictors.
struct RowLoss {
    Wide value;
    WideVector slope;
    WideMatrix curvature;
};

inline RowLoss squared_loss(const Wide& y, const WideVector& eta) {
    RowLoss out{(eta[0] - y) * (eta[0] - y) / 2, WideVector(1), WideMatrix(1, 1)};
    out.slope[0] = eta[0] - y;
    out.curvature(0, 0) = 1;
    return out;
}
inline RowLoss poisson_loss(const Wide& y, const WideVector& eta) {
    const Wide mean = exp(eta[0]);
    RowLoss out{mean - y * eta[0], WideVector(1), WideMatrix(1, 1)};
    out.slope[0] = mean - y;
    out.curvature(0, 0) = mean;
    return out;
}
/// Classes 0 ... q, the predictor of the last of which is zero; binary: class 1 against class 0.
inline RowLoss softmax_loss(Index label, const WideVector& eta) {
    const Index q = eta.size();
    Wide total(1);
    WideVector share(q);
    for (Index c = 0; c < q; ++c) total += share[c] = exp(eta[c]);
    share /= total;
    RowLoss out{log(total), share, WideMatrix::Zero(q, q)};
    for (Index c = 0; c < q; ++c) {
        for (Index d = 0; d < q; ++d) out.curvature(c, d) = (c == d ? share[c] : Wide(0)) - share[c] * share[d];
        if (c == label) out.value -= eta[c], out.slope[c] -= 1;
    }
    return out;
}
inline RowLoss counts_loss(const Wide& successes, const Wide& trials, const WideVector& eta) {
    const Wide share = 1 / (1 + exp(-eta[0]));
    RowLoss out{trials * log(1 + exp(eta[0])) - successes * eta[0], WideVector(1), WideMatrix(1, 1)};
    out.slope[0] = trials * share - successes;
    out.curvature(0, 0) = trials * share * (1 - share);
    return out;
}
/// `by_weight`: with the curvature of the parabola that touches the loss and lies above it, never zero.
inline RowLoss huber_loss(const Wide& y, const Wide& delta, const WideVector& eta, bool by_weight) {
    const Wide r = eta[0] - y, size = abs(r);
    const bool is_inside = size <= delta;
    RowLoss out{is_inside ? Wide(r * r / 2) : Wide(delta * (size - delta / 2)), WideVector(1), WideMatrix(1, 1)};
    out.slope[0] = is_inside ? r : r > 0 ? delta : Wide(-delta);
    out.curvature(0, 0) = is_inside ? Wide(1) : by_weight ? Wide(delta / size) : Wide(0);
    return out;
}

/// F(x), its density and the derivative of that.
struct Distribution {
    Wide F, density, slope;
};
inline Distribution distribution_of(Kind kind, const Wide& x) {
    if (kind == Kind::probit) {
        const Wide density = exp(-x * x / 2) / sqrt(2 * boost::math::constants::pi<Wide>());
        return {boost::math::erfc(Wide(-x / sqrt(Wide(2)))) / 2, density, -x * density};
    }
    if (kind == Kind::cloglog) {
        const Wide hazard = exp(x), rest = exp(-hazard);
        return {1 - rest, hazard * rest, hazard * rest * (1 - hazard)};
    }
    const Wide F = 1 / (1 + exp(-x));
    return {F, F * (1 - F), F * (1 - F) * (1 - 2 * F)};
}
/// -log(F(eta_label) - F(eta_{label - 1})), eta increasing.
inline RowLoss ordinal_loss(Kind kind, Index label, const WideVector& eta) {
    const Index q = eta.size();
    RowLoss out{0, WideVector::Zero(q), WideMatrix::Zero(q, q)};
    const Distribution upper = label < q ? distribution_of(kind, eta[label]) : Distribution{1, 0, 0},
                       lower = label > 0 ? distribution_of(kind, eta[label - 1]) : Distribution{0, 0, 0};
    const Wide gap = upper.F - lower.F;
    out.value = gap > 0 ? Wide(-log(gap)) : Wide(std::numeric_limits<Wide>::infinity());
    if (label < q) out.slope[label] = -upper.density / gap;
    if (label > 0) out.slope[label - 1] = lower.density / gap;
    if (label < q) out.curvature(label, label) = upper.density * upper.density / gap / gap - upper.slope / gap;
    if (label > 0) out.curvature(label - 1, label - 1) = lower.density * lower.density / gap / gap + lower.slope / gap;
    if (label > 0 && label < q)
        out.curvature(label, label - 1) = out.curvature(label - 1, label) = -upper.density * lower.density / gap / gap;
    return out;
}

/// The problem in independent, centred columns of length about one: eta_c = sign x'v_c + b_c.
class WideProblem {
public:
    WideProblem(const Hostile& problem, Index target, WideMatrix columns, WideVector ridge)
        : problem_(&problem), target_(target), X_(std::move(columns)), ridge_(std::move(ridge)) {
        const Index n = problem.X.rows();
        weights_ = WideVector::Ones(n);
        if (problem.weights.size()) weights_ = problem.weights.cast<Wide>();
        total_ = weights_.sum();
    }

    Index outputs() const { return is_classes() ? problem_->classes - 1 : 1; }
    Index width() const { return is_ordinal(problem_->kind) ? 1 : outputs(); }
    Index intercepts() const { return problem_->intercept ? outputs() : 0; }
    Index dimension() const { return X_.cols() * width() + intercepts(); }

    WideVector start() const {
        WideVector theta = WideVector::Zero(dimension());
        for (Index c = 0; is_ordinal(problem_->kind) && c < outputs(); ++c)
            theta[X_.cols() + c] = Wide(2 * c - outputs() + 1);
        return theta;
    }

    /// `by_weight`: see huber_loss().
    Wide evaluate(const WideVector& theta, WideVector* gradient = nullptr, WideMatrix* H = nullptr,
                  bool by_weight = false) const {
        const Index r = X_.cols(), q = width(), k = outputs(), d = dimension();
        Wide value(0);
        if (gradient) *gradient = WideVector::Zero(d), *H = WideMatrix::Zero(d, d);
        for (Index i = 0; i < X_.rows(); ++i) {
            if (weights_[i] == 0) continue;
            WideMatrix map = WideMatrix::Zero(k, d);  // eta = map theta
            const Wide sign = is_ordinal(problem_->kind) ? -1 : 1;
            for (Index c = 0; c < k; ++c) {
                for (Index j = 0; j < r; ++j) map(c, (q == 1 ? 0 : c) * r + j) = sign * X_(i, j);
                if (problem_->intercept) map(c, r * q + c) = 1;
            }
            WideVector eta = map * theta;
            if (problem_->offset.size()) eta.array() += sign * Wide(problem_->offset[i]);
            const RowLoss loss = loss_of(i, eta, by_weight);
            const Wide s = weights_[i] / total_;
            value += s * loss.value;
            if (!gradient) continue;
            *gradient += s * (map.transpose() * loss.slope);
            *H += s * (map.transpose() * loss.curvature * map);
        }
        for (Index j = 0; j < r; ++j) {
            value += ridge_[j] * theta[j] * theta[j] / 2;
            if (gradient) (*gradient)[j] += ridge_[j] * theta[j], (*H)(j, j) += ridge_[j];
        }
        return value;
    }

private:
    bool is_classes() const {
        return problem_->kind == Kind::binary || problem_->kind == Kind::multinomial || is_ordinal(problem_->kind);
    }
    RowLoss loss_of(Index i, const WideVector& eta, bool by_weight) const {
        switch (problem_->kind) {
        case Kind::poisson:
            return poisson_loss(Wide(problem_->Y(i, 0)), eta);
        case Kind::binary:
            return softmax_loss(1 - static_cast<Index>(problem_->Y(i, 0)), eta);
        case Kind::multinomial:
            return softmax_loss(static_cast<Index>(problem_->Y(i, 0)), eta);
        case Kind::ordinal:
        case Kind::probit:
        case Kind::cloglog:
            return ordinal_loss(problem_->kind, static_cast<Index>(problem_->Y(i, 0)), eta);
        case Kind::counted:
            return counts_loss(Wide(problem_->Y(i, 0)), Wide(problem_->trials[i]), eta);
        case Kind::huber:
            return huber_loss(Wide(problem_->Y(i, 0)), Wide(problem_->delta), eta, by_weight);
        default:
            return squared_loss(Wide(problem_->Y(i, target_)), eta);
        }
    }

    const Hostile* problem_;
    Index target_;
    WideMatrix X_;
    WideVector ridge_, weights_;
    Wide total_;
};

/// Newton's method with halved steps, of Huber's loss after a hundred steps that weigh the rows anew. false: there is
/// no finite optimum, or it is beyond 200 steps.
inline bool minimise(const WideProblem& problem, WideVector& theta, double& condition, bool is_huber) {
    WideVector gradient;
    WideMatrix H;
    theta = problem.start();
    if (theta.size() == 0) return true;
    for (int step = is_huber ? -100 : 0; step < 200; ++step) {
        const Wide value = problem.evaluate(theta, &gradient, &H, step < 0);
        const WideVector d = solve_with(cholesky_of(H), -gradient);
        if (!(d.squaredNorm() >= 0)) return false;
        const Wide size = d.cwiseAbs().maxCoeff(), length = theta.cwiseAbs().maxCoeff();
        if (step >= 0 && (size <= Wide("1e-30") * length || size == 0)) {
            theta += d;
            condition = sqrt(condition_of(H));
            return true;
        }
        Wide t = 1;
        for (int halving = 0; halving < 60 && !(problem.evaluate(theta + t * d) <= value); ++halving) t /= 2;
        theta += t * d;
    }
    return false;
}

}  // namespace detail

/// `called`: columns that a report calls dependent; they count as the combination of the others that is nearest.
inline Answer answer_of(const Hostile& problem, const std::vector<Index>& called = {}) {
    using std::max;
    const Index n = problem.X.rows(), p = problem.X.cols();
    WideVector weights = WideVector::Ones(n);
    if (problem.weights.size()) weights = problem.weights.cast<Wide>();
    const Wide total = weights.sum();
    WideMatrix X = problem.X.cast<Wide>();
    Answer out;
    out.size = WideVector::Ones(p);
    for (Index j = 0; j < p; ++j) {
        const Wide mean = problem.intercept ? Wide(X.col(j).dot(weights) / total) : Wide(0);
        for (Index i = 0; i < n; ++i) X(i, j) = weights[i] == 0 ? Wide(0) : Wide(X(i, j) - mean);
        const Wide size = sqrt(Wide(X.col(j).cwiseProduct(weights).dot(X.col(j)) / total));
        if (size > 0) out.size[j] = size;
        X.col(j) /= out.size[j];
    }
    const Wide lambda = Wide(problem.lambda);
    Dependence columns = dependence_of(X, weights, called);
    if (!called.empty()) {  // as a combination of all the others
        const std::vector<Index> kept = columns.kept;
        std::vector<Index> order = kept;
        for (Index j = 0; j < p; ++j)
            if (std::find(kept.begin(), kept.end(), j) == kept.end()) order.push_back(j);
        WideMatrix sorted(n, p);
        for (Index j = 0; j < p; ++j) sorted.col(j) = X.col(order[static_cast<std::size_t>(j)]);
        std::vector<Index> last;
        for (Index j = static_cast<Index>(kept.size()); j < p; ++j) last.push_back(j);
        const Dependence by_all = dependence_of(sorted, weights, last);
        for (Index j = 0; j < p; ++j) columns.P.col(order[static_cast<std::size_t>(j)]) = by_all.P.col(j);
    }
    out.rank = static_cast<Index>(columns.kept.size());
    if (lambda > 0) {  // every column counts
        columns.kept.clear();
        for (Index j = 0; j < p; ++j) columns.kept.push_back(j);
        columns.P = WideMatrix::Identity(p, p);
    }
    const Index r = static_cast<Index>(columns.kept.size());
    WideMatrix kept(n, r);
    WideVector ridge(r);
    for (Index a = 0; a < r; ++a) {
        const Index j = columns.kept[static_cast<std::size_t>(a)];
        kept.col(a) = X.col(j);
        ridge[a] = lambda / out.size[j] / out.size[j];
    }
    const bool is_multinomial = problem.kind == Kind::multinomial;
    out.W = WideMatrix::Zero(p, is_multinomial ? problem.classes : problem.Y.cols());
    WideMatrix P = columns.P;  // eta = kept P diag(size) W: W of least norm in the user's units
    for (Index j = 0; j < p; ++j) P.col(j) *= out.size[j];
    const WideMatrix L = cholesky_of(P * P.transpose());
    for (Index t = 0; t < problem.Y.cols(); ++t) {
        const detail::WideProblem wide(problem, t, kept, ridge);
        WideVector theta;
        double condition = 1;
        if (!detail::minimise(wide, theta, condition, problem.kind == Kind::huber)) return out;
        out.condition = max(out.condition, condition);
        for (Index c = 0; c < wide.width(); ++c)
            out.W.col(is_multinomial ? c : t) = P.transpose() * solve_with(L, theta.segment(c * r, r));
    }
    if (is_multinomial) {
        const WideVector mean = out.W.rowwise().sum() / Wide(problem.classes);
        for (Index c = 0; c < problem.classes; ++c) out.W.col(c) -= mean;
    }
    out.is_finite = true;
    return out;
}

}  // namespace gradus::trials
