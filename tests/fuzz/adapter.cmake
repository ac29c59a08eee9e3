if(TARGET tacho_adapter_core)
  tacho_fuzzer(NAME rules_yaml SOURCES rules_yaml_fuzzer.cc LIBS tacho_adapter_core)
  tacho_fuzzer(NAME adapter_request SOURCES adapter_request_fuzzer.cc
               LIBS tacho_adapter_core Boost::json)
endif()
