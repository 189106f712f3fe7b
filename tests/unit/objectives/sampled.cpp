// Gradients over some of the rows: unbiased, for every way in which the rows may lie in memory.
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/losses/any_loss.hpp>
#include <gradus/losses/logistic.hpp>
#include <gradus/losses/multinomial.hpp>
#include <gradus/losses/squared.hpp>
#include <gradus/objectives/empirical_risk.hpp>
#include <gradus/penalties/any_penalty.hpp>
#include <gradus/penalties/ridge.hpp>
#include <gradus/predictors/linear.hpp>
#include <gradus/predictors/sum_to_zero.hpp>

#include <numeric>

using namespace gradus;
using namespace gradus::test;

namespace {

using Risk = EmpiricalRisk<double>;
static_assert(SlopeSampled<Risk> && Sampled<Risk>);

constexpr Index n = 600, p = 3;  // more than a block

struct Table {
    Matrix<double> X, offset;
    Vector<double> y, s;
    explicit Table(int classes) {
        Random random(17);
        X = normal_matrix<double>(random, n, p).cast<float>().cast<double>();  // so that float holds the same
        X.col(1) *= 16;
        y.resize(n);
        for (double& label : y) label = static_cast<double>(random.below(static_cast<std::uint64_t>(classes)));
        s = uniform_vector<double>(random, n, 0, 3);
        s[7] = 0;
        offset = normal_matrix<double>(random, n, classes > 2 ? classes : 1);
    }
    template <class Features>
    Sample<double> sample(const Features& features) const {
        Sample<double> out;
        out.X = Design<double>(DenseView<double>(features));
        out.Y = DenseView<double>(y);
        out.weights = DenseView<double>(s);
        out.offset = DenseView<double>(offset);
        out.total_weight = s.sum();
        return out;
    }
};

template <class L>
Risk risk(const L& loss, const Predictor<double>& predictor, Sample<double> sample) {
    return Risk(loss, Ridge{.lambda = 0.3}, predictor, std::move(sample));
}

std::vector<Index> all_rows() {
    std::vector<Index> rows(n);
    std::iota(rows.begin(), rows.end(), Index(0));
    return rows;
}

void check_unbiased(const Risk& f) {
    Random random(3);
    const Vector<double> x = 0.2 * normal_vector<double>(random, f.dimension());
    Vector<double> full(x.size()), some(x.size()), mean = Vector<double>::Zero(x.size()), by_slopes = mean,
                                                   change(x.size());
    f.value_and_gradient(x, full);
    Matrix<double> kept = Matrix<double>::Zero(f.slopes_per_sample(), n);
    for (Index i = 0; i < n; ++i) {
        f.sample_gradient(x, std::span<const Index>(&i, 1), some);
        mean += some / static_cast<double>(n);
        f.exchange_slopes(x, i, kept.col(i), change);
        by_slopes += change / static_cast<double>(n);
        f.exchange_slopes(x, i, kept.col(i), change);
        CHECK(change.isZero(0));  // nothing has changed since
    }
    f.add_common_gradient(x, by_slopes);
    CHECK(error_of(mean, full) <= tolerance::product<double>);
    CHECK(error_of(by_slopes, full) <= tolerance::product<double>);

    auto rows = all_rows();
    random.shuffle(rows);
    f.sample_gradient(x, rows, some);
    CHECK(error_of(some, full) <= tolerance::product<double>);
    // a batch is the mean of its rows, one that is drawn twice counts twice
    const std::vector<Index> few = {5, 599, 5};
    Vector<double> fifth(x.size()), last(x.size());
    f.sample_gradient(x, few, some);
    f.sample_gradient(x, std::span(few).subspan(0, 1), fifth);
    f.sample_gradient(x, std::span(few).subspan(1, 1), last);
    CHECK(error_of(some, ((2 * fifth + last) / 3).eval()) <= tolerance::product<double>);
}

}  // namespace

