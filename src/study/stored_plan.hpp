#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "io/file/data_error.hpp"

namespace sslslr {

/// What plan.json holds besides the plan that was made from it.
struct StoredPlan {
    std::string text;  ///< a study file, or the options of a search, a line each
    std::string code;  ///< codes whose results count: see joined_codes(); empty in plans of 0.1.0
};

/// Reads the plan.json of a folder.
/// @param convert  called with the JSON of the plan
/// @return nothing if there is none
/// @throws io::DataError  it cannot be read or converted
std::optional<StoredPlan> read_plan_file(const std::filesystem::path& folder,
                                         const std::function<void(const nlohmann::json&)>& convert);

/// The folder of a study or a search, as error messages name it.
struct PlanFolder {
    std::filesystem::path path;
    std::string setting;  ///< the setting that led here: io::setting("study", "tiny.ini")
    std::string another;  ///< how to name another folder: "another --folder"
};

/// Whether a folder holds a plan, readable or not.
bool has_plan(const std::filesystem::path& folder);

/// Reads the stored plan of a folder.
/// @param plan  is set to the stored one
/// @return nothing if there is none
/// @throws io::DataError  it cannot be read
template <class Plan>
std::optional<StoredPlan> read_stored_plan(const std::filesystem::path& folder, Plan& plan) {
    return read_plan_file(folder, [&](const nlohmann::json& json) { plan = json; });
}

/// The same, but a plan that cannot be read counts as none.
template <class Plan>
std::optional<StoredPlan> readable_plan(const std::filesystem::path& folder, Plan& plan) {
    try {
        return read_stored_plan(folder, plan);
    } catch (const io::DataError&) {
        return std::nullopt;
    }
}

/// @throws io::DataError  the folder cannot be written
void write_stored_plan(const std::filesystem::path& folder, const StoredPlan& stored,
                       const nlohmann::json& plan);

/// Refuses a plan of an earlier release, whose jobs have other names.
/// @param code  of the stored plan
/// @throws ConfigError  the plan is of an earlier release
void refuse_older_plan(const PlanFolder& folder, const std::string& code);

/// Returns the codes whose results the folder's next plan counts: those of the results there, and this
/// program's.
/// @param before   the stored plan, if it could be read
/// @param accepts  whether to continue results of other code, which is reported through `warn`
/// @throws ConfigError  it holds results of other code and this is not accepted, or of an earlier release
std::string codes_with_own(const PlanFolder& folder, const std::optional<StoredPlan>& before, bool accepts,
                           const std::function<void(const std::string&)>& warn);

}  // namespace sslslr
