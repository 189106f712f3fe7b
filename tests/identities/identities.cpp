// What must not change when the same data are written differently: each identity for every model, with and without
// ridge and intercept.

#include "cases.hpp"

#include <numeric>

using namespace gradus;
using namespace gradus::test;

namespace {

std::vector<Index> all_rows(const Data& data) {
    std::vector<Index> rows(static_cast<std::size_t>(data.X.rows()));
    std::iota(rows.begin(), rows.end(), Index(0));
    return rows;
}

}  // namespace

TEST_CASE("Weight 2 is the row twice", "[identities]") {
    for (const Case& c : all_cases()) {
        INFO(c.name);
        Data weighted = c.data;
        std::vector<Index> rows = all_rows(c.data);
        for (const Index i : {0, 7, 8, 31, 59}) {
            weighted.s[i] = 2;
            rows.push_back(i);
        }
        const Answer twice = c.fit(rows_of(c.data, rows));
        check_same(c.fit(weighted), twice.W, twice.b);
        CHECK(error_of(twice.W, c.fit(c.data).W) > tolerance::first_order);  // the rows matter
    }
}

TEST_CASE("Weight 0 is the row absent, whatever it holds", "[identities]") {
    for (const Case& c : all_cases()) {
        INFO(c.name);
        Data weighted = c.data;
        std::vector<Index> rows;
        for (const Index i : all_rows(c.data)) {
            if (i != 0 && i % 9 != 4) {
                rows.push_back(i);
                continue;
            }
            weighted.s[i] = 0;
            weighted.X.row(i) *= 1000;
            if (!c.classes) weighted.Y.row(i) *= -1000;
            else weighted.Y(i, 0) = static_cast<double>((static_cast<Index>(weighted.Y(i, 0)) + 1) % c.classes);
        }
        const Answer absent = c.fit(rows_of(c.data, rows));
        const Answer answer = c.fit(weighted);
        check_same(answer, absent.W, absent.b);
        CHECK_THAT(answer.report.objective, near(absent.report.objective, tolerance::value_at_optimum<double>));
    }
}

TEST_CASE("The scale of the weights does not matter", "[identities]") {
    for (const Case& c : all_cases()) {
        Data data = c.data;
        for (Index i = 0; i < data.s.size(); ++i) data.s[i] = static_cast<double>(1 + i % 5);
        const Answer expected = c.fit(data);
        for (const double factor : {3.0, 1e-3, 1e6}) {
            INFO(c.name << ", weights times " << factor);
            Data scaled = data;
            scaled.s *= factor;
            const Answer answer = c.fit(scaled);
            check_same(answer, expected.W, expected.b);
            CHECK_THAT(answer.report.objective, near(expected.report.objective, tolerance::value_at_optimum<double>));
        }
    }
}

TEST_CASE("The order of the rows does not matter", "[identities]") {
    for (const Case& c : all_cases()) {
        INFO(c.name);
        Data data = c.data;
        for (Index i = 0; i < data.s.size(); ++i) data.s[i] = static_cast<double>(1 + i % 3);
        std::vector<Index> rows = all_rows(data);
        Random random(5);
        random.shuffle(rows);
        const Answer expected = c.fit(data);
        check_same(c.fit(rows_of(data, rows)), expected.W, expected.b);
    }
}

TEST_CASE("Permuted columns permute the coefficients", "[identities]") {
    for (const Case& c : all_cases()) {
        INFO(c.name);
        const Answer expected = c.fit(c.data);
        std::vector<Index> order(static_cast<std::size_t>(c.data.X.cols()));
        std::iota(order.begin(), order.end(), Index(0));
        std::rotate(order.begin(), order.begin() + 1, order.end());
        std::swap(order[0], order[1]);
        Data permuted = c.data;
        permuted.X = c.data.X(Eigen::indexing::all, order);
        check_same(c.fit(permuted), expected.W(order, Eigen::indexing::all), expected.b);
    }
}

TEST_CASE("Relabelled classes permute the coefficients", "[identities]") {
    for (const Case& c : logistic_cases()) {
        INFO(c.name);
        const Answer expected = c.fit(c.data);
        Data relabelled = c.data;
        const Index K = c.classes;
        for (Index i = 0; i < relabelled.Y.rows(); ++i)
            relabelled.Y(i, 0) = static_cast<double>((static_cast<Index>(c.data.Y(i, 0)) + 1) % K);
        if (K == 2) check_same(c.fit(relabelled), -expected.W, -expected.b);
        else {
            const std::vector<Index> order{2, 0, 1};  // new class c was class c - 1
            check_same(c.fit(relabelled), expected.W(Eigen::indexing::all, order), expected.b(order));
        }
    }
}

