#pragma once

#include <nlohmann/json.hpp>

#include "src/study/study_results.hpp"

namespace sslslr {

/// Confusion matrix and scores of each class, summed over runs and folds, for every done cell of a table of
/// accuracies.
nlohmann::json classes_of(const PlannedTable& table, const StudyResults& results);

}  // namespace sslslr
