#include "src/run/run_data.hpp"

#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr const char* fingerprint_attribute = "data";
constexpr const char* identity_attribute = "data_identity";
constexpr const char* preprocessing_attribute = "preprocessing";
constexpr const char* preprocessing_now = "2";  // raised by what changes features of the same options

using Attributes = std::map<std::string, std::string>;

std::string value_of(const Attributes& attributes, const char* name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? "" : found->second;
}

/// What of the data is not as it was; empty if nothing that counts.
std::string changes(const Attributes& then, const Attributes& now) {
    const auto fingerprint = value_of(then, fingerprint_attribute);
    if (fingerprint == value_of(now, fingerprint_attribute)) {
        return "";
    }
    const auto identity = value_of(then, identity_attribute);
    if (identity.empty()) {  // an earlier version of the program wrote it
        return fmt::format("fingerprint {}, then {}; the checkpoint says no more",
                           value_of(now, fingerprint_attribute), fingerprint);
    }
    return fmt::format("{}", fmt::join(differences(DataIdentity::parse(identity),
                                                   DataIdentity::parse(value_of(now, identity_attribute))),
                                       "; "));
}

}  // namespace

bool is_preprocessed_as_now(const Attributes& attributes) {
    return value_of(attributes, preprocessing_attribute) == preprocessing_now;
}

void remember_data(RunConfig& config, const PretrainOptions& options, const DataSet& data,
                   const std::vector<std::int64_t>& clips) {
    const bool learns_labels = options.method.name == "supervised";
    config.attributes[fingerprint_attribute] = data.fingerprint();
    config.attributes[identity_attribute] = data.identity(clips, learns_labels).text();
    config.attributes[preprocessing_attribute] = preprocessing_now;
    config.check_attributes = [now = config.attributes, files = options.data,
                               folder = config.folder.string()](const Attributes& then) {
        if (!is_preprocessed_as_now(then)) {
            throw ConfigError{fmt::format(
                "--run {}: started by another version of the program, which preprocessed clips otherwise: "
                "resume it by that version, or train in another --run folder",
                folder)};
        }
        if (const auto found = changes(then, now); !found.empty()) {
            throw ConfigError{
                fmt::format("--data {}: not what the run in {} was started with: {}: give the same data and "
                            "selection, or another --run folder",
                            fmt::join(files, " "), folder, found)};
        }
    };
}

}  // namespace sslslr