TEST_CASE("X D gives D^-1 W", "[identities]") {
    for (const Case& c : all_cases()) {
        const Answer expected = c.fit(c.data);
        const Eigen::Vector4d powers_of_two{0x1p60, 0x1p-60, 0x1p7, 0x1p-31}, powers_of_ten{1e8, 1e-8, 1e8, 1e-3};
        for (const Eigen::Vector4d& all : {powers_of_two, powers_of_ten}) {
            const Eigen::VectorXd d = all.head(c.data.X.cols());
            INFO(c.name << ", columns times " << d.transpose());
            Data scaled = c.data;
            scaled.X = c.data.X * d.asDiagonal();
            scaled.factors = d.cwiseAbs2();  // the ridge of the same function
            const Answer answer = c.fit(scaled);
            INFO(answer.report);
            CHECK(answer.report.converged());
            CHECK(error_of((d.asDiagonal() * answer.W).eval(), expected.W) <= tolerance::second_order<double>);
            CHECK(error_of(answer.b, expected.b) <= tolerance::second_order<double>);
            CHECK(answer.report.rank == d.size());
        }
    }
}

TEST_CASE("Shifted features change the intercept alone", "[identities]") {
    for (const Case& c : all_cases()) {
        if (!c.has_intercept) continue;
        const Answer expected = c.fit(c.data);
        for (const double size : {1.0, 1e4, 1e8}) {
            Eigen::VectorXd shift(c.data.X.cols());
            for (Index j = 0; j < shift.size(); ++j) shift[j] = (j % 2 ? -size : size) * static_cast<double>(j + 1);
            INFO(c.name << ", shifted by " << shift.transpose());
            Data shifted = c.data;
            shifted.X.rowwise() += shift.transpose();
            REQUIRE((shifted.X.rowwise() - shift.transpose()) == c.data.X);
            const Answer answer = c.fit(shifted);
            INFO(answer.report);
            CHECK(answer.report.converged());
            CHECK(error_of(answer.W, expected.W) <= tolerance::second_order<double>);
            const Eigen::VectorXd moved = expected.b - expected.W.transpose().lazyProduct(shift);
            CHECK(error_of(answer.b, moved) <= tolerance::second_order<double>);
        }
    }
}

TEST_CASE("A constant offset moves the intercept, a linear one the coefficients", "[identities]") {
    for (const Case& c : all_cases()) {
        INFO(c.name);
        const Answer expected = c.fit(c.data);
        const Index k = c.data.o.cols(), p = c.data.X.cols();
        Eigen::VectorXd constant = Eigen::VectorXd::Zero(k);
        if (c.has_intercept)
            for (Index o = 0; o < k; ++o) constant[o] = 0.75 - static_cast<double>(o);
        if (c.classes > 2) constant.array() -= constant.mean();
        Eigen::MatrixXd v = Eigen::MatrixXd::Zero(p, k);
        if (!c.is_penalised) {
            Random random(3);
            v = normal_matrix<double>(random, p, k) / 2;
            if (c.classes > 2) v.colwise() -= v.rowwise().mean().eval();
        }
        Data moved = c.data;
        moved.o = c.data.X.lazyProduct(v);
        moved.o.rowwise() += constant.transpose();
        check_same(c.fit(moved), expected.W - v, expected.b - constant);
    }
}

TEST_CASE("With a ridge, half of X twice shares the coefficients", "[identities]") {
    for (const Case& c : all_cases()) {
        if (!c.is_penalised) continue;
        INFO(c.name);
        const Answer expected = c.fit(c.data);
        Data twice = c.data;
        twice.X.resize(c.data.X.rows(), 2 * c.data.X.cols());
        twice.X << c.data.X / 2, c.data.X / 2;
        twice.factors = Eigen::VectorXd::Constant(twice.X.cols(), 0.5);
        Eigen::MatrixXd W(twice.X.cols(), expected.W.cols());
        W << expected.W, expected.W;
        check_same(c.fit(twice), W, expected.b);
    }
}

TEST_CASE("The same fit twice gives the same bits", "[identities]") {
    for (const Case& c : all_cases()) {
        INFO(c.name);
        const Answer first = c.fit(c.data), second = c.fit(c.data);
        CHECK(first.W == second.W);
        CHECK(first.b == second.b);
        CHECK(first.report.objective == second.report.objective);
    }
}

TEST_CASE("A multivariate fit is a fit of each column", "[identities]") {
    const std::vector<Case> cases = linear_cases();
    for (std::size_t at = 0; at < cases.size(); at += 4)
        for (const std::size_t penalty : {0u, 1u}) {
            const Case &single = cases[at + penalty], &several = cases[at + 2 + penalty];
            INFO(several.name);
            const Answer all = several.fit(several.data);
            for (Index t = 0; t < several.data.Y.cols(); ++t) {
                Data one = several.data;
                one.Y = several.data.Y.col(t);
                one.o = several.data.o.col(t);
                check_same(single.fit(one), all.W.col(t), all.b.segment(t, 1));
            }
        }
}
