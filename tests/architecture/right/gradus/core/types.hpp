#include <Eigen/Core>
#include <cstdio>
// std::cout << x;
/* std::cerr,
 * printf("x") */
inline int f(char* b) { return std::snprintf(b, 2, "x"); }  // printf("x")
