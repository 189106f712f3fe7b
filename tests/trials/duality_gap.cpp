// Random fits with corners, stopped anywhere: the duality gap that the report gives, against the optimum that is known
// to more digits from long double.
//
// usage: trials_duality_gap [--problems N] [--seed S]

#include "trials/gap.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

using namespace gradus;
using namespace gradus::test;

namespace {

constexpr std::array<Gaps (*)(const GapTrial&), 8> kinds = {lasso_gaps, logistic_gaps, multinomial_gaps, poisson_gaps,
                                                            huber_gaps, ordinal_gaps,  group_gaps,       bound_gaps};
constexpr std::array names = {"lasso", "logistic", "multinomial", "Poisson",
                              "Huber", "ordinal",  "group lasso", "bounds"};

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t seed = 1;
    int problems = 1000;
    for (int i = 1; i + 1 < argc; i += 2)
        if (argv[i] == std::string("--problems")) problems = std::atoi(argv[i + 1]);
        else if (argv[i] == std::string("--seed")) seed = static_cast<std::uint64_t>(std::atoll(argv[i + 1]));
    Random random(seed);
    int wrong = 0, gaps = 0, unknown = 0;
    double loosest = 0;
    for (int i = 0; i < problems; ++i) {
        const std::size_t kind = static_cast<std::size_t>(i) % kinds.size();
        const GapTrial trial = draw_gap_trial(random);
        for (const Gap& gap : kinds[kind](trial)) {
            ++gaps;
            unknown += gap.said < 0;
            if (gap.said >= 0 && gap.is_last) loosest = std::max(loosest, gap.relative);
            if (gap.said < 0 || gap.said >= gap.is) continue;
            ++wrong;
            std::printf("problem %d, %s, %d x %d, lambda %g: said %.17g, is at least %.17g\n", i, names[kind],
                        static_cast<int>(trial.X.rows()), static_cast<int>(trial.X.cols()), trial.lambda, gap.said,
                        gap.is);
        }
    }
    std::printf("%d problems, %d gaps, %d not known, %d below the true one; the largest relative one of a run that "
                "converged is %.2g\n",
                problems, gaps, unknown, wrong, loosest);
    return wrong > 0 || unknown * 10 > gaps || loosest > 1e-6;
}
