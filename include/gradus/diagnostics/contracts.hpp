#pragma once
// What the library asks of a loss, an objective or a solver of the user's own, as functions that say what is broken:
//
//     for (const std::string& sentence : check_loss(MyLoss(), {.targets = ...})) std::cout << sentence << '\n';
//     for (const std::string& sentence : check_solver(MySolver())) std::cout << sentence << '\n';
//     std::cout << check_derivatives(my_objective, x);
//
// The library's own types are tested with the same functions.

#include <gradus/diagnostics/derivative_check.hpp>
#include <gradus/diagnostics/loss_contract.hpp>
#include <gradus/diagnostics/solver_contract.hpp>
