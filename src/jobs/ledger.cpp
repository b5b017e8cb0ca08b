#include "src/jobs/ledger.hpp"

#include <algorithm>
#include <fstream>

#include <unistd.h>

#include "dist/host_name.hpp"
#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

/// Longest wait for the lock of the claims log, which is held for a fraction of a millisecond at a time.
constexpr std::chrono::seconds longest_wait{300};

/// Returns the processor type as the system names it. Results are compared bit for bit within one type only.
std::string cpu_type() {
    std::ifstream file{"/proc/cpuinfo"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name")) {
            return line.substr(std::min(line.find(':') + 2, line.size()));
        }
    }
    return "unknown";
}

fs::path made(fs::path folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw io::DataError{folder, "the folder cannot be created: " + error.message()};
    }
    return folder;
}

nlohmann::json about(const char* what, const Claim& claim) {
    return {{"what", what}, {"job", claim.job}, {"attempt", claim.attempt}};
}

}  // namespace

std::string digest_of(const Result& result) {
    return io::hash_text(io::json_text(result.outcome) + io::json_text(result.detail));
}

Ledger::Ledger(fs::path folder, const LedgerConfig& config)
    : files_{made(std::move(folder)), config.limits},
      config_{config},
      cpu_{cpu_type()},
      heartbeats_{files_.paths().heartbeats(), io::PosixFile::Access::create} {
    made(files_.paths().journals());
    join();
    pulse_ = std::jthread{[this](const std::stop_token& stop) { show_life(stop); }};
}

Ledger::~Ledger() = default;

void Ledger::under_lock(const std::function<Records()>& body) {
    const io::PosixFile log{files_.paths().claims(), io::PosixFile::Access::create};
    log.lock(longest_wait);
    files_.refresh();
    if (const auto records = body(); !records.empty()) {
        io::append(log, records, config_.durability);
        files_.refresh();  // the state is what the log says
    }
}

void Ledger::join() {
    under_lock([&] {
        while (!journal_) {
            io::PosixFile journal{files_.paths().journal(++worker_), io::PosixFile::Access::create};
            if (journal.try_lock()) {
                journal_.emplace(std::move(journal));
            }
        }
        const auto before = state().workers().find(worker_);
        life_ = before == state().workers().end() ? 1 : before->second.number + 1;
        files_.read_journals();
        auto records = files_.untold();
        records.push_back({{"what", "life"},
                           {"worker", worker_},
                           {"life", life_},
                           {"host", dist::host_name()},
                           {"pid", static_cast<std::int64_t>(getpid())}});
        return records;
    });
}

std::optional<Claim> Ledger::claim(
    const std::function<std::optional<std::string>(const LedgerState&)>& choose) {
    std::optional<Claim> claim;
    const auto take = [&]() -> Records {
        const auto job = choose(state());
        if (!job) {
            return {};
        }
        claim = Claim{*job, state().of(*job).attempt + 1};
        auto record = about("claim", *claim);
        record["worker"] = worker_;
        record["life"] = life_;
        return {std::move(record)};
    };
    // Looking for signs of life costs a file access per worker, so it is done only now and then.
    const auto interval = std::clamp(config_.lease_seconds / 10, 0.05, 5.0);
    if (Clock::now() - last_watch_ >= std::chrono::duration<double>{interval}) {
        last_watch_ = Clock::now();
        under_lock([&] { return lost_claims(); });
    }
    under_lock(take);
    return claim;
}

bool Ledger::holds(const Claim& claim) const {
    const auto& job = state().of(claim.job);
    return job.status == JobStatus::running && job.attempt == claim.attempt;
}

bool Ledger::finish(const Claim& claim, const Result& result) {
    const nlohmann::json record{{"job", claim.job},
                                {"attempt", claim.attempt},
                                {"outcome", result.outcome},
                                {"detail", result.detail},
                                {"seconds", result.seconds},
                                {"digest", digest_of(result)},
                                {"cpu", cpu_}};
    io::append(*journal_, {&record, 1}, config_.durability);
    bool accepted = false;
    under_lock([&]() -> Records {
        const auto& job = state().of(claim.job);
        if (job.status == JobStatus::done && job.attempt == claim.attempt && job.worker == worker_) {
            accepted = true;  // a worker that has just joined read and announced it
            return {};
        }
        accepted = state().accepts(claim.job, claim.attempt);
        auto told = done_record({worker_, record});
        if (!accepted) {
            told["what"] = "late";
            told.erase("outcome");
        }
        return {std::move(told)};
    });
    return accepted;
}

