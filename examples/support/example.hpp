#pragma once
// What the examples share: reading a table, stating a finding that the program stands for, drawing the picture.

#include <gradus/core/errors.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace example {

using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd, gradus::text;
using Names = std::vector<std::string>;

/// Ends the program with one line.
[[noreturn]] inline void stop(const std::string& why) {
    std::cerr << why << '\n';
    std::exit(2);
}

/// The columns of X with mean 0 and standard deviation 1 (divisor n).
struct Standardised {
    MatrixXd Z;
    Eigen::RowVectorXd mean, deviation;
    explicit Standardised(const MatrixXd& X) : Z(X), mean(X.colwise().mean()) {
        Z.rowwise() -= mean;
        deviation = Z.array().square().colwise().mean().sqrt();
        Z.array().rowwise() /= deviation.array();
    }
};

/// X with a column of ones behind it: the intercept as a coefficient like the others.
inline MatrixXd with_ones(const MatrixXd& X) {
    return (MatrixXd(X.rows(), X.cols() + 1) << X, VectorXd::Ones(X.rows())).finished();
}

/// Time of one call, the mean of 2000.
template <class Work>
double microseconds(const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 2000; ++i) work();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / 2000;
}

/// A CSV file with a header row; its columns by their names.
class Table {
public:
    explicit Table(const std::filesystem::path& path) {
        std::ifstream file(path);
        if (!file) stop("cannot read " + path.string());
        std::string line;
        std::getline(file, line);
        names_ = cells(line);
        while (std::getline(file, line)) rows_.push_back(cells(line));
    }

    Index rows() const { return static_cast<Index>(rows_.size()); }
    const Names& names() const { return names_; }

    Names labels(const std::string& name) const {
        const auto at = std::find(names_.begin(), names_.end(), name);
        if (at == names_.end()) stop("no column " + name);
        Names out;
        for (const Names& row : rows_) out.push_back(row.at(static_cast<std::size_t>(at - names_.begin())));
        return out;
    }
    VectorXd column(const std::string& name) const {
        VectorXd out(rows());
        const Names text = labels(name);
        std::transform(text.begin(), text.end(), out.data(), [](const std::string& cell) { return std::stod(cell); });
        return out;
    }
    MatrixXd columns(const Names& names) const {
        MatrixXd out(rows(), static_cast<Index>(names.size()));
        for (Index j = 0; const std::string& name : names) out.col(j++) = column(name);
        return out;
    }

private:
    static Names cells(const std::string& line) {
        Names out;
        std::string cell;
        for (std::istringstream row(line); std::getline(row, cell, ',');) out.push_back(cell);
        return out;
    }
    Names names_;
    std::vector<Names> rows_;
};

/// The data of a picture, as the first lines of a gnuplot script; how they are drawn stands in pictures/NAME.gp.
class Picture {
public:
    /// Makes the columns, all of one length, the data block $name.
    template <class... Columns>
    Picture& data(const std::string& name, const Columns&... columns) {
        script_ << '$' << name << " << EOD\n";
        const auto n = std::min({static_cast<Index>(columns.size())...});
        for (Index i = 0; i < n; ++i) ((script_ << entry(columns, i) << ' '), ...) << '\n';
        script_ << "EOD\n";
        return *this;
    }
    /// Gives a number a name in the script.
    Picture& number(const std::string& name, double value) {
        script_ << name << " = " << value << '\n';
        return *this;
    }
    std::string script() const { return script_.str(); }

private:
    template <class Column>
    static auto entry(const Column& column, Index i) {
        if constexpr (requires { column(i); }) return column(i);
        else return column[static_cast<std::size_t>(i)];
    }
    std::ostringstream script_;
};

/// One run of a program of the ladder: `NAME [--pictures FOLDER]`. It writes FOLDER/NAME.svg when asked to and gnuplot
/// is there.
class Example {
public:
    Example(int argc, char** argv) : name_(std::filesystem::path(argv[0]).stem().string()) {
        if (argc == 3 && std::string(argv[1]) == "--pictures") folder_ = argv[2];
        else if (argc > 1) stop("usage: " + name_ + " [--pictures FOLDER]");
    }

    /// From the folder data, here or in examples.
    Table read(const std::string& file) const { return Table(here("data") / file); }

    /// Prints the sentence. Where it does not hold the program fails.
    void finding(const std::string& sentence, bool holds) {
        std::cout << (holds ? "  " : "  NOT TRUE: ") << sentence << ".\n";
        all_hold_ = all_hold_ && holds;
    }

    /// Pipes the data and the scripts pictures/style.gp and pictures/NAME.gp to gnuplot. The first line of the latter,
    /// a comment, becomes the title of the file, which browsers and screen readers show.
    void draw(const Picture& picture) {
        if (folder_.empty()) return;
        std::filesystem::create_directories(folder_);
        const std::string file = (folder_ / (name_ + ".svg")).string(), scripts = here("pictures").string();
        if (std::system("gnuplot --version > /dev/null 2>&1") != 0) {
            std::cout << "  (no picture: gnuplot is not there)\n";
            return;
        }
        std::FILE* gnuplot = popen("gnuplot", "w");
        const std::string script = text("load '", scripts, "/style.gp'\nset output '", file, "'\n", picture.script(),
                                        "load '", scripts, "/", name_, ".gp'\n");
        const bool is_sent = gnuplot != nullptr && std::fputs(script.c_str(), gnuplot) >= 0;
        finding("the picture of it is drawn", is_sent && pclose(gnuplot) == 0 &&
                                                  std::filesystem::file_size(file) > 2000 &&
                                                  give_title(file, scripts + "/" + name_ + ".gp"));
    }

    /// What main returns.
    int status() const { return all_hold_ ? 0 : 1; }

private:
    // programs are run in examples or in the folder above
    static std::filesystem::path here(const char* folder) {
        return std::filesystem::exists(folder) ? folder : std::filesystem::path("examples") / folder;
    }

    static bool give_title(const std::string& file, const std::string& script) {
        std::string title, picture;
        std::getline(std::ifstream(script), title);
        std::getline(std::ifstream(file), picture, '\0');
        const std::string gnuplots = "<title>Gnuplot</title>";
        const std::size_t at = picture.find(gnuplots);
        if (at == picture.npos || title.rfind("# ", 0) != 0) return false;
        picture.replace(at, gnuplots.size(), "<title>" + title.substr(2) + "</title>");
        return static_cast<bool>(std::ofstream(file) << picture);
    }

    std::string name_;
    std::filesystem::path folder_;
    bool all_hold_ = true;
};

}  // namespace example
