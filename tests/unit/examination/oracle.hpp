// Is there a separating direction? Decided exactly, in integers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

namespace gradus::test {

using Row = std::vector<std::int64_t>;

/// Whether some d has a'd >= 0 for each row a and > 0 for one. By elimination (Fourier and Motzkin): such a d exists if
/// and only if, for one row, a'd >= 1 can be added to the system. Given are small integers and few, and each
/// elimination divides by the common divisor and drops repetitions. Empty: the numbers grew beyond 10^8, undecided.
class Oracle {
public:
    static std::optional<bool> separates(const std::vector<Row>& margins) {
        // sum of all margins > 0 is the same as one > 0, given all >= 0: a single system
        const std::size_t d = margins.at(0).size();
        Row sum(d + 1, 0);
        std::vector<Row> system;
        for (const Row& margin : margins) {
            Row row = margin;
            row.push_back(0);  // a'd >= last
            for (std::size_t j = 0; j < d; ++j) sum[j] += margin[j];
            system.push_back(row);
        }
        sum[d] = 1;
        system.push_back(sum);
        return feasible(std::move(system), d);
    }

private:
    static bool shorten(Row& row) {
        std::int64_t divisor = 0;
        for (const std::int64_t entry : row) divisor = std::gcd(divisor, entry);
        if (divisor > 1)
            for (std::int64_t& entry : row) entry /= divisor;
        return std::all_of(row.begin(), row.end(),
                           [](std::int64_t entry) { return entry < 100'000'000 && entry > -100'000'000; });
    }

    // right-hand sides are >= 0, and combinations of rows with factors >= 0 keep them so
    static std::optional<bool> feasible(std::vector<Row> system, std::size_t d) {
        for (std::size_t j = 0; j < d; ++j) {
            std::vector<Row> next;
            for (const Row& up : system) {
                if (up[j] == 0) next.push_back(up);
                if (up[j] <= 0) continue;
                for (const Row& down : system) {
                    if (down[j] >= 0) continue;
                    Row row(d + 1);
                    for (std::size_t l = 0; l <= d; ++l) row[l] = up[j] * down[l] - down[j] * up[l];
                    if (!shorten(row)) return std::nullopt;
                    next.push_back(row);
                }
            }
            std::sort(next.begin(), next.end());
            next.erase(std::unique(next.begin(), next.end()), next.end());
            system = without_weaker(next, d);
            if (system.size() > 3000) return std::nullopt;
        }
        return std::none_of(system.begin(), system.end(), [d](const Row& row) { return row[d] > 0; });  // 0 >= row[d]
    }

    // of rows with the same left-hand side only the largest right-hand side, which comes last in sorted order
    static std::vector<Row> without_weaker(const std::vector<Row>& sorted, std::size_t d) {
        std::vector<Row> out;
        for (const Row& row : sorted) {
            if (!out.empty() &&
                std::equal(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(d), out.back().begin()))
                out.back() = row;
            else out.push_back(row);
        }
        return out;
    }
};

}  // namespace gradus::test
