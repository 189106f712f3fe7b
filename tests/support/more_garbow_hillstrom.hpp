// The 35 problems of More, Garbow, Hillstrom, "Testing Unconstrained Optimization Software", ACM Trans. Math. Softw. 7
// (1981), 17, by their numbers there, as residuals r(x) of any type of number; minimise sum r_i^2. Data, starts and
// minima are those of the paper, unless a comment says otherwise.
#pragma once

#include "support/test_functions.hpp"

#include <algorithm>

namespace gradus::test::more_garbow_hillstrom {

template <class T>
using List = std::vector<T>;

/// For arithmetic with indices and dimensions.
inline double number(std::size_t count) { return static_cast<double>(count); }
template <class T>
T square(const T& x) {
    return x * x;
}
template <class T>
T cube(const T& x) {
    return x * x * x;
}

struct Rosenbrock {  // 1, 21
    template <class T>
    List<T> operator()(const List<T>& x) const {
        List<T> r;
        for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
            r.push_back(T(10) * (x[i + 1] - square(x[i])));
            r.push_back(T(1) - x[i]);
        }
        return r;
    }
};

struct FreudensteinRoth {  // 2
    template <class T>
    List<T> operator()(const List<T>& x) const {
        return {T(-13) + x[0] + ((T(5) - x[1]) * x[1] - T(2)) * x[1],
                T(-29) + x[0] + ((x[1] + T(1)) * x[1] - T(14)) * x[1]};
    }
};

struct PowellBadlyScaled {  // 3
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp;
        return {T(1e4) * x[0] * x[1] - T(1), exp(-x[0]) + exp(-x[1]) - T(1.0001)};
    }
};

struct BrownBadlyScaled {  // 4
    template <class T>
    List<T> operator()(const List<T>& x) const {
        return {x[0] - T(1e6), x[1] - T(2e-6), x[0] * x[1] - T(2)};
    }
};

struct Beale {  // 5
    template <class T>
    List<T> operator()(const List<T>& x) const {
        return {T(1.5) - x[0] * (T(1) - x[1]), T(2.25) - x[0] * (T(1) - square(x[1])),
                T(2.625) - x[0] * (T(1) - cube(x[1]))};
    }
};

struct JennrichSampson {  // 6
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp;
        List<T> r;
        for (int i = 1; i <= 10; ++i) r.push_back(T(2 + 2 * i) - exp(T(i) * x[0]) - exp(T(i) * x[1]));
        return r;
    }
};

struct HelicalValley {  // 7
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::atan, std::sqrt;
        const T turn = T(8) * atan(T(1)), angle = atan(x[1] / x[0]) / turn + T(plain(x[0]) < 0 ? 0.5 : 0);
        return {T(10) * (x[2] - T(10) * angle), T(10) * (sqrt(square(x[0]) + square(x[1])) - T(1)), x[2]};
    }
};

struct Bard {  // 8
    template <class T>
    List<T> operator()(const List<T>& x) const {
        constexpr double y[] = {.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39};
        List<T> r;
        for (int i = 1; i <= 15; ++i)
            r.push_back(T(y[i - 1]) - x[0] - T(i) / (T(16 - i) * x[1] + T(std::min(i, 16 - i)) * x[2]));
        return r;
    }
};

struct Gaussian {  // 9
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp;
        constexpr double y[] = {.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989};
        List<T> r;
        for (int i = 1; i <= 15; ++i)
            r.push_back(x[0] * exp(-x[1] * square(T(8 - i) / T(2) - x[2]) / T(2)) - T(y[std::min(i, 16 - i) - 1]));
        return r;
    }
};

struct Meyer {  // 10
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp;
        constexpr double y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                                8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
        List<T> r;
        for (int i = 1; i <= 16; ++i) r.push_back(x[0] * exp(x[1] / (T(45 + 5 * i) + x[2])) - T(y[i - 1]));
        return r;
    }
};

