#pragma once

#include <cstdint>

#include "src/boundary/assumed_accuracy.hpp"
#include "src/boundary/search_jobs.hpp"
#include "src/jobs/ledger.hpp"

namespace sslslr {

/// The workers of a forecast.
struct AssumedWorkers {
    std::int64_t count = 1;
    double seconds_per_job = 0;  ///< the same for all trainings
    /// Workers of a node that is lost; at most `count`. What they were training starts over after the lease,
    /// and they come back then.
    std::int64_t lost = 0;
    double lost_after = 0;  ///< seconds
    double lease_seconds = LedgerConfig{}.lease_seconds;
};

/// The course of a search.
struct Forecast {
    double seconds = 0;
    std::int64_t trainings = 0;  ///< untrained encoders are not counted
    double idle = 0;             ///< share of the workers' time
};

/// Simulates a search: the jobs that `boundary work` would ask for, dealt to workers as it deals them, with
/// assumed accuracies instead of training. Deterministic. Takes milliseconds to a second.
Forecast forecast(const SearchJobs& jobs, const AssumedAccuracy& accuracy, const AssumedWorkers& workers);

/// Returns an ordinary case for a forecast: a quarter of the k on either side do no harm, each step beyond
/// them loses twice the margin but at least 0.06, and trainings deviate by 0.02 (benchmarks/search_rule.py).
AssumedAccuracy ordinary_case(const SearchConfig& search, std::uint64_t seed);

}  // namespace sslslr
