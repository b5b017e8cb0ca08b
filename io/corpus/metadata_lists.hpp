#pragma once

#include <filesystem>
#include <string>

#include "io/corpus/metadata.hpp"

// The readers of read_metadata(), one per kind.
namespace sslslr::io {

Metadata read_lsfb_lists(const std::filesystem::path& folder);
Metadata read_lsa64_words(const std::filesystem::path& path);
Metadata read_gsl_lists(const std::filesystem::path& folder);
Metadata read_asl_citizen_lists(const std::filesystem::path& folder);
Metadata read_wlasl_list(const std::filesystem::path& path);
Metadata read_csv_list(const std::filesystem::path& path);

/// Returns the name. @throws DataError  a store cannot have a split of that name
std::string checked_split(std::string name, const std::filesystem::path& path, const std::string& where);

}  // namespace sslslr::io
