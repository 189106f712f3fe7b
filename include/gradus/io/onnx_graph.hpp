#pragma once
// The sentences of which an ONNX graph is made: tensors, nodes, inputs and outputs. Needs ONNX; link gradus::onnx.

#include <gradus/core/config.hpp>

#if !defined(ONNX_ML) || !defined(ONNX_NAMESPACE)
#error "gradus/io/onnx.hpp: link gradus::onnx, or define ONNX_ML and ONNX_NAMESPACE as the ONNX library was built with"
#endif

#include <gradus/core/types.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <onnx/onnx_pb.h>
#include <string>
#include <type_traits>

namespace gradus::detail {

/// The element type of a tensor of T.
template <class T>
constexpr ::onnx::TensorProto_DataType onnx_type() {
    using Proto = ::onnx::TensorProto;
    if constexpr (std::is_same_v<T, float>) return Proto::FLOAT;
    else if constexpr (std::is_same_v<T, double>) return Proto::DOUBLE;
    else if constexpr (std::is_same_v<T, std::int64_t>) return Proto::INT64;
    else if constexpr (std::is_same_v<T, std::uint64_t>) return Proto::UINT64;
    else if constexpr (std::is_same_v<T, bool>) return Proto::BOOL;
    else {
        static_assert(std::is_same_v<T, std::string>);
        return Proto::STRING;
    }
}
inline void add_entry(::onnx::TensorProto& to, float value) { to.add_float_data(value); }
inline void add_entry(::onnx::TensorProto& to, double value) { to.add_double_data(value); }
inline void add_entry(::onnx::TensorProto& to, std::int64_t value) { to.add_int64_data(value); }
inline void add_entry(::onnx::TensorProto& to, std::uint64_t value) { to.add_uint64_data(value); }
inline void add_entry(::onnx::TensorProto& to, bool value) { to.add_int32_data(value); }
inline void add_entry(::onnx::TensorProto& to, const std::string& value) { to.add_string_data(value); }

/// Names are the variables of the graph: each call returns the one that it defines.
class OnnxGraph {
public:
    using Names = std::initializer_list<std::string>;

    explicit OnnxGraph(::onnx::GraphProto& graph) : graph_(graph) {}

    /// A constant of any shape, its `count` entries in the order of rows: entry(i).
    template <class T, class Entry>
    std::string constant(const std::string& name, std::initializer_list<Index> shape, Index count, Entry&& entry) {
        ::onnx::TensorProto& tensor = *graph_.add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(onnx_type<T>());
        for (const Index size : shape) tensor.add_dims(size);
        for (Index i = 0; i < count; ++i) add_entry(tensor, T(entry(i)));
        return name;
    }
    template <class T>
    std::string scalar(const std::string& name, T value) {
        return constant<T>(name, {}, 1, [&](Index) { return value; });
    }
    template <class S>
    std::string matrix(const std::string& name, const Matrix<S>& of) {
        return constant<S>(name, {of.rows(), of.cols()}, of.size(),
                           [&](Index i) { return of(i / of.cols(), i % of.cols()); });
    }

    /// output = operation(inputs), with attributes that are whole numbers.
    struct Attribute {
        const char* name;
        std::int64_t value;
    };
    std::string node(const char* operation, Names inputs, const std::string& output,
                     std::initializer_list<Attribute> attributes = {}) {
        ::onnx::NodeProto& node = *graph_.add_node();
        node.set_op_type(operation);
        node.set_name("make_" + output);
        for (const std::string& input : inputs) node.add_input(input);
        node.add_output(output);
        for (const auto& [name, value] : attributes) {
            ::onnx::AttributeProto& attribute = *node.add_attribute();
            attribute.set_name(name);
            attribute.set_type(::onnx::AttributeProto::INT);
            attribute.set_i(value);
        }
        return output;
    }

    /// rows x columns, of as many rows as one likes.
    template <class T>
    std::string input(const std::string& name, Index columns) {
        return shape<T>(*graph_.add_input(), name, {columns});
    }
    template <class T>
    void output(const std::string& name, std::initializer_list<Index> columns) {
        shape<T>(*graph_.add_output(), name, columns);
    }

private:
    template <class T>
    static std::string shape(::onnx::ValueInfoProto& of, const std::string& name,
                             std::initializer_list<Index> columns) {
        of.set_name(name);
        auto& type = *of.mutable_type()->mutable_tensor_type();
        type.set_elem_type(onnx_type<T>());
        type.mutable_shape()->add_dim()->set_dim_param("rows");
        for (const Index size : columns) type.mutable_shape()->add_dim()->set_dim_value(size);
        return name;
    }

    ::onnx::GraphProto& graph_;
};

}  // namespace gradus::detail
