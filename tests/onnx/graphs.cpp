// The graph of every model passes ONNX's own checker, says what it takes and gives, and comes back from its file.

#include <gradus/io/onnx.hpp>

#include <algorithm>
#include <onnx/checker.h>
#include <sstream>
#include <support/catch.hpp>
#include <support/every_model.hpp>
#include <support/refusal.hpp>

using namespace gradus;
using Catch::Matchers::ContainsSubstring;
using gradus::test::refusal;

namespace {

std::string metadata(const onnx::ModelProto& of, const std::string& key) {
    for (const auto& entry : of.metadata_props())
        if (entry.key() == key) return entry.value();
    return "(none)";
}

std::string type_of(const onnx::ValueInfoProto& value) {
    const auto& tensor = value.type().tensor_type();
    std::string out =
        value.name() + " " + onnx::TensorProto_DataType_Name(onnx::TensorProto_DataType(tensor.elem_type()));
    for (const auto& size : tensor.shape().dim())
        out += " " + (size.has_dim_param() ? size.dim_param() : std::to_string(size.dim_value()));
    return out;
}

enum class Colour { red = 3, green = 7 };

}  // namespace

TEMPLATE_TEST_CASE("every graph passes the checker, and comes back from its file", "", float, double) {
    int count = 0;
    const auto check = [&](const auto& model) {
        std::stringstream file;
        write_onnx(model, file);
        onnx::ModelProto graph;
        REQUIRE(graph.ParseFromIstream(&file));
        CHECK(graph.SerializeAsString() == onnx_of(model).SerializeAsString());
        CHECK_NOTHROW(onnx::checker::check_model(graph));
        CHECK(metadata(graph, "model") == model.kind());
        ++count;
    };
    test::for_each_kind_of_model<TestType>([&]<class Model>(const Model& model, const std::string& name) {
        INFO(name);
        if constexpr (!test::has_probit<Model>()) check(model);
    });
    CHECK(count == 11);
}

TEST_CASE("a graph says what it takes and gives") {
    const Matrix<double> W = Matrix<double>::Identity(3, 3);
    const Vector<double> b = Vector<double>::Ones(3);
    const auto binary = onnx_of(LogisticRegression<float>::from_parameters(
        W.cast<float>().leftCols(1), b.cast<float>().head(1), {-4, 9}, {.feature_names = {"a", "b", "gr\xc3\xb6"}}));
    CHECK(type_of(binary.graph().input(0)) == "X FLOAT rows 3");
    REQUIRE(binary.graph().output_size() == 2);
    CHECK(type_of(binary.graph().output(0)) == "label INT64 rows");
    CHECK(type_of(binary.graph().output(1)) == "probabilities FLOAT rows 2");
    CHECK(metadata(binary, "feature_2") == "gr\xc3\xb6");
    CHECK(metadata(binary, "class_0") == "-4");
    const auto several = onnx_of(MultivariateRegression<double>::from_parameters(W.leftCols(2), b.head(2)));
    REQUIRE(several.graph().output_size() == 1);
    CHECK(type_of(several.graph().output(0)) == "prediction DOUBLE rows 2");
    CHECK(metadata(several, "class_0") == "(none)");
}

TEST_CASE("labels of any type are labels of the graph") {
    const auto graph = []<class Label>(Classes<Label> classes) {
        const auto out = onnx_of(LogisticRegression<double, NoPenalty, Label>::from_parameters(
            Matrix<double>::Ones(2, 1), Vector<double>::Ones(1), std::move(classes)));
        CHECK_NOTHROW(onnx::checker::check_model(out));
        return type_of(out.graph().output(0)) + ", " + metadata(out, "class_0") + ", " + metadata(out, "class_1");
    };
    CHECK(graph(Classes<std::string>{"", "ja"}) == "label STRING rows, , ja");
    CHECK(graph(Classes<bool>{false, true}) == "label BOOL rows, false, true");
    CHECK(graph(Classes<double>{0.1, 1e300}) == "label DOUBLE rows, 0.1, 1e+300");
    CHECK(graph(Classes<float>{0.1f, 7}) == "label FLOAT rows, 0.1, 7");
    CHECK(graph(Classes<std::uint64_t>{0, ~std::uint64_t(0)}) == "label UINT64 rows, 0, 18446744073709551615");
    CHECK(graph(Classes<char>{'a', 'b'}) == "label INT64 rows, 97, 98");
    CHECK(graph(Classes<Colour>{Colour::green, Colour::red}) == "label INT64 rows, 7, 3");
}

TEST_CASE("what cannot be written as a graph is said before a file is written") {
    const std::string file = "/nonexistent/model.onnx";
    LinearRegression<double> model;
    CHECK_THROWS_AS(write_onnx(model, file), NotFitted);
    model = LinearRegression<double>::from_parameters(Eigen::Vector2d(1, 2), 3, {.feature_names = {"a", "\xff"}});
    CHECK_THAT(refusal([&] { write_onnx(model, file); }), ContainsSubstring("feature 1 is not UTF-8 (byte 1)"));
    model = LinearRegression<double>::from_parameters(Eigen::Vector2d(1, 2), 3);
    CHECK_THAT(refusal([&] { write_onnx(model, file); }), ContainsSubstring("cannot write /nonexistent/model.onnx"));
}
