# Run by CTest: FUZZER must pass over the seeds in CORPUS, and must then find its
# planted bug by fuzzing. Passing on the seeds shows that it is the fuzzing that finds it.
set(found "FOUND: I1: replay differs from the full parser")
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/grown)

execute_process(COMMAND ${FUZZER} -runs=0 ${CORPUS} RESULT_VARIABLE code ERROR_VARIABLE output)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the seeds alone trigger the planted bug:\n${output}")
endif()

execute_process(COMMAND ${FUZZER} -max_total_time=120 -artifact_prefix=${WORK}/ ${WORK}/grown
                        ${CORPUS} RESULT_VARIABLE code ERROR_VARIABLE output)
string(FIND "${output}" "${found}" at)
if(code EQUAL 0 OR at EQUAL -1)
  message(FATAL_ERROR "the planted bug was not found (exit ${code}):\n${output}")
endif()
