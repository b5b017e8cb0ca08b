#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/jobs/dealer.hpp"
#include "src/jobs/ledger_state.hpp"

namespace sslslr {

/// Jobs with a common purpose, whose list is known at once or grows with the results.
class JobPlan {
public:
    virtual ~JobPlan() = default;

    /// Returns the jobs that are needed as far as is known now: a function only of the accepted results and
    /// of the jobs set aside. May include jobs that are done.
    virtual std::vector<Job> wanted(const LedgerState& state) const = 0;
    /// Whether the job belongs to the plan. A ledger may also hold jobs of earlier plans.
    virtual bool has(const std::string& id) const = 0;
    /// Returns what the job does, in words; the id itself if the plan does not have the job.
    virtual std::string name_of(const std::string& id) const = 0;
};

/// A job that is not tried again because it failed or lost its worker too often.
struct SetAside {
    std::string job;
    std::string name;
    std::string error;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SetAside, job, name, error)

/// The jobs of a plan by state.
struct Progress {
    std::int64_t done = 0;
    std::int64_t running = 0;
    std::int64_t waiting = 0;  ///< needed and free
    std::vector<SetAside> set_aside;
};

Progress progress_of(const JobPlan& plan, const LedgerState& state);

}  // namespace sslslr
