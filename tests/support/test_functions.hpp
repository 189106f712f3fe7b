// The usual test functions for minimisers: More, Garbow, Hillstrom, "Testing Unconstrained Optimization Software", ACM
// Trans. Math. Softw. 7 (1981), 17, by their numbers there, with the starts given there. Used by tests and benchmarks.
#pragma once

#include <gradus/core/types.hpp>

#include <cmath>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace gradus::test {

/// a + b e with e^2 = 0: a gradient computed with x + v e carries H v along, exactly. A Dual of Duals has two such
/// units, e and e': a value computed with x + v e + w e' carries v'grad f, w'grad f and, with e e', v'H w.
template <class S>
struct Dual {
    S a{0}, b{0};
    Dual() = default;
    Dual(S value, S change = S(0)) : a(value), b(change) {}
    template <class Number, std::enable_if_t<std::is_arithmetic_v<Number> && !std::is_same_v<Number, S>, int> = 0>
    Dual(Number value) : a(static_cast<S>(value)) {}
    Dual& operator+=(const Dual& y) { return *this = *this + y; }
    Dual& operator-=(const Dual& y) { return *this = *this - y; }
    friend Dual operator-(const Dual& x) { return {-x.a, -x.b}; }
    friend Dual operator+(const Dual& x, const Dual& y) { return {x.a + y.a, x.b + y.b}; }
    friend Dual operator-(const Dual& x, const Dual& y) { return {x.a - y.a, x.b - y.b}; }
    friend Dual operator*(const Dual& x, const Dual& y) { return {x.a * y.a, x.a * y.b + x.b * y.a}; }
    friend Dual operator/(const Dual& x, const Dual& y) { return {x.a / y.a, (x.b - x.a / y.a * y.b) / y.a}; }
    friend Dual exp(const Dual& x) {
        using std::exp;
        return {exp(x.a), x.b * exp(x.a)};
    }
    friend Dual log(const Dual& x) {
        using std::log;
        return {log(x.a), x.b / x.a};
    }
    friend Dual sin(const Dual& x) {
        using std::cos, std::sin;
        return {sin(x.a), x.b * cos(x.a)};
    }
    friend Dual cos(const Dual& x) {
        using std::cos, std::sin;
        return {cos(x.a), -x.b * sin(x.a)};
    }
    friend Dual atan(const Dual& x) {
        using std::atan;
        return {atan(x.a), x.b / (S(1) + x.a * x.a)};
    }
    friend Dual sqrt(const Dual& x) {
        using std::sqrt;
        return {sqrt(x.a), x.b / (S(2) * sqrt(x.a))};
    }
};
template <class T>
double plain(const T& x) {
    return static_cast<double>(x);
}
template <class S>
double plain(const Dual<S>& x) {
    return plain(x.a);
}

/// f = sum r_i^2 and its gradient, one residual after another.
template <class T>
class SumOfSquares {
public:
    explicit SumOfSquares(std::size_t n) : gradient(n, T(0)) {}
    void add(const T& r, std::initializer_list<std::pair<std::size_t, T>> slopes) {
        value += r * r;
        for (const auto& [j, slope] : slopes) gradient[j] += T(2) * r * slope;
    }
    void add(const T& r, const std::vector<T>& slopes) {
        value += r * r;
        for (std::size_t j = 0; j < slopes.size(); ++j) gradient[j] += T(2) * r * slopes[j];
    }
    T value{0};
    std::vector<T> gradient;
};

