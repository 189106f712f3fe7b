// Observations and views: nothing is copied, and nothing dangles (run this under the address sanitizer).
#include "support/problems.hpp"
#include "support/tolerances.hpp"
#include <gradus/data/dense_view.hpp>
#include <gradus/data/observations.hpp>

#include <string>
#include <vector>

using namespace gradus;
using namespace gradus::test;

namespace {

using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class M>
void check_view(const M& matrix) {
    const DenseView<double> view(matrix);
    REQUIRE(view.rows() == matrix.rows());
    REQUIRE(view.columns() == matrix.cols());
    for (Index i = 0; i < view.rows(); ++i)
        for (Index j = 0; j < view.columns(); ++j) CHECK(view(i, j) == static_cast<double>(matrix(i, j)));
    if (view.rows() < 3) return;
    Matrix<double> all = Matrix<double>::Constant(view.rows(), view.columns() + 1, -1), out = all;
    view.copy_rows(1, out.block(1, 0, view.rows() - 2, view.columns()));  // into the middle of something larger
    all.block(1, 0, view.rows() - 2, view.columns()) = matrix.middleRows(1, view.rows() - 2).template cast<double>();
    CHECK(out == all);
}

}  // namespace

TEST_CASE("a view reads any dense matrix", "[data]") {
    Random random(181);
    const Matrix<double> X = normal_matrix<double>(random, 19, 11);
    check_view(X);
    check_view(RowMajorMatrix(X));
    check_view(X.block(2, 3, 9, 4));
    check_view(X.transpose());
    check_view(X.col(4));
    check_view(X.row(4));
    check_view(Eigen::MatrixXf(X.cast<float>()));
    check_view(Eigen::MatrixXi((10 * X).cast<int>()));
    check_view(Eigen::Map<const Matrix<double>, 0, Eigen::OuterStride<>>(X.data(), 5, 4, Eigen::OuterStride<>(38)));
    check_view(Eigen::Map<const RowMajorMatrix, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>(
        X.data(), 5, 4, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(19, 2)));
    check_view(Eigen::Matrix<double, 4, 2>(X.topLeftCorner(4, 2)));
    check_view(Matrix<double>(0, 3));
    check_view(Matrix<double>(3, 0));
    check_view(Matrix<double>(X.topLeftCorner(1, 1)));
}

TEST_CASE("a view of what can be worked on in place keeps its address", "[data]") {
    const Matrix<double> X = Matrix<double>::Random(6, 4);
    const RowMajorMatrix R = X;
    CHECK(DenseView<double>(X).is_column_major());
    CHECK(DenseView<double>(X).address(2, 1) == &X(2, 1));
    CHECK(DenseView<double>(X.block(1, 1, 3, 2)).address(0, 0) == &X(1, 1));
    CHECK(DenseView<double>(R).is_row_major());
    CHECK(!DenseView<double>(R).is_column_major());
    CHECK(DenseView<double>(R).address(2, 1) == &R(2, 1));
    CHECK(!DenseView<float>(X).is_column_major());  // other entries: to be converted
}

TEST_CASE("observations hold what is named by address", "[data]") {
    const Matrix<double> X = Matrix<double>::Random(6, 4);
    const RowMajorMatrix R = X;
    Vector<double> y = Vector<double>::Random(6), s = Vector<double>::Ones(6);
    const std::vector<double> list(6, 1.0);
    const Eigen::Map<const Matrix<double>> map(X.data(), 6, 4);
    const Eigen::Ref<const Matrix<double>> ref(X);
    CHECK(&Observations(X, y).X_part() == &X);
    CHECK(&Observations(X, y).y_part() == &y);
    CHECK(&Observations(R, list).X_part() == &R);
    CHECK(&Observations(R, list).y_part() == &list);
    CHECK(&Observations(X, y).weights(s).weights_part() == &s);
    CHECK(&Observations(X, y).weights(s).offset(y).trials(list).offset_part() == &y);
    CHECK(Observations(map, y).X_part().data() == X.data());
    CHECK(Observations(ref, y).X_part().data() == X.data());
    CHECK(Observations(X.leftCols(2), y.head(6)).X_part().data() ==
          X.data());  // a temporary, but its numbers are named
    const auto data = Observations(X, y);
    CHECK(&data.weights(s).X_part() == &X);  // a named Observations may be extended too
    CHECK(&data.weights(s).weights_part() == &s);
    STATIC_REQUIRE(!decltype(data)::has_weights && decltype(data.weights(s))::has_weights &&
                   !decltype(data.weights(s))::has_offset);
}

TEST_CASE("observations keep temporaries and evaluate expressions", "[data]") {
    const Matrix<double> X = Matrix<double>::Random(60, 4);
    const Vector<double> y = Vector<double>::Random(60);
    const auto make = [&] { return Matrix<double>(2 * X); };
    const auto sum_of = [](const auto& data) { return data.X_part().sum(); };
    const auto temporary = Observations(make(), std::vector<double>(60, 1.0)).weights(std::vector<double>(60, 2.0));
    const auto expression = Observations(X + X, y + y).offset(3 * y);
    CHECK_THAT(sum_of(temporary), near(2 * X.sum(), tolerance::product<double>));
    CHECK(temporary.weights_part()[59] == 2.0);
    CHECK(temporary.y_part()[59] == 1.0);
    CHECK_THAT(sum_of(expression), near(2 * X.sum(), tolerance::product<double>));
    CHECK_THAT(expression.y_part().sum(), near(2 * y.sum(), tolerance::product<double>));
    CHECK_THAT(expression.offset_part().sum(), near(3 * y.sum(), tolerance::product<double>));
    const auto moved_on = [&] {
        auto inner = Observations(make(), Vector<double>(y));
        return std::move(inner).weights(Vector<double>(y));
    }();
    CHECK_THAT(sum_of(moved_on), near(2 * X.sum(), tolerance::product<double>));
    CHECK(view_of<double>(moved_on.weights_part())(7, 0) == y[7]);
    CHECK(view_of<double>(temporary.y_part()).rows() == 60);
    CHECK(row_count(temporary.y_part()) == 60);
    CHECK(row_count(y) == 60);
}

static_assert(Column<Eigen::VectorXd> && Column<std::vector<int>> && Column<const std::vector<std::string>&> &&
              Column<Eigen::RowVectorXf>);
static_assert(!Column<int> && !Column<double*> && !EigenMatrix<std::vector<double>> && EigenMatrix<Eigen::MatrixXd&>);
static_assert(InMemory<Eigen::MatrixXd> && InMemory<Eigen::Block<Eigen::MatrixXd>> &&
              !InMemory<decltype(Eigen::MatrixXd() + Eigen::MatrixXd())>);
