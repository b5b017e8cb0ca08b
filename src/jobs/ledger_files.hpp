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

/// Where a ledger lies in a study folder: few files, however many jobs.
struct LedgerPaths {
    std::filesystem::path folder;

    std::filesystem::path claims() const { return folder / "claims.jsonl"; }
    /// One 64-bit counter a worker, at 8 bytes times its number.
    std::filesystem::path heartbeats() const { return folder / "heartbeats"; }
    std::filesystem::path journals() const { return folder / "journals"; }
    std::filesystem::path journal(std::int64_t worker) const;
};

/// Whether a job was ever claimed in this folder.
bool has_claims(const std::filesystem::path& folder);

/// A result as its worker's journal holds it.
struct JournalledResult {
    std::int64_t worker = 0;
    nlohmann::json record;  ///< {"job", "attempt", "outcome", "detail", "seconds", "digest", "cpu"}
};

/// Follows the files of a ledger without taking part: what `status` and `report` read, at any moment, and
/// what workers go by.
class LedgerFiles {
public:
    explicit LedgerFiles(std::filesystem::path folder, LedgerLimits limits = {})
        : paths_{std::move(folder)}, state_{limits}, claims_{paths_.claims()} {}

    /// Takes in what was appended to the claims log since the last call.
    void refresh();
    /// Takes in what was appended to a worker's journal, or to all of them.
    void read_journal(std::int64_t worker);
    void read_journals();

    const LedgerPaths& paths() const noexcept { return paths_; }
    const LedgerState& state() const noexcept { return state_; }
    /// A result in the journals read so far; nothing if there is none of that attempt.
    const JournalledResult* result(const std::string& job, std::int64_t attempt) const;
    /// The accepted result of a job, as far as the journals have been read; null if it is not done.
    const JournalledResult* accepted(const std::string& job) const;
    /// The done records of results that stand in the journals read so far and are not told in the claims log
    /// yet: their workers died in between.
    std::vector<nlohmann::json> untold() const;
    /// As a reader, counts untold results as told.
    void tell_self();

    /// Lines of any file that were passed over because they are damaged: torn by the death of their writer.
    std::int64_t damaged() const;

private:
    LedgerPaths paths_;
    LedgerState state_;
    io::JournalReader claims_;
    std::map<std::int64_t, io::JournalReader> journals_;
    std::map<std::pair<std::string, std::int64_t>, JournalledResult> results_;  ///< by job and attempt
};

/// A ledger as it stands, journals and all, for those who only look.
/// @throws DataError  it cannot be read
LedgerFiles read_ledger(const std::filesystem::path& folder);

/// The record in the claims log that tells of a result.
nlohmann::json done_record(const JournalledResult& result);

}  // namespace sslslr
