#pragma once

#include <cstdint>

#include "src/boundary/assumed_accuracy.hpp"
#include "src/boundary/search_jobs.hpp"

namespace sslslr {

/// The workers of a search whose course is foreseen.
struct AssumedWorkers {
    std::int64_t count = 1;
    double seconds_per_job = 0;  ///< the same for all trainings
    /// Workers of a node that is lost in the middle of the search; 0: none is lost. What they were training
    /// starts over after the lease, and they come back then.
    std::int64_t lost = 0;
    double lease_seconds = 60;
};

/// The course of a search.
struct Forecast {
    double seconds = 0;
    std::int64_t trainings = 0;  ///< with a result; untrained encoders are not counted
    std::int64_t cancelled = 0;  ///< trainings that were begun and then not needed
    double idle = 0;             ///< share of the workers' time
};

/// Foresees the course of a search by simulation: the jobs that `boundary work` would ask for, dealt to
/// workers as it deals them, with assumed accuracies instead of training. Deterministic.
Forecast forecast(const SearchJobs& jobs, const AssumedAccuracy& accuracy, const AssumedWorkers& workers);

/// Returns an ordinary case for the forecast of a search: a quarter of the k on either side do no harm, each
/// step beyond them loses twice the margin, and trainings deviate by 0.02, as in benchmarks/search_rule.py.
AssumedAccuracy ordinary_case(const SearchConfig& search, std::uint64_t seed);

}  // namespace sslslr
