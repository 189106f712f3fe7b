#include "trials/fits_of_scalar.hpp"

template gradus::trials::Outcome gradus::trials::fit_problem<float>(const gradus::trials::Hostile&);
