// Writes headers of models of every kind into the folder that is named.

#include <gradus/io/header.hpp>

#include <iostream>
#include <string>
#include <support/every_model.hpp>

using namespace gradus;

namespace {

template <class S>
void write_all(const std::string& folder, const std::string& of) {
    test::for_each_kind_of_model<S>([&](const auto& model, const std::string& name) {
        write_header(model, folder + "/" + name + "_" + of + ".hpp", "models::" + name + "_" + of);
    });
}

}  // namespace

int main(int, char** argv) try {
    write_all<float>(argv[1], "float");
    write_all<double>(argv[1], "double");
    for (const char* name :
         {"", "1st", "a b", "a::", "::a", "a:b", "a-b", "a::::b", "int", "a::xor", "_A", "a__b", "std", "std::a"}) {
        try {
            write_header(LinearRegression<double>::from_parameters(Vector<double>::Ones(1), 0),
                         std::string(argv[1]) + "/bad.hpp", name);
            std::cerr << "the namespace '" << name << "' was accepted\n";
            return 1;
        } catch (const std::invalid_argument&) {}
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
