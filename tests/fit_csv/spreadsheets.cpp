// Files as people have them: other separators and encodings, gaps, words, commas at the end of lines.
#include "fit_csv/run_fit_csv.hpp"
#include "support/tolerances.hpp"

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinRel;

namespace {

const Arguments linear{"--model", "linear", "--target", "y"}, logistic{"--model", "logistic", "--target", "y"},
    ordinal{"--model", "ordinal", "--target", "y"};

Json fit_content(const std::string& content, const Arguments& arguments) {
    const TemporaryFile file(content);
    return fit(with(arguments, {file.path()}));
}
std::string refusal_of(const std::string& content, const Arguments& arguments) {
    const TemporaryFile file(content);
    return refusal(with(arguments, {file.path()}));
}
std::string notes_on(const std::string& content, const Arguments& arguments) {
    const TemporaryFile file(content);
    const Run run = fit_csv(with(arguments, {file.path()}));
    INFO(run.err);
    CHECK(run.status == 0);
    return run.err;
}
void check_same(const Json& one, const Json& other) {
    REQUIRE(one["coefficients"].size() == other["coefficients"].size());
    for (std::size_t i = 0; i < one["coefficients"].size(); ++i)
        CHECK_THAT(one["coefficients"][i]["estimate"].get<double>(),
                   WithinRel(other["coefficients"][i]["estimate"].get<double>(), tolerance::second_order<double>));
}

const std::string plain = "y,x\n1,2\n2,3\n4,6\n7,8\n";
std::string with_separator(char separator) {
    std::string out = plain;
    for (char& c : out)
        if (c == ',') c = separator;
    return out;
}
std::string utf16(const std::string& text, bool is_little, bool has_mark) {
    std::string out = has_mark ? is_little ? "\xFF\xFE" : "\xFE\xFF" : "";
    for (const char c : text) (out += is_little ? c : '\0') += is_little ? '\0' : c;
    return out;
}

}  // namespace

TEST_CASE("the separator is guessed, said, or named in the file") {
    const Json expected = fit_content(plain, linear);
    for (const char separator : {';', '\t', '|'}) check_same(fit_content(with_separator(separator), linear), expected);
    check_same(fit_content("sep=;\r\n" + with_separator(';'), linear), expected);
    check_same(fit_content(with_separator('^'), with(linear, {"--separator", "^"})), expected);
    check_same(fit_content(with_separator('\t'), with(linear, {"--separator", "tab"})), expected);
    check_same(fit_content("y;\"a,b,c\"\n1;2\n2;3\n4;6\n7;8\n", linear), expected);  // commas within quotes
    CHECK_THAT(refusal_of(plain, with(linear, {"--separator", "ab"})), ContainsSubstring("semicolon"));
    for (const char unknown : {':', ' '})
        CHECK_THAT(refusal_of(with_separator(unknown), linear),
                   ContainsSubstring("a single column; --separator says what separates its columns"));
}

TEST_CASE("a header with several separators is read as the rows have it") {
    const std::string semicolons = "weight, kg;height, m;y\n1;2;3\n2;2;4\n3;1;5\n5;3;2\n",
                      decimals = "weight, kg;height, m;y\n1;2;3\n2;2;4\n3;1;5\n5;3;2.5\n",
                      comma = "a;b;c,y\n1.5,2\n2.5,3\n3,3.7\n", unfinished = "a;b;c,y\n1.5,2\n2.5,3";
    for (const std::string& content : {semicolons, decimals})
        CHECK(fit_content(content, linear)["coefficients"][1]["name"] == "weight, kg");
    for (const std::string& content : {comma, unfinished})
        CHECK(fit_content(content, linear)["coefficients"][1]["name"] == "a;b;c");
    CHECK_THAT(
        refusal_of("a;b,y;c\n1;2;3\n1;2\n", linear),
        ContainsSubstring("2 cells, but the header has 3 (';' is taken for what separates the cells; --separator"));
    CHECK_THAT(refusal_of("a,b,y\n1;2;3\n", linear), ContainsSubstring("1 cell, ") && ContainsSubstring("--separator"));
    CHECK_THAT(refusal_of("a,b,y\n1,2\n", linear), !ContainsSubstring("--separator"));
}

