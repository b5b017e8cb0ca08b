#pragma once

#include <nlohmann/json.hpp>

#include "src/study/study_results.hpp"

namespace sslslr {

/// Returns the confusion matrix and the scores of each class, summed over the runs and folds that are done,
/// for each cell of a table of accuracies that has any.
nlohmann::json classes_of(const PlannedTable& table, const StudyResults& results);

}  // namespace sslslr
