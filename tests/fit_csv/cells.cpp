// What stands in a cell: blanks around it, what is meant by what is no number, what is out of range; each refusal says
// what to write instead, and that can be followed.
#include "fit_csv/run_fit_csv.hpp"

using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const Arguments linear{"--model", "linear", "--target", "y"}, logistic{"--model", "logistic", "--target", "y"};

std::string refusal_of(const std::string& content, const Arguments& arguments) {
    const TemporaryFile file(content);
    return refusal(with(arguments, {file.path()}));
}
Run run_on(const std::string& content, const Arguments& arguments) {
    const TemporaryFile file(content);
    return fit_csv(with(arguments, {file.path()}));
}
// A file with this cell in a column of numbers.
std::string with_cell(const std::string& cell) { return "x,z,y\n1,2,3\n2,3,5\n" + cell + ",1,4\n4,2,6\n5,5,9\n"; }

}  // namespace

TEST_CASE("a cell that is no number is told what it looks like") {
    const std::pair<std::vector<std::string>, std::string> kinds[] = {
        {{"2024-01-31", "31.01.2024", "1/31/2024", "1/31/24", "12:30", "2024-01-31T12:30:00Z", "2024-01-31 12:30",
          "31 Jan 2024", "Jan-24", "\"January 31, 2024\"", "2024-01", "9:05 PM", "12:30:05.25"},
         "it looks like a date or a time"},
        {{"inf", "-Infinity", "∞"}, "no fit can use what is infinite"},
        {{"1/7", "-2 / 7"}, "it looks like a fraction"},
        {{"−0.49", "–0.49"}, "its minus is another character than '-': write -0.49"},
        {{"(0.49)", "( 0.49 )"}, "brackets may stand for a minus: write -0.49"},
        {{"<0.49", "> 0.49", "≤0.49", "~0.49"}, "it is a bound and no number: write a number, such as 0.49"},
        {{"0.49 cm", "0.49cm", "0.49 €/kg", "0.49°"}, "if it is a number with a unit, write 0.49;"},
        {{"0x1F", "0x1.8p3"}, "hexadecimal numbers are not read"},
        {{"1e5000", "1" + std::string(5000, '0')}, "beyond the range of numbers"},
        {{"1e-5000"}, "too small for any number here"},
    };
    for (const auto& [cells, words] : kinds)
        for (const std::string& cell : cells) {
            CAPTURE(cell.substr(0, 40));
            const std::string sentence = refusal_of(with_cell(cell), linear);
            CHECK_THAT(sentence, ContainsSubstring("line 4, column 'x'"));
            if (cell.size() < 100) CHECK_THAT(sentence, ContainsSubstring(words));
            if (words[0] != 'i' || words[3] != 'i') CHECK_THAT(sentence, !ContainsSubstring("--categorical"));
        }
    // what is advised of a date
    CHECK(run_on(with_cell("2024-01-31"), with(linear, {"--features", "z"})).status == 0);
    for (const std::string word : {"abc", "xxxxxxxxxx", "A/B", "may", "3 or 4"})
        CHECK_THAT(refusal_of(with_cell(word), linear), ContainsSubstring("--categorical x"));
    CHECK_THAT(refusal_of(with_cell("xxxxxxxxxx"), linear), !ContainsSubstring("hexadecimal"));
}

TEST_CASE("numbers beyond the range of the scalar are named, and those that vanish are noted") {
    CHECK_THAT(refusal_of(with_cell("1e400"), linear),
               ContainsSubstring("line 4, column 'x': 1e+400 is beyond the range of "
                                 "double"));
    CHECK_THAT(refusal_of(with_cell("1e40"), with(linear, {"--scalar", "float"})), ContainsSubstring("of float"));
    const Run tiny = run_on("x,z,y\n1e-400,2,3\n2e-400,3,5\n3e-400,1,4\n1e-400,2,6\n5e-400,5,9\n", linear);
    CHECK(tiny.status == 0);
    CHECK_THAT(tiny.err,
               ContainsSubstring("line 2, column 'x': 1e-400 and 4 more are too small for double and taken for 0"));
    CHECK(run_on(with_cell("1e-300"), linear).err.empty());
}

TEST_CASE("words for a target say which model takes labels") {
    for (const std::string model : {"linear", "poisson", "huber"})
        CHECK_THAT(refusal_of("x,y\n1,low\n2,high\n", {"--model", model, "--target", "y"}),
                   ContainsSubstring("'low' is not a finite number") && ContainsSubstring("--model logistic"));
}

