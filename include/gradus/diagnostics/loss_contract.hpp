#pragma once
// What every loss promises.

#include <gradus/diagnostics/contract.hpp>
#include <gradus/diagnostics/derivative_check.hpp>
#include <gradus/losses/loss.hpp>

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace gradus {

/// What differs between losses.
template <class S>
struct LossRules {
    std::vector<Vector<S>> targets;    ///< admitted rows of y, those at the edges of the domain among them
    bool grows_exponentially = false;  ///< +infinity is a legal value for large eta
    bool has_closed_form = true;       ///< intercept_only() is the optimum, not only a place to start
    std::vector<S> refused = {};       ///< targets outside the domain
    bool is_ordinal = false;           ///< defined for increasing eta, +infinity elsewhere
};

/// A loss at single rows and at blocks, each call with outputs that are NaN before.
template <Loss L>
class LossProbe {
public:
    using S = typename L::Scalar;

    struct Point {
        S value;
        Matrix<S> slope, curvature;
    };

    explicit LossProbe(const L& loss) : loss_(loss), k_(loss.outputs()) {}

    S value(const Matrix<S>& y, const Matrix<S>& eta, const Vector<S>& s) const { return loss_.value(y, eta, s); }
    Point slope(const Matrix<S>& y, const Matrix<S>& eta, const Vector<S>& s) const {
        Point out{S(0), unwritten(eta.rows(), k_), {}};
        out.value = loss_.value_and_slope(y, eta, s, out.slope);
        return out;
    }
    Point all(const Matrix<S>& y, const Matrix<S>& eta, const Vector<S>& s) const {
        if constexpr (CurvedLoss<L>) {
            Point out{S(0), unwritten(eta.rows(), k_), unwritten(eta.rows(), pair_count(k_))};
            out.value = loss_.derivatives(y, eta, s, out.slope, out.curvature);
            return out;
        } else {
            return slope(y, eta, s);  // nothing is known of the curvature
        }
    }

private:
    static Matrix<S> unwritten(Index rows, Index columns) {
        return Matrix<S>::Constant(rows, columns, std::numeric_limits<S>::quiet_NaN());
    }

    const L& loss_;
    Index k_;
};

/// The symmetric k x k matrix packed in row i.
template <class S>
Matrix<S> unpacked(const Matrix<S>& packed, Index i, Index k) {
    Matrix<S> out(k, k);
    for (Index d = 0; d < k; ++d)
        for (Index c = d; c < k; ++c) out(c, d) = out(d, c) = packed(i, pair_index(c, d, k));
    return out;
}

namespace contracts {

/// Slope and curvature of one row against differences, each with the error that the differences have.
template <Loss L, Scalar S>
void check_differences(Contract& contract, const LossProbe<L>& probe, const Matrix<S>& y, const Matrix<S>& eta) {
    using std::abs;
    const Vector<S> one = Vector<S>::Ones(1);
    const auto point = probe.all(y, eta, one);
    const auto agree = [&](const S& found, const DifferenceQuotient<S>& quotient, const auto&... what) {
        // what is far below one rounding of 1 may have underflowed on the way
        const S allowed = quotient.error + S(product<S>) * std::max(S(abs(quotient.value)), epsilon<S>);
        contract.expect(abs(found - quotient.value) <= allowed, what..., " is ", found, ", by differences ",
                        quotient.value, " (give or take ", quotient.error, "), at y = ", y(0, 0),
                        ", eta = ", eta(0, 0));
    };
    for (Index c = 0; c < eta.cols(); ++c) {
        const auto moved = [&](const S& h) {
            Matrix<S> there = eta;
            there(0, c) += h;
            return there;
        };
        // losses are functions of eta whose own unit is 1: farther out, what changes may be hidden by the noise
        const S size = abs(eta(0, c)), farthest(0.5);
        const auto value = [&](const S& h) { return Vector<S>(Vector<S>::Constant(1, probe.value(y, moved(h), one))); };
        agree(point.slope(0, c), difference_quotients<S>(value, size, farthest)[0], "slope ", c);
        if constexpr (CurvedLoss<L>) {
            const auto row = difference_quotients<S>(
                [&](const S& h) { return Vector<S>(probe.slope(y, moved(h), one).slope.row(0).transpose()); }, size);
            const Matrix<S> C = unpacked(point.curvature, 0, eta.cols());
            for (Index d = 0; d < eta.cols(); ++d)
                agree(C(c, d), row[static_cast<std::size_t>(d)], "curvature (", c, ", ", d, ")");
        }
    }
}

/// Convex, and no steeper than max_curvature: power iteration from each axis and from random directions.
template <Loss L, Scalar S>
void check_curvature(Contract& contract, const L&, const Matrix<S>& C, Random& random) {
    const Index k = C.rows();
    S largest(0), size(1);
    for (Index c = 0; c < k; ++c) size = std::max(size, C(c, c));
    for (int direction = 0; direction < 12; ++direction) {
        Vector<S> v =
            direction < k ? Vector<S>(Vector<S>::Unit(k, direction)) : Vector<S>(normal_matrix<S>(random, k, 1));
        for (int power = 0; power < 30; ++power) {
            const Vector<S> next = C.lazyProduct(v);
            const S form = v.dot(next) / v.squaredNorm();
            contract.expect(form >= -S(rounding<S>) * size, "not convex: v'Cv = ", form);
            largest = std::max(largest, form);
            if (!(next.norm() > S(0))) break;
            v = next / next.norm();
        }
    }
    if constexpr (BoundedCurvatureLoss<L>)
        contract.expect(largest <= S(L::max_curvature) * (1 + S(rounding<S>)), "curvature ", largest,
                        " above max_curvature = ", L::max_curvature);
}

/// The rows of eta in increasing order, and no closer than `gap`.
template <Scalar S>
Matrix<S> in_order(Matrix<S> eta, const S& gap = S(0)) {
    for (Index i = 0; i < eta.rows(); ++i) {
        for (Index c = 1; c < eta.cols(); ++c)
            for (Index d = c; d > 0 && eta(i, d) < eta(i, d - 1); --d) std::swap(eta(i, d), eta(i, d - 1));
        for (Index c = 0; c < eta.cols(); ++c) eta(i, c) += gap * S(static_cast<int>(c));
    }
    return eta;
}

}  // namespace contracts

/// For any loss, with curvature or without: its functions against one another and against differences, in every branch
/// that the targets and eta from -60 to 60 reach; weights; far out; blocks of rows; intercept_only(); saturated(),
/// where it has one. Empty: all promises are kept.
template <Loss L>
Violations check_loss(const L& loss, const std::type_identity_t<LossRules<typename L::Scalar>>& rules) {
    using S = typename L::Scalar;
    using contracts::normal_matrix;
    using std::abs, std::isfinite, std::isnan;
    const Index k = loss.outputs();
    const LossProbe<L> probe(loss);
    const Vector<S> one = Vector<S>::Ones(1);
    Contract contract;
    Random random(17);

    for (const Vector<S>& target : rules.targets)
        for (const S& t : target) contract.expect(loss.admits(t), "admits() refuses ", t);
    for (const S& t : rules.refused) contract.expect(!loss.admits(t), "admits() takes ", t);
    contract.expect(std::string(loss.domain()).size() > 2, "domain() says nothing");
    contract.expect(!rules.targets.empty(), "no targets are given, so nothing is checked");
    if (rules.targets.empty()) return contract.violations();

    for (const Vector<S>& target : rules.targets) {
        const Matrix<S> y = target.transpose();
        for (const double size : {1.5, 1.5, 1.5, 1.5, 0.1, 0.1, 6.0, 20.0}) {
            Matrix<S> eta = S(size) * normal_matrix<S>(random, 1, k);
            if (rules.is_ordinal) eta = contracts::in_order<S>(eta);
            const auto point = probe.all(y, eta, one);
            const auto first = probe.slope(y, eta, one);
            contract.expect_equal(probe.value(y, eta, one), point.value, contracts::rounding<S>,
                                  "value() against derivatives()");
            contract.expect_equal(first.value, point.value, contracts::rounding<S>,
                                  "value_and_slope() against derivatives(): value");
            if constexpr (UnitsLoss<L>)
                contract.expect_equal(LossProbe<L>(loss.in_units(S(4))).value(S(4) * y, S(4) * eta, one),
                                      S(S(16) * point.value), contracts::rounding<S>, "in_units(4)");
            contract.expect_equal(first.slope, point.slope, contracts::rounding<S>,
                                  "value_and_slope() against derivatives(): slope");

            contracts::check_differences(contract, probe, y, eta);
            if constexpr (CurvedLoss<L>)
                contracts::check_curvature(contract, loss, unpacked(point.curvature, 0, k), random);

            // weights multiply, and a weight of zero switches a row off
            for (const double w : {0.0, 0.25, 3.0}) {
                const auto weighted = probe.all(y, eta, Vector<S>::Constant(1, S(w)));
                contract.expect_equal(weighted.value, S(w) * point.value, contracts::rounding<S>, "value with weight ",
                                      w);
                contract.expect_equal(weighted.slope, S(w) * point.slope, contracts::rounding<S>, "slope with weight ",
                                      w);
                contract.expect_equal(weighted.curvature, S(w) * point.curvature, contracts::rounding<S>,
                                      "curvature with weight ", w);
                contract.expect_equal(probe.value(y, eta, Vector<S>::Constant(1, S(w))), weighted.value,
                                      contracts::rounding<S>, "value() with weight ", w);
            }
        }

        // far out: never NaN, and finite unless the loss grows exponentially
        for (const double size : {0.0, 1e-8, 36.0, 40.0, 700.0, 1e4})
            for (const double sign : {1.0, -1.0})
                for (Index c = 0; c <= k; ++c) {  // in one output; in all of them
                    Matrix<S> eta = Matrix<S>::Constant(1, k, S(c == k ? sign * size : 0));
                    if (c < k) eta(0, c) = S(sign * size);
                    if (rules.is_ordinal) eta = contracts::in_order<S>(eta, S(1));
                    const auto point = probe.all(y, eta, one);
                    const auto is_legal = [&](const S& number) {
                        return rules.grows_exponentially ? !isnan(number) : isfinite(number);
                    };
                    contract.expect(is_legal(point.value) && is_legal(probe.value(y, eta, one)), "value ", point.value,
                                    " at eta = ", sign * size, ", y = ", target[0]);
                    for (const S& slope : point.slope.reshaped())
                        contract.expect(is_legal(slope), "slope ", slope, " at eta = ", sign * size,
                                        ", y = ", target[0]);
                    for (const S& entry : point.curvature.reshaped())
                        contract.expect(is_legal(entry), "curvature ", entry, " at eta = ", sign * size,
                                        ", y = ", target[0]);
                    contract.expect_equal(probe.slope(y, eta, one).value, point.value, contracts::rounding<S>,
                                          "value_and_slope() at eta = ", sign * size);
                    for (Index d = 0; CurvedLoss<L> && d < k; ++d)
                        contract.expect(point.curvature(0, pair_index(d, d, k)) >= S(0),
                                        "negative curvature at eta = ", sign * size);
                }
    }

    // a block is the sum of its rows
    const Index rows = 7;
    Matrix<S> y(rows, rules.targets[0].size()), eta = normal_matrix<S>(random, rows, k);
    if (rules.is_ordinal) eta = contracts::in_order<S>(eta);
    for (Index i = 0; i < rows; ++i)
        y.row(i) = rules.targets[static_cast<std::size_t>(i) % rules.targets.size()].transpose();
    Vector<S> s(rows);
    for (Index i = 0; i < rows; ++i) s[i] = S(random.uniform(0.5, 2));
    const auto block = probe.all(y, eta, s);
    S sum(0);
    for (Index i = 0; i < rows; ++i) {
        const auto row = probe.all(y.row(i), eta.row(i), s.segment(i, 1));
        sum += row.value;
        contract.expect_equal(block.slope.row(i), row.slope, contracts::rounding<S>, "slope of row ", i, " of a block");
        contract.expect_equal(block.curvature.row(i), row.curvature, contracts::rounding<S>, "curvature of row ", i,
                              " of a block");
    }
    contract.expect_equal(block.value, sum, contracts::rounding<S>, "the value of a block against the sum of its rows");

    // an interval that is empty has no probability, and no row of weight zero is lost for it
    if (rules.is_ordinal && k > 1) {
        const Matrix<S> level = Matrix<S>::Ones(1, 1), flat = Matrix<S>::Zero(1, k);
        const auto point = probe.all(level, flat, one);
        contract.expect(point.value == std::numeric_limits<S>::infinity() &&
                            point.value == probe.value(level, flat, one),
                        "the value where eta does not increase is ", point.value);
        contract.expect(point.slope.allFinite() && point.curvature.allFinite(),
                        "slope or curvature there is not finite");
        contract.expect(probe.value(level, flat, Vector<S>::Zero(1)) == S(0), "a row of weight zero counts there");
    }

    // the constant eta that is best for a block has no slope left
    Vector<S> constant = loss.intercept_only(y, s);
    contract.expect(constant.size() == k && constant.allFinite(), "intercept_only() has no finite ", k, " numbers");
    if (rules.has_closed_form && constant.size() == k) {
        const auto best = probe.slope(y, constant.transpose().replicate(rows, 1), s);
        contract.expect_equal_above(1 + static_cast<double>(best.slope.cwiseAbs().maxCoeff()),
                                    best.slope.colwise().sum(), Matrix<S>::Zero(1, k), contracts::product<S>,
                                    "slope at intercept_only()");
    }

    // the least value that any eta can give: nowhere below it, and somewhere reached
    if constexpr (requires {
                      { loss.saturated(y, s) } -> std::convertible_to<S>;
                  })
        for (const Vector<S>& target : rules.targets) {
            const Matrix<S> t = target.transpose();
            const S bound = loss.saturated(t, one);
            S least = std::numeric_limits<S>::infinity();
            const auto attempt = [&](const Matrix<S>& at) {
                const S value = probe.value(t, at, one);
                contract.expect(value >= bound - S(contracts::rounding<S>) * std::max(S(abs(bound)), S(1)), "value ",
                                value, " below saturated() = ", bound);
                least = std::min(least, value);
            };
            const Vector<S> own = loss.intercept_only(t, one);
            if (own.allFinite()) attempt(own.transpose());
            for (const double size : {0.5, 3.0, 700.0})
                for (const double sign : {1.0, -1.0})
                    for (Index c = 0; c < k; ++c) attempt(S(sign * size) * Matrix<S>::Identity(k, k).row(c));
            if (rules.is_ordinal)
                for (Index level = 0; level <= k; ++level) {  // all but certain
                    Matrix<S> at(1, k);
                    for (Index c = 0; c < k; ++c) at(0, c) = S(static_cast<double>(c) + (c < level ? -700 : 700));
                    attempt(at);
                }
            contract.expect_equal(least, bound, contracts::rounding<S>, "saturated() is not reached, y = ", target[0]);
        }
    return contract.violations();
}

}  // namespace gradus
