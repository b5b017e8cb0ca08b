#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/boundary/search_jobs.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Options of `boundary plan` that ask for a forecast.
struct ForecastOptions {
    bool is_dry = false;
    std::vector<std::int64_t> workers{1, 8, 64};
    std::int64_t workers_per_node = 1;
    double seconds_per_job = 0;  ///< 0: measured
};

/// Declares --dry-run, --workers, --workers-per-node and --seconds-per-job; `fields` must outlive `options`.
void declare(Options& options, ForecastOptions& fields);

/// @throws ConfigError  names the option whose value is out of range
void check(const ForecastOptions& fields);

/// The expected course of a search with a number of workers, for the terminal or as JSON.
struct ForecastRow {
    std::int64_t workers;
    double hours;
    std::int64_t trainings;
    double idle;             ///< share of the workers' time
    double lost_node_hours;  ///< what the loss of a node adds
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ForecastRow, workers, hours, trainings, idle, lost_node_hours)

/// Simulates a search with each number of workers: means over searches of an ordinary_case() and, of a loss,
/// over moments of the search.
std::vector<ForecastRow> forecast_rows(const SearchJobs& jobs, const ForecastOptions& options,
                                       double seconds_per_job);

/// Formats rows as a table that says what it assumes.
std::string text_of(const std::vector<ForecastRow>& rows, const SearchConfig& search);

}  // namespace sslslr