TEST_CASE("blanks around labels and levels are no part of them") {
    const std::string labels = "x,y\n1,\"yes \"\n2,yes\n3,no\n2,\" no\"\n4,\"\xC2\xA0yes\"\n3,yes\n1,no\n",
                      levels = "g,y\n\"a \",1\na,2\n\"b\xC2\xA0\",4\nb,5\n\" a\",3\n";
    CHECK(run_on(labels, with(logistic, {"--json", "-"})).json()["classes"] == Json({"no", "yes"}));
    CHECK(run_on(levels, with(linear, {"--categorical", "g", "--json", "-"})).json()["coefficients"].size() == 2);
    const Arguments ordinal{"--model", "ordinal", "--target", "y", "--json", "-", "--levels", "no ,\" yes\""};
    CHECK(run_on(labels, ordinal).status == 0);
}

TEST_CASE("what spreadsheets and people write for nothing is missing, or noted") {
    for (const std::string token : {"\xC2\xA0", "<na>", "\" \xC2\xA0\"", "<NA>"}) {
        CAPTURE(token);
        CHECK_THAT(refusal_of("x,y\n1,a\n2,b\n3," + token + "\n4,a\n5,b\n", logistic), ContainsSubstring("--missing"));
    }
    for (const std::string token : {"NaT", "#REF!", "#NAME?", "#DIV/0!", "??", "unknown", "Unknown", "n.d."}) {
        CAPTURE(token);
        const Run run = run_on("x,y\n1,a\n2,b\n3," + token + "\n4,a\n5,b\n3,b\n4," + token + "\n1,b\n", logistic);
        CHECK_THAT(run.err, ContainsSubstring("'" + token + "' is taken for a level of column 'y'"));
        CHECK_THAT(refusal_of(with_cell(token), linear), ContainsSubstring("if it stands for a missing value"));
    }
}

TEST_CASE("levels are those of the rows that are fitted; with another there is no prediction") {
    const std::string weighted = "g,y,w\na,1,1\na,1.2,1\na,0.9,1\nb,5,1\nb,5.1,1\nb,4.8,1\nc,99,0\n";
    const Run run = run_on(weighted, with(linear, {"--categorical", "g", "--weights", "w", "--predict", "-"}));
    CHECK(run.status == 0);
    CHECK_THAT(run.err, ContainsSubstring("no row that is fitted has 'c' in column 'g'"));
    CHECK_THAT(run.out, Catch::Matchers::EndsWith("\n\"\"\n"));
    std::string held = "g,y\n";
    for (int i = 0; i < 30; ++i) held += (i % 2 ? "a," : "b,") + std::to_string(i % 2 ? 1 + i % 7 : 5 - i % 3) + "\n";
    held += "c,50\n";
    bool was_held_out = false;
    for (int seed = 1; seed < 20 && !was_held_out; ++seed) {
        const Run one = run_on(held, with(linear, {"--categorical", "g", "--metrics", "--test-share", "0.3", "--seed",
                                                   std::to_string(seed), "--json", "-"}));
        REQUIRE(one.status == 0);
        was_held_out = one.err.find("no row that is fitted has 'c'") != std::string::npos;
        CHECK((one.json()["coefficients"].size() == 2) == was_held_out);
        // a row that nothing can be said of is not judged
        if (was_held_out) CHECK(one.json()["metrics"]["held_out"]["root_mean_squared_error"][0].get<double>() < 10);
    }
    CHECK(was_held_out);
}

TEST_CASE("a header that is short of a name, or in another encoding, is told so") {
    CHECK_THAT(refusal_of("a,y\nr0,0.1,7\nr1,0.4,6\n", linear), ContainsSubstring("row.names = FALSE"));
    CHECK_THAT(refusal_of("a,y\n0.1,7\n0.4,6,2\n", linear), !ContainsSubstring("row.names"));
    const std::string latin = "gr\xF6\xDF"
                              "e,y\n1,2\n2,3\n4,4\n";
    CHECK_THAT(refusal_of(latin, with(linear, {"--features", "größe"})),
               ContainsSubstring("no column 'größe'") && ContainsSubstring("its header is not UTF-8"));
    const TemporaryFile model;
    CHECK_THAT(refusal_of(latin, with(linear, {"--save", model.path()})),
               ContainsSubstring("--save: the name of column 'gr\xF6\xDF"
                                 "e'") &&
                   ContainsSubstring("as UTF-8"));
    for (const std::string option : {"--features", "--categorical"})
        CHECK_THAT(refusal_of(latin, with(linear, {option, ","})), ContainsSubstring("has an empty name"));
}
