#include "gradus/data/view.hpp"
inline void forward(RowBlock<double>& block);