struct Gulf {  // 11, with y_i - x_2 where the paper prints y_i m i x_2, of which its solution is none
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp, std::log;
        List<T> r;
        for (int i = 1; i < 100; ++i) {
            const T t = T(i) / T(100), y = T(25) + exp(log(T(-50) * log(t)) * T(2) / T(3));
            r.push_back(exp(-exp(x[2] * log(square(y - x[1])) / T(2)) / x[0]) - t);
        }
        return r;
    }
};

struct Box {  // 12
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp;
        List<T> r;
        for (int i = 1; i <= 10; ++i) {
            const T t = T(i) / T(10);
            r.push_back(exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (exp(-t) - exp(T(-i))));
        }
        return r;
    }
};

struct PowellSingular {  // 13, 22
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::sqrt;
        List<T> r;
        for (std::size_t i = 0; i + 3 < x.size(); i += 4) {
            r.push_back(x[i] + T(10) * x[i + 1]);
            r.push_back(sqrt(T(5)) * (x[i + 2] - x[i + 3]));
            r.push_back(square(x[i + 1] - T(2) * x[i + 2]));
            r.push_back(sqrt(T(10)) * square(x[i] - x[i + 3]));
        }
        return r;
    }
};

struct Wood {  // 14
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::sqrt;
        return {T(10) * (x[1] - square(x[0])),       T(1) - x[0],
                sqrt(T(90)) * (x[3] - square(x[2])), T(1) - x[2],
                sqrt(T(10)) * (x[1] + x[3] - T(2)),  (x[1] - x[3]) / sqrt(T(10))};
    }
};

struct KowalikOsborne {  // 15
    template <class T>
    List<T> operator()(const List<T>& x) const {
        constexpr double y[] = {.1957, .1947, .1735, .1600, .0844, .0627, .0456, .0342, .0323, .0235, .0246};
        constexpr double u[] = {4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625};
        List<T> r;
        for (int i = 0; i < 11; ++i)
            r.push_back(T(y[i]) - x[0] * T(u[i]) * (T(u[i]) + x[1]) / (T(u[i]) * (T(u[i]) + x[2]) + x[3]));
        return r;
    }
};

struct BrownDennis {  // 16
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::cos, std::exp, std::sin;
        List<T> r;
        for (int i = 1; i <= 20; ++i) {
            const T t = T(i) / T(5);
            r.push_back(square(x[0] + t * x[1] - exp(t)) + square(x[2] + x[3] * sin(t) - cos(t)));
        }
        return r;
    }
};

struct Osborne1 {  // 17
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp;
        constexpr double y[] = {.844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751,
                                .718, .685, .658, .628, .603, .580, .558, .538, .522, .506, .490,
                                .478, .467, .457, .448, .438, .431, .424, .420, .414, .411, .406};
        List<T> r;
        for (int i = 0; i < 33; ++i)
            r.push_back(T(y[i]) - x[0] - x[1] * exp(T(-10 * i) * x[3]) - x[2] * exp(T(-10 * i) * x[4]));
        return r;
    }
};

struct BiggsExp6 {  // 18
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp;
        List<T> r;
        for (int i = 1; i <= 13; ++i) {
            const T t = T(i) / T(10), y = exp(-t) - T(5) * exp(T(-i)) + T(3) * exp(T(-4) * t);
            r.push_back(x[2] * exp(-t * x[0]) - x[3] * exp(-t * x[1]) + x[5] * exp(-t * x[4]) - y);
        }
        return r;
    }
};

struct Osborne2 {  // 19
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp;
        constexpr double y[] = {1.366, 1.191, 1.112, 1.013, .991, .885, .831, .847, .786, .725, .746, .679, .608,
                                .655,  .616,  .606,  .602,  .626, .651, .724, .649, .649, .694, .644, .624, .661,
                                .612,  .558,  .533,  .495,  .500, .423, .395, .375, .372, .391, .396, .405, .428,
                                .429,  .523,  .562,  .607,  .653, .672, .708, .633, .668, .645, .632, .591, .559,
                                .597,  .625,  .739,  .710,  .729, .720, .636, .581, .428, .292, .162, .098, .054};
        List<T> r;
        for (int i = 0; i < 65; ++i) {
            const T t = T(i) / T(10);
            T model = x[0] * exp(-t * x[4]);
            for (std::size_t j = 1; j < 4; ++j) model += x[j] * exp(-square(t - x[7 + j]) * x[4 + j]);
            r.push_back(T(y[i]) - model);
        }
        return r;
    }
};

