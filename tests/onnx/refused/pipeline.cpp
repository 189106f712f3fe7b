// expect: gradus: an ONNX file holds a model without steps before it
#include <gradus/io/onnx.hpp>
#include <gradus/models/linear_regression.hpp>
#include <gradus/preprocessing/pipeline.hpp>
#include <gradus/preprocessing/standard_scaler.hpp>

void export_it(const gradus::Pipeline<gradus::LinearRegression<double>, gradus::StandardScaler<double>>& model) {
    gradus::write_onnx(model, "model.onnx");
}
