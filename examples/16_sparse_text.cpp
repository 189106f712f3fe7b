// Words: letters as rows, the words of a language as columns, nearly all of X zero. The lasso picks the words that tell
// two kinds of letters apart, out of more words than there are letters.
//
//     x_ij = 1 where letter i has the word j
//     F(w) = 1/n sum_i log(1 + exp(-m_i)) + lambda sum_j |w_j|

#include "support/example.hpp"
#include <gradus/core/random.hpp>
#include <gradus/models/cross_validation.hpp>
#include <gradus/models/logistic_regression.hpp>
#include <gradus/penalties/lasso.hpp>

#include <Eigen/SparseCore>
#include <cctype>
#include <map>
#include <numeric>
#include <set>

using namespace example;
using Model = gradus::LogisticRegression<double, gradus::Lasso>;
using Words = Eigen::SparseMatrix<double>;

namespace {

// What people write to a town hall about: the water pipes, or the buses.
const Names of_water = {"pipe",  "leak",   "water", "burst", "flooded", "cellar", "tap",  "drain",  "pressure", "rusty",
                        "meter", "sewage", "valve", "damp",  "plumber", "brown",  "well", "puddle", "spring",   "boil"};
const Names of_buses = {"bus",       "late",    "driver", "stop",  "timetable", "ticket",  "route",
                        "crowded",   "seat",    "fare",   "queue", "missed",    "station", "transfer",
                        "conductor", "shelter", "minute", "delay", "window",    "depot"};

/// The rest of the language, from the frequent words to the rare: syllables put together.
Names draw_language(gradus::Random& random, std::size_t size) {
    const Names syllables = {"ba", "den", "fi", "gor", "ha", "kel", "lo", "mur",
                             "ne", "pas", "ri", "sot", "tu", "vel", "za"};
    std::set<std::string> known;
    Names out;
    while (out.size() < size) {
        std::string word;
        for (std::uint64_t l = 2 + random.below(3); l > 0; --l) word += syllables[random.below(syllables.size())];
        if (known.insert(word).second) out.push_back(word);
    }
    return out;
}

/// A letter of 30 to 80 words: now and then one of its own subject, seldom one of the other, the j-th of the rest as
/// often as 1 / j says (Zipf).
std::string write_letter(gradus::Random& random, const Names& language, bool is_water) {
    std::string out;
    const double words = std::log(static_cast<double>(language.size()));
    for (std::uint64_t l = 30 + random.below(51); l > 0; --l) {
        const double u = random.uniform();
        const bool is_own = u < 0.05;
        const bool is_other = u > 0.995;
        std::string word = is_own || is_other
                               ? (is_own == is_water ? of_water : of_buses)[random.below(of_water.size())]
                               : language[static_cast<std::size_t>(std::exp(words * random.uniform())) - 1];
        if (out.empty() || out.back() == '.') word[0] = static_cast<char>(std::toupper(word[0]));
        out += (out.empty() ? "" : " ") + word +
               (random.below(9) == 0 || l == 1 ? "."
                : random.below(9) == 0         ? ","
                                               : "");
    }
    return out;
}

/// Its words in small letters.
std::set<std::string> words_of(const std::string& letter) {
    std::set<std::string> out;
    std::string word;
    for (const char c : letter + " ") {
        if (std::isalpha(static_cast<unsigned char>(c))) word += static_cast<char>(std::tolower(c));
        else if (!word.empty()) out.insert(word), word.clear();
    }
    return out;
}

/// One row per letter, one column per word of the vocabulary; other words are passed over.
Words to_matrix(const Names& letters, const std::map<std::string, Index>& vocabulary) {
    std::vector<Eigen::Triplet<double>> entries;
    for (std::size_t i = 0; i < letters.size(); ++i)
        for (const std::string& word : words_of(letters[i]))
            if (const auto at = vocabulary.find(word); at != vocabulary.end())
                entries.emplace_back(static_cast<Index>(i), at->second, 1.0);
    Words X(static_cast<Index>(letters.size()), static_cast<Index>(vocabulary.size()));
    X.setFromTriplets(entries.begin(), entries.end());
    return X;
}

}  // namespace

