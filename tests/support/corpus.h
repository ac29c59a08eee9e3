// The shared corpus of real inputs: where it is, and its .tsv escapes. It is not
// part of this repository; a test that uses it skips where it is absent.
#ifndef TACHO_TESTS_SUPPORT_CORPUS_H_
#define TACHO_TESTS_SUPPORT_CORPUS_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tacho::testing {

inline std::filesystem::path CorpusDir() {
  const char* dir = std::getenv("TACHO_CORPUS");
  return dir != nullptr ? dir : "../shared/corpus";
}

// Use at the top of a test: TACHO_REQUIRE_CORPUS();
#define TACHO_REQUIRE_CORPUS()                                                \
  if (!std::filesystem::is_directory(::tacho::testing::CorpusDir()))          \
  GTEST_SKIP() << "the corpus is not at " << ::tacho::testing::CorpusDir()    \
               << "; set TACHO_CORPUS to its folder"

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// Decodes one column: \\ \n \t \r \xHH, to bytes.
inline std::string UnescapeColumn(std::string_view column) {
  std::string out;
  for (size_t i = 0; i < column.size(); ++i) {
    if (column[i] != '\\' || i + 1 == column.size()) {
      out += column[i];
      continue;
    }
    const char c = column[++i];
    if (c == 'x' && i + 2 < column.size()) {
      out += static_cast<char>(std::stoi(std::string(column.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
  }
  return out;
}

// The rows of a .tsv file, decoded, without the heading.
inline std::vector<std::vector<std::string>> ReadTsv(const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream in(ReadFile(CorpusDir() / name));
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> row;
    size_t begin = 0;
    while (true) {
      const size_t tab = line.find('\t', begin);
      row.push_back(UnescapeColumn(std::string_view(line).substr(begin, tab - begin)));
      if (tab == std::string::npos) break;
      begin = tab + 1;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace tacho::testing

#endif  // TACHO_TESTS_SUPPORT_CORPUS_H_
