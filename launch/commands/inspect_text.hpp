#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/store/clip_store.hpp"
#include "io/survey/store_findings.hpp"
#include "io/survey/store_survey.hpp"

namespace sslslr {

/// Everything that `inspect` knows of a store, as --json prints it.
///
/// The store's own fields are those of each split ("clips", "frames", "labels", "signers", "lengths",
/// "missing", ...) and "splits", "findings", "attributes", "fingerprint". Clips are called by their names, or
/// "#number".
nlohmann::json json_of(const io::ClipStore& store, const io::StoreSurvey& survey,
                       const std::vector<io::Finding>& findings);

/// The same for people. @param file  what to call the store
std::string text_of(const io::ClipStore& store, const io::StoreSurvey& survey,
                    const std::vector<io::Finding>& findings, const std::string& file);

}  // namespace sslslr
