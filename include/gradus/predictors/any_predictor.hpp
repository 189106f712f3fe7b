#pragma once
// A predictor whose type is forgotten; see AnyLoss for why.

#include <gradus/predictors/predictor.hpp>

#include <memory>
#include <utility>

namespace gradus {

/// Forwards to a predictor that has everything: Predictor, CurvedPredictor, ExactPredictor, and parameters(), intercepts() and add_direction().
template <Scalar S>
class AnyPredictor {
public:
    template <CurvedPredictor<S> P>
    explicit AnyPredictor(P predictor) : predictor_(std::make_unique<Kept<P>>(std::move(predictor))) {}

    Index dimension() const { return predictor_->dimension(); }
    Index outputs() const { return predictor_->outputs(); }
    Index intercepts() const { return predictor_->intercepts(); }
    Matrix<S> loadings() const { return predictor_->loadings(); }
    void forward(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> eta) const {
        predictor_->forward(block, theta, eta);
    }
    void pullback(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& gradient) const {
        predictor_->pullback(block, slope, gradient);
    }
    void sandwich(RowBlock<S>& block, const ConstMatrixView<S>& curvature, Matrix<S>& H) const {
        predictor_->sandwich(block, curvature, H);
    }
    void complete(Matrix<S>& H) const { predictor_->complete(H); }
    Matrix<S> coefficients(const Vector<S>& theta) const { return predictor_->coefficients(theta); }
    Vector<S> intercept(const Vector<S>& theta) const { return predictor_->intercept(theta); }
    Vector<S> parameters(const Matrix<S>& W, const Vector<S>& b) const { return predictor_->parameters(W, b); }
    void add_coefficient_gradient(const Matrix<S>& G, Vector<S>& gradient) const {
        predictor_->add_coefficient_gradient(G, gradient);
    }
    void add_coefficient_curvature(const Matrix<S>& h, Matrix<S>& H) const {
        predictor_->add_coefficient_curvature(h, H);
    }
    void forward_exactly(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> high, MatrixView<S> low) const {
        predictor_->forward_exactly(block, theta, high, low);
    }
    void pullback_exactly(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& high, Vector<S>& low) const {
        predictor_->pullback_exactly(block, slope, high, low);
    }
    void add_direction(const Vector<S>& x, Index c, const S& factor, Vector<S>& out) const {
        predictor_->add_direction(x, c, factor, out);
    }

private:
    struct Interface {
        virtual ~Interface() = default;
        virtual Index dimension() const = 0;
        virtual Index outputs() const = 0;
        virtual Index intercepts() const = 0;
        virtual Matrix<S> loadings() const = 0;
        virtual void forward(RowBlock<S>&, const Vector<S>&, MatrixView<S>) const = 0;
        virtual void pullback(RowBlock<S>&, const ConstMatrixView<S>&, Vector<S>&) const = 0;
        virtual void sandwich(RowBlock<S>&, const ConstMatrixView<S>&, Matrix<S>&) const = 0;
        virtual void complete(Matrix<S>&) const = 0;
        virtual Matrix<S> coefficients(const Vector<S>&) const = 0;
        virtual Vector<S> intercept(const Vector<S>&) const = 0;
        virtual Vector<S> parameters(const Matrix<S>&, const Vector<S>&) const = 0;
        virtual void add_coefficient_gradient(const Matrix<S>&, Vector<S>&) const = 0;
        virtual void add_coefficient_curvature(const Matrix<S>&, Matrix<S>&) const = 0;
        virtual void forward_exactly(RowBlock<S>&, const Vector<S>&, MatrixView<S>, MatrixView<S>) const = 0;
        virtual void pullback_exactly(RowBlock<S>&, const ConstMatrixView<S>&, Vector<S>&, Vector<S>&) const = 0;
        virtual void add_direction(const Vector<S>&, Index, const S&, Vector<S>&) const = 0;
    };

    template <class P>
    struct Kept final : Interface {
        explicit Kept(P kept) : predictor(std::move(kept)) {}
        Index dimension() const override { return predictor.dimension(); }
        Index outputs() const override { return predictor.outputs(); }
        Index intercepts() const override { return predictor.intercepts(); }
        Matrix<S> loadings() const override {
            if constexpr (requires { predictor.loadings(); }) return predictor.loadings();
            else return Matrix<S>::Identity(predictor.outputs(), predictor.outputs());
        }
        void forward(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> eta) const override {
            predictor.forward(block, theta, eta);
        }
        void pullback(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& gradient) const override {
            predictor.pullback(block, slope, gradient);
        }
        void sandwich(RowBlock<S>& block, const ConstMatrixView<S>& curvature, Matrix<S>& H) const override {
            predictor.sandwich(block, curvature, H);
        }
        void complete(Matrix<S>& H) const override { predictor.complete(H); }
        Matrix<S> coefficients(const Vector<S>& theta) const override { return predictor.coefficients(theta); }
        Vector<S> intercept(const Vector<S>& theta) const override { return predictor.intercept(theta); }
        Vector<S> parameters(const Matrix<S>& W, const Vector<S>& b) const override {
            return predictor.parameters(W, b);
        }
        void add_coefficient_gradient(const Matrix<S>& G, Vector<S>& gradient) const override {
            predictor.add_coefficient_gradient(G, gradient);
        }
        void add_coefficient_curvature(const Matrix<S>& h, Matrix<S>& H) const override {
            predictor.add_coefficient_curvature(h, H);
        }
        void forward_exactly(RowBlock<S>& block, const Vector<S>& theta, MatrixView<S> high,
                             MatrixView<S> low) const override {
            predictor.forward_exactly(block, theta, high, low);
        }
        void pullback_exactly(RowBlock<S>& block, const ConstMatrixView<S>& slope, Vector<S>& high,
                              Vector<S>& low) const override {
            predictor.pullback_exactly(block, slope, high, low);
        }
        void add_direction(const Vector<S>& x, Index c, const S& factor, Vector<S>& out) const override {
            predictor.add_direction(x, c, factor, out);
        }
        P predictor;
    };

    std::unique_ptr<const Interface> predictor_;
};

}  // namespace gradus