struct Watson {  // 20
    template <class T>
    List<T> operator()(const List<T>& x) const {
        List<T> r;
        for (int i = 1; i <= 29; ++i) {
            const T t = T(i) / T(29);
            T polynomial(0), slope(0);
            for (std::size_t j = x.size(); j-- > 0;) {  // Horner's rule
                slope = slope * t + polynomial;
                polynomial = polynomial * t + x[j];
            }
            r.push_back(slope - square(polynomial) - T(1));
        }
        r.push_back(x[0]);
        r.push_back(x[1] - square(x[0]) - T(1));
        return r;
    }
};

struct Penalty1 {  // 23
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::sqrt;
        List<T> r;
        T sum(-0.25);
        for (const T& entry : x) {
            r.push_back(sqrt(T(1e-5)) * (entry - T(1)));
            sum += square(entry);
        }
        r.push_back(sum);
        return r;
    }
};

struct Penalty2 {  // 24
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::exp, std::sqrt;
        const std::size_t n = x.size();
        const T root = sqrt(T(1e-5)), tenth = T(1) / T(10);
        List<T> r = {x[0] - T(0.2)};
        T sum = T(number(n)) * square(x[0]) - T(1);
        for (std::size_t i = 1; i < n; ++i) {
            const T y = exp(T(number(i + 1)) * tenth) + exp(T(number(i)) * tenth);
            r.push_back(root * (exp(x[i] * tenth) + exp(x[i - 1] * tenth) - y));
            r.push_back(root * (exp(x[i] * tenth) - exp(-tenth)));
            sum += T(number(n - i)) * square(x[i]);
        }
        r.push_back(sum);
        return r;
    }
};

struct VariablyDimensioned {  // 25
    template <class T>
    List<T> operator()(const List<T>& x) const {
        List<T> r;
        T sum(0);
        for (std::size_t i = 0; i < x.size(); ++i) {
            r.push_back(x[i] - T(1));
            sum += T(number(i + 1)) * r.back();
        }
        r.push_back(sum);
        r.push_back(square(sum));
        return r;
    }
};

struct Trigonometric {  // 26
    template <class T>
    List<T> operator()(const List<T>& x) const {
        using std::cos, std::sin;
        T sum(number(x.size()));
        for (const T& entry : x) sum -= cos(entry);
        List<T> r;
        for (std::size_t i = 0; i < x.size(); ++i) r.push_back(sum + T(number(i + 1)) * (T(1) - cos(x[i])) - sin(x[i]));
        return r;
    }
};

struct BrownAlmostLinear {  // 27
    template <class T>
    List<T> operator()(const List<T>& x) const {
        T sum(-number(x.size() + 1)), product(1);
        for (const T& entry : x) sum += entry, product = product * entry;
        List<T> r;
        for (const T& entry : x) r.push_back(entry + sum);
        r.back() = product - T(1);
        return r;
    }
};

struct DiscreteBoundaryValue {  // 28
    template <class T>
    List<T> operator()(const List<T>& x) const {
        const std::size_t n = x.size();
        const T h = T(1) / T(number(n + 1));
        List<T> r;
        for (std::size_t i = 0; i < n; ++i) {
            const T left = i > 0 ? x[i - 1] : T(0), right = i + 1 < n ? x[i + 1] : T(0), t = T(number(i + 1)) * h;
            r.push_back(T(2) * x[i] - left - right + square(h) * cube(x[i] + t + T(1)) / T(2));
        }
        return r;
    }
};

