#pragma once
// The last digits of a least-squares solution, and how many of them are right.

#include <gradus/core/random.hpp>
#include <gradus/numeric/correct_digits.hpp>
#include <gradus/solvers/direct/factored_system.hpp>

namespace gradus::detail {

/// What rounding makes of a factor: of its columns, as of Householder's reflections, or of its square, as of a Gram
/// matrix.
enum class FactorNoise { of_columns, of_gram };

/// Improves the unknowns t by corrections R'R d = X'(y - X t), the residual and its product with X taken nearly exactly
/// (corrected semi-normal equations: Bjoerck, Linear Algebra Appl. 88/89 (1987), 31). Each target on its own: it stops
/// when the next correction would be below rounding or does not shrink, since beyond a condition number of
/// 1 / sqrt(epsilon) refinement can lose digits instead.
///
/// What is left of the error is the next correction d, wrong as it may be itself. Its own error has three sources, and
/// each is drawn at random, with every sign equally likely, and solved for, so that weak directions show it as they
/// would the error itself: what exact_gradient leaves; E d, E = gamma epsilon of each column; and E'u, u the projection
/// of the residual on the columns, which is large beside X d in weak directions, because t itself is rounded (few rows
/// with a condition number of 10^13: 15.8 digits claimed without it, 6.2 were there).
template <Scalar S>
class Refinement {
public:
    Refinement(const LeastSquares<S>& problem, const NormalEquations<S>& system, FactorNoise noise)
        : problem_(&problem), system_(&system), noise_(noise), risk_(problem.risk()) {}

    /// Sets out from what the factor gives.
    GRADUS_ONCE void improve(LeastSquaresSolution<S>& solution, int steps) {
        Matrix<S> t = stacked(solution.Z, solution.b), before = t, d;
        Vector<S> last = Vector<S>::Zero(t.cols());
        std::vector<bool> moves(static_cast<std::size_t>(t.cols()), true);
        bool is_current = false;
        for (int step = 0; !is_current; ++step) {
            d = correction_at(t, solution, true);
            is_current = true;
            for (Index c = 0; c < t.cols(); ++c) {
                if (!moves[static_cast<std::size_t>(c)]) continue;
                const S size = norm<S>(d.col(c)), length = norm<S>(t.col(c));
                const bool helped = step == 0 || size < last[c] / 2;
                moves[static_cast<std::size_t>(c)] =
                    helped && step < steps && size > epsilon<S> * length && size < length;
                if (step > 0 && !(size <= last[c])) {
                    t.col(c) = before.col(c);
                    is_current = false;
                } else if (moves[static_cast<std::size_t>(c)]) {
                    before.col(c) = t.col(c);
                    t.col(c) += d.col(c);
                    last[c] = size;
                    is_current = false;
                }
            }
        }
        finish(t, d, solution);
    }

    /// In ordinary arithmetic, without any correction.
    void evaluate(LeastSquaresSolution<S>& solution) {
        const Matrix<S> t = stacked(solution.Z, solution.b);
        finish(t, correction_at(t, solution, false), solution);
    }

private:
    static constexpr int draws = 4;
    // Householder's reflections of some hundred columns and the sums of a Gram matrix stay below this
    static constexpr int gamma = 4;

    Index at() const { return problem_->has_intercept; }
    Matrix<S> stacked(const Matrix<S>& Z, const Vector<S>& b) const {
        Matrix<S> t(problem_->unknowns(), Z.cols());
        t.bottomRows(problem_->features()) = Z;
        if (at()) t.row(0) = b.transpose();
        return t;
    }
    Matrix<S> slopes_of(const Matrix<S>& t) const { return t.bottomRows(problem_->features()); }
    Vector<S> theta_of(const Matrix<S>& t) const {
        const Index p = problem_->features(), k = t.cols();
        Vector<S> theta(risk_.dimension());
        for (Index c = 0; c < k; ++c) {
            for (Index j = 0; j < p; ++j) theta[c * p + j] = t(at() + j, c);
            if (at()) theta[k * p + c] = t(0, c);
        }
        return theta;
    }
    // a vector in the layout of theta
    template <class Theta>
    Matrix<S> unknowns_of(const Theta& theta) const {
        const Index p = problem_->features(), k = problem_->outputs();
        Matrix<S> t(problem_->unknowns(), k);
        for (Index c = 0; c < k; ++c) {
            for (Index j = 0; j < p; ++j) t(at() + j, c) = theta[c * p + j];
            if (at()) t(0, c) = theta[k * p + c];
        }
        return t;
    }

