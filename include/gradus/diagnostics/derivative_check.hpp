#pragma once
// Do value, gradient and Hessian belong to the same function?

#include <gradus/core/errors.hpp>
#include <gradus/core/random.hpp>
#include <gradus/numeric/power_of_two.hpp>
#include <gradus/objectives/objective.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

namespace gradus {

/// One derivative that is not what the differences say.
struct WrongDerivative {
    std::string what;   ///< "gradient", "Hessian", "Hessian-vector product", ...
    Index row, column;  ///< component, and column of the Hessian; -1 where there is none
    double found;       ///< what the function returned
    double expected;    ///< the difference quotient, or what another member returned
    double error;       ///< how far `expected` may be off
};

/// What check_derivatives found, the first wrong coordinate first.
struct DerivativeReport {
    std::vector<WrongDerivative> wrong;
    Index dimension = 0;
    Index compared = 0;  ///< derivatives that were compared
    Index unresolved =
        0;  ///< of these, where the differences leave more than a per cent open: the function is too noisy there

    bool ok() const { return wrong.empty(); }
    const WrongDerivative& first() const { return wrong.front(); }
};

inline std::string sentence(const WrongDerivative& mistake) {
    std::string place;
    if (mistake.row >= 0) place = text(" component ", mistake.row);
    if (mistake.column >= 0) place = text(" entry (", mistake.row, ", ", mistake.column, ")");
    return text(mistake.what, place, ": found ", mistake.found, ", expected ", mistake.expected, " (give or take ",
                mistake.error, ")");
}

inline std::ostream& operator<<(std::ostream& out, const DerivativeReport& report) {
    out << (report.ok() ? "derivatives agree: " : "wrong derivatives: ") << report.compared << " compared in "
        << report.dimension << " dimensions\n";
    if (report.unresolved > 0) out << "  " << report.unresolved << " too noisy to tell within a per cent\n";
    for (const WrongDerivative& mistake : report.wrong) out << "  " << sentence(mistake) << '\n';
    return out;
}

/// A derivative by differences, and how far it may be off.
template <Scalar S>
struct DifferenceQuotient {
    S value, error;
};

namespace detail {

template <Scalar S>
S power_of_two_near(const S& x) {
    return S(1) / scale_to_one(x);
}

/// The noise of each component of phi near 0: tables of sixth differences at three small spacings, of which the largest
/// counts, because at the smallest the argument of a sum that it enters may not change at all (More and Wild, SIAM J.
/// Sci. Comput. 33 (2011), 1292, eq. 2.3).
template <Scalar S, class Phi>
Vector<S> noise(const Phi& phi, const S& unit) {
    using std::abs, std::pow, std::sqrt;
    constexpr int order = 6, points = 10;
    const S factor = sqrt(S(1) / S(924));  // order!^2 / (2 order)!
    Vector<S> out;
    for (const double power : {1.0, 0.75, 0.5}) {
        const S spacing = power_of_two_near(S(S(power == 1 ? 64 : 1) * unit * S(pow(epsilon<S>, S(power)))));
        std::vector<Vector<S>> table;
        for (int i = 0; i < points; ++i) table.push_back(phi(S(S(i - points / 2) * spacing)));
        for (int k = 0; k < order; ++k)
            for (int i = 0; i + k + 1 < points; ++i)
                table[std::size_t(i)] = table[std::size_t(i + 1)] - table[std::size_t(i)];
        if (out.size() == 0) out = Vector<S>::Zero(table[0].size());
        for (Index c = 0; c < out.size(); ++c) {
            S square(0);
            for (int i = 0; i < points - order; ++i) square += table[std::size_t(i)][c] * table[std::size_t(i)][c];
            const S level = factor * sqrt(square / S(points - order));
            if (level > out[c]) out[c] = level;
        }
    }
    return out;
}

}  // namespace detail

/// phi'(0) for each component of the vector phi(t), with an error bound that is estimated and not assumed. `unit` is
/// the size of the argument that t is added to, 0 for none; no step is longer than `farthest`, for 0 than it or 16.
///
/// Central differences at steps h = 4^i from the rounding of the argument up to its size, each two and three of them
/// extrapolated to h = 0 (Richardson; Ridders, Adv. Eng. Softw. 4 (1982), 75). At small h they are bounded by the noise
/// of phi divided by h; going up, this bound shrinks until two levels contradict each other, which is where h is no
/// longer small for this function. The last level before has the answer; what h may have cost there unseen is no more
/// than the span that the levels below it left. So no step needs to be chosen, and a function that is straight again
/// far out (a logistic one) does not mislead.
template <Scalar S, class Phi>
std::vector<DifferenceQuotient<S>> difference_quotients(const Phi& phi, const S& unit, const S& farthest = S(0)) {
    using std::abs, std::isfinite, std::max, std::min;
    const S size = unit > S(0) ? detail::power_of_two_near(unit) : S(1);
    const Vector<S> noise = detail::noise<S>(phi, size);
    const std::size_t m = static_cast<std::size_t>(noise.size());

    struct Level {
        Vector<S> slope, bound;
    };
    std::vector<Level> levels;
    const S last = farthest > S(0) ? farthest : max(S(16), unit);
    for (S h = S(16) * epsilon<S> * size; h <= last; h *= S(4)) {
        const Vector<S> up = phi(h), down = phi(S(-h));
        Level level{(up - down) / (S(2) * h), Vector<S>(noise.size())};
        for (Index c = 0; c < noise.size(); ++c)
            level.bound[c] = max(S(8) * noise[c], S(4) * epsilon<S> * max(S(abs(up[c])), S(abs(down[c])))) / h;
        levels.push_back(std::move(level));
    }

    std::vector<DifferenceQuotient<S>> out(m, {S(0), std::numeric_limits<S>::infinity()});
    for (std::size_t k = 0; k < m; ++k) {
        const Index c = static_cast<Index>(k);
        S low = -std::numeric_limits<S>::infinity(), high = -low;
        for (std::size_t i = 0; i + 2 < levels.size(); ++i) {
            const S fine = (S(16) * levels[i].slope[c] - levels[i + 1].slope[c]) / S(15);
            const S coarse = (S(16) * levels[i + 1].slope[c] - levels[i + 2].slope[c]) / S(15);
            const S slope = (S(256) * fine - coarse) / S(255), bound = S(1.2) * levels[i].bound[c];
            if (!isfinite(slope) || !isfinite(bound) || slope - bound > high || slope + bound < low) break;
            const S error = bound + (high - low);
            if (error < out[k].error) out[k] = {slope, error};
            low = max(low, S(slope - bound));
            high = min(high, S(slope + bound));
        }
    }
    return out;
}

/// How much is compared.
struct DerivativeCheckOptions {
    Index max_coordinates =
        100;  ///< beyond, random directions first, and coordinates only to name the one that is wrong
    int directions = 8;
    Index max_wrong = 12;  ///< a dozen tells enough
    double tolerance =
        1e-8;  ///< relative differences below this never count, however exact the difference quotients are
};

namespace detail {

template <Scalar S, class F>
class DerivativeCheck {
public:
    DerivativeCheck(const F& f, const Vector<S>& x, const DerivativeCheckOptions& options)
        : f_(&f), x_(x), options_(options) {
        report_.dimension = x.size();
    }

