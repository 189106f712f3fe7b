#include "predict.hpp"

#include <gradus/families/binomial.hpp>
#include <gradus/families/multinomial.hpp>
#include <gradus/families/ordinal.hpp>
#include <gradus/families/poisson.hpp>

namespace fit_csv {

namespace {

template <class Link>
RealMatrix level_probabilities(const RealMatrix& eta) {
    std::vector<std::string> names(static_cast<std::size_t>(eta.cols()) + 1);
    return gradus::families::Ordinal<Real, Link>{std::move(names)}.means(eta);
}

}  // namespace

RealMatrix response_means(const ResponseKind& kind, const RealMatrix& X, const RealMatrix& offset, const RealMatrix& W,
                          const RealVector& b) {
    RealMatrix eta = X * W + offset;
    if (kind.model == "ordinal") {
        RealMatrix below(eta.rows(), b.size());
        for (Eigen::Index c = 0; c < b.size(); ++c) below.col(c) = b[c] - eta.col(0).array();
        if (kind.link == "probit") return level_probabilities<gradus::Probit>(below);
        if (kind.link == "cloglog") return level_probabilities<gradus::ComplementaryLogLog>(below);
        return level_probabilities<gradus::Logit>(below);
    }
    eta.rowwise() += b.transpose();
    if (kind.model == "poisson") return eta.array().exp();
    if (kind.model != "logistic") return eta;
    if (eta.cols() == 1) return gradus::families::Binomial<Real>{}.means(eta);
    return gradus::families::Multinomial<Real>{}.means(eta);
}

}  // namespace fit_csv
