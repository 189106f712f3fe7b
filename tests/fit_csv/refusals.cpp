// What is refused: exit status 2 and one line that says what and where.
#include "fit_csv/run_fit_csv.hpp"

#include <algorithm>

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

void check_refused(const std::vector<std::string>& arguments, const std::vector<std::string>& words) {
    const Run run = fit_csv(arguments);
    INFO(run.err);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 1);
    CHECK_THAT(run.err, ContainsSubstring("fit_csv: "));
    for (const std::string& word : words) CHECK_THAT(run.err, ContainsSubstring(word));
}

struct Refused {
    std::string content;
    std::vector<std::string> arguments, words;
};

void check_all(const std::vector<Refused>& cases) {
    for (const Refused& refused : cases) {
        const TemporaryFile file(refused.content);
        std::vector<std::string> arguments = refused.arguments;
        arguments.push_back(file.path());
        CAPTURE(refused.content);
        check_refused(arguments, refused.words);
    }
}

const std::vector<std::string> linear{"--model", "linear", "--target", "y"},
    logistic{"--model", "logistic", "--target", "y"}, ordinal{"--model", "ordinal", "--target", "y"};

const std::string good = "x,s,o,y\n1,1,0,0\n2,1,0,1\n3,1,0,0\n4,1,0,1\n";

}  // namespace

TEST_CASE("bad files are refused with line and column") {
    check_all({
        {"x,y\n1,2\n3,a\n", linear, {"line 3, column 'y'", "'a' is not a finite number"}},
        {"x,y\r\n1,2\r\n3,4x\r\n", linear, {"line 3, column 'y'", "'4x'"}},
        {"x,y\n1,2\n\n,4\n", linear, {"line 4, column 'x'", "empty"}},
        {"x,note,y\n1,\"two\nlines\",3\nbad,,4\n", with(linear, {"--features", "x"}), {"line 4, column 'x'", "'bad'"}},
        {"x,y\n1,2\nnan,4\n", linear, {"line 3, column 'x'", "'nan'"}},
        {"x,y\n1,2\ninf,4\n", linear, {"line 3, column 'x'", "'inf'"}},
        {"x,y\n1,2\nNA,4\n", linear, {"line 3, column 'x'", "'NA'"}},
        {"x,y\n1,a\n2,\n", logistic, {"line 3, column 'y'", "empty"}},
        {"x,y\n1,2\n3\n", linear, {"line 3, column 'y'", "1 cell, but the header has 2", "--separator"}},
        {"x,y\n1,2,3\n", linear, {"line 2, column 3", "3 cells", "header has 2"}},
        {"x,y,x\n1,2,3\n", linear, {"line 1, column 3", "'x'", "column 1"}},
        {"x,y\n1,2\n3,\"4\n5,6\n", linear, {"line 3", "quote"}},
        {"", linear, {"empty"}},
        {"x,y\n", linear, {"no rows"}},
        {"x,z\n1,2\n", linear, {"--target", "no column 'y'", "x, z"}},
        {good, with(linear, {"--features", "x,q"}), {"--features", "no column 'q'"}},
        {good, with(linear, {"--features", "x,x"}), {"'x'", "twice"}},
        {good, with(linear, {"--features", "x,y"}), {"'y'", "twice"}},
        {good, {"--model", "linear", "--target", "y,y"}, {"'y'", "twice"}},
        {good, with(linear, {"--weights", "q"}), {"--weights", "no column 'q'"}},
        {good, with(linear, {"--offset", "q"}), {"--offset", "no column 'q'"}},
        {good, with(logistic, {"--trials", "q"}), {"--trials", "no column 'q'"}},
        {"x,s,y\n1,1,2\n2,-1,3\n", with(linear, {"--weights", "s"}), {"line 3, column 's'", "-1 is negative"}},
        {"x,s,y\n1,0,2\n2,0,3\n", with(linear, {"--weights", "s"}), {"column 's' is zero in every row"}},
        {"x,m,y\n1,3,2\n2,2,3\n", with(logistic, {"--trials", "m"}), {"3 successes of 2 trials", "line 3"}},
        {"x,y\n1,2\n1e300,3\n", with(linear, {"--scalar", "float"}), {"line 3, column 'x'"}},
        {"x,y\n1,2\n3,1e300\n", with(linear, {"--scalar", "float"}), {"line 3, column 'y'"}},
        {"x,y\n1,2\n1e200,3\n", with(linear, {"--polynomial", "2"}), {"line 3, column 'x^2'"}},
    });
    check_refused(with(linear, {"/nowhere/at/all.csv"}), {"cannot read /nowhere/at/all.csv"});
}

