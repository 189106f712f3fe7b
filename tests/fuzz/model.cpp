// Saved models of anything: what is read is saved and read again as the same; what is not gets one short sentence. The
// checksum is mended first, so that the fuzzer gets past it.

#include "support/any_file.hpp"
#include <gradus/models/multivariate_regression.hpp>
#include <gradus/models/ordinal_regression.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace {

using namespace gradus;

// With the right checksum, if it is a JSON object at all.
std::string mended(const std::string& content) {
    saved::detail::Check check;  // of depth, too
    if (!saved::Json::sax_parse(content, &check)) return content;
    saved::Json document = saved::Json::parse(content, nullptr, false);
    if (!document.is_object()) return content;
    document.erase("checksum");
    return saved::text_of(document);
}

template <class Model>
void read(const std::string& content) {
    test::is_read([&] {
        const std::string once = test::saved_again<Model>(content);
        if (test::saved_again<Model>(once) != once) {
            std::cerr << "not the same when read again:\n" << once << '\n';
            std::abort();
        }
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    std::string content(reinterpret_cast<const char*>(bytes + 1), size - 1);
    if (bytes[0] & 1) content = mended(content);
    switch (bytes[0] / 2 % 4) {
    case 0:
        read<test::SavedModel>(content);
        break;
    case 1:
        read<LogisticRegression<double>>(content);
        break;
    case 2:
        read<MultivariateRegression<long double>>(content);
        break;
    default:
        read<OrdinalRegression<float, NoPenalty, std::string, Probit>>(content);
    }
    return 0;
}
