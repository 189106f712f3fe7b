// expect: gradus: the mean of a family of your own is a function that no file can hold
#include <gradus/families/poisson.hpp>
#include <gradus/io/onnx.hpp>
#include <gradus/models/regression.hpp>

void export_it(const gradus::Regression<gradus::families::Poisson<double>>& model) {
    gradus::write_onnx(model, "model.onnx");
}
