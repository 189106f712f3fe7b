// The observers of the library: what they record, what they show, and when they stop.

#include "contracts/solver_contract.hpp"
#include "support/catch.hpp"
#include <gradus/solvers/iterative/gradient_descent.hpp>
#include <gradus/solvers/iterative/newton.hpp>
#include <gradus/solvers/observers.hpp>

#include <cstdlib>
#include <fcntl.h>
#include <sstream>
#include <thread>

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

namespace {

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) out.push_back(line);
    return out;
}

// a descriptor that is a terminal for as long as this lives
struct Terminal {
    int descriptor = ::posix_openpt(O_RDWR | O_NOCTTY);
    ~Terminal() { ::close(descriptor); }
};

template <class Observer>
Result<double> descend(Observer&& observer) {
    return GradientDescent<>{.max_iterations = 100'000}.minimize(Rosenbrock(), Rosenbrock::start(), observer);
}

int handled = 0;
void other_handler(int) { ++handled; }

}  // namespace

TEST_CASE("a trace has each iteration once, and its CSV reads back", "[observers]") {
    Trace trace({"a", "b, \"quoted\""});
    const Result<double> result = Newton{}.minimize(Rosenbrock(), Rosenbrock::start(), trace);
    REQUIRE(trace.rows().size() == static_cast<std::size_t>(result.iterations) + 1);
    CHECK(trace.rows().front().value == 24.199999999999996);
    CHECK(trace.rows().front().step == 0);
    CHECK(trace.rows().back().value == result.value);
    CHECK(trace.rows().back().gradient_norm == result.gradient_norm);
    for (std::size_t t = 1; t < trace.rows().size(); ++t) {
        CHECK(trace.rows()[t].iteration == static_cast<int>(t));
        CHECK(trace.rows()[t].seconds >= trace.rows()[t - 1].seconds);
    }
    std::ostringstream out;
    trace.write_csv(out);
    const auto csv = lines(out.str());
    REQUIRE(csv.size() == trace.rows().size() + 1);
    CHECK(csv[0] == "iteration,value,gradient_norm,relative_gradient,step,seconds,a,\"b, \"\"quoted\"\"\"");
    CHECK_THAT(csv[1], ContainsSubstring("0,24.199999999999996,"));
    CHECK_THAT(csv[1], ContainsSubstring(",-1.2,1"));
    // the second run replaces the first
    Newton{.max_iterations = 2}.minimize(Rosenbrock(), Rosenbrock::start(), trace);
    CHECK(trace.rows().size() == 3);
    Trace plain;
    Newton{}.minimize(Rosenbrock(), Rosenbrock::start(), plain);
    std::ostringstream without;
    plain.write_csv(without);
    CHECK(lines(without.str())[0] == "iteration,value,gradient_norm,relative_gradient,step,seconds");
}

TEST_CASE("a progress line is for terminals, and for those who wait", "[observers]") {
    const Terminal terminal;
    const bool has_terminal = is_terminal(terminal.descriptor);  // a bare container has none to give
    std::ostringstream shown, late, file;
    {
        ProgressLine on_terminal(shown, terminal.descriptor, 0, 0), patient(late, terminal.descriptor, 1000),
            in_a_file(file, -1, 0, 0);
        descend(Observers(on_terminal, patient, in_a_file));
    }
    CHECK(late.str().empty());
    CHECK(file.str().empty());
    CHECK(shown.str().empty() == !has_terminal);
    if (!has_terminal) return;
    CHECK_THAT(shown.str(), ContainsSubstring("\r\x1b[Kiteration 0  value 24.2") && ContainsSubstring("iteration 7  "));
    CHECK(shown.str().find('\n') == std::string::npos);
    CHECK(shown.str().substr(shown.str().size() - 4) == "\r\x1b[K");  // wiped
}

