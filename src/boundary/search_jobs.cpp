#include "src/boundary/search_jobs.hpp"

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

/// Later than any stage that the search itself looks ahead to.
constexpr std::int64_t comparison_stage = 1000;

nlohmann::json json_of(const BoundaryEstimate& estimate) {
    nlohmann::json json{{"k1", estimate.k1}, {"k2", estimate.k2}};
    for (const auto& clip : estimate.clips) {
        json["clips_k1"].push_back(clip.k1);
        json["clips_k2"].push_back(clip.k2);
    }
    return json;
}

}  // namespace

SearchJobs::SearchJobs(const SearchConfig& search, const std::string& identity, bool compares)
    : search_{search}, identity_{identity}, compares_{compares} {
    auto lengths = grid_of(search_);
    lengths.insert(lengths.begin(), 0);
    for (std::int64_t repeat = 0; repeat < search_.repeats; ++repeat) {
        for (const auto k1 : lengths) {
            for (const auto k2 : lengths) {
                add({.k1 = k1, .k2 = k2, .repeat = repeat});
            }
        }
        for (const auto kind : {Trial::Kind::random, Trial::Kind::drawn}) {
            add({.kind = kind, .repeat = repeat});
        }
    }
}

void SearchJobs::add(const Trial& trial) {
    trials_.emplace(id_of(trial), trial);
}

std::string SearchJobs::id_of(const Trial& trial) const {
    return io::hash_text(identity_ + text_of(trial));
}

const Trial& SearchJobs::trial_of(const std::string& id) const {
    const auto found = trials_.find(id);
    if (found == trials_.end()) {
        throw ConfigError{fmt::format("the search has no job {}: it may have been planned again", id)};
    }
    return found->second;
}

std::string SearchJobs::name_of(const std::string& id) const {
    const auto found = trials_.find(id);
    return found == trials_.end() ? id : text_of(found->second);
}

Lookup SearchJobs::lookup(const LedgerState& state) const {
    return [this, &state](const Trial& trial) -> Known {
        const auto& job = state.of(id_of(trial));
        switch (job.status) {
            case JobStatus::done:
                return {Known::Status::done, job.outcome.value("accuracy", 0.0)};
            case JobStatus::set_aside:
                return {Known::Status::set_aside};
            default:
                return {};
        }
    };
}

bool SearchJobs::searches(Side side) const {
    return search_.sides == Sides::both || (search_.sides == Sides::start) == (side == Side::start);
}

SideSearch SearchJobs::search(Side side, const LedgerState& state) const {
    if (!searches(side)) {
        return {.progress = SideSearch::Progress::answered,
                .k = 0,
                .why = fmt::format("not searched: {}", io::setting("sides"))};
    }
    return search_side(side, search_, lookup(state));
}

std::vector<Job> SearchJobs::wanted(const LedgerState& state) const {
    std::vector<Job> jobs;
    std::unordered_map<std::string, std::size_t> places;
    const auto want = [&](const Trial& trial, std::int64_t stage) {
        auto id = id_of(trial);
        if (const auto status = state.of(id).status;
            status != JobStatus::done && status != JobStatus::set_aside && !places.contains(id)) {
            places.emplace(id, jobs.size());
            jobs.push_back({.id = std::move(id),
                            .stage = stage,
                            .cost = trial.kind == Trial::Kind::random ? random_cost : 1});
        }
    };
    const auto start = search(Side::start, state);
    const auto end = search(Side::end, state);
    for (const auto* const side : {&start, &end}) {
        for (const auto& [trial, stage] : side->needed) {
            want(trial, stage);
        }
    }
    const bool is_answered =
        start.progress == SideSearch::Progress::answered && end.progress == SideSearch::Progress::answered;
    if (compares_ && is_answered) {
        for (const auto& [k1, k2] : pairs_around(search_, {start.k, end.k})) {
            for (std::int64_t repeat = 0; repeat < pair_repeats(search_); ++repeat) {
                want({.k1 = k1, .k2 = k2, .repeat = repeat}, 0);
            }
        }
    }
    for (std::int64_t repeat = 0; repeat < compared_repeats(search_); ++repeat) {
        want({.kind = Trial::Kind::random, .repeat = repeat}, comparison_stage);
        if (compares_) {
            want({.repeat = repeat}, comparison_stage);  // of which a race needs few
            want({.kind = Trial::Kind::drawn, .repeat = repeat}, comparison_stage);
        }
        if (compares_ && is_answered) {
            want({.k1 = start.k, .k2 = end.k, .repeat = repeat}, 0);
        }
    }
    return jobs;
}

std::int64_t SearchJobs::most_jobs() const {
    const auto lengths = static_cast<std::int64_t>(grid_of(search_).size());
    const std::int64_t compared = compares_ ? 2 : 0;  // drawn and the answer, besides random weights
    const std::int64_t sides = search_.sides == Sides::both ? 2 : 1;
    const std::int64_t pairs = compares_ ? (sides == 2 ? 8 : 2) * pair_repeats(search_) : 0;
    return search_.repeats * (sides * lengths + 1) + compared_repeats(search_) * (1 + compared) + pairs;
}

std::optional<Result> SearchWork::run(const Claim& claim, const std::function<bool()>& should_stop) {
    const auto& trial = jobs_.trial_of(claim.job);
    const auto outcome = run_trial(setting_, trial, group_, should_stop);
    if (!outcome) {
        return std::nullopt;
    }
    Result result{
        .outcome = {{"accuracy", outcome->accuracy}, {"loss", outcome->loss}, {"spread", outcome->spread}},
        .detail = {{"trial", text_of(trial)}, {"correct", hex_of_bits(outcome->correct)}}};
    if (outcome->estimate) {
        result.detail["estimate"] = json_of(*outcome->estimate);
    }
    return result;
}

std::string hex_of_bits(const std::vector<bool>& bits) {
    std::string digits;
    for (std::size_t first = 0; first < bits.size(); first += 4) {
        unsigned digit = 0;
        for (std::size_t bit = 0; bit < 4; ++bit) {
            digit = 2 * digit + (first + bit < bits.size() && bits[first + bit] ? 1 : 0);
        }
        digits += fmt::format("{:x}", digit);
    }
    return digits;
}

std::vector<bool> bits_of_hex(const std::string& digits, std::size_t count) {
    if (digits.size() != (count + 3) / 4) {
        throw ConfigError{
            fmt::format("expected hexadecimal digits of {} bits, found {} digits", count, digits.size())};
    }
    std::vector<bool> bits;
    for (std::size_t bit = 0; bit < count; ++bit) {
        const char digit = digits[bit / 4];
        const int value = digit >= 'a' ? digit - 'a' + 10 : digit - '0';
        bits.push_back((value >> (3 - bit % 4) & 1) != 0);
    }
    return bits;
}

}  // namespace sslslr