TEST_CASE("a single class is refused") {
    check_all({
        {"x,y\n1,a\n2,a\n", logistic, {"single class", "'y'", "'a'"}},
        {"x,s,y\n1,1,a\n2,0,b\n", with(logistic, {"--weights", "s"}), {"single class"}},
        {"x,m,y\n1,3,3\n2,2,2\n", with(logistic, {"--trials", "m"}), {"single class"}},
    });
}

TEST_CASE("wrong use of ordinal models is refused") {
    const std::string words = "x,s,y\n1,1,low\n2,1,mid\n3,1,high\n4,0,top\n";
    check_all({
        {good, with(linear, {"--levels", "0,1"}), {"--levels", "--model ordinal"}},
        {good, with(logistic, {"--levels", "0,1"}), {"--levels", "--model ordinal"}},
        {good, with(logistic, {"--link", "logit"}), {"--link", "--model ordinal"}},
        {good, with(ordinal, {"--link", "cauchit"}), {"'cauchit'", "logit, probit, cloglog"}},
        {good, with(ordinal, {"--levels", "0"}), {"--levels", "two levels"}},
        {good, with(ordinal, {"--levels", "0,1,1.0"}), {"--levels", "'1.0'", "twice"}},
        {good, with(ordinal, {"--levels", "0,2"}), {"line 3, column 'y'", "'1' is not among the --levels"}},
        {good, with(ordinal, {"--levels", "0,1,2"}), {"no row", "'2'"}},
        {words, with(ordinal, {"--levels", "low,mid,high"}), {"line 5, column 'y'", "'top' is not among the --levels"}},
        {words, with(ordinal, {"--levels", "low,mid,high,top,summit"}), {"no row", "'summit'"}},
        {good, with(ordinal, {"--no-intercept"}), {"--no-intercept", "thresholds"}},
        {good, with(ordinal, {"--trials", "s"}), {"--trials", "logistic"}},
        {good, with(ordinal, {"--solver", "qr"}), {"'qr'", "newton, newton-cg, lbfgs"}},
        {good, {"--model", "ordinal", "--target", "x,y"}, {"--target", "one target"}},
        {"x,y\n1,a\n2,a\n", ordinal, {"single class", "'y'", "'a'"}},
    });
}

TEST_CASE("two features of one name are refused") {
    check_all({{"g,g[b],y\na,1,1\nb,2,2\na,4,3\nb,1,1\n",
                with(linear, {"--categorical", "g"}),
                {"'g[b]' is named twice", "--categorical"}}});
}