    DerivativeReport run() {
        const S value_alone = value<S>(*f_, x_);
        if constexpr (Differentiable<F, S>) {
            gradient_ = not_written(x_.size());
            const S value_here = value_and_gradient<S>(*f_, x_, gradient_);
            Random random;
            const Vector<S> v = direction(random);
            const S noise = detail::noise<S>([&](const S& t) { return value_at(Vector<S>(x_ + t * v)); }, S(1))[0];
            same("value() against value_and_gradient()", -1, -1, value_alone, value_here, S(100) * noise);
            if (gradient_.size() != x_.size())
                wrong("the gradient's size", -1, -1, S(double(gradient_.size())), S(double(x_.size())), S(0));
            else check_gradient();
            if constexpr (TwiceDifferentiable<F, S>)
                if (report_.ok()) check_hessian(value_here);
            if constexpr (Curved<F, S>)
                if (report_.ok()) check_products();
        }
        return std::move(report_);
    }

private:
    static Vector<S> not_written(Index size) { return Vector<S>::Constant(size, std::numeric_limits<S>::quiet_NaN()); }

    Vector<S> gradient_at(const Vector<S>& x) const {
        Vector<S> gradient = not_written(x.size());
        value_and_gradient<S>(*f_, x, gradient);
        return gradient;
    }
    Vector<S> value_at(const Vector<S>& x) const { return Vector<S>::Constant(1, value<S>(*f_, x)); }
    S size_of(Index j) const {
        using std::abs;
        return abs(x_[j]);
    }
    bool is_large() const { return x_.size() > options_.max_coordinates; }
    bool is_full() const { return static_cast<Index>(report_.wrong.size()) >= options_.max_wrong; }

