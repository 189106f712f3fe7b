// A storage from outside the library: a matrix of zeros and ones, one bit each.
#pragma once

#include <gradus/core/types.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace outside {

/// n x p bits, row after row in words of 64; 64 times smaller than the matrix. Products visit the ones alone.
class BitTable {
public:
    static constexpr bool has_random_access = true;  // any rows, in any order, by several threads

    /// 1 where the entry is not zero.
    template <class M>
    explicit BitTable(const M& matrix)
        : rows_(matrix.rows()),
          columns_(matrix.cols()),
          words_((columns_ + 63) / 64),
          bits_(static_cast<std::size_t>(rows_ * words_)) {
        for (gradus::Index i = 0; i < rows_; ++i)
            for (gradus::Index j = 0; j < columns_; ++j)
                if (matrix(i, j) != 0)
                    bits_[static_cast<std::size_t>(i * words_ + j / 64)] |= std::uint64_t(1) << (j % 64);
    }

    gradus::Index rows() const { return rows_; }
    gradus::Index columns() const { return columns_; }

    void read(gradus::Index first, Eigen::Ref<Eigen::MatrixXd> out) const {
        out.setZero();
        for (gradus::Index i = 0; i < out.rows(); ++i) for_each_one(first + i, [&](gradus::Index j) { out(i, j) = 1; });
    }
    void times(gradus::Index first, const Eigen::Ref<Eigen::MatrixXd>& W, Eigen::Ref<Eigen::MatrixXd> out) const {
        out.setZero();
        for (gradus::Index i = 0; i < out.rows(); ++i)
            for_each_one(first + i, [&](gradus::Index j) { out.row(i) += W.row(j); });
    }
    void add_transposed_times(gradus::Index first, const Eigen::Ref<Eigen::MatrixXd>& R,
                              Eigen::Ref<Eigen::MatrixXd> out) const {
        for (gradus::Index i = 0; i < R.rows(); ++i)
            for_each_one(first + i, [&](gradus::Index j) { out.row(j) += R.row(i); });
    }

private:
    template <class At>
    void for_each_one(gradus::Index i, At&& at) const {
        for (gradus::Index w = 0; w < words_; ++w) {
            std::uint64_t word = bits_[static_cast<std::size_t>(i * words_ + w)];
            for (gradus::Index j = 64 * w; word != 0; ++j, word >>= 1)
                if (word & 1) at(j);
        }
    }

    gradus::Index rows_, columns_, words_;
    std::vector<std::uint64_t> bits_;
};

}  // namespace outside
