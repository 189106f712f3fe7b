// expect: gradus: the entries of this matrix cannot be read as the scalar type of the model
#include <gradus/data/dense_view.hpp>

#include <string>

const Eigen::Matrix<std::string, 2, 2> words;
const gradus::DenseView<double> view(words);