    void wrong(const std::string& what, Index row, Index column, const S& found, const S& expected, const S& error) {
        if (is_full()) return;
        report_.wrong.push_back(
            {what, row, column, static_cast<double>(found), static_cast<double>(expected), static_cast<double>(error)});
    }

    /// true: `found` may be the derivative.
    bool agrees(const S& found, const DifferenceQuotient<S>& quotient) {
        using std::abs, std::isfinite, std::max;
        ++report_.compared;
        if (found != S(0) && S(100) * quotient.error > max(S(abs(quotient.value)), S(abs(found)))) ++report_.unresolved;
        const S rounding = max(S(options_.tolerance), S(S(1000) * epsilon<S>)) * abs(quotient.value);
        return isfinite(found) && !(abs(found - quotient.value) > quotient.error + rounding);
    }
    /// Two members that compute the same number.
    void same(const char* what, Index row, Index column, const S& found, const S& expected, const S& rounding) {
        using std::abs;
        ++report_.compared;
        const S error = rounding + S(1e4) * epsilon<S> * abs(expected);
        if (found == expected || abs(found - expected) <= error) return;
        wrong(what, row, column, found, expected, error);
    }

    DifferenceQuotient<S> slope_along(Index j) const {
        return difference_quotients<S>(
            [&](const S& t) {
                Vector<S> there = x_;
                there[j] += t;
                return value_at(there);
            },
            size_of(j))[0];
    }

    void check_component(Index j) {
        const auto quotient = slope_along(j);
        if (!agrees(gradient_[j], quotient)) wrong("gradient", j, -1, gradient_[j], quotient.value, quotient.error);
    }

    // in many dimensions: directions of the coordinates' own sizes find a mistake, and the coordinates then say where
    // it is
    void check_gradient() {
        Random random;
        bool all = !is_large();
        for (int i = 0; !all && i < options_.directions; ++i) {
            const Vector<S> v = direction(random);
            const auto quotient =
                difference_quotients<S>([&](const S& t) { return value_at(Vector<S>(x_ + t * v)); }, S(1))[0];
            all = !agrees(gradient_.dot(v), quotient);
        }
        for (Index j = 0; all && j < x_.size() && !is_full(); ++j) check_component(j);
    }

    Vector<S> direction(Random& random) const {
        Vector<S> v(x_.size());
        for (Index j = 0; j < v.size(); ++j) {
            const S size = size_of(j) > S(0) ? power_of_two_near(size_of(j)) : S(1);
            v[j] = random.bits() & 1 ? size : S(-size);
        }
        return v;
    }

    void compare_column(const char* what, Index column, const Vector<S>& found,
                        const std::vector<DifferenceQuotient<S>>& quotients) {
        for (Index i = 0; i < found.size(); ++i) {
            const auto& quotient = quotients[static_cast<std::size_t>(i)];
            if (!agrees(found[i], quotient)) wrong(what, i, column, found[i], quotient.value, quotient.error);
        }
    }