TEST_CASE("early stop: the value has stopped falling", "[observers]") {
    EarlyStop stop{.improvement = 1e-2, .iterations = 5};
    Trace trace;
    const Result<double> result = descend(Observers(trace, stop));
    CHECK(result.status == Status::stopped_by_observer);
    CHECK_THAT(result.message, ContainsSubstring("fell by no more than 0.01 of itself in 5 iterations"));
    const auto& rows = trace.rows();
    REQUIRE(rows.size() > 6);
    // in the last five not one per cent, and in no five before
    CHECK(rows[rows.size() - 6].value - rows.back().value <= 1e-2 * rows[rows.size() - 6].value);
    for (std::size_t t = 5; t + 1 < rows.size(); ++t)
        CHECK(rows[t - 5].value - rows[t].value > 1e-2 * rows[t - 5].value);
    CHECK(descend(stop).iterations == result.iterations);  // it begins anew
    EarlyStop never{.improvement = -1, .iterations = 1};
    CHECK(descend(never).converged());
}

TEST_CASE("a condition of the user's own", "[observers]") {
    const Result<double> result = descend(StopWhen{[](double value, double, int) { return value < 1; }, "good enough"});
    CHECK(result.status == Status::stopped_by_observer);
    CHECK(result.value < 1);
    CHECK(result.message == "stopped by the observer: good enough");
}

TEST_CASE("time limit", "[observers]") {
    const Result<double> at_once = descend(TimeLimit{0});
    CHECK(at_once.status == Status::stopped_by_observer);
    CHECK(at_once.iterations == 0);
    CHECK_THAT(at_once.message, ContainsSubstring("the time limit of 0 s is over"));
    TimeLimit hour{3600};
    CHECK(descend(hour).converged());
    // it counts from the start of the run, not from its making
    TimeLimit moment{0.05};
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(descend(Observers(moment, StopWhen{[](double, double, int t) { return t == 1; }})).iterations == 1);
}

TEST_CASE("an interruption stops the fit at its best point and gives the old handler back", "[observers]") {
    auto* const before = std::signal(SIGINT, other_handler);
    {
        Interruption interruption;
        const auto interrupts = [](const IterationRecord<double>& record) {
            if (record.iteration == 3) std::raise(SIGINT);
        };
        const Result<double> result = descend(Observers(interrupts, interruption));
        CHECK(result.status == Status::stopped_by_observer);
        CHECK(result.iterations == 3);
        CHECK(result.value < 24);
        CHECK_THAT(result.message, ContainsSubstring("interrupted (SIGINT)"));
        CHECK(interruption.is_asked_for());
        CHECK(std::signal(SIGINT, SIG_IGN) == SIG_DFL);  // a second one would end the program
    }
    CHECK(handled == 0);
    std::raise(SIGINT);
    CHECK(handled == 1);
    Interruption fresh;
    CHECK(!fresh.is_asked_for());
    std::signal(SIGINT, before);
}

TEST_CASE("observers together: each sees every record, any may stop", "[observers]") {
    std::vector<int> first, last;
    const auto stops_at = [](std::vector<int>& seen, int when) {
        return [&seen, when](const IterationRecord<double>& record) {
            seen.push_back(record.iteration);
            return record.iteration == when ? Control::stop : Control::proceed;
        };
    };
    const Result<double> result =
        descend(Observers(stops_at(first, 2), NoObserver{}, stops_at(last, 2), TimeLimit{3600}));
    CHECK(result.iterations == 2);
    CHECK(first == std::vector<int>{0, 1, 2});
    CHECK(last == first);
    CHECK(result.message == "stopped by the observer: an observer of the user's own; an observer of the user's own");
    Observers inner(NoObserver{});
    Observers outer(inner, TimeLimit{0});
    CHECK_THAT(descend(outer).message, ContainsSubstring("time limit"));
    CHECK(descend([](const IterationRecord<double>&) { return Control::stop; }).message == "stopped by the observer");
}
