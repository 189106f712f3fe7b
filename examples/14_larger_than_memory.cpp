// Rows that do not fit in memory: what a fit needs of X is a few sums over rows, so it can read them from a file, block
// by block.
//
//     f(w) = 1/n sum_i l(y_i, x_i'w),   grad f = 1/n sum_i l'_i x_i,   Hessian = 1/n sum_i l''_i x_i x_i'
//
// The file has 500 000 rows of 50 numbers, 200 MB; the program allows itself 50 MB of address space for everything:
// code, libraries, targets, work. A hidden number y* = x'w + e with logistic noise e makes both targets: least squares
// sees y*, logistic regression sees only whether y* > 0.

#include "support/example.hpp"
#include <gradus/core/random.hpp>
#include <gradus/data/rows.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/lbfgs.hpp>

#include <sys/resource.h>
#include <unistd.h>

using namespace example;

constexpr Index row_count = 500'000, features = 50;
constexpr double file_size = static_cast<double>(row_count * features) * sizeof(double), allowed = file_size / 4;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

/// A file of doubles, row after row. What gradus::Rows asks of a table: rows(), columns(), read().
class FileOfRows {
public:
    explicit FileOfRows(const std::filesystem::path& path) : file_(path, std::ios::binary) {}
    Index rows() const { return row_count; }
    Index columns() const { return features; }
    /// Fills `out` with the rows from `first` on.
    void read(Index first, Eigen::Ref<MatrixXd> out) const {
        block_.resize(out.rows(), features);
        file_.seekg(first * features * static_cast<Index>(sizeof(double)));
        if (!file_.read(reinterpret_cast<char*>(block_.data()), block_.size() * static_cast<Index>(sizeof(double))))
            throw std::runtime_error(text("the file ends before row ", first + out.rows()));
        out = block_;
        rows_read_ += out.rows();
    }
    /// How many times the whole file was read since the last call.
    double times_read() const {
        return static_cast<double>(std::exchange(rows_read_, 0)) / static_cast<double>(row_count);
    }

private:
    mutable std::ifstream file_;
    mutable Eigen::Matrix<double, -1, -1, Eigen::RowMajor> block_;
    mutable Index rows_read_ = 0;
};

/// Writes the file, and the hidden number of each row.
VectorXd make_file(const std::filesystem::path& path, const VectorXd& w) {
    gradus::Random random(14);
    std::ofstream file(path, std::ios::binary);
    VectorXd hidden(row_count), row(features);
    for (double& y : hidden) {
        for (double& x : row) x = random.uniform(-1, 1);
        const double u = random.uniform();
        y = 0.5 + row.dot(w) + std::log(u / (1 - u));
        file.write(reinterpret_cast<const char*>(row.data()), features * static_cast<Index>(sizeof(double)));
    }
    if (!file.flush()) stop("cannot write " + path.string());
    return hidden;
}

/// From here on the program gets no more memory than this, whatever the machine has; gnuplot, its child, may have more
/// again. Not under a sanitizer, which takes terabytes of addresses for itself.
bool limit_address_space(rlim_t bytes) {
    if (is_sanitized) return true;
    rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0) return false;
    limit.rlim_cur = std::min(bytes, limit.rlim_max);
    return setrlimit(RLIMIT_AS, &limit) == 0;
}

/// A fit, with the value, and how often the file had been read, after each iteration.
struct Course {
    gradus::LogisticRegression<double> model;
    gradus::FitReport report;
    std::vector<double> reads, value;
};

template <class Solver>
Course follow(const FileOfRows& table, const Eigen::VectorXi& labels, Solver solver) {
    Course course;
    double reads = 0;
    const auto note = [&](double value) {
        course.reads.push_back(reads += table.times_read());
        course.value.push_back(value);
    };
    table.times_read();
    course.report =
        course.model.fit(gradus::Rows(table), labels, solver, [&](const gradus::IterationRecord<double>& now) {
            note(now.value);
            return gradus::Control::proceed;
        });
    note(course.report.objective);
    return course;
}

int main(int argc, char** argv) {
    Example show(argc, argv);
    const auto path = std::filesystem::temp_directory_path() / text("gradus_rows_", getpid(), ".bin");
    VectorXd truth(features);
    for (Index j = 0; j < features; ++j) truth[j] = std::pow(-0.9, j);
    const VectorXd hidden = make_file(path, truth);
    const Eigen::VectorXi labels = (hidden.array() > 0).cast<int>();
    const FileOfRows table(path);
    std::filesystem::remove(path);  // it stays readable while it is open, and is gone when the program is

    show.finding(text("the file has ", file_size / 1e6, " MB, the program may use ", allowed / 1e6),
                 limit_address_space(static_cast<rlim_t>(allowed)));
    bool is_refused = false;
    try {
        const MatrixXd X(row_count, features);
    } catch (const std::bad_alloc&) {
        is_refused = true;
    }
    show.finding("X as a matrix is refused for want of memory", is_refused || is_sanitized);

    gradus::LinearRegression<double> linear;
    const gradus::FitReport squares = linear.fit(gradus::Rows(table), hidden);
    const double reads = table.times_read(), error = (linear.coefficients() - truth).cwiseAbs().maxCoeff();
    show.finding(text("least squares on the hidden number reads the file ", reads,
                      " times; largest error of a coefficient ", error),
                 squares.converged() && error < 0.03);

    const Course newton = follow(table, labels, gradus::Newton{}), lbfgs = follow(table, labels, gradus::LBFGS{}),
                 descent = follow(table, labels, gradus::GradientDescent<>{});
    const VectorXd w = newton.model.coefficients();
    const double error_of_labels = (w - truth).cwiseAbs().maxCoeff();
    show.finding(text("logistic regression on its sign reads it ", newton.reads.back(), " times with Newton, ",
                      lbfgs.reads.back(), " with L-BFGS, ", descent.reads.back(),
                      " with gradient descent; largest error ", error_of_labels),
                 newton.report.converged() && lbfgs.report.converged() && descent.report.converged() &&
                     error_of_labels < 0.05);
    show.finding("all three find the same coefficients to six digits",
                 (w - lbfgs.model.coefficients()).norm() < 1e-6 * w.norm() &&
                     (w - descent.model.coefficients()).norm() < 1e-6 * w.norm());

    const double share = newton.model.score(gradus::Rows(table), labels), optimum = newton.report.objective,
                 reads_for_score = table.times_read();
    show.finding(text("its share of right answers, ", share, ", takes one reading more"), reads_for_score == 1);

    limit_address_space(RLIM_INFINITY);
    Picture picture;
    const auto above = [&](const Course& course) {
        std::vector<double> out;
        for (const double value : course.value) out.push_back(std::max(value - optimum, 1e-17));
        return out;
    };
    show.draw(picture.data("newton", newton.reads, above(newton))
                  .data("lbfgs", lbfgs.reads, above(lbfgs))
                  .data("descent", descent.reads, above(descent)));
    return show.status();
}
