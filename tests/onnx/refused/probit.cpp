// expect: gradus: ONNX files know the links Logit and ComplementaryLogLog
#include <gradus/io/onnx.hpp>
#include <gradus/models/ordinal_regression.hpp>

void export_it(const gradus::OrdinalRegression<double, gradus::NoPenalty, int, gradus::Probit>& model) {
    gradus::write_onnx(model, "model.onnx");
}
