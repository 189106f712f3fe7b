# usage: cmake -D SOURCE=folder -P eigen_names.cmake
#
# Fails, naming the file, where a source uses a name of Eigen 3.4 that Eigen 5 does not have: take_rows() and
# Eigen::seqN() do the same in both.

cmake_minimum_required(VERSION 3.23)

file(GLOB_RECURSE sources ${SOURCE}/include/*.hpp ${SOURCE}/tests/*.hpp ${SOURCE}/tests/*.cpp ${SOURCE}/examples/*.hpp
     ${SOURCE}/examples/*.cpp ${SOURCE}/benchmarks/*.hpp ${SOURCE}/benchmarks/*.cpp)
if(NOT sources)
    message(FATAL_ERROR "no source under ${SOURCE}")
endif()
foreach(source ${sources})
    file(STRINGS "${source}" lines REGEX "Eigen::(all|last|lastp1|lastN)([^A-Za-z0-9_]|$)")
    foreach(line ${lines})
        message(SEND_ERROR "${source}: not in Eigen 5: ${line}")
    endforeach()
endforeach()
