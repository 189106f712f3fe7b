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
elseif(WAY STREQUAL "find_package_all") # every component is there unasked, and one whose package is not says so
    set(configure ${CMAKE_COMMAND} -S ${consumer} -B ${SCRATCH} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
        -D CMAKE_PREFIX_PATH=${PREFIX} -D WAY=find_package_all)
    run(${configure} -D "COMPONENTS=${COMPONENTS}")
    run(${CMAKE_COMMAND} --build ${SCRATCH} --config Debug)
    string(REPLACE " io" "" COMPONENTS "${COMPONENTS}")
    file(REMOVE_RECURSE ${SCRATCH})
    execute_process(COMMAND ${configure} -D "COMPONENTS=${COMPONENTS}" -D CMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON
                    OUTPUT_VARIABLE said ERROR_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
    if(NOT said MATCHES "there is no gradus::io, since nlohmann_json was not found[^\n]*nlohmann-json3-dev")
        message(FATAL_ERROR "nothing is said of the missing component:\n${said}")
    endif()
    run(${CMAKE_COMMAND} --build ${SCRATCH} --config Debug)
elseif(WAY STREQUAL "find_package_missing") # asked for by name it ends the configuration, with the same words
    execute_process(COMMAND ${CMAKE_COMMAND} -S ${consumer} -B ${SCRATCH} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
                            -D CMAKE_PREFIX_PATH=${PREFIX} -D WAY=find_package -D COMPONENTS=io
                            -D CMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON
                    RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    string(REGEX REPLACE "[ \n]+" " " said "${said}") # CMake wraps its lines
    if(status EQUAL 0 OR NOT said MATCHES "there is no gradus::io, since nlohmann_json was not found")
        message(FATAL_ERROR "status ${status}:\n${said}")
    endif()
    return()
elseif(WAY STREQUAL "readme_compiled_once") # what the library has for double is in one file, and missed without it
    file(READ ${SOURCE}/README.md text)
    string(REGEX MATCH "```cmake\n(file\\(WRITE[^`]*)```" lines "${text}")
    file(WRITE ${SCRATCH}/CMakeLists.txt "cmake_minimum_required(VERSION 3.23)\nproject(app LANGUAGES CXX)
add_subdirectory(${SOURCE} gradus)\n${CMAKE_MATCH_1}
add_executable(consumer ${consumer}/main.cpp ${consumer}/other.cpp)
target_link_libraries(consumer PRIVATE regression)
add_library(alone SHARED EXCLUDE_FROM_ALL ${consumer}/other.cpp)
target_link_libraries(alone PRIVATE gradus::gradus)
target_compile_definitions(alone PRIVATE GRADUS_COMPILED_ELSEWHERE)
target_link_options(alone PRIVATE -Wl,--no-undefined)
add_library(aligned_otherwise SHARED EXCLUDE_FROM_ALL ${consumer}/other.cpp)
target_link_libraries(aligned_otherwise PRIVATE regression)
target_compile_definitions(aligned_otherwise PRIVATE EIGEN_MAX_ALIGN_BYTES=128)
target_link_options(aligned_otherwise PRIVATE -Wl,--no-undefined,--gc-sections)
set_target_properties(regression PROPERTIES POSITION_INDEPENDENT_CODE ON)\n")
    run(${CMAKE_COMMAND} -S ${SCRATCH} -B ${SCRATCH} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
        -D CMAKE_BUILD_TYPE=Debug)
    run(${CMAKE_COMMAND} --build ${SCRATCH} --config Debug)
    foreach(target alone aligned_otherwise)
        execute_process(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH} --config Debug --target ${target}
                        RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
        if(status EQUAL 0 OR NOT said MATCHES "gradus.*CompiledOnce")
            message(FATAL_ERROR "${target} must not link, for want of what is compiled elsewhere; status ${status}: ${said}")
        endif()
    endforeach()
elseif(WAY MATCHES "^readme_") # the lines that README.md gives, and its first program
    file(READ ${SOURCE}/README.md text)
    string(REGEX MATCH "```cmake\n(include[^`]*)```\n[^`]*`[^`]*`[^`]*```cmake\n(find_package[^`]*)```" lines "${text}")
    if(WAY STREQUAL "readme_fetched")
        set(lines "${CMAKE_MATCH_1}")
        file(CREATE_LINK ${SOURCE} ${SCRATCH}/gradus SYMBOLIC)
    else()
        set(lines "${CMAKE_MATCH_2}")
    endif()
    file(WRITE ${SCRATCH}/CMakeLists.txt "cmake_minimum_required(VERSION 3.23)\nproject(app LANGUAGES CXX)\n${lines}
add_executable(consumer ${SOURCE}/examples/first.cpp)\ntarget_link_libraries(consumer PRIVATE gradus::gradus)\n")
    run(${CMAKE_COMMAND} -S ${SCRATCH} -B ${SCRATCH} -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER}
        -D CMAKE_BUILD_TYPE=Debug -D CMAKE_PREFIX_PATH=${PREFIX})
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
    run(${compile} -fno-exceptions -I${SOURCE}/include ${EIGEN} ${consumer}/refused.cpp)
    execute_process(COMMAND sh -c "${program}" RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(status EQUAL 0 OR NOT said MATCHES "gradus: X has nan in row 2, column 0")
        message(FATAL_ERROR "bad input must end the program with words; status ${status}: ${said}")
    endif()
    run(${compile} -fno-exceptions -I${SOURCE}/include ${EIGEN} ${consumer}/main.cpp)
elseif(WAY STREQUAL "two_translation_units") # what is not inline would be defined twice
    run(${compile} -I${SOURCE}/include ${EIGEN} -include gradus/gradus.hpp ${consumer}/main.cpp ${consumer}/other.cpp)
else()
    message(FATAL_ERROR "unknown way '${WAY}'")
endif()

run(${program})