struct DiscreteIntegralEquation {  // 29
    template <class T>
    List<T> operator()(const List<T>& x) const {
        const std::size_t n = x.size();
        const T h = T(1) / T(number(n + 1));
        List<T> r;
        for (std::size_t i = 0; i < n; ++i) {
            const T t = T(number(i + 1)) * h;
            T integral(0);
            for (std::size_t j = 0; j < n; ++j) {
                const T s = T(number(j + 1)) * h;
                integral += (j <= i ? (T(1) - t) * s : t * (T(1) - s)) * cube(x[j] + s + T(1));
            }
            r.push_back(x[i] + h * integral / T(2));
        }
        return r;
    }
};

struct BroydenTridiagonal {  // 30
    template <class T>
    List<T> operator()(const List<T>& x) const {
        List<T> r;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const T left = i > 0 ? x[i - 1] : T(0), right = i + 1 < x.size() ? x[i + 1] : T(0);
            r.push_back((T(3) - T(2) * x[i]) * x[i] - left - T(2) * right + T(1));
        }
        return r;
    }
};

struct BroydenBanded {  // 31
    template <class T>
    List<T> operator()(const List<T>& x) const {
        List<T> r;
        for (std::size_t i = 0; i < x.size(); ++i) {
            T entry = x[i] * (T(2) + T(5) * square(x[i])) + T(1);
            for (std::size_t j = i > 5 ? i - 5 : 0; j < std::min(i + 2, x.size()); ++j)
                if (j != i) entry -= x[j] * (T(1) + x[j]);
            r.push_back(entry);
        }
        return r;
    }
};

struct LinearFullRank {  // 32
    std::size_t m;
    template <class T>
    List<T> operator()(const List<T>& x) const {
        T sum(0);
        for (const T& entry : x) sum += entry;
        List<T> r;
        for (std::size_t i = 0; i < m; ++i)
            r.push_back((i < x.size() ? x[i] : T(0)) - T(2) / T(number(m)) * sum - T(1));
        return r;
    }
};

struct LinearRankOne {  // 33
    std::size_t m;
    template <class T>
    List<T> operator()(const List<T>& x) const {
        T sum(0);
        for (std::size_t j = 0; j < x.size(); ++j) sum += T(number(j + 1)) * x[j];
        List<T> r;
        for (std::size_t i = 1; i <= m; ++i) r.push_back(T(number(i)) * sum - T(1));
        return r;
    }
};

struct LinearRankOneWithZeros {  // 34
    std::size_t m;
    template <class T>
    List<T> operator()(const List<T>& x) const {
        T sum(0);
        for (std::size_t j = 1; j + 1 < x.size(); ++j) sum += T(number(j + 1)) * x[j];
        List<T> r;
        for (std::size_t i = 0; i < m; ++i) r.push_back(T(i + 1 < m ? number(i) : 0) * sum - T(1));
        return r;
    }
};

struct Chebyquad {  // 35
    template <class T>
    List<T> operator()(const List<T>& x) const {
        const std::size_t n = x.size();
        List<T> r(n, T(0));
        for (const T& entry : x) {
            const T u = T(2) * entry - T(1);
            T before(1), polynomial = u;
            for (std::size_t i = 0; i < n; ++i) {
                r[i] += polynomial / T(number(n));
                const T next = T(2) * u * polynomial - before;
                before = polynomial;
                polynomial = next;
            }
        }
        for (std::size_t i = 2; i <= n; i += 2) r[i - 1] += T(1) / T(number(i * i - 1));
        return r;
    }
};

/// One of them at its start, with exact first and second derivatives, its type forgotten.
class Problem {
public:
    std::string name;
    Vector<double> start;
    std::vector<double> minima;  ///< values at the local minima that runs from the start end at; none at infinity

    template <class Residuals>
    Problem(std::string label, const Residuals& residuals, Vector<double> from, std::vector<double> values)
        : name(std::move(label) + " " + std::to_string(from.size())),
          start(std::move(from)),
          minima(std::move(values)),
          once_([residuals](const List<Once>& x) { return sum_of_squares(residuals(x)); }),
          twice_([residuals](const List<Twice>& x) { return sum_of_squares(residuals(x)); }),
          residuals_(residuals) {}

