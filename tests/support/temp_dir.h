// A folder that ends with the test.
#ifndef TACHO_TESTS_SUPPORT_TEMP_DIR_H_
#define TACHO_TESTS_SUPPORT_TEMP_DIR_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace tacho::testing {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "tacho-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] std::string Path(std::string_view name) const { return (path_ / name).string(); }

  // Renamed into place, so that it is another file each time.
  std::string Write(std::string_view name, std::string_view text) const {
    std::ofstream(Path("new")) << text;
    std::filesystem::rename(Path("new"), Path(name));
    return Path(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace tacho::testing

#endif  // TACHO_TESTS_SUPPORT_TEMP_DIR_H_
