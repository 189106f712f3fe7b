#pragma once
// A fit with many features, of which few matter: on working sets of them.

#include <gradus/models/gram_cache.hpp>
#include <gradus/models/screened_gradient.hpp>
#include <gradus/solvers/iterative/coordinate_descent.hpp>
#include <gradus/solvers/iterative/fista.hpp>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace gradus::detail {

/// Mean loss plus a part of single parameters or groups, over all features. Each pass takes the features that are not
/// zero and those whose slopes are furthest beyond their thresholds, no more than twice as many (of groups as many),
/// solves the problem in them alone, and looks at the gradient of all (Johnson and Guestrin, ICML 2015; Massias,
/// Gramfort and Salmon, ICML 2018). A pass reads the columns of the working set and of those that are nearly beyond
/// their thresholds; the others when these leave nothing to do, and of them what ScreenedGradient does not rule out.
template <class Risk, class Part>
class WorkingSets {
public:
    using S = typename Risk::Scalar;
    using F = Composite<Risk, Part>;
    /// The relative duality gap of a point, of which mean loss and gradient are given; -1: not known.
    using Gap = FunctionRef<const Evaluation<S>&, S&>;

    /// `screen`: null where X does not suit it; then every pass walks over all columns.
    WorkingSets(const Problem<S>& problem, const F& f, const CoordinateDescent& solver, Gap gap,
                GramCache<Risk>& products, ScreenedGradient<Risk>* screen)
        : problem_(&problem),
          products_(&products),
          screen_(screen),
          f_(&f),
          solver_(solver),
          gap_(gap),
          p_(problem.features()),
          width_(f.smooth().predictor().width()),
          is_in_set_(static_cast<std::size_t>(p_), false),
          set_(f.smooth().predictor(), {}) {}

    /// From a point where the mean loss and its gradient are known, or known to the screen; in the end they are those
    /// at the result. `expected`: where the result may be, or empty; work on the first set begins there.
    template <class Observer>
    GRADUS_ONCE Result<S> minimise(Evaluation<S>& loss, Vector<S> expected, Observer& observer) {
        loss_ = &loss;
        expected_ = std::move(expected);
        if (screen_) screen_->start_at(loss);
        is_complete_ = !screen_;
        bool is_exact = false;  // the last working set was solved to the last digit
        for (;; ++result_.iterations) {
            look_at_slopes();
            if (result_.iterations == 0) first_ = outside_;
            if (seems_done()) complete();
            if (asks_to_stop<Observer, S>(
                    observer, {result_.iterations, value(), max_norm(residual_), relative_, S(1), loss_->x, residual_}))
                return end(Status::stopped_by_observer, stop_message(observer));
            if (relative_ <= S(64) * epsilon<S> || (is_exact && outside_ <= S(64) * epsilon<S>))
                return end_by_certificate();
            if (is_near_enough()) return end_by_certificate();
            if (result_.iterations == solver_.max_iterations)
                return end(Status::iteration_limit, text("relative gradient ", relative_, " after max_iterations = ",
                                                         solver_.max_iterations, " working sets"));
            const bool settles = outside_ <= S(64) * epsilon<S> && result_.iterations > 0;
            choose(settles);
            aim(settles);
            is_exact = settles && (solver_.refines || aim_ < 16 * static_cast<double>(epsilon<S>));
            if (!solve(is_exact)) return std::move(result_);
        }
    }

private:
    const Risk& risk() const { return f_->smooth(); }
    S value() const { return loss_->value + f_->corner().value(loss_->x); }

    bool has(Index j) const { return is_in_set_[static_cast<std::size_t>(j)]; }

    static constexpr bool has_groups = requires(const Part& part, Index g) { part.members(g); };