    // the next correction; loss and gradient are those of the solution
    Matrix<S> correction_at(const Matrix<S>& t, LeastSquaresSolution<S>& solution, bool exactly) {
        const Vector<S> theta = theta_of(t);
        solution.gradient.resize(theta.size());
        solution.loss = exactly ? risk_.exact_gradient(theta, solution.gradient)
                                : risk_.value_and_gradient(theta, solution.gradient);
        problem_->add_ridge_gradient(theta, solution.gradient);
        ++solution.sweeps;
        u_ = system_->reduce(unknowns_of(solution.gradient) * S(-problem_->sample.total_weight));
        is_exact_ = exactly;
        return system_->lift(u_);
    }

    void finish(const Matrix<S>& t, const Matrix<S>& d, LeastSquaresSolution<S>& solution) {
        solution.Z = slopes_of(t);
        if (at()) solution.b = t.row(0).transpose();
        Matrix<S> error = error_of(t, d, solution.gradient);
        ++solution.sweeps;
        // the draws are of first order; of 9486 claims two were too high by more than a digit, both of these
        const S worst = S(gamma) * epsilon<S> * S(solution.condition);
        if (worst > S(0.01)) error *= S(1e4) * worst * worst;
        solution.correct_digits =
            correct_digits<S>(solution.Z, slopes_of(error), problem_->columns().scale, true, S(1));
        if (!(worst < S(0.5))) solution.correct_digits = 0;
    }

    // |d| and four times the root mean square of the draws
    GRADUS_ONCE Matrix<S> error_of(const Matrix<S>& t, const Matrix<S>& d, const Vector<S>& gradient) const {
        using std::abs, std::sqrt;
        const Index k = t.cols(), m = t.rows();
        const Vector<S>& length = system_->lengths();
        const S noise = S(gamma) * epsilon<S>;
        Vector<S> moved = Vector<S>::Zero(k), projected(k);  // |X| |d|, |u|
        for (Index c = 0; c < k; ++c) {
            for (Index j = 0; j < m; ++j) moved[c] += length[j] * abs(d(j, c));
            projected[c] = norm<S>(u_.col(c));
        }
        const Matrix<S> rounding = risk_.template draw_gradient_rounding<draws>(theta_of(t), is_exact_);
        Matrix<S> squares = Matrix<S>::Zero(m, k);
        Random random(1);
        const auto sign = [&] { return random.bits() & 1 ? S(1) : S(-1); };
        for (int draw = 0; draw < draws; ++draw) {
            Matrix<S> g = unknowns_of(rounding.col(draw)) * problem_->sample.total_weight;
            const bool is_gram = noise_ == FactorNoise::of_gram;
            for (Index c = 0; c < k; ++c)
                for (Index j = 0; j < m; ++j)
                    g(j, c) += sign() * noise * length[j] * (is_gram ? moved[c] : projected[c]);
            Matrix<S> u = system_->reduce(g);
            for (Index c = 0; c < k && !is_gram; ++c)
                for (Index i = 0; i < u.rows(); ++i) u(i, c) += sign() * noise * moved[c];
            const Matrix<S> e = system_->lift(std::move(u));
            squares += e.cwiseProduct(e);
        }
        Matrix<S> error = system_->error_of_choice(t, noise) + moved_by_slopes(t, gradient, rounding);
        for (Index j = 0; j < error.size(); ++j)
            error.data()[j] += abs(d.data()[j]) + S(4) * sqrt(squares.data()[j] / S(draws));
        return error;
    }

    // Of the solution along what the factor does not see, by the slope that is left there and its rounding.
    Matrix<S> moved_by_slopes(const Matrix<S>& t, const Vector<S>& gradient, const Matrix<S>& rounding) const {
        Matrix<S> out = Matrix<S>::Zero(t.rows(), t.cols());
        if (!problem_->has_ridge()) return out;
        const Matrix<S> V = system_->unseen();
        Vector<S> pull = Vector<S>::Zero(risk_.dimension());
        problem_->add_ridge_gradient(theta_of(Matrix<S>::Ones(t.rows(), t.cols())), pull);
        const Matrix<S> curvature = unknowns_of(pull);
        for (Index draw = -1; V.cols() > 0 && draw < draws; ++draw) {
            const Matrix<S> slope = draw < 0 ? unknowns_of(gradient) : unknowns_of(rounding.col(draw));
            for (Index c = 0; c < t.cols(); ++c) out.col(c) += moved_along<S>(V, slope.col(c), curvature.col(c));
        }
        return out;
    }

    const LeastSquares<S>* problem_;
    const NormalEquations<S>* system_;
    FactorNoise noise_;
    EmpiricalRisk<S> risk_;
    Matrix<S> u_;
    bool is_exact_ = true;
};

}  // namespace gradus::detail
