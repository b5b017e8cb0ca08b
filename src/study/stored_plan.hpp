#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "io/file/data_error.hpp"

namespace sslslr {

/// What a folder's plan.json holds beside the plan that was made of it.
struct StoredPlan {
    std::string text;  ///< a study file, or the options of a search, a line each
    std::string code;  ///< whose results count: see joined_codes(); empty in plans of 0.1.0
};

/// @param convert  makes a plan of its JSON
std::optional<StoredPlan> read_plan_file(const std::filesystem::path& folder,
                                         const std::function<void(const nlohmann::json&)>& convert);

/// The folder of a study or a search, as errors name it.
struct PlanFolder {
    std::filesystem::path path;
    std::string setting;  ///< that led here, with its value: io::setting("study", "tiny.ini")
    std::string another;  ///< what names another folder: "another --folder"
};

/// Whether a folder holds a plan, readable or not.
bool has_plan(const std::filesystem::path& folder);

/// @param plan  becomes the one that is stored
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

/// @param code  of the plan there
/// @throws ConfigError  an earlier release planned it, whose jobs have other names
void refuse_older_plan(const PlanFolder& folder, const std::string& code);

/// The codes whose results a folder holds, with this program's: those that its next plan counts.
/// @param before   the plan there, if it could be read
/// @param accepts  results of other code are continued, which is reported through `warn`
/// @throws ConfigError  it holds results of other code and this is not accepted, or of an earlier release
std::string codes_with_own(const PlanFolder& folder, const std::optional<StoredPlan>& before, bool accepts,
                           const std::function<void(const std::string&)>& warn);

}  // namespace sslslr