/// Each f below is called with x and an empty sum.
namespace functions {

struct Rosenbrock {  // 21 (1 for n = 2)
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
            f.add(T(10) * (x[i + 1] - x[i] * x[i]), {{i, T(-20) * x[i]}, {i + 1, T(10)}});
            f.add(T(1) - x[i], {{i, T(-1)}});
        }
    }
};
struct ChainedRosenbrock {  // Toint, Math. Comp. 32 (1978), 839: each coordinate bound to the next
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        for (std::size_t i = 0; i + 1 < x.size(); ++i) {
            f.add(T(10) * (x[i + 1] - x[i] * x[i]), {{i, T(-20) * x[i]}, {i + 1, T(10)}});
            f.add(T(1) - x[i], {{i, T(-1)}});
        }
    }
};
struct FreudensteinRoth {  // 2
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        const T y = x[1];
        f.add(T(-13) + x[0] + ((T(5) - y) * y - T(2)) * y, {{0, T(1)}, {1, T(10) * y - T(3) * y * y - T(2)}});
        f.add(T(-29) + x[0] + ((y + T(1)) * y - T(14)) * y, {{0, T(1)}, {1, T(3) * y * y + T(2) * y - T(14)}});
    }
};
struct BrownBadlyScaled {  // 4
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        f.add(x[0] - T(1e6), {{0, T(1)}});
        f.add(x[1] - T(2e-6), {{1, T(1)}});
        f.add(x[0] * x[1] - T(2), {{0, x[1]}, {1, x[0]}});
    }
};
struct Beale {  // 5
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        T power(1);
        for (int i = 1; i <= 3; ++i) {
            const T slope = T(i) * power * x[0];
            power = power * x[1];
            f.add(T(i == 1 ? 1.5 : i == 2 ? 2.25 : 2.625) - x[0] * (T(1) - power), {{0, power - T(1)}, {1, slope}});
        }
    }
};
struct JennrichSampson {  // 6, m = 10
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        using std::exp;
        for (int i = 1; i <= 10; ++i) {
            const T a = exp(T(i) * x[0]), b = exp(T(i) * x[1]);
            f.add(T(2 + 2 * i) - a - b, {{0, T(-i) * a}, {1, T(-i) * b}});
        }
    }
};
struct HelicalValley {  // 7
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        using std::atan, std::sqrt;
        const T turn = T(8) * atan(T(1)), square = x[0] * x[0] + x[1] * x[1], r = sqrt(square);
        const T angle = atan(x[1] / x[0]) / turn + T(plain(x[0]) < 0 ? 0.5 : 0);
        f.add(T(10) * (x[2] - T(10) * angle),
              {{0, T(100) * x[1] / (turn * square)}, {1, T(-100) * x[0] / (turn * square)}, {2, T(10)}});
        f.add(T(10) * (r - T(1)), {{0, T(10) * x[0] / r}, {1, T(10) * x[1] / r}});
        f.add(x[2], {{2, T(1)}});
    }
};
struct Box {  // 12, m = 10
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        using std::exp;
        for (int i = 1; i <= 10; ++i) {
            const T t = T(i) / T(10), a = exp(-t * x[0]), b = exp(-t * x[1]), c = exp(-t) - exp(T(-i));
            f.add(a - b - x[2] * c, {{0, -t * a}, {1, t * b}, {2, -c}});
        }
    }
};
struct Powell {  // 22 (13 for n = 4): its Hessian is singular at the minimum
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        using std::sqrt;
        const T five = sqrt(T(5)), ten = sqrt(T(10));
        for (std::size_t i = 0; i + 3 < x.size(); i += 4) {
            const T u = x[i + 1] - T(2) * x[i + 2], v = x[i] - x[i + 3];
            f.add(x[i] + T(10) * x[i + 1], {{i, T(1)}, {i + 1, T(10)}});
            f.add(five * (x[i + 2] - x[i + 3]), {{i + 2, five}, {i + 3, -five}});
            f.add(u * u, {{i + 1, T(2) * u}, {i + 2, T(-4) * u}});
            f.add(ten * v * v, {{i, T(2) * ten * v}, {i + 3, T(-2) * ten * v}});
        }
    }
};
struct Wood {  // 14
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        using std::sqrt;
        const T a = sqrt(T(90)), b = sqrt(T(10));
        f.add(T(10) * (x[1] - x[0] * x[0]), {{0, T(-20) * x[0]}, {1, T(10)}});
        f.add(T(1) - x[0], {{0, T(-1)}});
        f.add(a * (x[3] - x[2] * x[2]), {{2, T(-2) * a * x[2]}, {3, a}});
        f.add(T(1) - x[2], {{2, T(-1)}});
        f.add(b * (x[1] + x[3] - T(2)), {{1, b}, {3, b}});
        f.add((x[1] - x[3]) / b, {{1, T(1) / b}, {3, T(-1) / b}});
    }
};
struct BiggsExp6 {  // 18, m = 13
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        using std::exp;
        for (int i = 1; i <= 13; ++i) {
            const T t = T(i) / T(10), y = exp(-t) - T(5) * exp(T(-i)) + T(3) * exp(T(-4) * t);
            const T a = exp(-t * x[0]), b = exp(-t * x[1]), c = exp(-t * x[4]);
            f.add(x[2] * a - x[3] * b + x[5] * c - y,
                  {{0, -t * x[2] * a}, {1, t * x[3] * b}, {2, a}, {3, -b}, {4, -t * x[5] * c}, {5, c}});
        }
    }
};
struct Penalty1 {  // 23
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        using std::sqrt;
        const T a = sqrt(T(1) / T(100'000));
        T square(-0.25);
        std::vector<T> slopes;
        for (std::size_t i = 0; i < x.size(); ++i) {
            f.add(a * (x[i] - T(1)), {{i, a}});
            square += x[i] * x[i];
            slopes.push_back(T(2) * x[i]);
        }
        f.add(square, slopes);
    }
};
struct VariablyDimensioned {  // 25
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        T sum(0);
        for (std::size_t i = 0; i < x.size(); ++i) {
            f.add(x[i] - T(1), {{i, T(1)}});
            sum += T(static_cast<double>(i + 1)) * (x[i] - T(1));
        }
        std::vector<T> once, twice;
        for (std::size_t i = 0; i < x.size(); ++i) {
            once.push_back(T(static_cast<double>(i + 1)));
            twice.push_back(T(2) * sum * once.back());
        }
        f.add(sum, once);
        f.add(sum * sum, twice);
    }
};
struct Trigonometric {  // 26
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        using std::cos, std::sin;
        const T n(static_cast<double>(x.size()));
        T cosines(0);
        for (const T& entry : x) cosines += cos(entry);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const T k(static_cast<double>(i + 1));
            std::vector<T> slopes;
            for (const T& entry : x) slopes.push_back(sin(entry));
            slopes[i] += k * sin(x[i]) - cos(x[i]);
            f.add(n - cosines + k * (T(1) - cos(x[i])) - sin(x[i]), slopes);
        }
    }
};
struct BrownAlmostLinear {  // 27
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        T sum(0), product(1);
        for (const T& entry : x) sum += entry, product = product * entry;
        const std::size_t n = x.size();
        std::vector<T> slopes(n, T(1));
        for (std::size_t i = 0; i + 1 < n; ++i) {
            slopes[i] = T(2);
            f.add(x[i] + sum - T(static_cast<double>(n + 1)), slopes);
            slopes[i] = T(1);
        }
        for (std::size_t i = 0; i < n; ++i) {
            slopes[i] = T(1);
            for (std::size_t j = 0; j < n; ++j)
                if (j != i) slopes[i] = slopes[i] * x[j];
        }
        f.add(product - T(1), slopes);
    }
};
struct BroydenTridiagonal {  // 30
    template <class T>
    static void add(const std::vector<T>& x, SumOfSquares<T>& f) {
        for (std::size_t i = 0; i < x.size(); ++i) {
            const T left = i ? x[i - 1] : T(0), right = i + 1 < x.size() ? x[i + 1] : T(0);
            f.add((T(3) - T(2) * x[i]) * x[i] - left - T(2) * right + T(1),
                  {{i, T(3) - T(4) * x[i]},
                   {i ? i - 1 : i, T(i ? -1 : 0)},
                   {i + 1 < x.size() ? i + 1 : i, T(i + 1 < x.size() ? -2 : 0)}});
        }
    }
};

}  // namespace functions

