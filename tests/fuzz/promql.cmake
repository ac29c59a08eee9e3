tacho_fuzzer(NAME promql SOURCES promql_fuzzer.cc)
tacho_fuzzer(NAME template SOURCES template_fuzzer.cc)
