#pragma once
// Trial points along a direction, and the way to the one that is accepted.

#include <gradus/numeric/products.hpp>
#include <gradus/objectives/ray.hpp>

#include <optional>

namespace gradus {

/// f along x + t d. The first trial is a full evaluation, because most searches accept it and then nothing was wasted;
/// the others go along the objective's own ray where it has one (O(n) a point for a linear model), else they are full
/// evaluations too. What was evaluated in full last is kept, so that accepting it costs nothing.
template <Scalar S, class F>
class Line {
public:
    Line(const F& f, const Evaluation<S>& at, const Vector<S>& direction) : f_(&f), at_(&at), d_(&direction) {}

    const F& objective() const { return *f_; }
    const Evaluation<S>& start() const { return *at_; }
    const Vector<S>& direction() const { return *d_; }
    /// phi'(0)
    S slope() const { return dot(at_->gradient, *d_); }

    /// phi(t), phi'(t)
    RayPoint<S> operator()(const S& t) {
        if constexpr (has_ray) {
            if (evaluations_ > 0) {
                if (!ray_) ray_.emplace(f_->ray(at_->x, *d_));
                ++ray_points_;
                return (*ray_)(t);
            }
        }
        evaluate(t);
        return {last_.value, dot(last_.gradient, *d_)};
    }

    /// The evaluation at x + t d.
    const Evaluation<S>& point(const S& t) {
        if (evaluations_ == 0 || !(t == last_t_)) evaluate(t);
        return last_;
    }

    int evaluations() const { return evaluations_; }  ///< of f with its gradient
    int ray_points() const { return ray_points_; }

private:
    static constexpr bool has_ray = requires(const F& f, const Vector<S>& x) { f.ray(x, x); };
    struct None {};
    template <bool, class G>
    struct RayOf {
        using type = None;
    };
    template <class G>
    struct RayOf<true, G> {
        using type =
            decltype(std::declval<const G&>().ray(std::declval<const Vector<S>&>(), std::declval<const Vector<S>&>()));
    };

    void evaluate(const S& t) {
        last_.x = at_->x;
        add_multiple(t, *d_, last_.x);
        last_.value = value_and_gradient<S>(*f_, last_.x, last_.gradient);
        last_t_ = t;
        ++evaluations_;
    }

    const F* f_;
    const Evaluation<S>* at_;
    const Vector<S>* d_;
    Evaluation<S> last_;
    S last_t_{0};
    std::optional<typename RayOf<has_ray, F>::type> ray_;
    int evaluations_ = 0, ray_points_ = 0;
};

}  // namespace gradus