    void check_hessian(const S& value_here) requires TwiceDifferentiable<F, S> {
        using std::abs, std::sqrt;
        const Index d = x_.size();
        Matrix<S> H = Matrix<S>::Constant(d, d, std::numeric_limits<S>::quiet_NaN()), alone = H;
        Vector<S> beside = not_written(d);
        const S value_beside = value_gradient_hessian<S>(*f_, x_, beside, H);
        Random random;
        const Vector<S> v = direction(random);
        const Vector<S> noise = detail::noise<S>([&](const S& t) { return gradient_at(Vector<S>(x_ + t * v)); }, S(1));
        same("the value beside the Hessian", -1, -1, value_beside, value_here, S(1e4) * epsilon<S> * abs(value_here));
        for (Index j = 0; j < d; ++j)
            same("the gradient beside the Hessian", j, -1, beside[j], gradient_[j], S(100) * noise[j]);
        f_->hessian(x_, alone);
        for (Index j = 0; j < d && !is_full(); ++j)
            for (Index i = 0; i < d; ++i) {
                const S rounding = S(1e4) * epsilon<S> * sqrt(S(abs(H(i, i) * H(j, j))));
                same("hessian() against value_gradient_hessian()", i, j, alone(i, j), H(i, j), rounding);
                if (i > j) same("the Hessian is not symmetric", i, j, H(i, j), H(j, i), rounding);
            }
        std::vector<Index> columns;
        for (Index j = 0; j < d; ++j) columns.push_back(j);
        if (is_large()) {
            random.shuffle(columns);
            columns.resize(static_cast<std::size_t>(options_.directions));
            std::sort(columns.begin(), columns.end());
        }
        for (const Index j : columns)
            if (!is_full())
                compare_column("Hessian", j, H.col(j),
                               difference_quotients<S>(
                                   [&](const S& t) {
                                       Vector<S> there = x_;
                                       there[j] += t;
                                       return gradient_at(there);
                                   },
                                   size_of(j)));
    }

    void check_products() requires Curved<F, S> {
        Random random;
        for (int i = 0; i < std::min(options_.directions, 3); ++i) {
            const Vector<S> v = direction(random);
            Vector<S> out = not_written(x_.size());
            f_->hessian_product(x_, v, out);
            compare_column(
                "Hessian-vector product", -1, out,
                difference_quotients<S>([&](const S& t) { return gradient_at(Vector<S>(x_ + t * v)); }, S(1)));
        }
    }

    const F* f_;
    Vector<S> x_, gradient_;
    DerivativeCheckOptions options_;
    DerivativeReport report_;
};

}  // namespace detail

/// Compares what f offers at x: value against gradient, gradient against Hessian and Hessian-vector product, members
/// that overlap with one another, and the Hessian with its transpose. For every Objective; what f does not offer is not
/// asked for. The first wrong level is reported alone, since a wrong gradient makes every Hessian look wrong.
///
///     const DerivativeReport report = check_derivatives(f, x);
///     if (!report.ok()) std::cout << report;  // gradient component 3: found 2, expected 1 (give or take 4e-11)
///
/// At a random point: where derivatives vanish, as at an optimum, mistakes hide. Some 60 values for each coordinate and
/// 60 gradients for each column of the Hessian; a tool for tests and for a first look, not for production.
template <class F, class Derived>
DerivativeReport check_derivatives(const F& f, const Eigen::MatrixBase<Derived>& x,
                                   const DerivativeCheckOptions& options = {}) {
    using S = typename Derived::Scalar;
    static_assert(Objective<F, S>,
                  "gradus: check_derivatives needs an objective: value(x), value_and_gradient(x, gradient), "
                  "or a callable f(x) or f(x, gradient)");
    return detail::DerivativeCheck<S, F>(f, x, options).run();
}

}  // namespace gradus
