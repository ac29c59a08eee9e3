# The kernels against their plain twins.
tacho_fuzzer(NAME kernels SOURCES kernels_fuzzer.cc)
