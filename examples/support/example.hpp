#pragma once
// What the examples share: reading a table, stating a finding that the program stands for, drawing the picture.

#include <gradus/core/errors.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace example {

using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd, gradus::text;
using Names = std::vector<std::string>;

/// A CSV file with a header row; its columns by their names.
class Table {
public:
    explicit Table(const std::filesystem::path& path) {
        std::ifstream file(path);
        if (!file) throw std::runtime_error("cannot read " + path.string());
        std::string line;
        std::getline(file, line);
        names_ = cells(line);
        while (std::getline(file, line)) rows_.push_back(cells(line));
    }

    Index rows() const { return static_cast<Index>(rows_.size()); }
    const Names& names() const { return names_; }

    Names labels(const std::string& name) const {
        const auto at = std::find(names_.begin(), names_.end(), name);
        if (at == names_.end()) throw std::runtime_error("no column " + name);
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

/// A gnuplot script with its data in it.
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
    Picture& number(const std::string& name, double value) { return *this << text(name, " = ", value, "\n"); }
    Picture& operator<<(const std::string& lines) { return script_ << lines, *this; }
    std::string script() const { return script_.str(); }

private:
    template <class Column>
    static auto entry(const Column& column, Index i) {
        if constexpr (requires { column(i); }) return column(i);
        else return column[static_cast<std::size_t>(i)];
    }
    std::ostringstream script_;
};

/// One run of a program of the ladder: `NAME [--pictures FOLDER]`. It writes FOLDER/NAME.svg when asked to and gnuplot is there.
class Example {
public:
    Example(int argc, char** argv) : name_(std::filesystem::path(argv[0]).stem().string()) {
        if (argc == 3 && std::string(argv[1]) == "--pictures") folder_ = argv[2];
        else if (argc > 1) throw std::runtime_error("usage: " + name_ + " [--pictures FOLDER]");
    }

    /// From the folder data, here or in examples.
    Table read(const std::string& file) const {
        return Table(std::filesystem::path(std::filesystem::exists("data") ? "data" : "examples/data") / file);
    }

    /// Prints the sentence. Where it does not hold the program fails.
    void finding(const std::string& sentence, bool holds) {
        std::cout << (holds ? "  " : "  NOT TRUE: ") << sentence << ".\n";
        all_hold_ = all_hold_ && holds;
    }

    /// 700 pixels wide, for which the size of the letters is made. Of two panels one begins with @left, the other with @right.
    void draw(const Picture& picture, int height = 460) {
        if (folder_.empty()) return;
        std::filesystem::create_directories(folder_);
        const std::string file = (folder_ / (name_ + ".svg")).string();
        std::FILE* gnuplot = popen("gnuplot", "w");
        if (gnuplot == nullptr) return;
        std::fputs(text("set terminal svg size 700,", height, " font 'sans-serif,14' background '#ffffff' linewidth 1.5\n",
                        "set output '", file, "'\n", style, picture.script(), "\n")
                       .c_str(),
                   gnuplot);
        const int status = pclose(gnuplot);
        const bool is_missing = status == 127 << 8;  // the shell found no such program
        if (is_missing) std::cout << "  (no picture: gnuplot is not there)\n";
        else finding("the picture of it is drawn", status == 0 && std::filesystem::file_size(file) > 2000);
    }

    /// What main returns.
    int status() const { return all_hold_ ? 0 : 1; }

private:
    // Colours that the colour-blind can tell apart (Okabe and Ito 2008): blue, vermilion, green, purple, orange, black.
    static constexpr const char* style = R"(
blue = '#0072b2'; red = '#d55e00'; green = '#009e73'; purple = '#aa4499'; orange = '#e69f00'; grey = '#777777'
pale_blue = '#cfe3f1'; pale_red = '#f8dcc8'; pale_green = '#cdebdf'
set encoding utf8
set border 3 lc rgb '#444444'
set tics nomirror out textcolor rgb '#444444'
set grid lc rgb '#e4e4e4' lw 0.7 dt solid
set key noautotitle
set title font ',16'
set samples 200
left = 'set lmargin at screen 0.1; set rmargin at screen 0.47; set bmargin at screen 0.17; set tmargin at screen 0.83'
right = 'set lmargin at screen 0.61; set rmargin at screen 0.98; set bmargin at screen 0.17; set tmargin at screen 0.83'
)";

    std::string name_;
    std::filesystem::path folder_;
    bool all_hold_ = true;
};

}  // namespace example
