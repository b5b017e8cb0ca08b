#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "src/study/study_results.hpp"

namespace sslslr {

/// A table of the report, as src/report/study reads it. The best method is compared with the second, pairwise.
nlohmann::json table_of(const PlannedTable& table, const StudyResults& results);

/// The table for the terminal. @param table  as table_of() made it
std::string text_of_table(const nlohmann::json& table);

}  // namespace sslslr
