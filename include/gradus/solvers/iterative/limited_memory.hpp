#pragma once
// The inverse Hessian as the last few steps have shown it.

#include <gradus/numeric/products.hpp>

#include <utility>
#include <vector>

namespace gradus {

/// The L-BFGS matrix: at most `size` pairs s = change of x, y = change of the gradient. 2 size d numbers.
template <Scalar S>
class LimitedMemory {
public:
    explicit LimitedMemory(int size) : size_(static_cast<std::size_t>(size > 0 ? size : 0)) {}

    bool is_empty() const { return pairs_.empty(); }
    void clear() { pairs_.clear(); }

    /// Takes the pair unless its curvature s'y is lost in rounding: with s'y > 0 the matrix stays positive definite.
    void add(Vector<S> s, Vector<S> y) {
        const S curvature = dot(s, y);
        if (size_ == 0 || !(curvature > epsilon<S> * norm(s) * norm(y))) return;
        if (pairs_.size() == size_) pairs_.erase(pairs_.begin());
        pairs_.push_back({std::move(s), std::move(y), S(1) / curvature, S(0)});
    }

    /// v = H v by the two loops of Nocedal (Math. Comp. 35 (1980), 773; Nocedal and Wright, Numerical Optimization,
    /// 2006, alg. 7.4), from the multiple s'y / y'y of the identity (eq. 7.20). O(4 size d).
    void apply(Vector<S>& v) {
        apply(v, [&](Vector<S>& middle) {
            if (pairs_.empty()) return;
            const Pair& last = pairs_.back();
            const S scale = S(1) / (last.rho * dot(last.y, last.y));
            for (Index j = 0; j < middle.size(); ++j) middle[j] *= scale;
        });
    }
    /// The same from an inverse Hessian that is known: first(v) multiplies by it.
    template <class First>
    void apply(Vector<S>& v, First&& first) {
        for (std::size_t i = pairs_.size(); i-- > 0;) {
            Pair& pair = pairs_[i];
            pair.alpha = pair.rho * dot(pair.s, v);
            add_multiple(S(-pair.alpha), pair.y, v);
        }
        first(v);
        for (const Pair& pair : pairs_) add_multiple(S(pair.alpha - pair.rho * dot(pair.y, v)), pair.s, v);
    }

private:
    struct Pair {
        Vector<S> s, y;
        S rho, alpha;
    };

    std::size_t size_;
    std::vector<Pair> pairs_;  // the oldest first
};

}  // namespace gradus
