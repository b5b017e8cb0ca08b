#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/file/journal.hpp"
#include "src/jobs/ledger_state.hpp"

namespace sslslr {

/// The files of a ledger in a study's folder: few, however many jobs there are.
struct LedgerPaths {
    std::filesystem::path folder;

    std::filesystem::path claims() const { return folder / "claims.jsonl"; }
    /// Holds one 64-bit counter per worker, at 8 bytes times its number.
    std::filesystem::path heartbeats() const { return folder / "heartbeats"; }
    std::filesystem::path journals() const { return folder / "journals"; }
    std::filesystem::path journal(std::int64_t worker) const;
};

/// Whether a worker has ever joined the ledger in this folder.
bool has_claims(const std::filesystem::path& folder);

/// A result as its worker's journal holds it.
struct JournalledResult {
    std::int64_t worker = 0;
    nlohmann::json record;  ///< {"job", "attempt", "outcome", "detail", "seconds", "digest", "cpu"}
};

/// Follows the files of a ledger without taking part. `status` and `report` read it at any moment; workers
/// base their decisions on it.
class LedgerFiles {
public:
    explicit LedgerFiles(std::filesystem::path folder, LedgerLimits limits = {})
        : paths_{std::move(folder)}, state_{limits}, claims_{paths_.claims()} {}

    /// Reads what was appended to the claims log since the last call.
    void refresh();
    /// Reads what was appended to a worker's journal, or to all of them.
    void read_journal(std::int64_t worker);
    void read_journals();

    const LedgerPaths& paths() const noexcept { return paths_; }
    const LedgerState& state() const noexcept { return state_; }
    /// Returns the result of an attempt from the journals read so far; null if they hold none.
    const JournalledResult* result(const std::string& job, std::int64_t attempt) const;
    /// Returns the accepted result of a job from the journals read so far; null if the job is not done.
    const JournalledResult* accepted(const std::string& job) const;
    /// Returns the done records of results in the journals read so far that the claims log does not announce:
    /// their workers died in between, or are about to announce them.
    std::vector<nlohmann::json> untold() const;
    /// Counts untold() results as done in this state, without writing to the claims log.
    void tell_self();

    /// Returns how many lines of all files were passed over as damaged: torn when their writer died.
    std::int64_t damaged() const;

private:
    LedgerPaths paths_;
    LedgerState state_;
    io::JournalReader claims_;
    std::map<std::int64_t, io::JournalReader> journals_;
    std::map<std::pair<std::string, std::int64_t>, JournalledResult> results_;  ///< by job and attempt
};

/// Reads a ledger with all its journals, for commands that only look at it.
/// @throws DataError  a file cannot be read
LedgerFiles read_ledger(const std::filesystem::path& folder);

/// Returns the record that announces a result in the claims log.
nlohmann::json done_record(const JournalledResult& result);

}  // namespace sslslr