    // a group is as far as the furthest of its features
    void share_out_in_groups() {
        for (Index g = 0; g < f_->corner().groups(); ++g) {
            S furthest(0);
            for (const Index l : f_->corner().members(g)) furthest = std::max(furthest, distance_[l % p_]);
            for (const Index l : f_->corner().members(g)) distance_[l % p_] = furthest;
        }
    }
    // how far each feature's slopes are from where they may be, in units of a gradient
    void look_at_slopes() {
        using std::abs;
        f_->corner().residual(loss_->x, loss_->gradient, residual_);
        distance_.setZero(p_);
        relative_ = outside_ = S(0);
        const Vector<S>& scale = risk().gradient_scale();
        for (Index j = 0; j < residual_.size(); ++j) {
            const S own = scale[j] > S(0) ? S(abs(residual_[j]) / scale[j]) : S(0);
            relative_ = std::max(relative_, own);
            if (j < p_ * width_) distance_[j % p_] = std::max(distance_[j % p_], own);
        }
        if constexpr (has_groups) share_out_in_groups();
        for (Index j = 0; j < p_; ++j)
            if (!has(j)) outside_ = std::max(outside_, distance_[j]);
    }
    bool seems_done() const {
        const bool is_settled = result_.iterations > 0 && outside_ <= std::max(S(64) * epsilon<S>, S(0.05) * first_);
        return is_settled || relative_ <= S(64) * epsilon<S> || result_.iterations == solver_.max_iterations ||
               is_near_enough();
    }
    void complete() {
        if (is_complete_) return;
        screen_->complete(f_->corner(), *loss_);
        is_complete_ = true;
        look_at_slopes();
    }
    // what the tolerance is on: the relative duality gap, or where that is not known the relative gradient
    S distance_to_optimum() const {
        S gap(-1);
        gap_(*loss_, gap);
        return gap >= S(0) ? gap : relative_;
    }
    bool is_near_enough() const { return !solver_.refines && distance_to_optimum() <= reachable<S>(solver_.tolerance); }

    void choose(bool keeps) {
        if (keeps) return;
        std::vector<Index> order(static_cast<std::size_t>(p_));
        std::iota(order.begin(), order.end(), Index(0));
        const auto in_support = [&](Index j) {
            for (Index c = 0; c < width_; ++c)
                if (loss_->x[c * p_ + j] != S(0)) return true;
            return false;
        };
        const auto rest = std::partition(order.begin(), order.end(), in_support);
        const Index support = rest - order.begin();
        const Index beyond = std::count_if(rest, order.end(), [&](Index j) { return distance_[j] > S(0); });
        const Index least = std::max<Index>(1, solver_.working_set / width_);
        // fewer passes, each with its Hessians; large sets of groups are left to FISTA, which has fewer digits
        const Index growth = has_groups ? 1 : 2;
        const Index wanted = support + std::min(beyond, growth * std::max(support, least));
        const Index more = std::min(p_, std::max(least, wanted)) - support;
        if (more < order.end() - rest)
            std::nth_element(rest, rest + more, order.end(),
                             [&](Index a, Index b) { return distance_[a] > distance_[b]; });
        order.resize(static_cast<std::size_t>(support + more));
        if constexpr (has_groups) order = f_->corner().whole(order, p_);
        are_many_ = 10 * beyond > support;
        if (GramCache<Risk>::suits(risk())) order = products_->with(risk(), order);
        else std::sort(order.begin(), order.end());
        is_in_set_.assign(is_in_set_.size(), false);
        for (const Index j : order) is_in_set_[static_cast<std::size_t>(j)] = true;
        set_ = {risk().predictor(), std::move(order)};
    }

    // What is left to do falls about as the relative gradient does. A set that is not the last one need not be solved
    // that far; one that was, and was not enough, further than before.
    void aim(bool settles) {
        const double left = static_cast<double>(distance_to_optimum());
        double goal = 0.3 * solver_.tolerance * static_cast<double>(relative_) / left;
        if (!(goal > 0)) goal = 0.1 * solver_.tolerance;
        // who wants all digits has them sooner from one system than from sweeps and a system after them
        if (solver_.refines) goal = std::min(goal, 64 * static_cast<double>(epsilon<S>));
        if (settles) goal = std::min(goal, 0.5 * aim_);
        aim_ = are_many_ ? std::max(goal, 0.01 * static_cast<double>(outside_)) : goal;
    }

    // Half the digits will do for the moves of sweeps whose aim is that far (2000 x 10000, a path of 100 to a gap of
    // 1e-4 in 0.74 s instead of 0.83, to 1e-6 in 1.22 instead of 1.52; and ten folds on two threads, which share a
    // cache that holds no two of the matrices in double precision, in 0.58 of the time of one instead of 0.64).
    Parabola<S> parabola(bool to_the_end) {
        const Matrix<float>* rounded = nullptr;
        if constexpr (std::is_same_v<S, double>)
            if (!to_the_end && aim_ >= 1e-10) rounded = &products_->rounded_hessian(risk());
        return Parabola<S>(products_->hessian(risk()), rounded, set_.of(loss_->x), loss_->value,
                           set_.of(loss_->gradient), set_.of(risk().gradient_scale()));
    }

