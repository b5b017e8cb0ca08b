#include "src/study/stored_plan.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"
#include "src/errors.hpp"
#include "src/jobs/ledger_files.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
namespace {

constexpr const char* plan_name = "plan.json";
constexpr const char* text_key = "study_file";

/// Returns the options of an older search, which had a file of their own.
std::string old_options(const std::filesystem::path& folder) {
    std::ifstream file{folder / "plan.ini"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

bool has_plan(const std::filesystem::path& folder) {
    return !folder.empty() && std::filesystem::exists(folder / plan_name);
}

std::optional<StoredPlan> read_plan_file(const std::filesystem::path& folder,
                                         const std::function<void(const nlohmann::json&)>& convert) {
    if (!has_plan(folder)) {
        return std::nullopt;
    }
    const auto file = folder / plan_name;
    try {
        const auto json = nlohmann::json::parse(std::ifstream{file});
        const bool is_old_search = !json.contains(text_key);
        convert(is_old_search ? json : json.at("plan"));
        return is_old_search ? StoredPlan{old_options(folder), json.value("code", "")}
                             : StoredPlan{json.at(text_key), json.value("code", "")};
    } catch (const std::exception& error) {  // from JSON, or from an unknown word
        throw io::DataError{file, fmt::format("is not a study plan: {}", error.what())};
    }
}

void write_stored_plan(const std::filesystem::path& folder, const StoredPlan& stored,
                       const nlohmann::json& plan) {
    io::write_json(folder / plan_name, {{text_key, stored.text}, {"code", stored.code}, {"plan", plan}});
}

void refuse_older_plan(const PlanFolder& folder, const std::string& code) {
    if (code.empty()) {
        throw ConfigError{
            fmt::format("{}: an earlier release worked on it in {}, and this release cannot take over its "
                        "jobs: finish it with that release, or name {}",
                        folder.setting, folder.path.string(), folder.another)};
    }
}

std::string codes_with_own(const PlanFolder& folder, const std::optional<StoredPlan>& before, bool accepts,
                           const std::function<void(const std::string&)>& warn) {
    if (!has_claims(folder.path)) {
        return code_identity();
    }
    if (before) {
        refuse_older_plan(folder, before->code);
    }
    return joined_codes(before ? before->code : "unknown", "the plan in " + folder.path.string(), accepts,
                        warn);
}

}  // namespace sslslr
