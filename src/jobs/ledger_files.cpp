#include "src/jobs/ledger_files.hpp"

#include <charconv>

#include <fmt/format.h>

namespace sslslr {

namespace fs = std::filesystem;

fs::path LedgerPaths::journal(std::int64_t worker) const {
    return journals() / fmt::format("worker-{:05}.jsonl", worker);
}

bool has_claims(const std::filesystem::path& folder) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(LedgerPaths{folder}.claims(), error);
    return !error && bytes > 0;
}

void LedgerFiles::refresh() {
    for (const auto& record : claims_.read_new()) {
        state_.apply(record);
    }
}

void LedgerFiles::read_journal(std::int64_t worker) {
    auto& reader = journals_.try_emplace(worker, paths_.journal(worker)).first->second;
    for (auto& record : reader.read_new()) {
        const std::pair key{record.value("job", ""), record.value("attempt", std::int64_t{0})};
        results_.try_emplace(key, JournalledResult{worker, std::move(record)});
    }
}

void LedgerFiles::read_journals() {
    std::error_code none_yet;
    for (const auto& entry : fs::directory_iterator{paths_.journals(), none_yet}) {
        const auto name = entry.path().stem().string();  // worker-00012
        const auto dash = name.find('-');
        std::int64_t worker = 0;
        if (dash != std::string::npos) {
            std::from_chars(name.data() + dash + 1, name.data() + name.size(), worker);
        }
        if (worker > 0) {
            read_journal(worker);
        }
    }
}

const JournalledResult* LedgerFiles::result(const std::string& job, std::int64_t attempt) const {
    const auto found = results_.find({job, attempt});
    return found == results_.end() ? nullptr : &found->second;
}

const JournalledResult* LedgerFiles::accepted(const std::string& job) const {
    const auto& state = state_.of(job);
    return state.status == JobStatus::done ? result(job, state.attempt) : nullptr;
}

std::vector<nlohmann::json> LedgerFiles::untold() const {
    std::vector<nlohmann::json> records;
    for (const auto& [key, result] : results_) {
        if (state_.accepts(key.first, key.second)) {
            auto record = done_record(result);
            record["recovered"] = true;
            records.push_back(std::move(record));
        }
    }
    return records;
}

void LedgerFiles::tell_self() {
    for (const auto& record : untold()) {
        state_.apply(record);
    }
}

std::int64_t LedgerFiles::damaged() const {
    auto lines = claims_.damaged();
    for (const auto& [worker, reader] : journals_) {
        lines += reader.damaged();
    }
    return lines;
}

LedgerFiles read_ledger(const std::filesystem::path& folder) {
    LedgerFiles files{folder};
    files.refresh();
    files.read_journals();
    files.tell_self();
    return files;
}

nlohmann::json done_record(const JournalledResult& result) {
    auto record = result.record;
    record.erase("detail");
    record["what"] = "done";
    record["worker"] = result.worker;
    return record;
}

}  // namespace sslslr
