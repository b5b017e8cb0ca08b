#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "src/jobs/ledger_state.hpp"
#include "src/study/study_folder.hpp"

namespace sslslr {

/// Returns what a study's report draws, by figure number of the paper: "2" strips of skeletons, "4" reports
/// of boundary searches, "7" files of features, "8" curves of spread. Figures without results so far are left
/// out, but of a search without a report it is said what is missing.
/// @param folder  of the study
/// @throws ConfigError  a strip's clip is not in its store; io::DataError  the store cannot be read
nlohmann::json figures_of(const StoredStudy& study, const LedgerState& state,
                          const std::filesystem::path& folder);

}  // namespace sslslr
