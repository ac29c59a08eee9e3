# The store against the naive model of tests/storage.
tacho_fuzzer(NAME storage SOURCES storage_fuzzer.cc ../storage/model.cc ../storage/model_driver.cc)
