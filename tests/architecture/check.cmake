# usage: cmake -D INCLUDE=folder -P check.cmake
#
# Reads the sources of INCLUDE/gradus and fails, naming the file, where an #include points upward, where rows of X are read beside the walk over
# them, or where something is printed.

cmake_minimum_required(VERSION 3.23)

# What each room may include besides itself, from the bottom up. A room below a room is a room of its own.
set(core "")
set(numeric core)
set(losses core numeric)
set(penalties core numeric)
set(data core numeric)
set(predictors core numeric losses penalties data)
set(objectives core numeric losses penalties data predictors)
# What walks downhill knows neither the loss nor the data, only the objective's concept.
set(line_search core numeric penalties objectives)
set(solvers core numeric penalties data objectives line_search)
set(solvers/direct core numeric penalties data objectives line_search solvers)
set(solvers/iterative core numeric penalties objectives line_search solvers solvers/direct)
set(families core numeric losses predictors)
set(fitting core numeric losses penalties data predictors objectives line_search solvers solvers/direct solvers/iterative families)
set(examination ${fitting})
# Tools for users: no fit may need them.
set(diagnostics ${fitting} examination)
set(models ${fitting} examination)
# An executor runs tasks, whatever they are.
set(parallel core)
set(preprocessing core numeric data)
foreach(top inference metrics io distributed)
    set(${top} ${fitting} examination diagnostics models)
endforeach()
# The umbrella gradus.hpp holds what needs Eigen alone.
set(umbrella ${fitting} examination diagnostics models metrics)

set(rooms core numeric losses penalties data predictors objectives line_search solvers solvers/direct solvers/iterative families
          examination diagnostics models parallel preprocessing inference metrics io distributed)

# Besides data/, only these may read rows of X: the walk, the factorisation of the rows, and the map of rows to predictions.
set(readers_of_rows objectives/row_walk.hpp objectives/least_squares.hpp models/linear_map.hpp)
set(reads_rows "(copy_rows|for_each_block) *[<(]|RowBlock<[A-Za-z]+> +[a-z_]+\\(|storage\\(\\)\\.(read|times|add_|visit_entries)")

# The room of a path below include/gradus: the longest that is known.
function(room_of path result)
    get_filename_component(folder "${path}" DIRECTORY)
    while(NOT folder STREQUAL "" AND NOT folder IN_LIST rooms)
        get_filename_component(folder "${folder}" DIRECTORY)
    endwhile()
    set(${result} "${folder}" PARENT_SCOPE)
endfunction()

set(problems "")
macro(problem text)
    string(APPEND problems "  include/gradus/${header}: ${text}\n")
endmacro()

file(GLOB_RECURSE headers RELATIVE ${INCLUDE}/gradus ${INCLUDE}/gradus/*.hpp)
if(NOT headers)
    message(FATAL_ERROR "no header under ${INCLUDE}/gradus")
endif()
foreach(header IN LISTS headers)
    room_of(${header} room)
    if(room)
        set(allowed ${room} ${${room}})
    elseif(header STREQUAL "gradus.hpp")
        set(allowed ${umbrella})
    else()
        problem("stands in no room of tests/architecture/check.cmake")
        continue()
    endif()

    file(STRINGS ${INCLUDE}/gradus/${header} includes REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS includes)
        if(line MATCHES "[<\"]gradus/([^>\"]+)[>\"]")
            room_of(${CMAKE_MATCH_1} target)
            if(NOT target IN_LIST allowed)
                problem("may not include gradus/${CMAKE_MATCH_1}")
            endif()
        elseif(line MATCHES "\"")
            problem("includes by a path relative to itself: ${line}")
        elseif(line MATCHES "<iostream>")
            problem("includes <iostream>: take a std::ostream&")
        endif()
    endforeach()

    # Comments may show how a stream is used; code may not choose one.
    file(READ ${INCLUDE}/gradus/${header} text)
    string(REGEX REPLACE "//[^\n]*" "" text "${text}")
    string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" "" text "${text}")
    if(text MATCHES "std::(cout|cerr|clog)|(^|[^A-Za-z0-9_])(printf|fprintf|puts) *\\(")
        problem("prints by itself: ${CMAKE_MATCH_0}")
    endif()
    if(NOT room STREQUAL "data" AND NOT header IN_LIST readers_of_rows AND text MATCHES "${reads_rows}")
        problem("reads rows of X by itself: ${CMAKE_MATCH_0}")
    endif()
endforeach()

if(problems)
    message(FATAL_ERROR "\n${problems}") # indented lines are not wrapped
endif()
