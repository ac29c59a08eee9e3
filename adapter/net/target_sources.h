// TargetSources: what sets Discovery going: the files of file_sd_configs as they change,
// the services of http_sd_configs as they answer, and a look every now and then.
//
// Ownership   What it is given outlives it.
// Threads     On the one thread that runs the io_context; Stop before that ends.
#ifndef TACHO_ADAPTER_NET_TARGET_SOURCES_H_
#define TACHO_ADAPTER_NET_TARGET_SOURCES_H_

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "adapter/core/scrape_config.h"
#include "adapter/net/asio.h"
#include "adapter/net/discovery.h"
#include "adapter/net/file_watcher.h"
#include "adapter/net/http_sd.h"

namespace tacho::adapter {

class TargetSources {
 public:
  // changed is called when discovery->Targets() may answer something new.
  TargetSources(asio::io_context& io, const ScrapeConfig& config, Discovery* discovery, Logger* log,
                std::chrono::milliseconds poll, std::function<void()> changed);

  void Start();
  void Stop();

 private:
  void Look();
  void Poll();

  Discovery* const discovery_;
  Logger* const log_;
  const std::chrono::milliseconds poll_;
  const std::function<void()> changed_;
  const std::set<std::string> folders_;
  BodyBuffers buffers_{{}};
  Resolver resolver_;
  FileWatcher watcher_;
  asio::steady_timer poll_timer_;
  std::vector<std::shared_ptr<HttpSd>> services_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_TARGET_SOURCES_H_