TEST_CASE("decimal commas, thousands and hexadecimal numbers are refused with a word on why") {
    const std::string words = "is not a finite number; its comma may stand for thousands or for decimals";
    CHECK_THAT(refusal_of("y;x\n1,5;2,5\n2,5;3,1\n", linear), ContainsSubstring("line 2, column 'y': '1,5' " + words));
    CHECK_THAT(refusal_of("y,x\n\"1,000\",2\n\"2,500\",3\n", linear), ContainsSubstring("'1,000' " + words));
    CHECK_THAT(refusal_of("y,x\n1,2\n2,0x1F\n", linear),
               ContainsSubstring("'0x1F' is not a finite number; hexadecimal"));
    CHECK_THAT(refusal_of("y,x\n1,2\n2,infinity\n", linear), ContainsSubstring("'infinity' is not a finite number"));
}

TEST_CASE("what is no text is refused in one short line") {
    for (const bool is_little : {true, false})
        for (const bool has_mark : {true, false})
            CHECK_THAT(refusal_of(utf16(plain, is_little, has_mark), linear),
                       ContainsSubstring("UTF-16") && ContainsSubstring("UTF-8"));
    CHECK_THAT(refusal_of(std::string("y,x\n1,2\n2,\0\0003\n", 12), linear),
               ContainsSubstring("line 3: a byte is zero"));
    using namespace std::string_literals;
    CHECK_THAT(refusal_of("\xFF\xFE\0\0y\0\0\0"s, linear), ContainsSubstring("it is in UTF-32"));
    const auto in_units = [](const std::u32string& text, std::size_t bytes, bool is_little) {
        std::string out;
        for (const char32_t letter : text)
            for (std::size_t i = 0; i < bytes; ++i)
                out += static_cast<char>(letter >> 8 * (is_little ? i : bytes - 1 - i) & 0xFF);
        return out;
    };
    for (const std::u32string& text : {U"y,x\n1,2\n2,3\n"s, U"вес,рост\n1,2\n2,3\n"s, U"цена\n1\n"s})
        for (const bool is_little : {true, false}) {
            const std::string ending = is_little ? " (little-endian)" : " (big-endian)";
            CHECK_THAT(refusal_of(in_units(text, 2, is_little), linear), ContainsSubstring("it is in UTF-16" + ending));
            CHECK_THAT(refusal_of(in_units(text, 4, is_little), linear), ContainsSubstring("it is in UTF-32" + ending));
        }
    for (const std::string& stray : {"y,x\n1,\0002\n2,3\n"s, "y,x\n1,2\n2,\0003\n"s, "y,x\n\0001,2\n2,33\n"s})
        CHECK_THAT(refusal_of(stray, linear), ContainsSubstring("a byte is zero"));
    CHECK_THAT(refusal_of("PK\x03\x04\x14\0\x06\0"s, linear), ContainsSubstring("it is a zip archive"));
    CHECK_THAT(refusal_of("\x1F\x8B\x08\0"s, linear), ContainsSubstring("it is compressed"));
    CHECK_THAT(refusal(with(linear, {"/"})), ContainsSubstring("cannot read /"));
    const std::string long_cell(100'000, 'z');
    CHECK_THAT(refusal_of("y,x\n1,2\n2," + long_cell + "\n", linear), ContainsSubstring("(100000 bytes)"));
    CHECK_THAT(refusal_of("y,x\n1,2\n2,3," + long_cell + "\n", linear), ContainsSubstring("too many"));
    CHECK_THAT(refusal_of("y," + long_cell + "\n1,2\n2,a\n", linear), ContainsSubstring("line 3"));
}

TEST_CASE("empty columns and rows at the end are left out with a note") {
    const Json expected = fit_content(plain, linear);
    const std::string one = "y,x,\n1,2,\n2,3,\n4,6,\n7,8,\n", two = "y,x,,\n1,2,,\n2,3,,\n4,6,,\n7,8,,\n",
                      header_alone = "y,x,,\n1,2\n2,3,\n4,6\n7,8\n", rows_alone = "y,x\n1,2,\n2,3,\n4,6,,\n7,8,\n",
                      rows = plain + ",\n,\n,\n";
    for (const std::string& content : {one, two, header_alone, rows_alone, rows}) {
        check_same(fit_content(content, linear), expected);
        CHECK_THAT(notes_on(content, linear), ContainsSubstring("note") && ContainsSubstring("left out"));
    }
    CHECK_THAT(notes_on(rows, linear), ContainsSubstring("line 6 and 2 more at the end"));
    CHECK_THAT(refusal_of("y,x\n1,2\n,\n2,3\n", linear), ContainsSubstring("line 3, column 'y': the cell is empty"));
    CHECK(fit_content("y,x\n1,2\n,\n2,3\n4,6\n", with(linear, {"--missing", "drop"}))["missing_rows_left_out"] == 1);
}

TEST_CASE("a column without a name is named by its place, row names are left out") {
    const std::string rownames = "\"\",\"y\",\"x\"\n\"a\",1,2\n\"b\",2,3\n\"c\",4,6\n\"d\",7,8\n";
    check_same(fit_content(rownames, linear), fit_content(plain, linear));
    CHECK_THAT(notes_on(rownames, linear), ContainsSubstring("names of the rows"));
    const std::string middle = "y,,x\n1,5,2\n2,1,3\n4,9,6.5\n7,2,8\n";
    const Json answer = fit_content(middle, linear);
    CHECK(answer["coefficients"].size() == 3);
    CHECK(std::isfinite(estimate(answer, "column 2")));
    CHECK_THAT(notes_on(middle, linear), ContainsSubstring("called 'column 2'"));
    CHECK(fit_content(middle, with(linear, {"--features", "column 2"}))["coefficients"].size() == 2);
}

TEST_CASE("missing values are refused with their count and first place, or left out") {
    const std::string gaps = "note,x,y\nNA,1,2\n,2,NA\n,,6\n,4,5\n,5,n/a\n";
    CHECK_THAT(refusal_of(gaps, with(linear, {"--features", "x"})),
               ContainsSubstring("line 3, column 'y': 'NA' is a missing value (3 rows have one") &&
                   ContainsSubstring("--missing drop"));
    const Json answer = fit_content(gaps, with(linear, {"--features", "x", "--missing", "drop"}));
    CHECK(answer["rows"] == 2);
    CHECK(answer["missing_rows_left_out"] == 3);
    CHECK_THAT(refusal_of("x,y\n1,2\n\" \",3\n3,5\n", linear),
               ContainsSubstring("line 3, column 'x': the cell is empty"));
    CHECK_THAT(refusal_of("x,y\n1,2\n\" + \",3\n3,5\n", linear), ContainsSubstring("'+' is not a finite number"));
    CHECK_THAT(refusal_of("x,y\n1,?\n2,?\n", with(linear, {"--missing", "drop"})), ContainsSubstring("every row"));
    CHECK_THAT(refusal_of(gaps, with(linear, {"--missing", "maybe"})), ContainsSubstring("refuse, drop"));
}

TEST_CASE("a missing label is no class and no level") {
    for (const std::string token : {"NA", "NaN", "nan", "N/A", "null", "?", "\"\"", "\" \"", "\"NA \""}) {
        const std::string labels = "x,y\n1,0\n2,1\n3," + token + "\n4,0\n5,1\n";
        CHECK_THAT(refusal_of(labels, logistic), ContainsSubstring("line 4, column 'y'"));
        const Json answer = fit_content(labels, with(logistic, {"--missing", "drop"}));
        CHECK(answer["classes"] == Json({"0", "1"}));
    }
    // levels stay numbers: 2 < 10
    const std::string ratings = "x,y\n1,2\n2,2\n3,10\n2,11\nNaN,2\n5,11\n4,2\n4,10\n5,NA\n";
    const Json answer = fit_content(ratings, with(ordinal, {"--missing", "drop"}));
    CHECK(answer["classes"] == Json({"2", "10", "11"}));
    CHECK(estimate(answer, "x") > 0);
}

TEST_CASE("what seems to be missing among numbers is no class, no level and no number") {
    for (const std::string token : {"na", "None", "-nan", ".", "-", "missing"}) {
        const std::string labels = "x,y\n1,0\n2,1\n3," + token + "\n4,0\n5,1\n3,1\n2,0\n";
        for (const Arguments& model : {logistic, ordinal, linear})
            CHECK_THAT(refusal_of(labels, model), ContainsSubstring("line 4, column 'y': '" + token + "'") &&
                                                      ContainsSubstring("write NA, and see --missing"));
        CHECK_THAT(refusal_of("g,y\n1,2\n2,1\n" + token + ",3\n", with(linear, {"--categorical", "g"})),
                   ContainsSubstring("line 4, column 'g'") && ContainsSubstring("--missing"));
    }
    const std::string among_words = "x,y\n1,mild\n2,None\n3,mild\n4,None\n2,mild\n3,None\n1,None\n4,mild\n";
    CHECK_THAT(notes_on(among_words, logistic),
               ContainsSubstring("'None' is taken for a level of column 'y'; if it stands for a missing value"));
}

TEST_CASE("levels in words need an order") {
    const std::string words = "x,y\n1,low\n2,low\n3,medium\n2,high\n5,high\n4,medium\n1,medium\n";
    CHECK_THAT(refusal_of(words, ordinal), ContainsSubstring("--levels") && ContainsSubstring("words"));
    CHECK(fit_content(words, with(ordinal, {"--levels", "low,medium,high"}))["classes"][1] == "medium");
}

TEST_CASE("a quantity is no class") {
    std::string prices = "x,y\n";
    for (int i = 0; i < 30; ++i) prices += std::to_string(i % 7) + "," + std::to_string(1.5 * i) + "\n";
    CHECK_THAT(refusal_of(prices, logistic),
               ContainsSubstring("30 different numbers") && ContainsSubstring("--model linear"));
    const auto written = [](const std::string& before, const std::string& after, const std::string& last) {
        std::string content = "x;y\n";
        for (int i = 0; i < 39; ++i) content += std::to_string(i % 7) + ";" + before + std::to_string(i) + after + "\n";
        return content + "3;" + last + "\n";
    };
    for (const std::string& content : {written("1,", "", "2,5"), written("1,0", "", "1,000"), written("", "%", "50%"),
                                       written("$", "", "$50"), written("€", "", "€50"), written("-1'00", "", "7")})
        CHECK_THAT(refusal_of(content, logistic), ContainsSubstring("40 different numbers") &&
                                                      ContainsSubstring("--model linear, and write '") &&
                                                      ContainsSubstring("as a plain number"));
    CHECK_THAT(refusal_of(written("", "", "some"), logistic), ContainsSubstring("39 different numbers"));
    CHECK_THAT(refusal_of("x;y\n1;1,5\n2;2,5\n3;1,5\n4;2\n5;2,5\n", ordinal),
               ContainsSubstring("line 2, column 'y': '1,5' is not a finite number; its comma may stand"));
    CHECK_THAT(refusal_of("x,y\n1,5%\n2,10%\n", linear), ContainsSubstring("without signs of thousands, per cent"));
}

TEST_CASE("a class whose rows all weigh nothing is as one without rows") {
    const std::string weighted = "x,y,w\n1,a,1\n2,b,0\n3,c,1\n4,a,2\n5,c,1\n6,b,0\n7,c,3\n2,c,1\n5,a,1\n";
    const std::string without = "x,y,w\n1,a,1\n3,c,1\n4,a,2\n5,c,1\n7,c,3\n2,c,1\n5,a,1\n";
    const Arguments weights{"--features", "x", "--weights", "w"};
    check_same(fit_content(weighted, with(logistic, weights)), fit_content(without, with(logistic, weights)));
    const Json expected = fit_content(without, with(with(ordinal, weights), {"--levels", "a,c"}));
    for (const std::string levels : {"a,b,c", "a,c"}) {
        const Json answer = fit_content(weighted, with(with(ordinal, weights), {"--levels", levels}));
        check_same(answer, expected);
        CHECK(answer["classes"] == Json({"a", "c"}));
        CHECK(answer["thresholds"].size() == 1);
    }
    CHECK_THAT(notes_on(weighted, with(with(ordinal, weights), {"--levels", "a,b,c"})),
               ContainsSubstring("all rows of the level 'b' weigh nothing"));
    CHECK_THAT(refusal_of(without, with(with(ordinal, weights), {"--levels", "a,b,c"})),
               ContainsSubstring("no row has the level 'b'"));
}

TEST_CASE("levels are numbers where those that count are") {
    const std::string weighted = "x,y,w\n1,2,1\n2,10,0\n3,11,1\n4,2,2\n5,11,1\n6,none,0\n7,11,3\n2,11,1\n5,2,1\n3,9,2\n"
                                 "4,9,1\n",
                      without = "x,y,w\n1,2,1\n3,11,1\n4,2,2\n5,11,1\n7,11,3\n2,11,1\n5,2,1\n3,9,2\n4,9,1\n";
    const Arguments weights{"--features", "x", "--weights", "w"};
    for (const Arguments& model : {logistic, ordinal}) {
        const Json answer = fit_content(weighted, with(model, weights));
        check_same(answer, fit_content(without, with(model, weights)));
        CHECK(answer["classes"] == Json({"2", "9", "11"}));
    }
    check_same(fit_content(weighted, with(with(ordinal, weights), {"--levels", "2,9.0,10,11"})),
               fit_content(without, with(ordinal, weights)));
}

TEST_CASE("categories are coded against the first level") {
    const std::string colours = "y,colour,x\n1,red,2\n2,green,3\n4,red,6\n3,blue,1\n7,green,5\n2,blue,4\n",
                      coded = "y,g,r,x\n1,0,1,2\n2,1,0,3\n4,0,1,6\n3,0,0,1\n7,1,0,5\n2,0,0,4\n";
    const Json answer = fit_content(colours, with(linear, {"--categorical", "colour"}));
    check_same(answer, fit_content(coded, linear));
    CHECK(answer["coefficients"][1]["name"] == "colour[green]");
    CHECK(answer["coefficients"][2]["name"] == "colour[red]");
    CHECK_THAT(refusal_of(colours, linear),
               ContainsSubstring("'red' is not a finite number") && ContainsSubstring("--categorical colour"));
    CHECK_THAT(refusal_of(colours, with(linear, {"--categorical", "x,colours"})), ContainsSubstring("'colours'"));
    // numbers sort as numbers; a level that weighs nothing is none
    const std::string months = "y,month,w\n1,2,1\n3,10,1\n2,2,1\n5,10,2\n6,9,1\n4,9,1\n9,1,0\n";
    const Json by_month = fit_content(months, with(linear, {"--categorical", "month", "--weights", "w"}));
    REQUIRE(by_month["coefficients"].size() == 3);
    CHECK(by_month["coefficients"][1]["name"] == "month[9]");
    CHECK(by_month["coefficients"][2]["name"] == "month[10]");
}

TEST_CASE("standard input and output are -") {
    const TemporaryFile file(plain);
    const std::string before = "cat " + file.path() + " | ";
    const Run run = fit_csv(with(linear, {"--json", "-", "-"}), before);
    CHECK(run.status == 0);
    check_same(run.json(), fit_content(plain, linear));
    const Run predictions = fit_csv(with(linear, {"--predict", "-", file.path()}));
    CHECK(predictions.out.substr(0, 2) == "y\n");
    CHECK(std::count(predictions.out.begin(), predictions.out.end(), '\n') == 5);
    CHECK_THAT(refusal(with(linear, {"--predict", "-", "--json", "-", file.path()})),
               ContainsSubstring("both write to"));
    const TemporaryFile model;
    CHECK(fit_csv(with(linear, {"--save", model.path(), file.path()})).status == 0);
    const Run loaded = fit_csv({"--load", "-", "--predict", "-", file.path()}, "cat " + model.path() + " | ");
    CHECK(loaded.status == 0);
    CHECK(loaded.out == predictions.out);
    CHECK_THAT(refusal({"--load", "-", "--predict", "-", "-"}, before), ContainsSubstring("both read standard input"));
}

TEST_CASE("no output may be the input, whatever the spelling of its path") {
    const TemporaryFile file(plain);
    const std::filesystem::path path(file.path());
    const std::string detour = (path.parent_path() / "." / path.filename()).string();
    for (const std::string option : {"--json", "--predict", "--trace", "--save"})
        for (const std::string& same : {file.path(), detour})
            CHECK_THAT(refusal(with(linear, {option, same, file.path()})), ContainsSubstring("would be overwritten"));
    const TemporaryFile link;
    std::filesystem::remove(link.path());
    std::filesystem::create_symlink(path, link.path());
    for (const std::string& input : {link.path(), file.path()})
        for (const std::string& output : {link.path(), file.path()})
            CHECK_THAT(refusal(with(linear, {"--predict", output, input})), ContainsSubstring("would be overwritten"));
    CHECK_THAT(refusal(with(linear, {"--predict", file.path(), "-"}), "<" + file.path() + " "),
               ContainsSubstring("would be overwritten"));
    CHECK(file.content() == plain);
    const std::string output = (path.parent_path() / "gradus_no_such_file").string(),
                      same = (path.parent_path() / "." / "gradus_no_such_file").string();
    CHECK_THAT(refusal(with(linear, {"--json", output, "--predict", same, file.path()})),
               ContainsSubstring("both write"));
}

TEST_CASE("remedies are options") {
    const TemporaryFile separated("x,y\n1,0\n2,0\n3,1\n4,1\n");
    const Run run = fit_csv(with(logistic, {separated.path()}));
    CHECK(run.status == 3);
    CHECK_THAT(run.out, ContainsSubstring("try  --firth") && ContainsSubstring("ridge, or --firth, or leave out"));
    CHECK_THAT(run.out, !ContainsSubstring("gradus::") && !ContainsSubstring("FirthLogisticRegression"));
    CHECK_THAT(fit_csv(with(logistic, {"--summary", separated.path()})).out, ContainsSubstring("; --firth has"));
    const Run short_run = fit_csv(with(
        logistic, {"--solver", "gradient-descent", "--max-iterations", "2", data_file("iris_versicolor_virginica")}));
    CHECK(short_run.out.find("gradus::") == std::string::npos);
}

TEST_CASE("weights are frequencies or precisions in every figure of a report") {
    const TemporaryFile weighted("x,y,n\n1,2.1,2\n2,2.9,0\n3,5.2,3\n4,6.5,1\n5,8.4,4\n6,9.1,2\n"),
        expanded("x,y\n1,2.1\n1,2.1\n3,5.2\n3,5.2\n3,5.2\n4,6.5\n5,8.4\n5,8.4\n5,8.4\n5,8.4\n6,9.1\n6,9.1\n");
    const Json rows = fit(with(linear, {expanded.path()})),
               frequencies = fit(with(linear, {"--weights", "n", weighted.path()})),
               precisions = fit(with(linear, {"--weights", "n", "--weights-are", "precisions", weighted.path()}));
    for (const std::string figure : {"residual_standard_error", "log_likelihood", "aic", "bic", "rss", "r_squared"})
        CHECK_THAT(frequencies["outputs"][0][figure].get<double>(),
                   WithinRel(rows["outputs"][0][figure].get<double>(), tolerance::direct<double>));
    for (const std::string figure : {"std_error", "statistic", "p_value"})
        CHECK_THAT(frequencies["coefficients"][1][figure].get<double>(),
                   WithinRel(rows["coefficients"][1][figure].get<double>(), 1e-10));
    // as R's lm has them: five rows of positive weight
    const double rss = precisions["outputs"][0]["rss"], logs = std::log(2.0 * 3 * 1 * 4 * 2),
                 log_likelihood = (logs - 5 * (std::log(2 * std::acos(-1.0) * rss / 5) + 1)) / 2;
    CHECK_THAT(precisions["outputs"][0]["residual_standard_error"].get<double>(), WithinRel(std::sqrt(rss / 3), 1e-12));
    CHECK_THAT(precisions["outputs"][0]["log_likelihood"].get<double>(), WithinRel(log_likelihood, 1e-12));
    CHECK_THAT(precisions["outputs"][0]["aic"].get<double>(), WithinRel(-2 * log_likelihood + 6, 1e-12));
    CHECK_THAT(precisions["outputs"][0]["bic"].get<double>(),
               WithinRel(-2 * log_likelihood + 3 * std::log(5.0), 1e-12));
    CHECK_THAT(precisions["coefficients"][1]["std_error"].get<double>(),
               WithinRel(frequencies["coefficients"][1]["std_error"].get<double>() * std::sqrt(10.0 / 3), 1e-10));
}

TEST_CASE("summaries of exact fits, constant targets and wide tables say so in words") {
    const auto summary = [](const std::string& content, const Arguments& model = linear) {
        const TemporaryFile file(content);
        const Run run = fit_csv(with(model, {"--summary", file.path()}));
        CHECK(run.status == 0);
        CHECK(run.err.empty());
        for (const std::string word : {"nan", "inf", "e-9"}) CHECK(run.out.find(word) == std::string::npos);
        return run.out;
    };
    CHECK_THAT(summary("x,y\n0,0.7\n1,1\n2,1.3\n3,1.6\n4,1.9\n"),
               ContainsSubstring("The fit is exact but for rounding"));
    CHECK_THAT(summary("x,y\n1,5.1\n2,5.1\n3,5.1\n4,5.1\n"), ContainsSubstring("undefined, the target is constant"));
    CHECK_THAT(summary("x,y\n0,0.7\n1,1\n2,1.3\n3,1.6\n4,1.9\n", {"--model", "huber", "--target", "y"}),
               ContainsSubstring("The fit is exact but for rounding"));
    for (const std::string count : {"1", "3", "7", "1000000"}) {
        const std::string counts = "x,y\n1," + count + "\n2," + count + "\n3," + count + "\n5," + count + "\n";
        CHECK_THAT(summary(counts, {"--model", "poisson", "--target", "y"}), ContainsSubstring("chi-squared(1)"));
    }
    for (const std::string rows : {"x,y\n1,1\n", "x,y\n1,1\n2,3\n"})
        CHECK_THAT(summary(rows), ContainsSubstring("No degrees of freedom are left"));
    std::string wide = "y", row1 = "1", row2 = "3";
    for (int j = 0; j < 50; ++j) {
        wide += ",g" + std::to_string(j);
        row1 += "," + std::to_string(j % 11 + 1);
        row2 += "," + std::to_string(j * 7 % 13 + 20);
    }
    const std::string out = summary(wide + "\n" + row1 + "\n" + row2 + "\n");
    CHECK_THAT(out, ContainsSubstring("No degrees of freedom are left") && ContainsSubstring(" more"));
    CHECK_THAT(summary("y,q1,q2,t\n1,1,0,0\n2,0,1,1\n4,1,0,2\n3,0,1,3\n7,1,0,4\n"),
               ContainsSubstring("Combinations of the columns before them: 'q2'"));
}

TEST_CASE("a summary has intervals, odds ratios where asked, variance inflation, and the meaning of weights") {
    const TemporaryFile file("x,z,y,w\n1,3,0,2\n2,1,0,1\n3,1,1,1\n4,4,0,3\n5,1,1,1\n6,5,1,1\n2,4,1,2\n5,2,0,1\n");
    const Run run = fit_csv(with(logistic, {"--features", "x,z", "--summary", "--odds-ratios", file.path()}));
    CHECK(run.status == 0);
    CHECK_THAT(run.out, ContainsSubstring("2.5 %        97.5 %    odds ratio") && ContainsSubstring("VIF"));
    CHECK_THAT(refusal(with(linear, {"--odds-ratios", "--summary", file.path()})), ContainsSubstring("--odds-ratios"));
    const Arguments weighted{"--features", "x,z", "--weights", "w", "--summary", file.path()};
    CHECK_THAT(fit_csv(with(linear, weighted)).out, ContainsSubstring("Weights are frequencies: 12 rows"));
    CHECK_THAT(fit_csv(with(with(linear, weighted), {"--weights-are", "precisions"})).out,
               ContainsSubstring("Weights are precisions") && ContainsSubstring("8 rows"));
}

TEST_CASE("digits are claimed for the numbers as stored, and for those of the file") {
    const Arguments filip{"--model", "linear", "--target", "y", "--polynomial", "10", data_file("nist_filip")};
    const Json answer = fit(filip);
    const double intercept = estimate(answer, "(Intercept)"), certified = -1467.48961422980;
    const double right = -std::log10(std::abs(intercept / certified - 1));
    CHECK(answer["digits_of_input"].get<double>() < right);
    CHECK(answer["digits_of_input"].get<double>() > right - 4);
    CHECK(answer["correct_digits_as_stored"].get<double>() > 12);
    CHECK_THAT(fit_csv(filip).out, ContainsSubstring("of the numbers as stored; rounding them to double"));
}

TEST_CASE("Huber regression has a table") {
    const TemporaryFile file("x,y\n0,3.1\n1,9.8\n2,17.2\n3,24.1\n4,900\n5,37.6\n6,45.3\n7,52\n8,58.7\n");
    const Json answer = fit({"--model", "huber", "--target", "y", file.path()});
    for (const Json& row : answer["coefficients"]) CHECK(row["std_error"].get<double>() > 0);
    const Run run = fit_csv({"--model", "huber", "--target", "y", "--summary", file.path()});
    CHECK_THAT(run.out, ContainsSubstring("Std. Error") && !ContainsSubstring("nan"));
}
