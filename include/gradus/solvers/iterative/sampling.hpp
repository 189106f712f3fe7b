#pragma once
// What stochastic solvers share: the order of the rows, and the point where noise is all that is left.

#include <gradus/core/errors.hpp>
#include <gradus/core/random.hpp>
#include <gradus/core/types.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace gradus {

/// 0 ... n-1 in a new order each epoch, cut into batches of `size` rows (the last may be short). The same for the same
/// seed, everywhere.
class Batches {
public:
    Batches(Index n, int size, std::uint64_t seed)
        : random_(seed),
          rows_(static_cast<std::size_t>(n)),
          size_(size > 0 ? static_cast<std::size_t>(size) : rows_.size()) {
        std::iota(rows_.begin(), rows_.end(), Index(0));
        size_ = std::max<std::size_t>(1, std::min(size_, rows_.size()));
    }

    Index rows() const { return static_cast<Index>(rows_.size()); }
    Index size() const { return static_cast<Index>(size_); }
    Index per_epoch() const { return static_cast<Index>((rows_.size() + size_ - 1) / size_); }

    /// visit(rows, progress) for each batch; progress in [0, 1) is the part of the epoch that is done.
    template <class Visit>
    void epoch(Visit&& visit) {
        if (size_ < rows_.size()) random_.shuffle(rows_);
        for (std::size_t first = 0; first < rows_.size(); first += size_)
            visit(std::span<const Index>(rows_).subspan(first, std::min(size_, rows_.size() - first)),
                  static_cast<double>(first) / static_cast<double>(rows_.size()));
    }

private:
    Random random_;
    std::vector<Index> rows_;
    std::size_t size_;
};

/// Watches the gradient from epoch to epoch. Noise is all that is left when, over the last half of the epochs, the
/// gradient is no smaller than over the quarter before (by at least a tenth, in the geometric mean) while the value
/// went up in at least every fourth of them: a run that is merely slow goes down all the time. Decided after 32, 64,
/// 128, ... epochs.
class NoiseFloor {
public:
    explicit NoiseFloor(const Batches& batches) : has_noise_(batches.per_epoch() > 1) {}

    /// To be called once for each epoch.
    template <class S>
    bool is_reached(const S& value, const S& relative_gradient) {
        using std::log;
        rises_ += epochs_ > 0 && static_cast<double>(value) > last_value_;
        last_value_ = static_cast<double>(value);
        logarithms_ += static_cast<double>(log(relative_gradient));
        if (++epochs_ < decision_) return false;
        const double mean = logarithms_ / window_;
        const bool is_over = has_noise_ && decision_ >= 32 && mean > mean_before_ - 0.1 && 4 * rises_ >= window_;
        message_ = text("in the last ", window_, " epochs the value went up ", rises_,
                        " times and the relative gradient stayed near ", std::exp(mean));
        mean_before_ = mean;
        window_ = decision_;
        decision_ *= 2;
        logarithms_ = 0;
        rises_ = 0;
        return is_over;
    }
    const std::string& message() const { return message_; }

private:
    bool has_noise_;
    int epochs_ = 0, decision_ = 8, window_ = 8, rises_ = 0;
    double last_value_ = 0, logarithms_ = 0, mean_before_ = std::numeric_limits<double>::max();
    std::string message_;
};

/// Whether a single row of curvature L_max would send the run away with this step.
inline bool overshoots(double step, double sample_curvature) { return step * sample_curvature > 2; }

/// What to do when mini-batches do not get there. `first`, `last`: steps.
inline std::string remedy_for_noise(const Batches& batches, double first, double last, double sample_curvature) {
    if (overshoots(last, sample_curvature))
        return text("; steps of ", last, " overshoot, being above 2 / L_max = ", 2 / sample_curvature,
                    ", L_max the largest curvature of a row: take a shorter one");
    if (batches.per_epoch() == 1)
        return text("; ", batches.rows(),
                    " rows are one batch, so that an epoch is a single step: use Newton, which needs a "
                    "handful of sweeps for all digits");
    if (batches.per_epoch() <= 20)
        return text("; ", batches.rows(), " rows in batches of ", batches.size(), " are only ", batches.per_epoch(),
                    " steps an epoch: for so few rows use Newton, which needs a handful of sweeps for all digits");
    if (last < 1e-3 * first)
        return text("; the steps shrank from ", first, " to ", last,
                    " before the gradient was small: use a schedule that decreases more slowly, or SAGA or Newton");
    return text("; batches of ", batches.size(),
                " rows are noisy, and that noise shrinks with the step alone: use a decreasing schedule, as "
                "SGD<InverseTime>, or average = true, or SAGA or Newton, which have none");
}

}  // namespace gradus
