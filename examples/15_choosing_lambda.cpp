// Choosing lambda: more features fit the rows at hand better and better, and other rows worse and worse. The lasso
// leaves most of them out; how many is for rows to say that were not used.
//
//     F(w) = 1/n sum_i log(1 + exp(-m_i)) + lambda sum_j |w_j|
//     w_j = 0 as long as |slope of the loss along w_j| <= lambda

#include "support/example.hpp"
#include <gradus/core/random.hpp>
#include <gradus/models/cross_validation.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/penalties/lasso.hpp>
#include <gradus/preprocessing/splits.hpp>

#include <numeric>

using namespace example;
using Model = gradus::LogisticRegression<double, gradus::Lasso>;

namespace {

/// The columns, and the product of each two of them, standardised.
MatrixXd with_products(const MatrixXd& X) {
    const Index p = X.cols();
    MatrixXd out(X.rows(), p + p * (p + 1) / 2);
    out.leftCols(p) = Standardised(X).Z;
    for (Index j = 0, at = p; j < p; ++j)
        for (Index l = j; l < p; ++l) out.col(at++) = out.col(j).cwiseProduct(out.col(l));
    return Standardised(out).Z;
}

double mean_loss(const Model& model, const MatrixXd& X, const Eigen::VectorXi& y) {
    const MatrixXd log_probability = model.predict_log_probability(X);
    double sum = 0;
    for (Index i = 0; i < y.size(); ++i) sum -= log_probability(i, y[i]);
    return sum / static_cast<double>(y.size());
}

double errors(const Model& model, const MatrixXd& X, const Eigen::VectorXi& y) { return 100 * (1 - model.score(X, y)); }

}  // namespace

int main(int argc, char** argv) {
    Example show(argc, argv);
    const Table tumours = show.read("breast_cancer.csv");
    Names measured = tumours.names();
    std::erase(measured, "benign");
    const MatrixXd all = with_products(tumours.columns(measured));
    const Eigen::VectorXi benign = tumours.column("benign").cast<int>();

    // 200 tumours to learn from; the others are looked at in the end alone
    std::vector<Index> order(static_cast<std::size_t>(all.rows()));
    std::iota(order.begin(), order.end(), Index(0));
    gradus::Random(15).shuffle(order);
    const std::vector<Index> known(order.begin(), order.begin() + 200), later(order.begin() + 200, order.end());
    const MatrixXd X = gradus::take_rows(all, known), X_later = gradus::take_rows(all, later);
    const Eigen::VectorXi y = benign(known), y_later = benign(later);

    // the whole path, from where nothing is left to a thousandth of that lambda
    const auto choice = gradus::cross_validate(Model{}, X, y, {.folds = 10, .seed = 1, .count = 60, .smallest = 1e-3});
    const auto& path = choice.path;
    const Index size = path.size();
    VectorXd fit(size), test(size), gap(size);
    for (Index i = 0; i < size; ++i) {
        const Model model = path.model(i);
        fit[i] = mean_loss(model, X, y);
        test[i] = mean_loss(model, X_later, y_later);
        gap[i] = path.report(i).duality_gap;
    }
    show.finding(text(X.cols(), " features, ", X.rows(), " tumours; from lambda = ", path.lambda(0),
                      " on every coefficient is zero, and at ", path.lambda(size - 1), " ", path.nonzero(size - 1),
                      " are not"),
                 path.nonzero(0) == 0 && path.nonzero(size - 1) > 20);
    show.finding(text("no point of the path is further than ", gap.maxCoeff(), " from its optimum: duality gaps"),
                 gap.maxCoeff() < 1e-9);
    Index least = 0;
    test.minCoeff(&least);
    show.finding(
        text("on the tumours that it is fitted to the loss falls all the way, from ", fit[0], " to ", fit[size - 1]),
        (fit.tail(size - 1) - fit.head(size - 1)).maxCoeff() < 0);
    show.finding(text("on the others it falls to ", test[least], " and rises again to ", test[size - 1]),
                 least > 0 && test[size - 1] > 1.2 * test[least]);

    // what cross-validation says without having seen those
    const Index best = choice.best, cautious = choice.one_standard_error;
    const auto row = [&](const char* what, Index i) {
        const Model model = path.model(i);
        return text(what, " lambda = ", path.lambda(i), ": ", path.nonzero(i), " features, loss ", test[i], " and ",
                    errors(model, X_later, y_later), " % wrong on the other tumours");
    };
    show.finding(text(row("least loss of the rows left out,", best), ", no more than ", test[best] / test[least],
                      " times the least there is"),
                 test[best] < 1.25 * test[least]);
    show.finding(row("one standard error from that,", cautious),
                 cautious <= best && path.nonzero(cautious) < path.nonzero(best));
    show.finding(row("the least lambda,", size - 1), test[size - 1] > test[best]);
    Index by_aic = 0, by_bic = 0;
    for (Index i = 1; i < size; ++i) {
        if (path.aic(i) < path.aic(by_aic)) by_aic = i;
        if (path.bic(i) < path.bic(by_bic)) by_bic = i;
    }
    show.finding(
        text("Akaike's criterion chooses ", path.nonzero(by_aic), " features, Schwarz's ", path.nonzero(by_bic)),
        path.nonzero(by_bic) <= path.nonzero(by_aic));

    VectorXd log_lambda(size), count(size);
    for (Index i = 0; i < size; ++i)
        log_lambda[i] = std::log10(path.lambda(i)), count[i] = static_cast<double>(path.nonzero(i));
    Picture picture;
    picture.data("losses", log_lambda, fit, test, choice.mean_loss, choice.standard_error, count);
    int lines = 0;
    for (Index j = 0; j < X.cols(); ++j) {
        VectorXd w(size);
        for (Index i = 0; i < size; ++i) w[i] = path.coefficients(i)(j, 0);
        if (w.cwiseAbs().maxCoeff() > 0) picture.data(text("w", lines++), log_lambda, w);
    }
    picture.number("lines", lines).number("best", log_lambda[best]).number("cautious", log_lambda[cautious]);
    show.draw(picture);
    return show.status();
}
