# Takes gradus up in the given WAY, in the folder SCRATCH, and runs the program.

cmake_minimum_required(VERSION 3.23)
set(consumer ${CMAKE_CURRENT_LIST_DIR}/consumer)

function(run)
    execute_process(COMMAND ${ARGV} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${SCRATCH}) # nothing of an earlier run may help
file(MAKE_DIRECTORY ${SCRATCH})
set(program ${SCRATCH}/consumer)
set(compile ${COMPILER} -std=c++20 -Wall -Wextra -Werror -o ${program})
list(TRANSFORM EIGEN PREPEND -isystem)

if(WAY STREQUAL "install")
    file(REMOVE_RECURSE ${PREFIX})
    run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX})
    return()
elseif(WAY MATCHES "^(find_package|add_subdirectory|FetchContent)$")
    run(${CMAKE_COMMAND} -S ${consumer} -B ${SCRATCH} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
        -D CMAKE_BUILD_TYPE=Debug -D CMAKE_PREFIX_PATH=${PREFIX}
        -D WAY=${WAY} -D GRADUS_SOURCE=${SOURCE} -D "COMPONENTS=${COMPONENTS}")
    run(${CMAKE_COMMAND} --build ${SCRATCH} --config Debug)
elseif(WAY STREQUAL "pkg_config")
    set(ENV{PKG_CONFIG_PATH} ${PREFIX}/share/pkgconfig:$ENV{PKG_CONFIG_PATH})
    execute_process(COMMAND ${PKG_CONFIG} --cflags gradus
                    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    separate_arguments(flags UNIX_COMMAND "${flags}")
    run(${compile} ${flags} ${consumer}/main.cpp)
elseif(WAY STREQUAL "plain_include")
    run(${compile} -I${SOURCE}/include ${EIGEN} ${consumer}/main.cpp)
elseif(WAY STREQUAL "without_exceptions")
    run(${compile} -fno-exceptions -I${SOURCE}/include ${EIGEN} ${consumer}/main.cpp)
elseif(WAY STREQUAL "two_translation_units") # what is not inline would be defined twice
    run(${compile} -I${SOURCE}/include ${EIGEN} -include gradus/gradus.hpp ${consumer}/main.cpp ${consumer}/other.cpp)
else()
    message(FATAL_ERROR "unknown way '${WAY}'")
endif()

run(${program})