TEST_CASE("sampled gradients are unbiased, with weights, offset and penalty", "[sampled]") {
    const bool has_intercept = GENERATE(true, false);
    const Table two(2), three(3);
    const Predictor<double> linear = linear_predictor<double>(p, 1, has_intercept);
    check_unbiased(risk(Squared<double>(), linear, two.sample(two.X)));
    check_unbiased(risk(Logistic<double>(), linear, two.sample(two.X)));
    check_unbiased(
        risk(Multinomial<double>(3), sum_to_zero_predictor<double>(p, 3, has_intercept), three.sample(three.X)));
}

TEST_CASE("sampled gradients do not depend on how X is stored", "[sampled]") {
    const Table table(2);
    const Predictor<double> linear = linear_predictor<double>(p, 1, true);
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_rows = table.X;
    const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> narrow = table.X.cast<float>();
    Matrix<double> large = Matrix<double>::Constant(n + 4, p + 4, 1e300);
    large.block(2, 3, n, p) = table.X;
    const auto block = large.block(2, 3, n, p);
    const Risk reference = risk(Logistic<double>(), linear, table.sample(table.X));
    const Vector<double> x = Vector<double>::LinSpaced(p + 1, -0.1, 0.2);
    const std::vector<Index> rows = {0, 599, 17, 512, 511};
    Vector<double> expected(p + 1), gradient(p + 1);
    reference.sample_gradient(x, rows, expected);
    const auto check = [&](const Risk& f) {
        f.sample_gradient(x, rows, gradient);
        CHECK(gradient == expected);
        check_unbiased(f);
    };
    check(risk(Logistic<double>(), linear, table.sample(by_rows)));
    check(risk(Logistic<double>(), linear, table.sample(narrow)));
    check(risk(Logistic<double>(), linear, table.sample(block)));
}

TEST_CASE("the curvature of a row is bounded by its length", "[sampled]") {
    const bool has_intercept = GENERATE(true, false);
    const Table table(3);
    const double share = static_cast<double>(n) / table.s.sum();
    double longest = 0;
    for (Index i = 0; i < n; ++i)
        longest = std::max(longest, table.s[i] * share * (table.X.row(i).squaredNorm() + has_intercept));
    const auto bound = [&](const auto& loss, const auto& predictor) {
        Sample<double> sample = table.sample(table.X);
        sample.offset.reset();  // of three outputs
        return risk(loss, predictor, sample).sample_curvature_bound();
    };
    CHECK_THAT(bound(Squared<double>(), linear_predictor<double>(p, 1, has_intercept)),
               near(longest + 0.3, tolerance::product<double>, 0));
    CHECK_THAT(bound(Logistic<double>(), linear_predictor<double>(p, 1, has_intercept)),
               near(longest / 4 + 0.3, tolerance::product<double>, 0));
    for (const double softmax : {bound(Multinomial<double>(3), linear_predictor<double>(p, 3, has_intercept)),
                                 bound(Multinomial<double>(3), sum_to_zero_predictor<double>(p, 3, has_intercept))}) {
        CHECK(softmax >= longest / 2 + 0.3);
        CHECK(softmax <= (longest / 2 + 0.3) * std::pow(3, 1.0 / 64));
    }
}

TEST_CASE("where no bound is known the curvature of rows is measured", "[sampled]") {
    struct Squares {  // a_i x^2 / 2, a_i = 0 ... 4
        double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
            gradient[0] = 2 * x[0];
            return x[0] * x[0];
        }
        Index samples() const { return 5; }
        void sample_gradient(const Vector<double>& x, std::span<const Index> rows, Vector<double>& gradient) const {
            gradient[0] = 0;
            for (const Index i : rows) gradient[0] += static_cast<double>(i) * x[0] / static_cast<double>(rows.size());
        }
    };
    static_assert(Sampled<Squares> && !SlopeSampled<Squares>);
    CHECK_THAT((sample_curvature<double>(Squares(), Vector<double>::Ones(1))), near(8, 1e-6, 0));
}
