#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "src/jobs/ledger_state.hpp"
#include "src/study/study_folder.hpp"

namespace sslslr {

/// What a study's report draws, by the paper's numbers of figures: "2" strips of skeletons, "7" files of features, "8"
/// curves of spread; those for which there is something yet.
/// @param folder  of the study
/// @throws ConfigError  a strip's clip that is not in its store; io::DataError  no such store
nlohmann::json figures_of(const StoredStudy& study, const LedgerState& state,
                          const std::filesystem::path& folder);

}  // namespace sslslr