    // false: the run is over
    bool solve(bool to_the_end) {
        const Part corner = f_->corner().of(set_);
        CoordinateDescent solver = solver_;
        solver.refines = to_the_end;
        if (!to_the_end) solver.tolerance = aim_;
        const Vector<S> expected = std::exchange(expected_, {}), x = set_.of(expected.size() ? expected : loss_->x);
        const Result<S> found = GramCache<Risk>::suits(risk())
                                    ? solver.minimize(Composite(parabola(to_the_end), corner), x)
                                    : solve_by(solver, Composite(set_.risk(*problem_, risk()), corner), x);
        result_.counts += found.counts;
        move_to(set_.to_all(found.x));
        result_.correct_digits = found.correct_digits;
        if (found.converged()) return true;
        look_at_slopes();
        complete();
        end(found.status, found.message, found.cause);
        return false;
    }
    // Hessians of many parameters, one or some five, and the systems made of them, at the rate of matrix products, are
    // dearer than the products with vectors of some three hundred proximal gradient steps at an eighth of that rate for
    // groups; of some three thousand for single coefficients, of which sweeps find the signs soon (logistic, sparse,
    // 18471 features of 50000 to a gap of 1e-4: 20 s; their Hessian alone would take 2.7 GB).
    Result<S> solve_by(const CoordinateDescent& solver, const F& f, const Vector<S>& x) {
        const double d = static_cast<double>(x.size()), n = static_cast<double>(risk().sample().rows());
        const double steps = risk().has_constant_hessian() ? 1 : 5;
        const bool is_dear =
            has_groups ? steps * (n * d / 2 + d * d) > 8 * 1200 * n : d * d * d > 5e4 * f.smooth().work();
        if (!is_dear) return solver.minimize(f, x);
        result_.choice = text("FISTA on sets of ", x.size(), " parameters");
        const double tolerance = solver.refines ? std::min(1e-10, solver.tolerance) : solver.tolerance;
        return FISTA{.max_iterations = 100'000, .tolerance = tolerance}.minimize(f, x);
    }
    void move_to(Vector<S> x) {
        ++result_.counts.gradients;
        if (!screen_) return void(*loss_ = evaluate<S>(risk(), std::move(x)));
        std::vector<Index> features = nearly_beyond();
        screen_->move_to(std::move(x), *loss_);
        screen_->read(features, *loss_);
        is_complete_ = false;
    }
    // the working set, and others whose slopes were as large as nine tenths of what moves them from zero: along a path
    // whose lambdas fall by less than that nearly all that will (Tibshirani et al., J. R. Statist. Soc. B 74 (2012),
    // 245)
    std::vector<Index> nearly_beyond() const {
        Vector<S> larger = loss_->gradient, move;
        for (S& slope : larger) slope /= S(0.9);
        f_->corner().residual(loss_->x, larger, move);
        std::vector<Index> out;
        for (Index j = 0; j < p_; ++j) {
            bool is_near = has(j);
            for (Index c = 0; c < width_; ++c) is_near = is_near || move[c * p_ + j] != S(0);
            if (is_near) out.push_back(j);
        }
        return out;
    }
    Result<S> end_by_certificate() {
        if (relative_ <= reachable<S>(solver_.tolerance) || is_near_enough())
            return end(Status::converged, text("relative gradient ", relative_, ", working set of ", set_.size(),
                                               " of ", p_, " features"));
        return end(Status::rounding_floor, text("relative gradient ", relative_, ": no working set changes that"));
    }
    Result<S> end(Status status, std::string message, Cause cause = Cause::none) {
        result_.cause = cause;
        Evaluation<S> at{loss_->x, value(), residual_};
        return result_ = finish<S>(at, relative_, result_, status, std::move(message));
    }

    const Problem<S>* problem_;
    GramCache<Risk>* products_;
    ScreenedGradient<Risk>* screen_;
    const F* f_;
    CoordinateDescent solver_;
    Gap gap_;
    Index p_, width_;
    Evaluation<S>* loss_ = nullptr;
    Vector<S> expected_, residual_, distance_;
    S relative_{0}, outside_{0}, first_{0};
    bool are_many_ = true;      // features that were beyond when the set was chosen: it is not the last one
    bool is_complete_ = false;  // nothing is left unread that could matter here
    double aim_ = 1;            // the relative gradient that the next set is solved to
    std::vector<char> is_in_set_;
    FeatureSubset<S> set_;
    Result<S> result_;
};

GRADUS_COMPILE(Result<double> WorkingSets<EmpiricalRisk<double>, ElasticPart<double>>::minimise(Evaluation<double>&,
                                                                                                Vector<double>,
                                                                                                NoObserver&))

}  // namespace gradus::detail
