#pragma once
// A small linear program: is a vector a combination of others with factors >= 0?

#include <gradus/numeric/products.hpp>

#include <limits>
#include <utility>
#include <vector>

namespace gradus {

/// Phase 1 of the revised simplex method for Z lambda = b, lambda >= 0, the columns z of Z (d numbers each) being
/// handed in as they are found wanting: minimises the sum of d artificial variables (Dantzig, Linear Programming and
/// Extensions, 1963, ch. 5.2 and 9.2). Farkas: either such a lambda exists, or a direction v with v'z >= 0 for every
/// column and v'b < 0. So: direction() is asked for, a column with v'z < 0 is looked for, and enter()ed; when there is
/// none, v answers the question: it is zero on every column when b is such a combination.
///
/// b in general position (random positive factors) makes every vertex nondegenerate, so that the method cannot cycle;
/// artificial variables never come back. O(d^2) for each column entered, d^2 numbers twice.
template <Scalar S>
class PhaseOne {
public:
    GRADUS_ONCE explicit PhaseOne(const Vector<S>& b)
        : b_(b), basis_(Matrix<S>::Zero(b.size(), b.size())), ids_(static_cast<std::size_t>(b.size()), -1) {
        for (Index j = 0; j < b.size(); ++j) basis_(j, j) = b[j] < S(0) ? S(-1) : S(1);
        inverse_ = basis_;
        x_ = product<S>(inverse_, b_);
    }

    /// v = -B'^-1 c, c being 1 for the artificial variables of the basis B and 0 for the others.
    GRADUS_ONCE Vector<S> direction() const {
        Vector<S> c(b_.size());
        for (Index i = 0; i < c.size(); ++i) c[i] = id(i) < 0 ? S(-1) : S(0);
        return transposed_product<S>(inverse_, c);
    }

    /// Column z, called `id` >= 0, for which v'z < 0, takes the place of the one that reaches zero first; of nearly
    /// equal ones that with the largest pivot. false: there is none, which only rounding can bring about.
    GRADUS_ONCE bool enter(const Vector<S>& z, Index id) {
        const Index d = b_.size();
        const Vector<S> w = product<S>(inverse_, z);
        const S least = S(1e4) * epsilon<S> * max_norm(w);
        S step(-1);
        for (Index i = 0; i < w.size(); ++i) {  // with a little slack, so that there is a choice of pivots
            if (!(w[i] > least)) continue;
            const S reach = (std::max(x_[i], S(0)) + S(64) * epsilon<S> * scale()) / w[i];
            if (step < S(0) || reach < step) step = reach;
        }
        if (step < S(0)) return false;
        Index row = -1;
        for (Index i = 0; i < w.size(); ++i)
            if (w[i] > least && std::max(x_[i], S(0)) <= step * w[i] && (row < 0 || w[i] > w[row])) row = i;
        if (row < 0) return false;
        for (Index i = 0; i < d; ++i) basis_(i, row) = z[i];
        ids_[static_cast<std::size_t>(row)] = id;
        const S pivot = w[row], moved = std::max(x_[row], S(0)) / pivot;
        for (Index j = 0; j < d; ++j) {
            const S factor = inverse_(row, j) / pivot;
            add_multiple(S(-factor), w.data(), &inverse_(0, j), d);
            inverse_(row, j) = factor;
        }
        add_multiple(S(-moved), w, x_);
        x_[row] = moved;
        if (++entered_ % 64 == 0) refresh();
        return true;
    }

    /// The inverse anew, by Gauss and Jordan with partial pivoting. O(d^3).
    GRADUS_ONCE void refresh() {
        using std::abs;
        const Index d = b_.size();
        Matrix<S> A = basis_;
        Vector<S> column(d);
        inverse_ = Matrix<S>::Identity(d, d);
        for (Index j = 0; j < d; ++j) {
            Index pivot = j;
            for (Index i = j; i < d; ++i)
                if (abs(A(i, j)) > abs(A(pivot, j))) pivot = i;
            for (Index l = 0; pivot != j && l < d; ++l) {
                std::swap(A(pivot, l), A(j, l));
                std::swap(inverse_(pivot, l), inverse_(j, l));
            }
            for (Index i = 0; i < d; ++i) column[i] = A(i, j);
            for (Matrix<S>* M : {&A, &inverse_})
                for (Index l = 0; l < d; ++l) {
                    const S factor = (*M)(j, l) / column[j];
                    add_multiple(S(-factor), column.data(), &(*M)(0, l), d);
                    (*M)(j, l) = factor;
                }
        }
        x_ = product<S>(inverse_, b_);
    }

    /// At least the largest component of B^-1 r for every r with |r_j| <= most[j], whatever rounding did to the
    /// inverse: with E = I - M B for the inverse M at hand, B^-1 = (I - E)^-1 M. Infinite: M is too far off. O(d^3).
    GRADUS_ONCE S solution_bound(const Vector<S>& most) const {
        using std::abs;
        const Index d = b_.size();
        const Matrix<S> sizes = product<S>(Matrix<S>(inverse_.cwiseAbs()), Matrix<S>(basis_.cwiseAbs())),
                        image = product<S>(inverse_, basis_);
        const Vector<S> reach = product<S>(Matrix<S>(inverse_.cwiseAbs()), most);
        S error(0);
        for (Index i = 0; i < d; ++i) {
            S row(0);
            for (Index j = 0; j < d; ++j)
                row += abs(image(i, j) - S(i == j ? 1 : 0)) + S(static_cast<double>(d + 8)) * epsilon<S> * sizes(i, j);
            if (!(row <= error)) error = row;
        }
        return error < S(0.5) ? S(4) * max_norm(reach) : std::numeric_limits<S>::infinity();
    }
    /// The i-th row of B^-1: orthogonal to all columns but the i-th.
    Vector<S> row(Index i) const { return inverse_.row(i).transpose(); }

    Index size() const { return b_.size(); }
    /// Of the i-th column of the basis; -1: artificial.
    Index id(Index i) const { return ids_[static_cast<std::size_t>(i)]; }
    /// Its factor, >= 0 up to rounding.
    const S& factor(Index i) const { return x_[i]; }

private:
    S scale() const { return max_norm(b_); }

    Vector<S> b_, x_;
    Matrix<S> basis_, inverse_;
    std::vector<Index> ids_;
    int entered_ = 0;
};

}  // namespace gradus
