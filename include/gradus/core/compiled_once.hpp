#pragma once
// The file of a program that GRADUS_COMPILED_HERE was for and all others are compiled for the same processor: otherwise
// they align numbers otherwise, so that memory that one of them takes another must not give back, and round them
// otherwise. Then they do not link.

#include <gradus/core/config.hpp>

#include <Eigen/Core>

#if defined(GRADUS_COMPILED_HERE) || defined(GRADUS_COMPILED_ELSEWHERE)

namespace gradus {

namespace detail {

#if defined(__AVX512F__) || defined(__ARM_FEATURE_SVE)
inline constexpr int vector_instructions = 4;
#elif defined(__AVX2__)
inline constexpr int vector_instructions = 3;
#elif defined(__AVX__)
inline constexpr int vector_instructions = 2;
#elif defined(__SSE4_2__)
inline constexpr int vector_instructions = 1;
#else
inline constexpr int vector_instructions = 0;
#endif
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
inline constexpr bool fuses_multiply_add = true;
#else
inline constexpr bool fuses_multiply_add = false;
#endif

template <int alignment, int instructions, bool fuses>
struct CompiledOnce {
    static const char for_this_processor;
};
using CompiledForThis = CompiledOnce<EIGEN_MAX_ALIGN_BYTES, vector_instructions, fuses_multiply_add>;

}  // namespace detail

#if defined(GRADUS_COMPILED_HERE)
template <>
const char detail::CompiledForThis::for_this_processor = 0;
#else
namespace {
[[gnu::used, gnu::retain]] const char* const compiled_elsewhere = &detail::CompiledForThis::for_this_processor;
}
#endif

}  // namespace gradus

#endif
