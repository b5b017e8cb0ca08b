#include "src/protocol/evaluation_files.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

/// Returns the run whose result a file holds; empty if it holds none.
std::string run_of_result(const fs::path& file) {
    std::ifstream stream{file};
    const auto result = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
    return result.is_object() && result.contains("run") && result["run"].is_string()
               ? result["run"].get<std::string>()
               : "";
}

void refuse_other_result(const fs::path& file, const PretrainOptions& run) {
    const auto found = run_of_result(file);
    if (!found.empty() && fs::weakly_canonical(found) != fs::weakly_canonical(run.run)) {
        throw ConfigError{fmt::format("{}: {} is the result of {}: name another folder for {}",
                                      io::setting("output"), file.string(), found, run.run)};
    }
}

/// Asks the system instead of reading permissions, because root may write whatever they say.
std::error_code why_not_writable(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    return !error && ::access(folder.c_str(), W_OK) != 0 ? std::error_code{errno, std::generic_category()}
                                                         : error;
}

}  // namespace

fs::path evaluate_folder(const PretrainOptions& run, const EvaluateOptions& options) {
    if (options.output.empty()) {
        return fs::path{run.run} / "evaluate";
    }
    const fs::path folder = options.output;
    return options.runs.size() == 1 ? folder : folder / fmt::format("seed-{}", run.seed);
}

fs::path training_folder(const PretrainOptions& run, const EvaluateOptions& options) {
    return evaluate_folder(run, options) / (name_of(options) + "-training");
}

fs::path result_file(const PretrainOptions& run, const EvaluateOptions& options) {
    return evaluate_folder(run, options) / (name_of(options) + ".json");
}

fs::path common_file(const std::vector<PretrainOptions>& runs, const EvaluateOptions& options) {
    const auto folder =
        options.output.empty() ? evaluate_folder(runs.front(), options) : fs::path{options.output};
    return folder / fmt::format("{}-{}-runs.json", name_of(options), runs.size());
}

void make_result_folders(const std::vector<PretrainOptions>& runs, const EvaluateOptions& options) {
    for (const auto& run : runs) {
        const auto folder = evaluate_folder(run, options);
        if (const auto error = why_not_writable(folder)) {
            throw io::DataError{folder,
                                fmt::format("results cannot be written there: {}; {} writes them elsewhere",
                                            error.message(), io::setting("output", "FOLDER"))};
        }
        if (!options.output.empty()) {
            refuse_other_result(result_file(run, options), run);
        }
    }
}

}  // namespace sslslr