/// One of them as an objective with gradient and Hessian-vector product.
template <class Formula, class S = double>
struct Standard {
    S value_and_gradient(const Vector<S>& x, Vector<S>& gradient) const {
        SumOfSquares<S> f(static_cast<std::size_t>(x.size()));
        Formula::add(std::vector<S>(x.data(), x.data() + x.size()), f);
        gradient = Eigen::Map<const Vector<S>>(f.gradient.data(), x.size());
        return f.value;
    }
    void hessian_product(const Vector<S>& x, const Vector<S>& v, Vector<S>& out) const {
        std::vector<Dual<S>> dual;
        for (Index j = 0; j < x.size(); ++j) dual.emplace_back(x[j], v[j]);
        SumOfSquares<Dual<S>> f(dual.size());
        Formula::add(dual, f);
        out.resize(x.size());
        for (Index j = 0; j < x.size(); ++j) out[j] = f.gradient[static_cast<std::size_t>(j)].b;
    }
};

/// The same with its type forgotten, for lists.
struct TestFunction {
    std::string name;
    Vector<double> start;
    std::function<double(const Vector<double>&, Vector<double>&)> f;
    std::function<void(const Vector<double>&, const Vector<double>&, Vector<double>&)> product;

    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const { return f(x, gradient); }
    void hessian_product(const Vector<double>& x, const Vector<double>& v, Vector<double>& out) const {
        product(x, v, out);
    }
};

