// What the job pool itself costs: one worker per rank and one ledger, with jobs that only sleep.
//
// usage: mpirun -n N job_pool [FOLDER [JOBS [MILLISECONDS]]]    (defaults: the current folder, 400, 5)
//
// The overhead of a job is a worker's time less the measured sleep: claiming, reporting, waiting for locks.
// Takes turns between claims and results that are synced to the disk and ones that are not.
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "dist/mpi_session.hpp"
#include "src/jobs/work.hpp"

namespace sslslr {
namespace {

using Clock = std::chrono::steady_clock;

class Sleeping : public JobSource {
public:
    Sleeping(int jobs, std::chrono::milliseconds nap) : nap_{nap} {
        for (int i = 0; i < jobs; ++i) {
            jobs_.push_back({std::to_string(i)});
        }
    }

    std::vector<Job> wanted(const LedgerState&) override { return jobs_; }
    std::int64_t version(const LedgerState&) const override { return 0; }
    std::optional<Result> run(const Claim&, const std::function<bool()>&) override {
        const auto start = Clock::now();
        std::this_thread::sleep_for(nap_);
        slept_ += std::chrono::duration<double>(Clock::now() - start).count();
        return Result{.outcome = {{"value", 1}}, .detail = {{"bits", std::string(64, 'f')}}};
    }
    double slept() const { return slept_; }

private:
    std::vector<Job> jobs_;
    std::chrono::milliseconds nap_;
    double slept_ = 0;
};

/// Seconds of overhead per job. Collective.
double overhead(const std::filesystem::path& folder, int jobs, std::chrono::milliseconds nap,
                io::Durability durability, const dist::Communicator& world) {
    const auto self = dist::Communicator::self();
    Ledger ledger{folder, {.durability = durability}};
    Sleeping source{jobs, nap};
    world.barrier();
    const auto start = Clock::now();
    work(&ledger, source, self, {});
    const double busy_until = std::chrono::duration<double>(Clock::now() - start).count();
    std::vector<double> sums{busy_until - source.slept()};
    world.all_reduce_sum(sums);
    return sums[0] / jobs;
}

void measure(const std::filesystem::path& folder, int jobs, std::chrono::milliseconds nap) {
    const auto world = dist::Communicator::world();
    for (int round = 0; round < 3; ++round) {
        for (const auto& [durability, name] : {std::pair{io::Durability::on_disk, "synced"},
                                               std::pair{io::Durability::handed_over, "not synced"}}) {
            const auto study = folder / fmt::format("job-pool-{}-{}", round, name);
            const double seconds = overhead(study, jobs, nap, durability, world);
            if (world.rank() == 0) {
                fmt::print("{} workers, {} jobs of {} ms, {}: {:.3f} ms of overhead per job\n", world.size(),
                           jobs, nap.count(), name, 1e3 * seconds);
                std::filesystem::remove_all(study);
            }
            world.barrier();
        }
    }
}

}  // namespace
}  // namespace sslslr

int main(int argc, char** argv) {
    const sslslr::dist::MpiSession session{argc, argv};
    sslslr::measure(argc > 1 ? argv[1] : ".", argc > 2 ? std::stoi(argv[2]) : 400,
                    std::chrono::milliseconds{argc > 3 ? std::stoi(argv[3]) : 5});
}
