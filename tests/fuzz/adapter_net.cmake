# The readers of what comes over the wire: from clients and from targets.
if(TARGET tacho_adapter_net)
  tacho_fuzzer(NAME http_head SOURCES http_head_fuzzer.cc LIBS tacho_adapter_net)
  tacho_fuzzer(NAME chunked SOURCES chunked_fuzzer.cc LIBS tacho_adapter_net)
  tacho_fuzzer(NAME inflater SOURCES inflater_fuzzer.cc LIBS tacho_adapter_net)
  tacho_fuzzer(NAME reply_reader SOURCES reply_reader_fuzzer.cc LIBS tacho_adapter_net)
endif()
