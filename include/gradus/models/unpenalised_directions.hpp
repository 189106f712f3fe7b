#pragma once
// Does a fit with corners have a finite optimum, where the penalty lets some coefficients grow for ever?

#include <gradus/models/feature_subset.hpp>
#include <gradus/models/report_fit.hpp>

#include <limits>
#include <optional>
#include <vector>

namespace gradus::detail {

/// Where a coefficient may go without end at no price: not at all, up, down, or both ways.
struct FreeWays {
    bool up = false, down = false;
    bool any() const { return up || down; }
    bool operator==(const FreeWays&) const = default;
};

/// Of parameter l: a penalty that has the same value twice as far out does not mind.
template <class Part, Scalar S>
FreeWays free_ways(const Part& part, Index l, const S& far) {
    if constexpr (requires { part.value(l, far); }) {
        const auto is_flat = [&](const S& x) { return part.value(l, x) - part.value(l, S(2 * x)) == S(0); };
        return {is_flat(far), is_flat(-far)};
    } else if constexpr (requires { part.is_free(l); }) {
        return {part.is_free(l), part.is_free(l)};
    } else {
        return {};
    }
}

/// Whether the classes are separated along the directions that a penalty leaves free. What it holds, by rising or by
/// bounds, does not grow without end and is left out; bounds on one side are constraints of the linear program.
template <class Risk>
class UnpenalisedDirections {
public:
    using S = typename Risk::Scalar;

    template <class Part>
    UnpenalisedDirections(const Problem<S>& problem, const Risk& risk, const Part& part)
        : problem_(&problem), risk_(&risk), ways_(static_cast<std::size_t>(problem.features())) {
        using std::sqrt;
        const S far = sqrt(sqrt(std::numeric_limits<S>::max()));
        for (Index j = 0; j < problem.features(); ++j) ways_[static_cast<std::size_t>(j)] = free_ways(part, j, far);
        for (Index j = 0; j < problem.features(); ++j)
            if (way(j).any()) features_.push_back(j);
    }

    bool any() const { return !features_.empty(); }
    bool are_those_of(const UnpenalisedDirections& other) const { return ways_ == other.ways_; }
    Index parameters() const {
        return static_cast<Index>(features_.size()) * risk_->predictor().width() + risk_->predictor().intercepts();
    }

    /// In the user's parameters. theta: where the fit ended.
    GRADUS_ONCE Separation<S> decide(const Vector<S>& theta) const {
        const MarginKind margins = problem_->family.margins();
        const FeatureSubset<S> subset(risk_->predictor(), features_);
        const Risk seen_risk = subset.risk(*problem_, *risk_);
        const std::optional<RiskTerms<S>> rows = exact_rows<S>(seen_risk, margins);
        const View seen{&seen_risk.walk(), user_functionals<S>(seen_risk)};
        std::optional<View> exact;
        if (rows) exact = exact_view(*rows, margins);
        const Vector<S> start = subset.of(theta);
        return in_all_features(has_constraints() ? decide_within(seen, exact, start)
                                                 : decide_separation(seen, exact ? &*exact : nullptr, margins, start));
    }

private:
    using View = SeparationView<RowWalk<S>, S>;

    const FreeWays& way(Index j) const { return ways_[static_cast<std::size_t>(j)]; }
    bool is_one_sided(Index j) const { return way(j).up != way(j).down; }

    // Coefficients of all classes of a feature can be shifted together until their bounds hold: no constraint is left.
    bool has_constraints() const {
        return risk_->predictor().loadings().rows() == 1 &&
               std::any_of(features_.begin(), features_.end(), [&](Index j) { return is_one_sided(j); });
    }
    Matrix<S> constraints(const Matrix<S>& functionals) const {
        Matrix<S> out(static_cast<Index>(features_.size()), functionals.cols());
        Index count = 0;
        for (std::size_t a = 0; a < features_.size(); ++a) {
            if (!is_one_sided(features_[a])) continue;
            const Vector<S> f = functionals.row(static_cast<Index>(a)).transpose();
            out.row(count++) = f.transpose() * ((way(features_[a]).up ? S(1) : S(-1)) / max_norm(f));
        }
        return out.topRows(count);
    }
    Separation<S> decide_within(const View& seen, const std::optional<View>& exact, const Vector<S>& start) const {
        using Walk = ConstrainedWalk<RowWalk<S>, S>;
        using Within = SeparationView<Walk, S>;
        const Walk seen_walk(*seen.walk, constraints(seen.functionals));
        const Within within{&seen_walk, seen.functionals, seen.parameters};
        std::optional<Walk> exact_walk;
        std::optional<Within> exactly;
        if (exact) {
            exact_walk.emplace(*exact->walk, constraints(exact->functionals));
            exactly = Within{&*exact_walk, exact->functionals, exact->parameters};
        }
        return decide_separation(within, exactly ? &*exactly : nullptr, problem_->family.margins(), start);
    }

    Separation<S> in_all_features(Separation<S> some) const {
        if (!some.found()) return some;
        const Index p = problem_->features(), q = static_cast<Index>(features_.size()),
                    m = risk_->predictor().loadings().rows(), k = risk_->predictor().outputs();
        for (std::size_t l = 0; l < some.sign.size(); ++l)  // a limit that is finite: what is there is rounding
            if (some.sign[l] == 0) some.direction[static_cast<Index>(l)] = S(0);
        // one that may not fall below its bound need not leave it
        if (std::any_of(features_.begin(), features_.end(), [&](Index j) { return is_one_sided(j); }))
            some.sign.clear();
        Separation<S> out = some;
        out.direction.setZero(p * m + k);
        if (!some.sign.empty()) out.sign.assign(static_cast<std::size_t>(p * m + k), 0);
        const auto put = [&](Index to, Index from) {
            out.direction[to] = some.direction[from];
            if (!some.sign.empty()) out.sign[static_cast<std::size_t>(to)] = some.sign[static_cast<std::size_t>(from)];
        };
        for (Index c = 0; c < m; ++c)
            for (Index a = 0; a < q; ++a) put(c * p + features_[static_cast<std::size_t>(a)], c * q + a);
        for (Index c = 0; c < k; ++c) put(p * m + c, q * m + c);
        if (m > 1)
            for (const Index j : features_)
                if (is_one_sided(j)) shift(out, j, p, m);
        return out;
    }
    // all classes of a feature, until none of them leaves its bound
    void shift(Separation<S>& out, Index j, Index p, Index m) const {
        S furthest(0);
        for (Index c = 0; c < m; ++c) {
            const S own = out.direction[c * p + j];
            furthest = way(j).up ? std::min(furthest, own) : std::max(furthest, own);
        }
        for (Index c = 0; c < m; ++c) out.direction[c * p + j] -= furthest;
    }

    const Problem<S>* problem_;
    const Risk* risk_;
    std::vector<FreeWays> ways_;
    std::vector<Index> features_;
};

GRADUS_COMPILE(class UnpenalisedDirections<EmpiricalRisk<double>>)

}  // namespace gradus::detail