    double value_and_gradient(const Vector<double>& x, Vector<double>& gradient) const {
        List<Once> at(x.begin(), x.end());
        double value = 0;
        for (std::size_t j = 0; j < at.size(); ++j) {
            at[j].b = 1;
            const Once f = once_(at);
            at[j].b = 0;
            value = f.a;
            gradient[static_cast<Index>(j)] = f.b;
        }
        return value;
    }
    void hessian(const Vector<double>& x, Matrix<double>& H) const {
        Vector<double> unit = Vector<double>::Zero(x.size()), column(x.size());
        H.resize(x.size(), x.size());
        for (Index j = 0; j < x.size(); ++j) {
            unit[j] = 1;
            hessian_product(x, unit, column);
            unit[j] = 0;
            H.col(j) = column;
        }
    }
    void hessian_product(const Vector<double>& x, const Vector<double>& v, Vector<double>& out) const {
        List<Twice> at;
        for (Index j = 0; j < x.size(); ++j) at.push_back({Once(x[j], v[j])});
        for (std::size_t j = 0; j < at.size(); ++j) {
            at[j].b.a = 1;
            out[static_cast<Index>(j)] = twice_(at).b.b;
            at[j].b.a = 0;
        }
    }

    /// In long double: the sum of squares, and the largest cosine of the angle between the residuals and a column of
    /// their Jacobian, which is zero where the gradient is, in units of nothing.
    struct Precise {
        long double value, cosine;
    };
    Precise precise(const Vector<double>& x) const {
        List<Dual<long double>> at(x.begin(), x.end());
        Precise out{0, 0};
        for (auto& entry : at) {
            entry.b = 1;
            const List<Dual<long double>> r = residuals_(at);
            entry.b = 0;
            long double slope = 0, column = 0;
            out.value = 0;
            for (const auto& [a, b] : r) out.value += a * a, slope += a * b, column += b * b;
            if (slope != 0) out.cosine = std::max(out.cosine, std::abs(slope) / std::sqrt(out.value * column));
        }
        return out;
    }

private:
    using Once = Dual<double>;
    using Twice = Dual<Once>;

    template <class T>
    static T sum_of_squares(const List<T>& r) {
        T sum(0);
        for (const T& entry : r) sum += entry * entry;
        return sum;
    }

    std::function<Once(const List<Once>&)> once_;
    std::function<Twice(const List<Twice>&)> twice_;
    std::function<List<Dual<long double>>(const List<Dual<long double>>&)> residuals_;
};

