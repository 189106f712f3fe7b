#pragma once
// Version, and the few macros of the library. Every header includes this one first, directly or through another: what
// is said of an older standard below has to stand before the errors that follow from it.

#define GRADUS_VERSION_MAJOR 0
#define GRADUS_VERSION_MINOR 1
#define GRADUS_VERSION_PATCH 0

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 202002L
#error "gradus: needs C++20; compile with -std=c++20 (CMake: target_compile_features(app PRIVATE cxx_std_20))"
#include <gradus-needs-c++20>  // there is none: that ends the compilation, and with it some 15 000 lines more
#endif

// Compensated sums, exact splitting and the checks for NaN and infinity are what the promises about digits rest on;
// -ffast-math lets the compiler remove all three.
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error                                                                                                                 \
    "gradus: compile without -ffast-math (and -ffinite-math-only): they remove compensated sums and the checks for NaN"
#endif

// The one place that throws: with -fno-exceptions, bad input ends the program instead, and its last words say why.
#if defined(__cpp_exceptions)
#define GRADUS_THROW(exception) throw exception
#else
#include <cstdio>
#include <cstdlib>
#define GRADUS_THROW(exception)                                                                                        \
    (std::fputs("gradus: ", stderr), std::fputs((exception).what(), stderr), std::fputs("\n", stderr), std::abort())
#endif

// The kernels over X are compiled once per scalar type and called, not inlined at each use: each call works on a whole
// block of rows, so the call costs nothing, and inlined copies would only cost compile time. What runs once in a fit,
// around the kernels, is compiled for size (GRADUS_ONCE): that alone saves about a tenth of a model's compile time.
#if defined(__GNUC__)
#define GRADUS_NOINLINE [[gnu::noinline]]
#define GRADUS_ONCE [[gnu::noinline, gnu::cold]]
#define GRADUS_PREFETCH(address) __builtin_prefetch(address, 0, 2)
#define GRADUS_RESTRICT __restrict__
#else
#define GRADUS_NOINLINE
#define GRADUS_ONCE
#define GRADUS_PREFETCH(address) static_cast<void>(address)
#define GRADUS_RESTRICT
#endif

// What depends on the scalar alone can be compiled once for a whole program, for double: in the one file that defines
// GRADUS_COMPILED_HERE before it includes what the program uses of the library. All others, compiled with
// -D GRADUS_COMPILED_ELSEWHERE, take it from there: a logistic fit in 3.0 s, without 16.4 (GCC 12, -O2).
#if defined(GRADUS_COMPILED_HERE)
#define GRADUS_COMPILE(...) template __VA_ARGS__;
#elif defined(GRADUS_COMPILED_ELSEWHERE)
#define GRADUS_COMPILE(...) extern template __VA_ARGS__;
#else
#define GRADUS_COMPILE(...)
#endif