int main(int argc, char** argv) {
    Example show(argc, argv);
    gradus::Random random(16);
    const Names language = draw_language(random, 6000);
    Names letters, later;
    Eigen::VectorXi y(500), y_later(2000);
    const auto write = [&](Eigen::VectorXi& labels, Names& out) {
        for (int& label : labels) {
            label = static_cast<int>(random.below(2));
            out.push_back(write_letter(random, language, label == 1));
        }
    };
    write(y, letters);
    write(y_later, later);

    // the vocabulary: words that at least two of the letters have
    std::map<std::string, Index> count, vocabulary;
    for (const std::string& letter : letters)
        for (const std::string& word : words_of(letter)) ++count[word];
    Names word_of_column;
    for (const auto& [word, times] : count)
        if (times > 1) vocabulary[word] = static_cast<Index>(word_of_column.size()), word_of_column.push_back(word);
    const Words X = to_matrix(letters, vocabulary), X_later = to_matrix(later, vocabulary);
    const double share = static_cast<double>(X.nonZeros()) / static_cast<double>(X.size());
    show.finding(text("the first letter begins: ", letters[0].substr(0, 60)), letters[0].size() > 100);
    show.finding(text(X.rows(), " letters, ", X.cols(), " words; ", X.nonZeros(), " of the numbers in X are not zero, ",
                      100 * share, " %"),
                 X.cols() > X.rows() && share < 0.05);

    const auto choice = gradus::cross_validate(Model{}, X, y, {.folds = 10, .count = 50, .smallest = 0.02});
    const auto& path = choice.path;
    const Index size = path.size(), best = choice.best, cautious = choice.one_standard_error;
    double gap = 0;
    for (Index i = 0; i < size; ++i) gap = std::max(gap, path.report(i).duality_gap);
    show.finding(text("no point of the path is further than ", gap, " from its optimum"), gap < 1e-9);

    const std::set<std::string> telling = [] {
        std::set<std::string> out(of_water.begin(), of_water.end());
        out.insert(of_buses.begin(), of_buses.end());
        return out;
    }();
    MatrixXd W(X.cols(), size);
    for (Index i = 0; i < size; ++i) W.col(i) = path.coefficients(i);
    const auto is_telling = [&](Index j) { return telling.contains(word_of_column[std::size_t(j)]); };
    const auto telling_words = [&](Index i) {
        Index out = 0;
        for (Index j = 0; j < X.cols(); ++j) out += W(j, i) != 0 && is_telling(j);
        return out;
    };
    const auto errors = [&](Index i) { return 100 * (1 - path.model(i).score(X_later, y_later)); };
    const auto row = [&](const char* what, Index i) {
        return text(what, " lambda = ", path.lambda(i), ": ", path.nonzero(i), " words, ", telling_words(i),
                    " of them about water or buses, ", errors(i), " % wrong on 2000 other letters");
    };
    show.finding(row("least loss of the letters left out,", best), errors(best) < 20 && telling_words(best) > 30);
    show.finding(row("one standard error from that,", cautious), path.nonzero(cautious) < path.nonzero(best));
    show.finding(row("the least lambda,", size - 1), path.nonzero(size - 1) > 2 * path.nonzero(cautious));
    Index by_bic = 0;
    for (Index i = 1; i < size; ++i)
        if (path.bic(i) < path.bic(by_bic)) by_bic = i;
    show.finding(row("least criterion of Schwarz,", by_bic), telling_words(by_bic) > 30);

    // the words that weigh most, and when they come in
    const VectorXd w = W.col(best);
    std::vector<Index> order(static_cast<std::size_t>(w.size()));
    std::iota(order.begin(), order.end(), Index(0));
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return w[a] < w[b]; });
    std::vector<Index> top(order.begin(), order.begin() + 10);
    top.insert(top.end(), order.end() - 10, order.end());
    Index right = 0;
    for (std::size_t l = 0; l < top.size(); ++l) {
        const Names& own = l < 10 ? of_buses : of_water;
        right += std::find(own.begin(), own.end(), word_of_column[std::size_t(top[l])]) != own.end();
    }
    show.finding(text("weighs most for the buses: ", word_of_column[std::size_t(top.front())],
                      ", for the water: ", word_of_column[std::size_t(top.back())],
                      "; of the ten largest weights on either side ", right, " are words of that subject"),
                 right == 20);

    VectorXd log_lambda(size);
    for (Index i = 0; i < size; ++i) log_lambda[i] = std::log10(path.lambda(i));
    Picture picture;
    int told = 0, others = 0;
    for (Index j = 0; j < X.cols(); ++j) {
        const VectorXd line = W.row(j);
        if (line.cwiseAbs().maxCoeff() == 0) continue;
        picture.data(is_telling(j) ? text("told", told++) : text("other", others++), log_lambda, line);
    }
    VectorXd place(20), weight(20);
    Names name(20);
    for (Index l = 0; l < 20; ++l) {
        const Index j = top[std::size_t(l)];
        place[l] = static_cast<double>(l), weight[l] = w[j], name[std::size_t(l)] = word_of_column[std::size_t(j)];
    }
    picture.data("words", place, weight, name);
    picture.number("told", told).number("others", others).number("best", log_lambda[best]);
    picture.number("cautious", log_lambda[cautious]);
    show.draw(picture);
    return show.status();
}