TEST_CASE("bad command lines are refused") {
    check_all({
        {good, {"--target", "y"}, {"--model"}},
        {good, {"--model", "linear"}, {"--target"}},
        {good, {"--model", "cubic", "--target", "y"}, {"'cubic'", "linear, logistic"}},
        {good, with(linear, {"--solver", "magic"}), {"'magic'", "qr, cholesky, svd, newton"}},
        {good, with(logistic, {"--solver", "qr"}), {"'qr'", "newton, newton-cg, lbfgs"}},
        {good, with(linear, {"--scalar", "half"}), {"'half'", "float, double, long-double"}},
        {good, with(linear, {"--penalty", "bridge=1"}), {"'bridge'", "ridge"}},
        {good, with(linear, {"--penalty", "ridge"}), {"ridge=L"}},
        {good, with(linear, {"--penalty", "ridge=-1"}), {"ridge=L"}},
        {good, with(linear, {"--penalty", "ridge=nan"}), {"ridge=L"}},
        {good, with(linear, {"--penalty", "lasso"}), {"lasso=L"}},
        {good, with(linear, {"--penalty", "elastic-net=1"}), {"elastic-net=L:A"}},
        {good, with(linear, {"--penalty", "elastic-net=1:2"}), {"elastic-net=L:A"}},
        {good, with(linear, {"--penalty", "lasso=1", "--solver", "qr"}), {"'qr'", "coordinate-descent, fista"}},
        {good, with(linear, {"--penalty", "ridge=1", "--path"}), {"--path and --folds go with --penalty lasso"}},
        {good, with(linear, {"--penalty", "lasso", "--path", "--solver", "fista"}), {"coordinate descent", "fista"}},
        {good, with(linear, {"--folds", "5"}), {"--path and --folds go with --penalty lasso"}},
        {good, with(linear, {"--folds", "5", "--penalty", "lasso=1"}), {"--folds chooses", "--penalty lasso"}},
        {good, with(linear, {"--folds", "5", "--penalty", "lasso"}), {"5 folds of 4 rows"}},
        {good, with(linear, {"--polynomial", "0"}), {"--polynomial"}},
        {good, with(linear, {"--polynomial", "2"}), {"--polynomial", "one feature"}},
        {good, with(linear, {"--tolerance", "-1"}), {"--tolerance"}},
        {good, with(linear, {"--tolerance", "nan"}), {"--tolerance"}},
        {good, with(linear, {"--max-iterations", "-1"}), {"--max-iterations"}},
        {good, with(linear, {"--max-iterations", "many"}), {"--max-iterations"}},
        {good, with(linear, {"--trials", "s"}), {"--trials", "logistic"}},
        {good, {"--model", "logistic", "--target", "x,y"}, {"--target", "one target"}},
        {good, with(linear, {"--wrong"}), {"--wrong"}},
        {good, with(linear, {"--firth"}), {"--firth belongs to --model logistic"}},
        {good, with(logistic, {"--firth", "--penalty", "ridge=1"}), {"--firth", "--penalty"}},
        {good, with(logistic, {"--firth", "--solver", "lbfgs"}), {"--firth", "--solver"}},
        {good, with(linear, {"--delta", "2"}), {"--delta", "huber"}},
        {good, {"--model", "huber", "--target", "y", "--delta", "-1"}, {"--delta", "> 0"}},
        {good,
         with(ordinal, {"--summary", "--odds-ratios", "--link", "probit"}),
         {"--odds-ratios: under --link probit exp(estimate) is no ratio of odds"}},
        {good, with(ordinal, {"--summary", "--odds-ratios", "--link", "cloglog"}), {"--link cloglog"}},
        {good, {"--model", "poisson", "--target", "x,y"}, {"--target", "a poisson model has one target"}},
        {good, {"--model", "poisson", "--target", "y", "--solver", "qr"}, {"'qr'", "newton, newton-cg, lbfgs"}},
        {good, {"--model", "poisson", "--target", "y", "--trials", "s"}, {"--trials", "logistic"}},
        {"x,y\n1,2\n2,-1\n", {"--model", "poisson", "--target", "y"}, {"y has -1 in line 3", "a count >= 0"}},
        {good, with(logistic, {"--trace", "/nowhere/at/all.csv"}), {"cannot write /nowhere/at/all.csv"}},
        {good, with(linear, {"--json", "/nowhere/at/all.json"}), {"cannot write /nowhere/at/all.json"}},
        {"x,o,y\n1,1,a\n2,1,b\n3,1,c\n", with(logistic, {"--offset", "o"}), {"--offset", "more than two classes"}},
    });
    check_refused(linear, {"FILE.csv"});
}

TEST_CASE("the help lists every option") {
    const Run run = fit_csv({"--help"});
    CHECK(run.status == 0);
    CHECK(run.err.empty());
    for (const std::string option :
         {"--model",      "--target",         "--features", "--no-intercept", "--weights",     "--offset", "--trials",
          "--polynomial", "--levels",         "--link",     "--penalty",      "--standardize", "--firth",  "--solver",
          "--tolerance",  "--max-iterations", "--scalar",   "--summary",      "--trace",       "--json",   "--predict",
          "--delta",      "--separator",      "--missing",  "--categorical",  "--weights-are", "--save",   "--load",
          "--path",       "--folds",          "--progress"})
        CHECK_THAT(run.out, ContainsSubstring(option));
}
