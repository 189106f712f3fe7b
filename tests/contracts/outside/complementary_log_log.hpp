// A loss from outside the library, written against the block interface: a binary class whose probability is 1 -
// exp(-exp(eta)).
#pragma once

#include <gradus/losses/loss.hpp>

#include <cmath>

namespace outside {

/// l = (1 - y) exp(eta) - y log(1 - exp(-exp(eta))), y in [0, 1]. It grows like exp(eta): +infinity is a legal value.
template <class S = double>
class ComplementaryLogLog {
public:
    using Scalar = S;
    static constexpr bool is_classification = true;
    using Block = gradus::ConstMatrixView<S>;
    using Weights = gradus::ConstVectorView<S>;
    using Out = gradus::MatrixView<S>;

    gradus::Index outputs() const { return 1; }
    bool admits(S y) const { return y >= 0 && y <= 1; }
    const char* domain() const { return "a number in [0, 1]"; }

    S value(const Block& y, const Block& eta, const Weights& s) const {
        S sum(0);
        for (gradus::Index i = 0; i < eta.rows(); ++i) sum += s[i] * at(y(i, 0), eta(i, 0)).value;
        return sum;
    }
    S value_and_slope(const Block& y, const Block& eta, const Weights& s, Out slope) const {
        S sum(0);
        for (gradus::Index i = 0; i < eta.rows(); ++i) {
            const Row row = at(y(i, 0), eta(i, 0));
            sum += s[i] * row.value;
            slope(i, 0) = s[i] * row.slope;
        }
        return sum;
    }
    S derivatives(const Block& y, const Block& eta, const Weights& s, Out slope, Out curvature) const {
        S sum(0);
        for (gradus::Index i = 0; i < eta.rows(); ++i) {
            const Row row = at(y(i, 0), eta(i, 0));
            sum += s[i] * row.value;
            slope(i, 0) = s[i] * row.slope;
            curvature(i, 0) = s[i] * row.curvature;
        }
        return sum;
    }

    /// log(-log(1 - mean)).
    gradus::Vector<S> intercept_only(const Block& y, const Weights& s) const {
        using std::log, std::log1p;
        return gradus::Vector<S>::Constant(1, log(-log1p(-s.dot(y.col(0)) / s.sum())));
    }

private:
    struct Row {
        S value, slope, curvature;
    };

    // with m = exp(eta) and q = m / (exp(m) - 1), the hazard ratio of a success: q -> 1 for m -> 0 and -> 0 for large m
    static Row at(S y, S eta) {
        using std::exp, std::expm1, std::log;
        const S m = exp(eta);
        Row row{0, 0, 0};
        if (y < 1) row = {(1 - y) * m, (1 - y) * m, (1 - y) * m};
        if (y > 0) {
            // eta - log(1 - exp(-m)) -> 0 for small m: there log(1 - exp(-m)) = eta - m/2 + ...
            const S q = m < S(1e-5) ? 1 - m / 2 : (m > S(80) ? exp(eta - m) : m / expm1(m));
            // the derivative of -q with respect to eta is q (q - 1 + m)
            const S rise = m < S(1e-3) ? m / 2 + m * m / 12 : q - 1 + m;
            row.value -= y * (m < S(1e-5) ? eta - m / 2 : log(-expm1(-m)));
            row.slope -= y * q;
            if (q > 0) row.curvature += y * q * rise;
        }
        return row;
    }
};

}  // namespace outside
