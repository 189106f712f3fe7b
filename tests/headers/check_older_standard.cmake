# Each header is refused with two errors: the sentence, and the missing file that ends the compilation. No other headers
# are there, which takes seconds for all; what is included before the sentence would be missing, and come first.
#     cmake -D COMPILER=... -D INCLUDE=... -P check_older_standard.cmake

cmake_minimum_required(VERSION 3.23)

file(GLOB_RECURSE headers ${INCLUDE}/*.hpp)
set(ENV{LC_ALL} C)
execute_process(COMMAND ${COMPILER} -std=c++17 -nostdinc -nostdinc++ -fsyntax-only -I${INCLUDE} -x c++ ${headers}
                OUTPUT_VARIABLE said ERROR_VARIABLE said)
string(REPLACE ";" "," said "${said}")
string(REGEX MATCHALL "[^\n]*error: [^\n]*" errors "${said}")

set(sentence "gradus: needs C\\+\\+20, compile with -std=c\\+\\+20")
set(end "gradus-needs-c\\+\\+20")
set(expected ${sentence})
set(count 0)
foreach(error IN LISTS errors)
    if(NOT error MATCHES "${expected}")
        message(FATAL_ERROR "expected: ${expected}\nfound: ${error}")
    endif()
    if(expected STREQUAL sentence)
        math(EXPR count "${count} + 1")
        set(expected ${end})
    else()
        set(expected ${sentence})
    endif()
endforeach()
list(LENGTH headers all)
if(all EQUAL 0 OR NOT count EQUAL all)
    message(FATAL_ERROR "${count} of ${all} headers were refused with the sentence:\n${said}")
endif()
