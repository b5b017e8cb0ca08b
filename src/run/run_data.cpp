#include "src/run/run_data.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/checksum.hpp"
#include "io/file/setting.hpp"
#include "src/data/clip_selection.hpp"
#include "src/errors.hpp"
#include "src/run/pretraining.hpp"
#include "src/settings/program.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

constexpr const char* fingerprint_attribute = "data";
constexpr const char* identity_attribute = "data_identity";
constexpr const char* groups_attribute = "balanced_groups";
constexpr const char* code_attribute = "code";

using Attributes = std::map<std::string, std::string>;

std::string value_of(const Attributes& attributes, const char* name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? "" : found->second;
}

/// Describes the differences in the data that affect training; empty if there are none.
std::string changes(const Attributes& then, const Attributes& now) {
    const auto fingerprint = value_of(then, fingerprint_attribute);
    if (fingerprint == value_of(now, fingerprint_attribute)) {
        return "";
    }
    const auto identity = value_of(then, identity_attribute);
    if (identity.empty()) {  // written by an earlier version of the program
        return fmt::format("fingerprint {} (before: {}); the checkpoint records no more",
                           value_of(now, fingerprint_attribute), fingerprint);
    }
    return fmt::format("{}", fmt::join(differences(DataIdentity::parse(identity),
                                                   DataIdentity::parse(value_of(now, identity_attribute))),
                                       "; "));
}

/// Returns a hash of the groups that --balance uses; empty without balance.
std::string hash_of_groups(Balance balance, const DataSet& data, const std::vector<std::int64_t>& clips) {
    const auto groups = groups_of(balance, data);
    return groups.empty() ? "" : io::hash_text(fmt::format("{}", fmt::join(labels_of(clips, groups), " ")));
}

/// Returns whether all code identities of the run are among the accepted ones.
bool accepts(const std::string& accepted, const std::string& run) {
    std::istringstream words{named_code(run)};
    const auto text = " " + accepted + " ";
    return accepted == any_code ||
           std::all_of(std::istream_iterator<std::string>{words}, {},
                       [&](const auto& word) { return text.find(" " + word + " ") != std::string::npos; });
}

}  // namespace

void remember_origin(RunConfig& config, const PretrainOptions& options, const DataSet& data,
                     const std::vector<std::int64_t>& clips, const std::string& accepted_codes,
                     std::function<void(const std::string&)> warn) {
    config.attributes[fingerprint_attribute] = data.fingerprint();
    config.attributes[identity_attribute] = data.identity(clips, options.method.kind->needs_labels).text();
    if (auto groups = hash_of_groups(options.balance, data, clips); !groups.empty()) {
        config.attributes[groups_attribute] = std::move(groups);
    }
    config.attributes[code_attribute] = code_identity();
    config.check_attributes = [files = options.data, balance = options.balance,
                               folder = config.folder.string(), accepted_codes,
                               warn = std::move(warn)](const Attributes& then, Attributes& now) {
        if (const auto found = changes(then, now); !found.empty()) {
            throw ConfigError{
                fmt::format("{}: not what the run in {} was started with: {}: give the same data and "
                            "selection, or another {} folder",
                            io::setting("data", fmt::format("{}", fmt::join(files, " "))), folder, found,
                            io::setting("run"))};
        }
        if (value_of(then, groups_attribute) != value_of(now, groups_attribute)) {
            throw ConfigError{
                fmt::format("{}: the run in {} was started with the same clips, but in other groups: "
                            "give the same files in the same order, or another {} folder",
                            io::setting("balance", word_of(balance)), folder, io::setting("run"))};
        }
        const auto code = value_of(then, code_attribute);
        now[code_attribute] = joined_codes(code, "the run in " + folder, accepts(accepted_codes, code), warn);
    };
}

}  // namespace sslslr
