#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/boundary/search_jobs.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Options of `boundary plan` that say what to foresee.
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
    std::int64_t cancelled;
    double idle;             ///< share of the workers' time
    double lost_node_hours;  ///< that the loss of a node in the middle adds
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ForecastRow, workers, hours, trainings, cancelled, idle, lost_node_hours)

/// Foresees a search with each number of workers: means of simulated searches of an ordinary_case().
std::vector<ForecastRow> forecast_rows(const SearchJobs& jobs, const ForecastOptions& options,
                                       double seconds_per_job);

/// Formats rows as a table that says what it assumes.
std::string text_of(const std::vector<ForecastRow>& rows);

}  // namespace sslslr