void Ledger::fail(const Claim& claim, const std::string& error) {
    auto record = about("failed", claim);
    record["error"] = error;
    under_lock([&]() -> Records { return {record}; });
}

void Ledger::release(const Claim& claim) {
    under_lock([&]() -> Records { return {about("released", claim)}; });
}

void Ledger::cancel(const Claim& claim, double seconds) {
    auto record = about("cancelled", claim);
    record["seconds"] = seconds;
    under_lock([&]() -> Records { return {record}; });
}

std::int64_t Ledger::retry_failed() {
    std::int64_t count = 0;
    under_lock([&] {
        Records records;
        for (const auto& name : state().set_aside()) {
            records.push_back({{"what", "retry"}, {"job", name}});
        }
        count = static_cast<std::int64_t>(records.size());
        return records;
    });
    return count;
}

void Ledger::leave(double busy_seconds, double alive_seconds) {
    under_lock([&]() -> Records {
        return {{{"what", "left"},
                 {"worker", worker_},
                 {"life", life_},
                 {"busy", busy_seconds},
                 {"alive", alive_seconds}}};
    });
}

/// Returns the records that free the jobs of dead workers, or that announce their results if these were
/// journalled.
Ledger::Records Ledger::lost_claims() {
    Records records;
    for (const auto& [name, job] : state().jobs()) {
        const bool is_others = job.worker != worker_ || job.life != life_;
        if (job.status != JobStatus::running || !is_others || !is_dead(job)) {
            continue;
        }
        files_.read_journal(job.worker);
        if (const auto* const result = files_.result(name, job.attempt)) {
            auto told = done_record(*result);
            told["recovered"] = true;
            records.push_back(std::move(told));
        } else {
            records.push_back(about("lost", {name, job.attempt}));
        }
    }
    return records;
}

bool Ledger::is_dead(const JobState& job) {
    const auto holder = state().workers().find(job.worker);
    if (job.worker == worker_ || (holder != state().workers().end() && holder->second.number != job.life)) {
        return true;  // another life has taken over the journal
    }
    const io::PosixFile journal{files_.paths().journal(job.worker), io::PosixFile::Access::create};
    return journal.try_lock() || heartbeat_stopped(job.worker);
}

bool Ledger::heartbeat_stopped(std::int64_t worker) {
    // Opened each time, because network file systems look for what other nodes wrote when a file is opened.
    const io::PosixFile file{files_.paths().heartbeats()};
    std::uint64_t beat = 0;
    const auto at = static_cast<std::uint64_t>(worker) * sizeof beat;
    if (file.bytes() >= at + sizeof beat) {
        file.read(at, std::as_writable_bytes(std::span{&beat, 1}));
    }
    auto& seen = sightings_.try_emplace(worker, Sighting{beat, Clock::now()}).first->second;
    if (seen.beat != beat) {
        seen = {beat, Clock::now()};
    }
    return Clock::now() - seen.first >= std::chrono::duration<double>{config_.lease_seconds};
}

void Ledger::show_life(const std::stop_token& stop) {
    // Every life counts in a range of its own, so it never repeats a beat that observers saw before.
    auto beat = static_cast<std::uint64_t>(life_) << 32;
    const std::chrono::duration<double> interval{config_.lease_seconds / 5};
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
        ++beat;
        try {
            heartbeats_.write(static_cast<std::uint64_t>(worker_) * sizeof beat,
                              std::as_bytes(std::span{&beat, 1}));
            heartbeats_.sync();
        } catch (const io::DataError&) {
            // A missed beat costs at worst the lease: the claims go to other workers, and nothing is lost.
        }
        wake_.wait_for(lock, stop, interval, [] { return false; });
    }
}

}  // namespace sslslr
