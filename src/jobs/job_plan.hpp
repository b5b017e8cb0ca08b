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

    /// The jobs that are needed as far as one can tell now: a function of the accepted results and of the
    /// jobs set aside, nothing else. Jobs that are done may stay among them.
    virtual std::vector<Job> wanted(const LedgerState& state) const = 0;
    /// Whether the job is one of the plan's. A ledger may hold others, of earlier plans.
    virtual bool has(const std::string& id) const = 0;
    /// What the job does; the id itself if the plan does not have it.
    virtual std::string name_of(const std::string& id) const = 0;
};

/// A job that is not tried again.
struct SetAside {
    std::string job;
    std::string name;
    std::string error;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SetAside, job, name, error)

/// How far the jobs of a plan are.
struct Progress {
    std::int64_t done = 0;
    std::int64_t running = 0;
    std::int64_t waiting = 0;  ///< needed and free
    std::vector<SetAside> set_aside;
};

Progress progress_of(const JobPlan& plan, const LedgerState& state);

}  // namespace sslslr
