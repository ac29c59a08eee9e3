# cmake -DCOMPILER=... -DSNIPPET=x.cc -DINCLUDES=a;b -P compile_fail.cmake
# Passes if SNIPPET compiles as it is, and fails with -DMISUSE, saying what its line
# "// MISUSE: <regex>" expects.
set(ENV{LC_ALL} C)
list(TRANSFORM INCLUDES PREPEND -isystem OUTPUT_VARIABLE include_flags)
file(STRINGS ${SNIPPET} marks REGEX "^// MISUSE: ")
list(LENGTH marks count)
if(NOT count EQUAL 1)
  message(FATAL_ERROR "${SNIPPET}: want one line '// MISUSE: <regex>', found ${count}")
endif()
string(REGEX REPLACE "^// MISUSE: " "" expected "${marks}")

# A mistake may be a warning that we make an error: an unused [[nodiscard]] result.
set(command ${COMPILER} -std=c++20 -fsyntax-only -Werror=unused-result ${include_flags} ${SNIPPET})
execute_process(COMMAND ${command} RESULT_VARIABLE result ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${SNIPPET}: the correct form does not compile:\n${errors}")
endif()
execute_process(COMMAND ${command} -DMISUSE RESULT_VARIABLE result ERROR_VARIABLE errors)
if(result EQUAL 0)
  message(FATAL_ERROR "${SNIPPET}: the misuse compiles")
endif()
if(NOT errors MATCHES "${expected}")
  message(FATAL_ERROR "${SNIPPET}: the misuse fails, but not with '${expected}':\n${errors}")
endif()
