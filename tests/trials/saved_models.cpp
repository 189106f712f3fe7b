// Saved models of every kind and scalar, damaged: each is refused in a sentence, or is the same model. With the
// checksum mended, as by somebody who edits the file, it is refused, or is a model that predicts and that is saved and
// loaded as itself. `saved_models --files N`; to be run for long under the address sanitizer.

#include <gradus/io/json.hpp>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <support/every_model.hpp>

namespace {

using namespace gradus;

template <class Model>
Model loaded(const std::string& content) {
    std::istringstream in(content);
    return load<Model>(in);
}
template <class Model>
std::string saved_text(const Model& model) {
    std::ostringstream out;
    save(model, out);
    return out.str();
}

/// Edits that damage a file as a disk, a transfer or an editor would.
std::string damaged(std::string content, Random& random) {
    const auto at = [&] { return random.below(content.size()); };
    switch (random.below(5)) {
    case 0:
        content[at()] ^= static_cast<char>(1 << random.below(8));
        break;
    case 1:
        content.resize(at());
        break;
    case 2:
        content.erase(at(), 1 + random.below(40));
        break;
    case 3:
        content.insert(at(), content.substr(at(), random.below(40)));
        break;
    default:
        std::swap(content[at()], content[at()]);
    }
    return content;
}

/// A value that stands somewhere in the document, at any depth.
saved::Json* any_value(saved::Json& document, Random& random) {
    saved::Json* at = &document;
    while (at->is_structured() && !at->empty() && (at == &document || random.below(3) > 0)) {
        auto item = at->begin();
        std::advance(item, static_cast<std::ptrdiff_t>(random.below(at->size())));
        at = &*item;
    }
    return at;
}

saved::Json any_new_value(const saved::Json& old, Random& random) {
    static const char* const values[] = {"null",
                                         "true",
                                         "[]",
                                         "{}",
                                         "\"\"",
                                         "\"NaN\"",
                                         "\"inf\"",
                                         "-1",
                                         "0",
                                         "1e308",
                                         "-0.0",
                                         "9007199254740993",
                                         "18446744073709551615",
                                         "1e-320",
                                         "[[1]]",
                                         "\"1p-3\""};
    if (old.is_number() && random.below(2) == 0) return old.get<double>() * random.uniform(-2, 2);
    return saved::Json::parse(values[random.below(std::size(values))]);
}

/// Edits of values: other ones, swapped ones, lists longer or shorter, keys that go or come twice.
std::string tampered(const std::string& content, Random& random) {
    saved::Json document = saved::Json::parse(content);
    std::string twice;
    for (std::uint64_t edits = 1 + random.below(2); edits > 0; --edits) {
        saved::Json& value = *any_value(document, random);
        switch (random.below(6)) {
        case 0: {
            saved::Json& other = *any_value(document, random);
            if (!value.is_structured() && !other.is_structured()) std::swap(value, other);
            break;
        }
        case 1:
            if (value.is_array()) value.push_back(value.empty() ? saved::Json(1) : value[0]);
            break;
        case 2:
            if (value.is_array() && !value.empty()) value.erase(value.size() - 1);
            break;
        case 3:
            if (document.is_object() && !document.empty())
                document.erase(
                    std::next(document.begin(), static_cast<std::ptrdiff_t>(random.below(document.size()))).key());
            break;
        case 4:
            if (document.is_object() && !document.empty()) {
                const auto item =
                    std::next(document.begin(), static_cast<std::ptrdiff_t>(random.below(document.size())));
                twice = saved::Json(item.key()).dump() + ": " + any_new_value(item.value(), random).dump() + ",";
            }
            break;
        default:
            value = any_new_value(value, random);
        }
    }
    if (!document.is_object()) return document.dump();
    std::string out = saved::text_of(document);  // with the checksum that it should have
    return out.insert(1, twice);
}

struct Count {
    int files = 0, refused = 0, same = 0, others = 0;
};

void check_sentence(const std::string& sentence) {
    if (sentence.empty() || sentence.size() > 500 || sentence.find('\n') != sentence.npos)
        throw std::logic_error("a refusal that is no sentence: " + sentence);
}

/// One damaged or tampered file of the model whose file is `good`.
template <class Model>
void attempt(const std::string& good, Random& random, Count& count) {
    const bool is_tampered = random.below(2) == 0;
    std::string bad;
    do bad = is_tampered ? tampered(good, random) : damaged(good, random);
    while (bad == good);
    ++count.files;
    try {
        const Model model = loaded<Model>(bad);
        const std::string again = saved_text(model);
        ++(again == good ? count.same : count.others);
        if (!is_tampered && again != good) throw std::logic_error("another model was read from:\n" + bad);
        if (saved_text(loaded<Model>(again)) != again)
            throw std::logic_error("a model that is not saved as itself:\n" + bad);
        using S = typename Model::Scalar;
        const Index features = Matrix<S>(model.coefficients()).rows();
        if (model.predict(Matrix<S>::Ones(2, features).eval()).size() == 0) throw std::logic_error("no prediction");
    } catch (const InvalidInput& error) {
        ++count.refused;
        check_sentence(error.what());
    }
}

}  // namespace

int main(int argc, char** argv) try {
    const int files = argc == 3 && std::string(argv[1]) == "--files" ? std::atoi(argv[2]) : 1000;
    std::vector<std::function<void(Random&, Count&)>> models;
    const auto add = [&]<class Model>(const Model& model, const char*) {
        models.push_back(
            [good = saved_text(model)](Random& random, Count& count) { attempt<Model>(good, random, count); });
    };
    test::for_each_kind_of_model<float>(add);
    test::for_each_kind_of_model<double>(add);
    test::for_each_kind_of_model<long double>(add);
    Random random(static_cast<std::uint64_t>(files));
    Count count;
    for (int i = 0; i < files; ++i) models[static_cast<std::size_t>(i) % models.size()](random, count);
    std::cout << count.files << " files of " << models.size() << " models: " << count.refused << " refused, "
              << count.same << " the same model, " << count.others << " another one (edited, with its checksum)\n";
    return models.size() == 36 && count.refused > files / 2 && count.same > 0 ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
