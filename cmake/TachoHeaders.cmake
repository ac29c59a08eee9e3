# Every header compiles on its own, whatever was included before it. A header with a .cc
# of its name is the first thing that file includes, which proves it (tests/tidy checks the
# order); each other one gets a file that includes nothing else, twice, so that the guard
# is tried as well.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
     include/*.h storage/*.h parser/*.h engine/*.h)
if(TACHO_BUILD_ADAPTER)
  file(GLOB_RECURSE adapter_headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} adapter/*.h)
  list(APPEND headers ${adapter_headers})
endif()
set(sources)
foreach(header ${headers})
  string(REGEX REPLACE "[.]h$" ".cc" own_source ${header})
  if(EXISTS ${PROJECT_SOURCE_DIR}/${own_source})
    continue()
  endif()
  string(REGEX REPLACE "^include/" "" spelling ${header})
  set(source ${PROJECT_BINARY_DIR}/headers/${header}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${spelling}\"\n#include \"${spelling}\"\n")
  list(APPEND sources ${source})
endforeach()
add_library(tacho_header_check OBJECT ${sources})
target_compile_options(tacho_header_check PRIVATE -O0 -g0)
target_link_libraries(tacho_header_check PRIVATE tacho_internals tacho_compile)
# The adapter's own CMake file defines it for the adapter.
set_source_files_properties(${PROJECT_BINARY_DIR}/headers/adapter/net/version.h.cc PROPERTIES
                            COMPILE_DEFINITIONS TACHO_VERSION="${PROJECT_VERSION}")