template <class Formula>
TestFunction test_function(std::string name, Vector<double> start) {
    const Standard<Formula> f;
    return {std::move(name) + " " + std::to_string(start.size()), std::move(start),
            [f](const auto& x, auto& gradient) { return f.value_and_gradient(x, gradient); },
            [f](const auto& x, const auto& v, auto& out) { f.hessian_product(x, v, out); }};
}

/// The entries over and over.
inline Vector<double> repeated(std::initializer_list<double> entries, Index n) {
    Vector<double> x(n);
    for (Index j = 0; j < n; ++j) x[j] = entries.begin()[static_cast<std::size_t>(j) % entries.size()];
    return x;
}

inline std::vector<TestFunction> standard_test_functions() {
    using namespace functions;
    std::vector<TestFunction> all;
    for (const Index n : {2, 10, 100, 1000})
        all.push_back(test_function<Rosenbrock>("Rosenbrock", repeated({-1.2, 1}, n)));
    for (const Index n : {10, 100, 1000})
        all.push_back(test_function<ChainedRosenbrock>("chained Rosenbrock", repeated({-1.2, 1}, n)));
    all.push_back(test_function<FreudensteinRoth>("Freudenstein and Roth", repeated({0.5, -2}, 2)));
    all.push_back(test_function<BrownBadlyScaled>("Brown badly scaled", repeated({1}, 2)));
    all.push_back(test_function<Beale>("Beale", repeated({1}, 2)));
    all.push_back(test_function<JennrichSampson>("Jennrich and Sampson", repeated({0.3, 0.4}, 2)));
    all.push_back(test_function<HelicalValley>("helical valley", repeated({-1, 0, 0}, 3)));
    all.push_back(test_function<Box>("Box", repeated({0, 10, 20}, 3)));
    for (const Index n : {4, 100, 1000})
        all.push_back(test_function<Powell>("Powell singular", repeated({3, -1, 0, 1}, n)));
    all.push_back(test_function<Wood>("Wood", repeated({-3, -1}, 4)));
    all.push_back(test_function<BiggsExp6>("Biggs EXP6", repeated({1, 2, 1, 1, 1, 1}, 6)));
    for (const Index n : {4, 10})
        all.push_back(test_function<Penalty1>("penalty I", Vector<double>::LinSpaced(n, 1, static_cast<double>(n))));
    for (const Index n : {10, 100}) {
        const double h = 1 / static_cast<double>(n);
        all.push_back(
            test_function<VariablyDimensioned>("variably dimensioned", Vector<double>::LinSpaced(n, 1 - h, 0)));
        all.push_back(test_function<Trigonometric>("trigonometric", Vector<double>::Constant(n, h)));
    }
    all.push_back(test_function<BrownAlmostLinear>("Brown almost linear", repeated({0.5}, 10)));
    for (const Index n : {10, 1000})
        all.push_back(test_function<BroydenTridiagonal>("Broyden tridiagonal", repeated({-1}, n)));
    return all;
}

}  // namespace gradus::test
