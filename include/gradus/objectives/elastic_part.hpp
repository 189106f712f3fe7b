#pragma once
// Absolute values and squares of single parameters, as the part of a function that has corners.

#include <gradus/numeric/products.hpp>
#include <gradus/penalties/elastic_terms.hpp>

#include <utility>

namespace gradus {

/// x -> sum_j l1_j |x_j| + l2_j / 2 x_j^2, l1_j >= 0 and l2_j >= 0: a CornerPart. Both are zero for parameters that are
/// not penalised.
template <Scalar S>
class ElasticPart {
public:
    ElasticPart() = default;
    ElasticPart(Vector<S> l1, Vector<S> l2) : l1_(std::move(l1)), l2_(std::move(l2)) {}

    const Vector<S>& l1() const { return l1_; }
    const Vector<S>& l2() const { return l2_; }
    bool is_free(Index j) const { return l1_[j] == S(0) && l2_[j] == S(0); }

    S value(const Vector<S>& x) const {
        using std::abs;
        S sum(0);
        for (Index j = 0; j < x.size(); ++j) sum += abs(x[j]) * (l1_[j] + l2_[j] / 2 * abs(x[j]));
        return sum;
    }
    void prox(const S& t, Vector<S>& x) const {
        for (Index j = 0; j < x.size(); ++j) x[j] = soft_threshold(x[j], S(t * l1_[j])) / (S(1) + t * l2_[j]);
    }
    void residual(const Vector<S>& x, const Vector<S>& gradient, Vector<S>& out) const {
        out.resize(x.size());
        for (Index j = 0; j < x.size(); ++j) out[j] = elastic_residual(x[j], gradient[j], l1_[j], l2_[j]);
    }

    /// The second derivative in parameters l and m where x_l and x_m are not zero.
    S curvature(const Vector<S>&, Index l, Index m) const { return l == m ? l2_[l] : S(0); }

    /// In some of the parameters alone.
    template <class Subset>
    ElasticPart of(const Subset& some) const {
        return {some.of(l1_), some.of(l2_)};
    }

private:
    Vector<S> l1_, l2_;
};

}  // namespace gradus
