// expect: gradus: in an ONNX file models are of float or double
#include <gradus/io/onnx.hpp>
#include <gradus/models/linear_regression.hpp>

void export_it(const gradus::LinearRegression<long double>& model) { gradus::write_onnx(model, "model.onnx"); }