inline std::vector<Problem> problems() {
    const auto ramp = [](Index n, double first, double last) { return Vector<double>::LinSpaced(n, first, last); };
    // t_j (t_j - 1)
    const auto parabola = [](Index n) {
        const double h = 1 / static_cast<double>(n + 1);
        const Vector<double> t = Vector<double>::LinSpaced(n, h, 1 - h);
        return Vector<double>(t.array() * (t.array() - 1));
    };
    std::vector<Problem> all;
    const auto add = [&](const char* name, const auto& residuals, const Vector<double>& start,
                         std::vector<double> minima) { all.emplace_back(name, residuals, start, std::move(minima)); };

    add("Rosenbrock", Rosenbrock{}, repeated({-1.2, 1}, 2), {0});
    add("Freudenstein and Roth", FreudensteinRoth{}, repeated({0.5, -2}, 2), {0, 48.9842});
    add("Powell badly scaled", PowellBadlyScaled{}, repeated({0, 1}, 2), {0});
    add("Brown badly scaled", BrownBadlyScaled{}, repeated({1}, 2), {0});
    add("Beale", Beale{}, repeated({1}, 2), {0});
    add("Jennrich and Sampson", JennrichSampson{}, repeated({0.3, 0.4}, 2), {124.362});
    add("helical valley", HelicalValley{}, repeated({-1, 0, 0}, 3), {0});
    add("Bard", Bard{}, repeated({1}, 3), {8.21487e-3});
    add("Gaussian", Gaussian{}, repeated({0.4, 1, 0}, 3), {1.12793e-8});
    add("Meyer", Meyer{}, repeated({0.02, 4000, 250}, 3), {87.9458});
    add("Gulf", Gulf{}, repeated({5, 2.5, 0.15}, 3), {0});
    add("Box", Box{}, repeated({0, 10, 20}, 3), {0});
    add("Powell singular", PowellSingular{}, repeated({3, -1, 0, 1}, 4), {0});
    add("Wood", Wood{}, repeated({-3, -1}, 4), {0});
    add("Kowalik and Osborne", KowalikOsborne{}, repeated({.25, .39, .415, .39}, 4), {3.07505e-4});
    add("Brown and Dennis", BrownDennis{}, repeated({25, 5, -5, -1}, 4), {85822.2});
    add("Osborne 1", Osborne1{}, repeated({.5, 1.5, -1, .01, .02}, 5), {5.46489e-5});
    add("Biggs EXP6", BiggsExp6{}, repeated({1, 2, 1, 1, 1, 1}, 6), {0, 5.65565e-3});
    add("Osborne 2", Osborne2{}, repeated({1.3, .65, .65, .7, .6, 3, 5, 7, 2, 4.5, 5.5}, 11), {4.01377e-2});
    add("Watson", Watson{}, repeated({0}, 6), {2.28767e-3});
    add("Watson", Watson{}, repeated({0}, 9), {1.39976e-6});
    add("Watson", Watson{}, repeated({0}, 12), {4.72238e-10});
    add("extended Rosenbrock", Rosenbrock{}, repeated({-1.2, 1}, 20), {0});
    add("extended Powell singular", PowellSingular{}, repeated({3, -1, 0, 1}, 20), {0});
    add("penalty I", Penalty1{}, ramp(4, 1, 4), {2.24997e-5});
    add("penalty I", Penalty1{}, ramp(10, 1, 10), {7.08765e-5});
    add("penalty II", Penalty2{}, repeated({0.5}, 4), {9.37629e-6});
    add("penalty II", Penalty2{}, repeated({0.5}, 10), {2.93660e-4});
    for (const Index n : {10, 20})
        add("variably dimensioned", VariablyDimensioned{}, ramp(n, 1 - 1 / static_cast<double>(n), 0), {0});
    add("trigonometric", Trigonometric{}, repeated({0.1}, 10), {0, 2.79506e-5});
    // not in the paper; their Hessians are positive definite, of least eigenvalues 0.04 and 0.2
    add("trigonometric", Trigonometric{}, repeated({0.05}, 20), {0, 6.86186e-6, 3.43680e-4});
    for (const Index n : {10, 30}) add("Brown almost linear", BrownAlmostLinear{}, repeated({0.5}, n), {0, 1});
    for (const Index n : {10, 20}) {
        add("discrete boundary value", DiscreteBoundaryValue{}, parabola(n), {0});
        add("discrete integral equation", DiscreteIntegralEquation{}, parabola(n), {0});
        add("Broyden tridiagonal", BroydenTridiagonal{}, repeated({-1}, n), {0});
        add("Broyden banded", BroydenBanded{}, repeated({-1}, n), {0});
    }
    add("linear, full rank", LinearFullRank{20}, repeated({1}, 10), {10});
    add("linear, rank 1", LinearRankOne{20}, repeated({1}, 10), {380 / 82.});
    add("linear, rank 1 with zeros", LinearRankOneWithZeros{20}, repeated({1}, 10), {454 / 74.});
    for (const Index n : {7, 8, 9, 10}) {
        const double h = 1 / static_cast<double>(n + 1);
        add("Chebyquad", Chebyquad{}, ramp(n, h, 1 - h), {n == 8 ? 3.51687e-3 : n == 10 ? 6.50395e-3 : 0});
    }
    return all;
}

}  // namespace gradus::test::more_garbow_hillstrom
