# usage: cmake -D SOURCE=file.cpp -P check.cmake -- compiler flags...

cmake_minimum_required(VERSION 3.23)
set(ENV{LC_ALL} C)  # the words are looked for in English
set(indent "\n  ") # lines that are indented are not wrapped

set(command "")
foreach(i RANGE ${CMAKE_ARGC})
    if(DEFINED separator AND i LESS CMAKE_ARGC)
        list(APPEND command "${CMAKE_ARGV${i}}")
    elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
        set(separator ${i})
    endif()
endforeach()

file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
execute_process(COMMAND ${command} -fsyntax-only ${SOURCE}
                RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)

if(first_line STREQUAL "// compiles")
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${indent}${SOURCE} must compile, but did not:\n${output}")
    endif()
elseif(first_line MATCHES "^// expect: (.+)$")
    set(words "${CMAKE_MATCH_1}")
    if(status EQUAL 0)
        message(FATAL_ERROR "${indent}${SOURCE} compiled, but must not; expected: ${words}")
    endif()
    string(REGEX MATCH "[^\n]*error:[^\n]*" first_error "${output}")
    string(FIND "${first_error}" "${words}" found)
    if(found EQUAL -1)
        message(FATAL_ERROR "${indent}${SOURCE} was refused with other words
  expected: ${words}
  first error: ${first_error}
${output}")
    endif()
    message(STATUS "${first_error}")
else()
    message(FATAL_ERROR "${indent}${SOURCE}: its first line must be `// expect: words` or `// compiles`")
endif()
