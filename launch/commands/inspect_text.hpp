#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/store/clip_store.hpp"
#include "io/survey/store_findings.hpp"
#include "io/survey/store_survey.hpp"

namespace sslslr {

/// Returns everything that `inspect` reports about a store, as --json prints it.
///
/// The top level has the same fields as each split ("clips", "frames", "labels", "signers", "lengths",
/// "missing", ...) and additionally "splits", "findings", "attributes" and "fingerprint". Clips are given by
/// name, or as "#number" if they have none.
nlohmann::json json_of(const io::ClipStore& store, const io::StoreSurvey& survey,
                       const std::vector<io::Finding>& findings);

/// The same as text for users.
/// @param file  name of the store in the text
std::string text_of(const io::ClipStore& store, const io::StoreSurvey& survey,
                    const std::vector<io::Finding>& findings, const std::string& file);

}  // namespace sslslr
